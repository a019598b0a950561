//! What is stored of the account, and under which names.
//!
//! Each job and each upload has its own file, so that a change costs as little in an account of a
//! thousand jobs as in a new one. Clips and pictures are stored beside them as they are served.

use std::io;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::job::JobRecord;
use crate::shelf::Shelf;
use crate::state::State;
use crate::upload::UploadRecord;

const ACCOUNT: &str = "account.json";

/// The account's own figures.
#[derive(Serialize, Deserialize)]
struct Account {
    granted: i64,
}

pub(crate) struct Archive(Shelf);

impl Archive {
    pub const fn new(shelf: Shelf) -> Self {
        Self(shelf)
    }

    /// The account as it was left, or a new one with this many credits.
    pub fn open(&self, credits: i64) -> io::Result<State> {
        let mut state = State {
            granted: credits,
            ..State::default()
        };
        match self.0.get(ACCOUNT)? {
            Some(bytes) => state.granted = parsed::<Account>(&bytes)?.granted,
            None => self.keep_granted(credits)?,
        }
        for bytes in self.0.all("jobs")? {
            let job: JobRecord = parsed(&bytes)?;
            state.jobs.insert(job.id, job);
        }
        for bytes in self.0.all("uploads/about")? {
            let upload: UploadRecord = parsed(&bytes)?;
            state.uploads.insert(upload.id, upload);
        }
        Ok(state)
    }

    pub fn keep_granted(&self, granted: i64) -> io::Result<()> {
        self.0.put(ACCOUNT, written(&Account { granted })?)
    }

    pub fn keep_job(&self, job: &JobRecord) -> io::Result<()> {
        self.0.put(&format!("jobs/{}.json", job.id), written(job)?)
    }

    pub fn keep_clip(&self, job: Uuid, clip: Bytes) -> io::Result<()> {
        self.0.put(&clip_name(job), clip)
    }

    pub fn clip(&self, job: Uuid) -> io::Result<Option<Bytes>> {
        self.0.get(&clip_name(job))
    }

    pub fn forget_clip(&self, job: Uuid) -> io::Result<()> {
        self.0.remove(&clip_name(job))
    }

    pub fn keep_upload(&self, upload: &UploadRecord) -> io::Result<()> {
        self.0.put(&about_name(upload.id), written(upload)?)
    }

    pub fn keep_picture(&self, upload: Uuid, picture: Bytes) -> io::Result<()> {
        self.0.put(&picture_name(upload), picture)
    }

    pub fn picture(&self, upload: Uuid) -> io::Result<Option<Bytes>> {
        self.0.get(&picture_name(upload))
    }

    pub fn forget_upload(&self, upload: Uuid) -> io::Result<()> {
        self.0.remove(&about_name(upload))?;
        self.0.remove(&picture_name(upload))
    }
}

fn clip_name(job: Uuid) -> String {
    format!("results/{job}.mp4")
}

fn picture_name(upload: Uuid) -> String {
    format!("uploads/{upload}")
}

fn about_name(upload: Uuid) -> String {
    format!("uploads/about/{upload}.json")
}

fn written(value: &impl Serialize) -> io::Result<Bytes> {
    Ok(serde_json::to_vec_pretty(value)?.into())
}

fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    Ok(serde_json::from_slice(bytes)?)
}
