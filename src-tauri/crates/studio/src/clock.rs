//! What time it is, handed to whatever decides by it, so that a test can say so instead.

use std::fmt;
use std::sync::Arc;

use crate::generation::Millis;

/// Answers the time in milliseconds since the Unix epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// This machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| jiff::Timestamp::now().as_millisecond())
    }

    /// A clock that answers what `time` does.
    pub fn new(time: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        Self(Arc::new(time))
    }

    /// The time.
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
