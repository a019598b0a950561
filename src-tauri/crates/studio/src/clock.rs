//! The current time, passed to the code that depends on it, so that a test can set it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Milliseconds since the Unix epoch by this machine's clock, the library's unit of time.
pub type Millis = i64;

/// Returns the time in milliseconds since the Unix epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// This machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| jiff::Timestamp::now().as_millisecond())
    }

    /// A clock that returns what `time` returns.
    pub fn new(time: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        Self(Arc::new(time))
    }

    #[must_use]
    pub fn now(&self) -> Millis {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// How far the time of day and the elapsed time may drift apart between two readings before it
/// counts as a jump. Clock corrections smaller than this happen all the time.
const JUMP: Duration = Duration::from_secs(5);

/// Notices that the machine slept or that its clock was set: the time of day then differs from the
/// elapsed time that the program measured, which does not advance during sleep.
#[derive(Debug)]
pub struct Jumps {
    wall: Millis,
    steady: Duration,
}

impl Jumps {
    /// Starts at this time of day and at this elapsed time since a fixed moment of this run.
    #[must_use]
    pub fn new(wall: Millis, steady: Duration) -> Self {
        Self { wall, steady }
    }

    /// By how many milliseconds the time of day has jumped since the last call; `None` if it has
    /// not.
    pub fn noticed(&mut self, wall: Millis, steady: Duration) -> Option<Millis> {
        let passed = steady.saturating_sub(self.steady).as_millis();
        let passed = Millis::try_from(passed).unwrap_or(Millis::MAX);
        let jump = wall.saturating_sub(self.wall).saturating_sub(passed);
        *self = Self { wall, steady };
        (u128::from(jump.unsigned_abs()) > JUMP.as_millis()).then_some(jump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_a_clock_that_was_set_are_noticed_once_and_drift_is_not() {
        let at = Duration::from_secs;
        let mut jumps = Jumps::new(1_000_000, at(10));
        assert_eq!(jumps.noticed(1_002_000, at(12)), None, "both moved alike");
        assert_eq!(jumps.noticed(1_006_900, at(14)), None, "put right a little");
        let woken = 1_006_900 + 8 * 3_600_000;
        assert_eq!(jumps.noticed(woken + 2_000, at(16)), Some(8 * 3_600_000));
        assert_eq!(jumps.noticed(woken + 4_000, at(18)), None, "told already");
        assert_eq!(
            jumps.noticed(woken - 3_600_000 + 6_000, at(20)),
            Some(-3_600_000)
        );
    }
}
