//! The account in the API's format.

use apiframe::{Job, Upload};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::job::JobRecord;
use crate::upload::UploadRecord;

/// How a finished job reports where its clip is. The schema leaves that open, and its sources show
/// all of these forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResultShape {
    /// `{"videoUrl": "…"}`
    #[default]
    VideoUrl,
    /// `{"videos": ["…"]}`
    Videos,
    /// `{"videos": [{"url": "…"}]}`
    VideoObjects,
    /// `"…"`
    Bare,
    /// `["…"]`
    List,
}

impl ResultShape {
    fn of(self, url: &str) -> Value {
        match self {
            Self::VideoUrl => json!({"videoUrl": url}),
            Self::Videos => json!({"videos": [url]}),
            Self::VideoObjects => json!({"videos": [{"url": url}]}),
            Self::Bare => json!(url),
            Self::List => json!([url]),
        }
    }
}

/// The address of a job's clip.
pub(crate) fn clip_url(base: &str, job: &JobRecord) -> String {
    format!("{base}/files/results/{}.mp4", job.id)
}

/// A job as returned by `GET /v2/jobs/{id}`.
pub(crate) fn job(job: &JobRecord, now: Timestamp, base: &str, shape: ResultShape) -> Job {
    let (status, progress) = job.standing(now);
    Job {
        id: job.id.to_string(),
        status,
        model: job.model.clone(),
        progress,
        result: job.is_completed().then(|| shape.of(&clip_url(base, job))),
        error: job.error().map(str::to_owned),
        credit_cost: Some(i64::from(job.cost)),
        webhook_status: job.webhook_status(),
        created_at: Some(job.created_at),
        completed_at: job.ended_at,
        expired: job.is_expired(now),
        input: Some(job.input.clone()),
    }
}

/// A job as returned in the list: without its input.
pub(crate) fn listed(record: &JobRecord, now: Timestamp, base: &str, shape: ResultShape) -> Job {
    Job {
        input: None,
        ..job(record, now, base, shape)
    }
}

/// An upload as returned by `POST /v2/uploads`.
pub(crate) fn upload(upload: &UploadRecord, base: &str) -> Result<Upload, url::ParseError> {
    Ok(Upload {
        id: upload.id.to_string(),
        url: Url::parse(&format!(
            "{base}/files/uploads/{}.{}",
            upload.id,
            upload.kind.extension()
        ))?,
        kind: upload.kind.medium().to_owned(),
        content_type: upload.kind.content_type().to_owned(),
        byte_size: upload.size,
        expires_at: upload.expires_at,
    })
}
