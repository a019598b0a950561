//! The pause that the server asked for. It applies to all jobs.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A job that is paid for is asked about again after this time, however long a pause the server
/// asked for: a mistake of the server must not hold its clip back for a day. It is also the part of
/// a pause that can't be cut short.
pub(super) const LONGEST_FOR_POLLING: Duration = Duration::from_mins(5);

#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<Option<Ends>>);

#[derive(Clone, Copy, Debug)]
struct Ends {
    polling: Instant,
    sending: Instant,
}

impl Pause {
    /// The server asks for a pause.
    pub fn begin(&self, wait: Duration) {
        let now = Instant::now();
        self.change(|old| {
            let old = old.unwrap_or(Ends {
                polling: now,
                sending: now,
            });
            Some(Ends {
                polling: old.polling.max(now + wait.min(LONGEST_FOR_POLLING)),
                sending: old.sending.max(now + wait),
            })
        });
    }

    /// Until when no job is asked about; `None` outside a pause.
    pub fn polling(&self) -> Option<Instant> {
        self.left(|ends| ends.polling)
    }

    /// Until when nothing is sent; `None` outside a pause.
    pub fn sending(&self) -> Option<Instant> {
        self.left(|ends| ends.sending)
    }

    /// The user wants to continue: only the first minutes of the pause are kept.
    pub fn cut_short(&self) {
        self.change(|ends| {
            ends.map(|ends| Ends {
                sending: ends.polling,
                ..ends
            })
        });
    }

    /// This much of the pause passed while the machine slept.
    pub fn slept(&self, time: Duration) {
        let earlier = |end: Instant| end.checked_sub(time);
        self.change(|ends| {
            let ends = ends?;
            Some(Ends {
                polling: earlier(ends.polling)?,
                sending: earlier(ends.sending)?,
            })
        });
    }

    fn change(&self, to: impl FnOnce(Option<Ends>) -> Option<Ends>) {
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *ends = to(*ends);
    }

    fn left(&self, end: impl FnOnce(Ends) -> Instant) -> Option<Instant> {
        let ends = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.map(end).filter(|end| *end > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(end: Option<Instant>) -> Duration {
        end.map_or(Duration::ZERO, |end| end - Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_a_day_holds_back_what_is_paid_for_for_minutes() {
        let pause = Pause::default();
        pause.begin(Duration::from_hours(24));
        assert_eq!(left(pause.polling()), LONGEST_FOR_POLLING);
        assert_eq!(left(pause.sending()), Duration::from_hours(24));
        pause.begin(Duration::from_secs(1));
        assert_eq!(
            left(pause.sending()),
            Duration::from_hours(24),
            "the longest counts"
        );
        tokio::time::advance(LONGEST_FOR_POLLING).await;
        assert_eq!(pause.polling(), None);
        pause.slept(Duration::from_hours(24));
        assert_eq!(pause.sending(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_ends_the_first_minutes_of_a_pause() {
        let pause = Pause::default();
        pause.begin(Duration::from_mins(2));
        pause.cut_short();
        assert_eq!(left(pause.sending()), Duration::from_mins(2));
        pause.begin(Duration::from_hours(1));
        pause.cut_short();
        assert_eq!(left(pause.sending()), LONGEST_FOR_POLLING);
    }
}
