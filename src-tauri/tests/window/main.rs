//! End to end: the real program in a real window, with a real keychain, real drags and
//! real dialogs, against the sandbox in the test's own process.
//!
//! `make e2e TEST=name` runs the tests whose name contains `name`. Their foundation is in
//! `harness`; docs/architecture.md describes how they work.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

mod composing;
mod failing;
mod files;
mod gallery;
mod going_on;
mod keeping;
mod making_a_clip;
mod networks;
mod pasting;
mod sandbox_profile;
mod settings;
mod signing_in;
mod size;
mod starting;
mod strangers;
mod surviving;
mod tour;
mod undoing;
mod viewer;
