//! Why a job, or a clip's file, could not be imported, in sentences for the person.

use std::time::Duration;

use apiframe::{Error, RejectionKind, Unsendable};

use crate::library::LibraryError;

/// Why something could not be brought in.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The field is empty.
    #[error("Paste the id of a job first. Apiframe's dashboard shows it with each job.")]
    NoId,
    /// By the schema, ids are UUIDs.
    #[error(
        "That is not the id of a job. It looks like 0b8f6c1e-2d34-4c5a-9e7b-1f2a3b4c5d6e; \
         copy all of it from Apiframe's dashboard."
    )]
    NotAnId,
    /// Nobody is signed in.
    #[error("There is no key, so Apiframe can't be asked. Add one in Settings.")]
    NoKey,
    /// No connection, or no answer.
    #[error("Apiframe could not be reached. Check the connection, then try again.")]
    Offline,
    /// The key is not accepted.
    #[error("Apiframe does not accept the key. Replace it in Settings, then try again.")]
    KeyRefused,
    /// 429.
    #[error("{}", pause_sentence(*.0))]
    Pause(Option<Duration>),
    /// The server is in trouble.
    #[error("Apiframe is having trouble just now. Nothing is lost; try again in a minute.")]
    Busy,
    /// No such job, or somebody else's.
    #[error(
        "Apiframe knows no such job under this key. Check the id, or sign in with the key \
         that the job was made with."
    )]
    Unknown,
    /// It ended without a clip.
    #[error("This job failed at Apiframe, so there is no clip. Failed jobs are not charged.")]
    Failed,
    /// The clip was deleted.
    #[error(
        "Apiframe has deleted this clip: it keeps clips for a day. It can't be imported any more."
    )]
    Expired,
    /// It made something else.
    #[error("This job made a picture or music, not a clip, so it can't be imported.")]
    NotAClip,
    /// The clips folder is not there; the sentence names it.
    #[error("{0}")]
    NoFolder(String),
    /// The library could not do it.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

fn pause_sentence(wait: Option<Duration>) -> String {
    match wait {
        Some(wait) => format!(
            "Apiframe asks for a pause of {} s. Try again after that.",
            wait.as_secs().max(1)
        ),
        None => "Apiframe asks for a short pause. Try again in a minute.".into(),
    }
}

impl RecoveryError {
    /// A stable word for the screen.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoId | Self::NotAnId => "jobId",
            Self::NoKey => "noKey",
            Self::Offline => "offline",
            Self::KeyRefused => "keyRefused",
            Self::Pause(_) | Self::Busy => "busy",
            Self::Unknown => "jobUnknown",
            Self::Failed => "jobFailed",
            Self::Expired => "jobExpired",
            Self::NotAClip => "notAClip",
            Self::NoFolder(_) => "clipsFolder",
            Self::Library(_) => "library",
        }
    }

    pub(in crate::engine) fn of(error: Error) -> Self {
        match error {
            Error::Connect(_) | Error::Lost(_) => Self::Offline,
            Error::Unsendable(Unsendable::NoKey) => Self::NoKey,
            Error::Unsendable(_) => Self::NotAnId,
            Error::Rejected(rejection) => match rejection.kind {
                RejectionKind::Unauthorized | RejectionKind::Forbidden => Self::KeyRefused,
                RejectionKind::RateLimited => Self::Pause(rejection.retry_after),
                RejectionKind::NotFound | RejectionKind::Gone | RejectionKind::Invalid => {
                    Self::Unknown
                }
                _ => Self::Busy,
            },
        }
    }
}
