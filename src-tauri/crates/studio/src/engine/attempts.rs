//! How often the download of a clip was tried, and what that means for the next try.
//!
//! A download must end with a clip or with a message, so both kinds of failure are limited. If the
//! address returns something other than the clip (a page, half a video, a "not found"), the
//! download is tried [`WRONG_TRIES`] times, each time with a new address from the job; then the
//! user is told. A connection that fails is retried indefinitely, but after every [`BROKEN_TRIES`]
//! that brought nothing the job is asked whether the clip has moved.
//!
//! A job that the server does not know is also asked for [`UNKNOWN_TRIES`] times: it was accepted,
//! so the first "not found" may come from one of several servers that lags behind.
//!
//! Kept in memory only: after a restart the tries are counted from zero again, which costs nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::generation::GenerationId;

/// With pauses that start at 1 s and double up to a minute this is about two minutes: long enough
/// for storage that lags behind the job, and not too long before the user is told.
pub(super) const WRONG_TRIES: u32 = 8;

/// Four connections with their pauses take a quarter of a minute: asking the job costs one request,
/// and a moved clip should not wait longer.
pub(super) const BROKEN_TRIES: u32 = 4;

/// With the pauses between them, half a minute.
pub(super) const UNKNOWN_TRIES: u32 = 6;

/// What to do after a failed try.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Then {
    /// Try the same address again.
    Again,
    /// Ask the job for its address first.
    AskTheJob,
    /// Trying again is of no use: tell the user.
    GiveUp,
}

/// The tries for all clips that are not downloaded yet.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<HashMap<GenerationId, Tries>>);

#[derive(Debug, Default)]
struct Tries {
    wrong: u32,
    broken: u32,
    unknown: u32,
    not_before: Option<Instant>,
}

impl Attempts {
    /// The server sent something that is not the clip, or refused.
    pub(super) fn wrong(&self, id: &GenerationId) -> Then {
        self.with(id, |tries| {
            tries.wrong += 1;
            if tries.wrong < WRONG_TRIES {
                Then::AskTheJob
            } else {
                *tries = Tries::default();
                Then::GiveUp
            }
        })
    }

    /// The server does not know the job.
    pub(super) fn unknown(&self, id: &GenerationId) -> Then {
        self.with(id, |tries| {
            tries.unknown += 1;
            if tries.unknown < UNKNOWN_TRIES {
                Then::Again
            } else {
                *tries = Tries::default();
                Then::GiveUp
            }
        })
    }

    /// The connection could not be made or broke, or the server was temporarily unable to answer.
    /// `brought` says whether any of the clip arrived before that, `wait` how long the server asks
    /// us to wait.
    pub(super) fn broken(&self, id: &GenerationId, brought: bool, wait: Option<Duration>) -> Then {
        self.with(id, |tries| {
            tries.not_before = wait.map(|wait| Instant::now() + wait);
            tries.broken = if brought { 0 } else { tries.broken + 1 };
            if tries.broken > 0 && tries.broken.is_multiple_of(BROKEN_TRIES) {
                Then::AskTheJob
            } else {
                Then::Again
            }
        })
    }

    /// How much longer the server wants us to wait.
    pub(super) fn pause(&self, id: &GenerationId) -> Option<Duration> {
        let until = self.with(id, |tries| tries.not_before)?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// The clip has been downloaded, or it was given up.
    pub(super) fn over(&self, id: &GenerationId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }

    fn with<T>(&self, id: &GenerationId, work: impl FnOnce(&mut Tries) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(all.entry(*id).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_clip_is_given_up_in_the_end_and_may_be_tried_again() {
        let (attempts, id) = (Attempts::default(), GenerationId::new(0));
        for _ in 0..2 {
            for _ in 1..WRONG_TRIES {
                assert_eq!(attempts.wrong(&id), Then::AskTheJob);
            }
            assert_eq!(attempts.wrong(&id), Then::GiveUp);
        }
    }

    #[test]
    fn one_odd_answer_does_not_give_up_a_paid_job() {
        let (attempts, id) = (Attempts::default(), GenerationId::new(0));
        for _ in 1..UNKNOWN_TRIES {
            assert_eq!(attempts.unknown(&id), Then::Again);
        }
        assert_eq!(attempts.unknown(&id), Then::GiveUp);
    }

    #[test]
    fn a_connection_that_fails_is_never_given_up_and_the_job_is_asked_now_and_then() {
        let (attempts, id) = (Attempts::default(), GenerationId::new(0));
        let asked = (0..100)
            .filter(|_| attempts.broken(&id, false, None) == Then::AskTheJob)
            .count();
        assert_eq!(asked, 25);
        // A connection that brings more of the clip each time needs no other address.
        assert!((0..100).all(|_| attempts.broken(&id, true, None) == Then::Again));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_the_server_asks_for_is_kept_by_this_clip_alone() {
        let (attempts, id) = (Attempts::default(), GenerationId::new(0));
        attempts.broken(&id, false, Some(Duration::from_secs(7)));
        assert_eq!(attempts.pause(&id), Some(Duration::from_secs(7)));
        assert_eq!(attempts.pause(&GenerationId::new(1)), None);
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(attempts.pause(&id), None);
    }
}
