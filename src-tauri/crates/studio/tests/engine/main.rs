#![allow(clippy::unwrap_used, clippy::expect_used)]
//! The engine against the sandbox, over real HTTP, with a real library and real files: what
//! arrived, what was charged, what is on the disk, and what the user reads.

mod books;
mod disk;
mod failures;
mod golden;
mod harness;
mod ledger;
mod lifecycle;
mod matrix;
mod moved;
mod networks;
mod odd;
mod panics;
mod recovery;
mod report;
mod rescue;
mod restart;
mod search;
mod twice;
mod watching;
