//! The account: its jobs, uploads and credits. Pure bookkeeping; the clock is passed in and
//! nothing is read or written here.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::job::{Fate, JobRecord, Keeping};
use crate::upload::UploadRecord;

/// How long a submission can be replayed under its key, from the schema.
const REPLAY: SignedDuration = SignedDuration::from_hours(24);

/// What a submission under an idempotency key comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Nothing was sent under the key, or too long ago.
    New,
    /// The same body was: this is its job.
    Of(Uuid),
    /// Another body was.
    Conflict,
}

/// What changed when jobs were settled.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Jobs that ended, as they are now.
    pub ended: Vec<JobRecord>,
    /// Jobs whose clip is to be thrown away.
    pub expired: Vec<JobRecord>,
}

/// The account and everything in it.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub jobs: HashMap<Uuid, JobRecord>,
    pub uploads: HashMap<Uuid, UploadRecord>,
    /// Credits ever given. What is left follows from the jobs, so the two can't disagree.
    pub granted: i64,
    /// Whether jobs are kept from ending.
    pub held: bool,
    /// When they were last let go.
    pub released_at: Option<Timestamp>,
}

impl State {
    /// Credits left.
    pub fn credits(&self) -> i64 {
        self.granted - self.outstanding()
    }

    /// Gives or takes credits until so many are left.
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

    /// Whether a submission is a repetition.
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
            // A job let go by itself, or made after the last hold ended, waited for nobody.
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

    /// Whether a job that still has to be made names this upload.
    pub fn is_awaited(&self, upload: Uuid) -> bool {
        let id = upload.to_string();
        self.jobs.values().any(|job| {
            job.fate == Fate::Rendering
                && job
                    .input
                    .get("klingParams")
                    .is_some_and(|p| mentions(p, &id))
        })
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
