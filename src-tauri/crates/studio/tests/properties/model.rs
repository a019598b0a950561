//! The life of a generation in miniature: what may follow what, and what must never change.

use studio::generation::{Millis, Record, State};

/// What a library may be asked to record about a generation.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    Uploading,
    Submitting {
        key: u8,
    },
    Sent,
    /// Only if the request of this time was not sent after all.
    Unsent,
    Accepted {
        job: u8,
    },
    Observed {
        progress: Option<u8>,
        queued: bool,
    },
    Rendered {
        url: bool,
    },
    LookAgain,
    Ready,
    Failed,
    Uncertain,
    Waiting,
    Resume,
    Cancel,
    Etag,
    /// The program ends and is started again.
    Restart,
    /// Time passes.
    Hours(u8),
}

/// What the model knows of a generation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Model {
    pub state: State,
    pub key: Option<u8>,
    pub first_sent: Option<Millis>,
    pub job: Option<u8>,
    pub progress: Option<u8>,
    pub has_url: bool,
}

impl Model {
    pub const fn new() -> Self {
        Self {
            state: State::Recorded,
            key: None,
            first_sent: None,
            job: None,
            progress: None,
            has_url: false,
        }
    }

    /// Takes a step if it may be taken now; returns whether it was.
    pub fn take(&mut self, event: Event, now: Millis, sent: Millis) -> bool {
        use State::{
            Downloading, Failed, Ready, Recorded, Rendering, Submitting, Uncertain, Uploading,
        };
        let unsent = matches!(self.state, Recorded | Uploading | Submitting);
        match event {
            Event::Uploading if unsent && self.first_sent.is_none() => self.state = Uploading,
            Event::Submitting { key } if unsent && self.first_sent.is_none() => {
                self.state = Submitting;
                self.key = Some(key);
            }
            Event::Sent if self.state == Submitting => {
                self.first_sent = self.first_sent.or(Some(now));
            }
            Event::Unsent if self.state == Submitting && self.first_sent == Some(sent) => {
                self.first_sent = None;
            }
            Event::Accepted { job } if matches!(self.state, Submitting | Uncertain) => {
                self.state = Rendering;
                self.job = Some(job);
            }
            Event::Observed { progress, .. } if self.state == Rendering => {
                self.progress = self.progress.max(progress);
            }
            Event::Rendered { url } if self.state == Rendering => {
                self.state = Downloading;
                self.has_url = url;
                self.progress = Some(100);
            }
            Event::LookAgain
                if matches!(self.state, Downloading | Failed) && self.job.is_some() =>
            {
                self.state = Rendering;
            }
            Event::Ready if self.state == Downloading => {
                self.state = Ready;
                self.forget_request();
            }
            Event::Failed if self.state.is_unfinished() => self.state = Failed,
            Event::Uncertain if self.state == Submitting => self.state = Uncertain,
            Event::Waiting if self.state.is_unfinished() => {}
            Event::Etag if self.state == Downloading => {}
            Event::Resume
                if matches!(self.state, Failed | Uncertain)
                    && (self.job.is_some() || self.first_sent.is_some()) =>
            {
                self.state = if self.job.is_some() {
                    Rendering
                } else {
                    Submitting
                };
            }
            Event::Cancel if unsent && self.first_sent.is_none() => {
                self.state = Failed;
                self.forget_request();
            }
            Event::Restart | Event::Hours(_) => {}
            _ => return false,
        }
        true
    }

    /// The data needed to get the clip is dropped once it is no longer needed.
    const fn forget_request(&mut self) {
        self.key = None;
        self.first_sent = None;
        self.has_url = false;
    }

    /// Whether the library stores what the model says.
    pub fn is(&self, record: &Record) -> Result<(), String> {
        let key = record.submission.as_ref().map(|one| one.key.clone());
        let job = record.job.as_ref();
        let stored = (
            record.state,
            key,
            record.submission.as_ref().and_then(|one| one.first_sent),
            job.map(|job| job.id.clone()),
        );
        let wanted = (
            self.state,
            self.key.map(|key| format!("key-{key}")),
            self.first_sent,
            self.job.map(|job| format!("job-{job}")),
        );
        if stored != wanted {
            return Err(format!("stored {stored:?}, wanted {wanted:?}"));
        }
        if let Some(job) = job
            && (job.progress, job.result_url.is_some()) != (self.progress, self.has_url)
        {
            return Err(format!("stored {job:?}, wanted {self:?}"));
        }
        Ok(())
    }
}
