//! The sandbox over real HTTP, as its clients use it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod callers;
mod clips;
mod faults;
mod files;
mod harness;
mod jobs;
mod pace;
mod program;
mod repeat;
mod restart;
mod schema;
mod severed;
