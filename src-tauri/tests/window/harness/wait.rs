//! Waiting for something that has to happen.
//!
//! A test says what happens, not how quickly: that is what the benchmarks measure. So there
//! is one limit for everything, and it only ends a test that would hang.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far beyond anything that still moves, on a machine that is busy with something else too.
pub const HANG: Duration = Duration::from_mins(5);

/// Waits until `ready` answers something; after [`HANG`] the test fails with `complaint`.
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

/// As [`until_some`], for what is true or false.
#[track_caller]
pub fn until(mut ready: impl FnMut() -> bool, complaint: impl FnOnce() -> String) {
    until_some(|| ready().then_some(()), complaint);
}
