//! One job: its request, its cost, and its state at a given moment.
//!
//! Nothing ticks. A job's state follows from the time, so a job behaves the same in a test that
//! moves the clock, in a program that was suspended, and in one that was restarted.

use apiframe::JobStatus;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Finished clips are purged after this long; the vendor's default.
const RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// The share of its time that a job waits before it is processed.
const QUEUED_SHARE: f64 = 0.06;

/// The share of its time after which a job that cannot succeed fails: the real service finds out
/// when it fetches the pictures, not at submission.
const FAILING_SHARE: f64 = 0.1;

/// The outcome of a job, expected or final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase")]
pub(crate) enum Fate {
    Rendering,
    /// Its clip was ready at this time.
    Rendered {
        at: Timestamp,
    },
    /// It will not succeed.
    Doomed {
        error: String,
    },
}

/// How long its clip is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Keeping {
    Usual,
    /// Only until the job ends: the clip is never available.
    UntilEnd,
    /// It was deleted before its time.
    Purged,
    Removed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct JobRecord {
    pub id: Uuid,
    pub model: String,
    /// The request's body.
    pub input: Value,
    pub idempotency_key: Option<String>,
    /// Credits charged.
    pub cost: u32,
    pub created_at: Timestamp,
    /// How long such a job takes here, in milliseconds.
    pub takes: i64,
    /// It does not end before this.
    pub due: Timestamp,
    pub fate: Fate,
    pub ended_at: Option<Timestamp>,
    pub keeping: Keeping,
    /// It ends even if all jobs are held.
    pub let_go: bool,
}

impl JobRecord {
    /// Makes it fail: soon after it was accepted, or now if that moment has passed. A job that has
    /// ended is not changed.
    pub fn doom(&mut self, error: String, now: Timestamp) {
        if self.ended_at.is_none() {
            #[allow(clippy::cast_possible_truncation)] // a fraction of `takes`
            let soon = (self.takes as f64 * FAILING_SHARE) as i64;
            let at = self
                .created_at
                .saturating_add(SignedDuration::from_millis(soon));
            self.due = at.unwrap_or(now).max(now);
            self.fate = Fate::Doomed { error };
        }
    }

    /// Makes it end now, whether jobs are held or not. Its outcome stays open.
    pub fn let_go(&mut self, now: Timestamp) {
        if self.ended_at.is_none() {
            self.due = now;
            self.let_go = true;
        }
    }

    /// Deletes its clip: now, or as soon as it is ready.
    pub fn purge(&mut self) {
        self.keeping = if self.ended_at.is_some() {
            Keeping::Purged
        } else {
            Keeping::UntilEnd
        };
    }

    /// Ends it if its time has come, and returns whether it did. `not_before` is when jobs were
    /// last released together.
    pub fn settle(&mut self, now: Timestamp, not_before: Option<Timestamp>) -> bool {
        if self.ended_at.is_some() || now < self.due {
            return false;
        }
        let ready = match self.fate {
            Fate::Rendering => return false,
            Fate::Rendered { at } => at,
            Fate::Doomed { .. } => self.due,
        };
        let held_until = not_before.unwrap_or(self.due);
        self.ended_at = Some(self.due.max(ready).max(held_until));
        if self.keeping == Keeping::UntilEnd {
            self.keeping = Keeping::Purged;
        }
        true
    }

    /// Its status, and its progress in percent.
    pub fn standing(&self, now: Timestamp) -> (JobStatus, Option<u8>) {
        match (&self.fate, self.ended_at) {
            (Fate::Doomed { .. }, Some(_)) => (JobStatus::Failed, None),
            (_, Some(_)) => (JobStatus::Completed, Some(100)),
            (_, None) => {
                let passed = now.duration_since(self.created_at).as_secs_f64() * 1000.0;
                let share = if self.takes > 0 {
                    (passed / self.takes as f64).clamp(0.0, 1.0)
                } else {
                    1.0
                };
                if share < QUEUED_SHARE {
                    return (JobStatus::Queued, Some(0));
                }
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 99
                let percent = (share * 100.0).min(99.0) as u8;
                (JobStatus::Processing, Some(percent))
            }
        }
    }

    /// The server's message about why it failed, once it has failed.
    pub fn error(&self) -> Option<&str> {
        match &self.fate {
            Fate::Doomed { error } if self.ended_at.is_some() => Some(error),
            _ => None,
        }
    }

    /// Whether its credits were refunded.
    pub fn is_returned(&self) -> bool {
        self.error().is_some()
    }

    /// Whether it has a clip, or had one.
    pub fn is_completed(&self) -> bool {
        self.ended_at.is_some() && !self.is_returned()
    }

    /// Whether its clip is gone.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let is_old = || {
            self.ended_at
                .is_some_and(|at| now.duration_since(at) >= RETENTION)
        };
        self.is_completed()
            && (matches!(self.keeping, Keeping::Purged | Keeping::Removed) || is_old())
    }

    /// `webhookStatus`: the sandbox accepts webhooks and delivers none.
    pub fn webhook_status(&self) -> Option<String> {
        self.input.get("webhookUrl")?;
        Some(
            if self.ended_at.is_some() {
                "failed"
            } else {
                "pending"
            }
            .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000 + seconds).unwrap_or_default()
    }

    fn job(fate: Fate) -> JobRecord {
        JobRecord {
            id: Uuid::nil(),
            model: "kling-3.0".to_owned(),
            input: Value::Null,
            idempotency_key: None,
            cost: 15,
            created_at: at(0),
            takes: 100_000,
            due: at(100),
            fate,
            ended_at: None,
            keeping: Keeping::Usual,
            let_go: false,
        }
    }

    #[test]
    fn progress_rises_from_queued_to_processing_and_waits_at_99_for_the_clip() {
        let mut job = job(Fate::Rendering);
        assert_eq!(job.standing(at(1)), (JobStatus::Queued, Some(0)));
        assert_eq!(job.standing(at(50)), (JobStatus::Processing, Some(50)));
        assert!(!job.settle(at(500), None));
        assert_eq!(job.standing(at(500)), (JobStatus::Processing, Some(99)));
        job.fate = Fate::Rendered { at: at(510) };
        assert!(job.settle(at(600), None));
        assert_eq!(job.standing(at(600)), (JobStatus::Completed, Some(100)));
        assert_eq!(job.ended_at, Some(at(510)));
    }

    #[test]
    fn a_clip_that_is_ready_early_waits_for_its_time() {
        let mut job = job(Fate::Rendered { at: at(3) });
        assert!(!job.settle(at(99), None));
        assert!(job.settle(at(100), None));
        assert_eq!(job.ended_at, Some(at(100)));
        assert!(!job.is_expired(at(100 + 24 * 3600 - 1)));
        assert!(job.is_expired(at(100 + 24 * 3600)));
    }

    #[test]
    fn a_doomed_job_fails_soon_and_an_ended_one_stays_as_it_is() {
        let mut doomed = job(Fate::Rendering);
        doomed.doom("No.".to_owned(), at(0));
        assert_eq!(doomed.error(), None);
        assert!(!doomed.settle(at(9), None));
        assert!(doomed.settle(at(10), None));
        assert_eq!((doomed.error(), doomed.is_returned()), (Some("No."), true));

        let mut done = job(Fate::Rendered { at: at(3) });
        done.settle(at(200), None);
        done.doom("Too late.".to_owned(), at(300));
        assert!(done.is_completed());
    }
}
