//! Waiting for something that has to happen.
//!
//! A test asserts what happens, not how quickly: the benchmarks measure that. So there is one limit
//! for everything, and it only ends a test that would otherwise hang.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far longer than anything needs that still makes progress, even if the machine is busy with
/// something else too.
pub const HANG: Duration = Duration::from_mins(5);

/// Waits until `ready` returns something; after [`HANG`] the test fails with `complaint`.
#[track_caller]
pub fn until_some<T>(
    mut ready: impl FnMut() -> Option<T>,
    complaint: impl FnOnce() -> String,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ready() {
            return answer;
        }
        assert!(started.elapsed() < HANG, "after {HANG:?}: {}", complaint());
        sleep(Duration::from_millis(50));
    }
}

/// Like [`until_some`], for a condition that is true or false.
#[track_caller]
pub fn until(mut ready: impl FnMut() -> bool, complaint: impl FnOnce() -> String) {
    until_some(|| ready().then_some(()), complaint);
}
