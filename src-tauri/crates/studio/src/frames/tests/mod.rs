//! Frames from the outside: files in, frames or sentences out.
#![allow(clippy::unwrap_used)]

mod changes;
mod crops;
mod keeping;
mod privacy;
mod refusals;
mod samples;
