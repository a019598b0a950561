//! The remote side of a generation: what the server reports about a submitted job.
//!
//! Reading is lenient (see `lenient`): only a job without a sensible `id` is rejected. Writing
//! follows the schema exactly, for the server that stands in for the real one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use url::Url;

use crate::lenient;

/// The answer to a submission: the job exists and is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The job's id, used to query it: 1 to 128 letters, digits, `-` and `_`.
    #[serde(deserialize_with = "lenient::id")]
    pub job_id: String,
    /// The job's status. Past `Queued` when a submission was replayed under its idempotency key.
    #[serde(default)]
    pub status: JobStatus,
}

/// The status of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// Waiting to be processed.
    Queued,
    /// Being processed.
    Processing,
    /// The clip is ready.
    Completed,
    /// There is no clip, and the credits were refunded.
    Failed,
    /// Stopped by the server or on the vendor's site.
    Cancelled,
    /// A value that this client does not know, kept as received. It counts as still running: giving
    /// up on a paid clip because of a new value would be the worse mistake.
    Other(String),
}

impl JobStatus {
    /// Whether it is worth asking again.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        match self {
            Self::Queued | Self::Processing | Self::Other(_) => true,
            Self::Completed | Self::Failed | Self::Cancelled => false,
        }
    }

    /// The value on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "QUEUED",
            Self::Processing => "PROCESSING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::Other(word) => word,
        }
    }
}

impl Default for JobStatus {
    /// The status of a job that does not report one.
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl From<&str> for JobStatus {
    fn from(word: &str) -> Self {
        match word.to_ascii_uppercase().as_str() {
            "QUEUED" => Self::Queued,
            "PROCESSING" => Self::Processing,
            "COMPLETED" => Self::Completed,
            "FAILED" => Self::Failed,
            "CANCELLED" => Self::Cancelled,
            _ => Self::Other(word.to_owned()),
        }
    }
}

impl Serialize for JobStatus {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for JobStatus {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(from)? {
            Value::String(word) => Self::from(word.as_str()),
            Value::Null => Self::default(),
            other => Self::Other(other.to_string()),
        })
    }
}

/// A job, as returned by `GET /v2/jobs/{id}` and the job list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The id, a UUID by the schema: 1 to 128 letters, digits, `-` and `_`.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The job's status.
    #[serde(default)]
    pub status: JobStatus,
    /// The model it runs on; empty when the server does not say.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub model: String,
    /// 0 to 100; `None` when the server does not say.
    #[serde(default, deserialize_with = "lenient::percent")]
    pub progress: Option<u8>,
    /// The output, untyped in the schema; see [`Job::result_urls`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// The server's message about what went wrong, made safe to show.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub error: Option<String>,
    /// Credits charged for it, 0 to 1,000,000; refunded when it fails. `None` when the server does
    /// not say, or reports an impossible value.
    #[serde(default, deserialize_with = "lenient::cost")]
    pub credit_cost: Option<i64>,
    /// `pending`, `delivered` or `failed`, if a webhook was requested.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub webhook_status: Option<String>,
    /// When it was accepted, by the server's clock. Required by the schema; `None` if it is missing
    /// or unreadable, because a job must not be lost over its date.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub created_at: Option<jiff::Timestamp>,
    /// When it ended, by the server's clock.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub completed_at: Option<jiff::Timestamp>,
    /// True once the files were purged, by default 24 hours after completion.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub expired: bool,
    /// The submitted request; a listed job may lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
}

impl Job {
    /// The addresses of the finished clips, in the server's order, without duplicates.
    ///
    /// The schema leaves `result` untyped and the sources show several shapes, so this accepts a
    /// bare address, lists, and objects that hold one under `videoUrl`, `video`, `videos` or `url`,
    /// in any combination. Only `http` and `https` addresses count. Whether such an address may be
    /// fetched is for the caller to decide.
    #[must_use]
    pub fn result_urls(&self) -> Vec<Url> {
        let mut found = Vec::new();
        if let Some(result) = &self.result {
            collect_urls(result, NESTING, &mut found);
        }
        found
    }
}

/// The deepest structure seen in any source has three levels (`{"videos":[{"url":…}]}`); twice that
/// leaves room for a wrapper without descending far into a hostile reply.
const NESTING: u8 = 6;

fn collect_urls(value: &Value, levels: u8, found: &mut Vec<Url>) {
    match value {
        Value::String(text) => {
            if let Ok(url) = Url::parse(text.trim())
                && matches!(url.scheme(), "http" | "https")
                && !found.contains(&url)
            {
                found.push(url);
            }
        }
        Value::Array(items) if levels > 0 => {
            for item in items {
                collect_urls(item, levels - 1, found);
            }
        }
        Value::Object(fields) if levels > 0 => {
            for name in ["videoUrl", "video", "videos", "url"] {
                if let Some(field) = fields.get(name) {
                    collect_urls(field, levels - 1, found);
                }
            }
        }
        _ => {}
    }
}

/// A page of the job list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Listed")]
pub struct JobPage {
    /// The jobs. One that cannot be read at all is left out rather than hiding the others.
    pub jobs: Vec<Job>,
    /// How many jobs were left out.
    #[serde(skip_serializing)]
    pub unreadable: usize,
    /// Where the next page starts.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// A page as the server sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    jobs: Vec<Value>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    next_cursor: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    has_more: bool,
}

impl From<Listed> for JobPage {
    fn from(page: Listed) -> Self {
        let listed = page.jobs.len();
        let jobs = lenient::readable(page.jobs);
        Self {
            unreadable: listed - jobs.len(),
            jobs,
            next_cursor: page.next_cursor,
            has_more: page.has_more,
        }
    }
}

/// Which part of the job list to return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JobQuery {
    /// Only jobs with this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<JobStatus>,
    /// Only jobs of this model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Jobs per page, 1 to 100; the server's default is 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u8>,
    /// Where to start: [`JobPage::next_cursor`] of the previous page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests;
