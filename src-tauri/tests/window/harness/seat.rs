//! Allows as many windows at a time as there are cores. Each has its own web view, display and
//! desktop, and on an overloaded machine correct tests fail.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::available_parallelism;

static TAKEN: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();

thread_local! {
    /// The seats that this test holds: a second window of the same test needs no seat of its own.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// The right to have a window, until it is dropped.
pub struct Seat(());

impl Seat {
    /// Waits for a free seat.
    pub fn take() -> Self {
        if OWN.get() == 0 {
            let seats = available_parallelism().map_or(2, usize::from);
            let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
            let mut taken = FREED
                .wait_while(taken, |taken| *taken >= seats)
                .unwrap_or_else(PoisonError::into_inner);
            *taken += 1;
        }
        OWN.set(OWN.get() + 1);
        Self(())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        OWN.set(OWN.get() - 1);
        if OWN.get() == 0 {
            *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
            FREED.notify_one();
        }
    }
}
