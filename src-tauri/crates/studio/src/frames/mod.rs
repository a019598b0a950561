//! Frames: the pictures that a generation starts from, ends at or refers to.
//!
//! Whatever is dropped, pasted or picked is decoded at once, turned upright, checked,
//! converted where Kling would not take it, rid of what it tells about the person, and kept
//! under the hash of its bytes. What is refused here would otherwise be refused minutes
//! later by a server, in fewer words. Sending is not done here.
//!
//! Everything here reads files and computes, up to seconds for a large photo: call it from
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
