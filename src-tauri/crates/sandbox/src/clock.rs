//! The sandbox's own time, so that a test can let a day pass between two calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A clock that can be moved forward. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The time at which it is stopped; `None` for a clock that follows the system's.
    stopped_at: Option<Timestamp>,
    /// How many milliseconds it was moved forward.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that follows the system's.
    #[must_use]
    pub fn system() -> Self {
        Self {
            stopped_at: None,
            ahead: Arc::default(),
        }
    }

    /// A clock that changes only when it is moved forward.
    #[must_use]
    pub fn stopped_at(time: Timestamp) -> Self {
        Self {
            stopped_at: Some(time),
            ahead: Arc::default(),
        }
    }

    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(by, Ordering::SeqCst);
    }

    /// The time in whole milliseconds, which is what the API's dates show.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = self.stopped_at.unwrap_or_else(Timestamp::now);
        let ahead = SignedDuration::from_millis(self.ahead.load(Ordering::SeqCst));
        let now = base.saturating_add(ahead).unwrap_or(base);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}
