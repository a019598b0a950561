//! The account: its jobs, uploads and credits. Pure bookkeeping: the clock is passed in, and
//! nothing is read or written here.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::job::{Fate, JobRecord, Keeping};
use crate::upload::UploadRecord;

/// How long a submission can be replayed under its key, from the schema.
const REPLAY: SignedDuration = SignedDuration::from_hours(24);

/// What a submission under an idempotency key turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Nothing was submitted under the key, or too long ago.
    New,
    /// The same body was submitted: this is its job.
    Of(Uuid),
    /// A different body was submitted.
    Conflict,
}

/// What changed when jobs were settled.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Jobs that ended, as they are now.
    pub ended: Vec<JobRecord>,
    /// Jobs whose clip must be deleted.
    pub expired: Vec<JobRecord>,
}

/// The account and everything in it.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub jobs: HashMap<Uuid, JobRecord>,
    pub uploads: HashMap<Uuid, UploadRecord>,
    /// Credits ever granted. The credits left follow from the jobs, so the two can't disagree.
    pub granted: i64,
    /// Whether jobs are prevented from ending.
    pub held: bool,
    pub released_at: Option<Timestamp>,
}

impl State {
    /// Credits left.
    pub fn credits(&self) -> i64 {
        self.granted - self.outstanding()
    }

    /// Adds or removes credits until this many are left.
    pub fn set_credits(&mut self, credits: i64) {
        self.granted = credits + self.outstanding();
    }

    fn outstanding(&self) -> i64 {
        self.jobs
            .values()
            .filter(|job| !job.is_returned())
            .map(|job| i64::from(job.cost))
            .sum()
    }

    /// Whether a submission repeats an earlier one.
    pub fn replay(&self, key: &str, body: &Value, now: Timestamp) -> Replay {
        let under_key = self
            .jobs
            .values()
            .filter(|job| job.idempotency_key.as_deref() == Some(key));
        let latest = under_key.max_by_key(|job| job.created_at);
        match latest.filter(|job| now.duration_since(job.created_at) < REPLAY) {
            None => Replay::New,
            Some(job) if job.input == *body => Replay::Of(job.id),
            Some(_) => Replay::Conflict,
        }
    }

    /// Ends the jobs whose time has come.
    pub fn settle(&mut self, now: Timestamp) -> Settled {
        let mut settled = Settled::default();
        for job in self.jobs.values_mut() {
            if self.held && !job.let_go {
                continue;
            }
            // A job released on its own, or created after the last hold ended, was not held back.
            let not_before = self
                .released_at
                .filter(|at| !job.let_go && *at > job.created_at);
            if job.settle(now, not_before) {
                settled.ended.push(job.clone());
            }
        }
        for job in self
            .jobs
            .values_mut()
            .filter(|job| job.keeping != Keeping::Removed && job.is_expired(now))
        {
            job.keeping = Keeping::Removed;
            settled.expired.push(job.clone());
        }
        settled
    }

    /// Jobs in the order of the list: newest first, ties by id.
    pub fn newest_first(&self) -> Vec<&JobRecord> {
        let mut jobs: Vec<&JobRecord> = self.jobs.values().collect();
        jobs.sort_by_key(|job| std::cmp::Reverse((job.created_at, job.id)));
        jobs
    }

    /// Whether a job that still has to be rendered names this upload.
    pub fn is_awaited(&self, upload: Uuid) -> bool {
        let id = upload.to_string();
        self.jobs
            .values()
            .any(|job| job.fate == Fate::Rendering && mentions(&job.input, &id))
    }
}

fn mentions(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text.contains(id),
        Value::Array(items) => items.iter().any(|item| mentions(item, id)),
        Value::Object(fields) => fields.values().any(|field| mentions(field, id)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap_or_default()
    }

    fn state(fate: Fate, input: Value) -> State {
        let job = JobRecord {
            id: Uuid::from_u128(1),
            model: "kling-3.0".to_owned(),
            input,
            idempotency_key: Some("k".to_owned()),
            cost: 30,
            created_at: at(0),
            takes: 10_000,
            due: at(10),
            fate,
            ended_at: None,
            keeping: Keeping::Usual,
            let_go: false,
        };
        State {
            jobs: HashMap::from([(job.id, job)]),
            granted: 100,
            ..State::default()
        }
    }

    #[test]
    fn credits_come_back_when_the_job_has_failed_and_not_before() {
        let error = "No.".to_owned();
        let mut state = state(Fate::Doomed { error }, Value::Null);
        state.settle(at(9));
        assert_eq!(state.credits(), 70);
        state.settle(at(10));
        assert_eq!(state.credits(), 100);
        state.set_credits(5);
        assert_eq!(state.credits(), 5);
    }

    #[test]
    fn a_held_job_ends_when_it_is_released_and_says_so() {
        let mut state = state(Fate::Rendered { at: at(3) }, Value::Null);
        state.held = true;
        assert!(state.settle(at(50)).ended.is_empty());
        (state.held, state.released_at) = (false, Some(at(60)));
        let ended = state.settle(at(70)).ended;
        assert_eq!(ended[0].ended_at, Some(at(60)));
    }

    #[test]
    fn a_purged_clip_is_removed_once() {
        let mut state = state(Fate::Rendered { at: at(3) }, Value::Null);
        state.settle(at(10));
        let day_later = at(10 + 24 * 3600);
        assert_eq!(state.settle(day_later).expired.len(), 1);
        assert_eq!(state.settle(day_later).expired.len(), 0);
    }

    #[test]
    fn an_upload_is_needed_as_long_as_a_job_that_names_it_is_being_made() {
        let upload = Uuid::from_u128(7);
        let url = format!("http://127.0.0.1:1/files/uploads/{upload}.png");
        let body = json!({"klingParams": {"reference_images": [url]}});
        assert!(state(Fate::Rendering, body.clone()).is_awaited(upload));
        assert!(!state(Fate::Rendering, body.clone()).is_awaited(Uuid::from_u128(8)));
        assert!(!state(Fate::Rendered { at: at(3) }, body).is_awaited(upload));
    }

    #[test]
    fn a_key_is_forgotten_after_a_day() {
        let state = state(Fate::Rendering, json!({"prompt": "x"}));
        let day = 24 * 3600;
        assert_eq!(
            state.replay("k", &json!({"prompt": "x"}), at(day - 1)),
            Replay::Of(Uuid::from_u128(1))
        );
        assert_eq!(
            state.replay("k", &json!({"prompt": "y"}), at(day - 1)),
            Replay::Conflict
        );
        assert_eq!(
            state.replay("k", &json!({"prompt": "y"}), at(day)),
            Replay::New
        );
        assert_eq!(
            state.replay("other", &json!({"prompt": "x"}), at(1)),
            Replay::New
        );
    }
}
