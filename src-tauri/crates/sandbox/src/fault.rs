//! Faults on demand: what goes wrong, at which call, and how often.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// A kind of call that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Call {
    /// `POST /v2/videos/generate`, `upscale` or `edit`
    Generate,
    /// `GET /v2/jobs/{id}`
    Job,
    /// `GET /v2/jobs`
    Jobs,
    /// `POST /v2/uploads`
    Upload,
    /// `GET /v2/me`
    Me,
    /// `GET /v2/models`
    Models,
    /// `GET /files/…`: uploads and finished clips.
    File,
}

impl Call {
    /// The call that a request makes, if it is one of the API's.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "/v2/videos/generate" | "/v2/videos/upscale" | "/v2/videos/edit" => {
                Some(Self::Generate)
            }
            "/v2/jobs" => Some(Self::Jobs),
            "/v2/uploads" => Some(Self::Upload),
            "/v2/me" => Some(Self::Me),
            "/v2/models" => Some(Self::Models),
            _ if path.starts_with("/v2/jobs/") => Some(Self::Job),
            _ if path.starts_with("/files/") => Some(Self::File),
            _ => None,
        }
    }
}

/// What happens instead of the correct answer, or to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Answer {
    /// The connection is closed as soon as the request's head has been read.
    Refuse,
    /// The connection is reset once the whole request has arrived. The request is not carried out.
    DropBefore,
    /// The request is carried out, and the connection is reset before any byte of the answer is
    /// sent.
    DropAfter,
    /// The whole request arrives, but no answer is ever sent.
    Stall,
    /// The answer stops in the middle of its body.
    StallInside {
        /// Bytes of the body that are sent; half of it by default.
        #[serde(default)]
        after: Option<u64>,
    },
    /// The answer declares its full length and ends early.
    Truncate {
        /// Bytes of the body that are sent; half of it by default.
        #[serde(default)]
        after: Option<u64>,
    },
    /// The answer looks complete, including its declared length, but its body ends early.
    Shorten {
        /// Bytes of the body that are sent; half of it by default.
        #[serde(default)]
        to: Option<u64>,
    },
    /// The answer's body is followed by endless spaces, and no length is declared.
    Endless,
    /// The answer's body is sent slowly.
    Slow {
        /// Bytes of the body per second.
        bytes_per_second: u64,
    },
    /// 200 with an HTML page. The request is not carried out.
    WrongType,
    /// Any status. The request is not carried out.
    Status {
        /// The status, 200 to 599.
        status: u16,
        /// The body; by default the error that the API sends with such a status.
        #[serde(default)]
        body: Option<String>,
        /// Headers, `Retry-After` for example. The content type is JSON unless given here.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// On `generate`: the job is accepted and fails soon. On `job` and `file`: the job named in the
    /// path fails now, if it is still running.
    FailJob {
        /// The message in the job's `error`.
        error: String,
    },
    /// On `job` and `file`: the named job's clip is purged now. On `generate`: as soon as it
    /// is finished.
    Expire,
    /// On `generate`: answered as if only this many credits were left.
    OutOfCredits {
        /// `creditsAvailable` in the answer.
        #[serde(default)]
        available: u32,
    },
    /// A redirect. The request is not carried out.
    Redirect {
        location: String,
        /// The status, 302 by default.
        #[serde(default = "found")]
        status: u16,
    },
}

const fn found() -> u16 {
    302
}

impl Answer {
    /// A status with the API's own error body.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::Status {
            status,
            body: None,
            headers: BTreeMap::new(),
        }
    }

    /// The same answer with this body; only an [`Answer::Status`] has one.
    #[must_use]
    pub fn with_body(mut self, text: impl Into<String>) -> Self {
        if let Self::Status { body, .. } = &mut self {
            *body = Some(text.into());
        }
        self
    }

    /// The same answer with this header; only an [`Answer::Status`] has any.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.insert(name.into(), value.into());
        }
        self
    }

    /// A job that fails with this message.
    #[must_use]
    pub fn fail_job(error: impl Into<String>) -> Self {
        Self::FailJob {
            error: error.into(),
        }
    }
}

/// A fault waiting for its call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    pub call: Call,
    /// Only calls whose path contains this.
    #[serde(default)]
    pub path: Option<String>,
    /// How many such calls pass unharmed first.
    #[serde(default)]
    pub after: u32,
    /// How many calls it then affects; `None` for all of them.
    #[serde(default)]
    pub times: Option<u32>,
    pub answer: Answer,
}

impl Fault {
    /// A fault at every such call, unless it is limited with the other methods. Ends with
    /// [`Aim::then`].
    pub const fn on(call: Call) -> Aim {
        Aim {
            call,
            path: None,
            after: 0,
            times: None,
        }
    }
}

/// A fault whose answer is not set yet.
#[derive(Clone, Debug)]
#[must_use]
pub struct Aim {
    call: Call,
    path: Option<String>,
    after: u32,
    times: Option<u32>,
}

impl Aim {
    /// Only calls whose path contains this.
    pub fn path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// Lets this many calls pass first.
    pub const fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }

    /// Affects this many calls and then no more.
    pub const fn times(mut self, calls: u32) -> Self {
        self.times = Some(calls);
        self
    }

    #[must_use]
    pub fn then(self, answer: Answer) -> Fault {
        Fault {
            call: self.call,
            path: self.path,
            after: self.after,
            times: self.times,
            answer,
        }
    }
}

/// The faults that are waiting, in the order they were set.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Returns what happens to this call: the answer of the first fault that matches it and is due.
    /// Every matching fault that is not due yet moves one call closer.
    pub fn take(&self, call: Call, path: &str) -> Option<Answer> {
        let mut faults = self.lock();
        let mut answer = None;
        for fault in faults.iter_mut() {
            let fits =
                fault.call == call && fault.path.as_ref().is_none_or(|part| path.contains(part));
            if !fits || fault.times == Some(0) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if answer.is_none() {
                fault.times = fault.times.map(|times| times - 1);
                answer = Some(fault.answer.clone());
            }
        }
        faults.retain(|fault| fault.times != Some(0));
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_the_calls_it_is_aimed_at_and_then_is_over() {
        let faults = Faults::default();
        faults.add(
            Fault::on(Call::Job)
                .path("abc")
                .after(1)
                .times(2)
                .then(Answer::Refuse),
        );
        let hits = |path: &str| faults.take(Call::Job, path).is_some();
        assert!(!hits("/v2/jobs/other"));
        assert!(!hits("/v2/jobs/abc"));
        assert!(hits("/v2/jobs/abc"));
        assert!(faults.take(Call::File, "/files/results/abc.mp4").is_none());
        assert!(hits("/v2/jobs/abc"));
        assert!(!hits("/v2/jobs/abc"));
    }

    #[test]
    fn faults_on_the_same_call_come_one_after_another() {
        let faults = Faults::default();
        faults.add(Fault::on(Call::Me).times(1).then(Answer::status(503)));
        faults.add(Fault::on(Call::Me).times(1).then(Answer::status(429)));
        assert_eq!(faults.take(Call::Me, "/v2/me"), Some(Answer::status(503)));
        assert_eq!(faults.take(Call::Me, "/v2/me"), Some(Answer::status(429)));
        assert_eq!(faults.take(Call::Me, "/v2/me"), None);
    }
}
