//! Frames: the pictures that a generation starts from, ends at or refers to.
//!
//! A dropped, pasted or chosen picture is decoded at once, turned upright, checked, converted if
//! Kling would not accept it, stripped of personal data, and kept under the hash of its bytes. What
//! is refused here would otherwise be refused minutes later by a server, with a shorter
//! explanation. Sending is not done here.
//!
//! Everything here reads files and computes, for up to seconds with a large photo: call it from
//! `spawn_blocking`, never on an async worker.

mod crop;
mod encode;
pub(crate) mod hash;
mod kind;
pub mod limits;
mod picture;
mod prepare;
mod problem;
mod size;
mod source;
mod store;
mod strip;
mod unused;

pub use self::hash::{FrameHash, NotAHash};
pub use self::problem::FrameProblem;
pub use self::store::{Frame, Frames};
pub use self::unused::{Removed, hashes_in};

#[cfg(test)]
mod tests;
