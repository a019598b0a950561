#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Properties: what holds for every life of a generation, and for any bytes that come from outside.
//! Cases are random; a failing one is shrunk and printed, and its seed is kept in
//! `proptest-regressions` beside the test.

mod bombs;
mod files;
mod lifecycle;
mod model;
mod mp4;
mod mutate;
mod pictures;
