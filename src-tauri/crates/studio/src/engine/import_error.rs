//! Why a job, or a clip's file, could not be imported.

use std::time::Duration;

use apiframe::{Error, RejectionKind, Unsendable};

use super::messages;
use crate::library::LibraryError;
use crate::message::Message;

/// Why something could not be brought in.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum RecoveryError {
    /// The field is empty.
    NoId,
    /// By the schema, ids are UUIDs.
    NotAnId,
    /// Nobody is signed in.
    NoKey,
    /// No connection, or no answer.
    Offline,
    /// The key is not accepted.
    KeyRefused,
    /// 429.
    Pause(Option<Duration>),
    /// The server is in trouble.
    Busy,
    /// No such job, or somebody else's.
    Unknown,
    /// It ended without a clip.
    Failed,
    /// The clip was deleted.
    Expired,
    /// It made something else.
    NotAClip,
    /// The clips folder is not there.
    NoFolder(Message),
    /// The library could not do it.
    Library(#[from] LibraryError),
}

impl From<&RecoveryError> for Message {
    fn from(error: &RecoveryError) -> Self {
        match error {
            RecoveryError::NoId => Self::JobIdMissing,
            RecoveryError::NotAnId => Self::JobIdMalformed,
            RecoveryError::NoKey => Self::ImportSignedOut,
            RecoveryError::Offline => Self::ImportOffline,
            RecoveryError::KeyRefused => Self::KeyRefused,
            RecoveryError::Pause(Some(wait)) => Self::ImportPause {
                seconds: messages::seconds(*wait),
            },
            RecoveryError::Pause(None) => Self::ImportShortPause,
            RecoveryError::Busy => Self::ImportTrouble,
            RecoveryError::Unknown => Self::ImportUnknown,
            RecoveryError::Failed => Self::ImportFailed,
            RecoveryError::Expired => Self::ImportExpired,
            RecoveryError::NotAClip => Self::ImportNotAClip,
            RecoveryError::NoFolder(message) => message.clone(),
            RecoveryError::Library(error) => error.into(),
        }
    }
}

impl RecoveryError {
    pub(super) fn of(error: Error) -> Self {
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
