//! Why a job, or a clip's file, could not be imported.

use std::time::Duration;

use apiframe::{Error, RejectionKind, Unreached, Unsendable};

use super::messages;
use crate::library::LibraryError;
use crate::message::Message;

/// Why something could not be imported.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum ImportError {
    /// The field is empty.
    NoId,
    /// Not a UUID, which the schema requires of ids.
    NotAnId,
    /// No one is signed in.
    NoKey,
    /// No connection.
    Unreached(Unreached),
    /// No answer.
    Offline,
    /// The key is not accepted.
    KeyRefused,
    /// The server asked for a pause (429).
    Pause(Option<Duration>),
    /// The server is in trouble.
    Busy,
    /// No such job, or a job of another account.
    Unknown,
    /// The job ended without a clip.
    Failed,
    /// The clip was deleted.
    Expired,
    /// The job made something other than a clip.
    NotAClip,
    /// The clips folder is missing.
    NoFolder(Message),
    /// The library could not do it.
    Library(#[from] LibraryError),
}

impl From<&ImportError> for Message {
    fn from(error: &ImportError) -> Self {
        match error {
            ImportError::NoId => Self::JobIdMissing,
            ImportError::NotAnId => Self::JobIdMalformed,
            ImportError::NoKey => Self::ImportSignedOut,
            ImportError::Unreached(why) => Self::of_connection(why).unwrap_or(Self::ImportOffline),
            ImportError::Offline => Self::ImportOffline,
            ImportError::KeyRefused => Self::KeyRefused,
            ImportError::Pause(Some(wait)) => Self::ImportPause {
                seconds: messages::seconds(*wait),
            },
            ImportError::Pause(None) => Self::ImportShortPause,
            ImportError::Busy => Self::ImportTrouble,
            ImportError::Unknown => Self::ImportUnknown,
            ImportError::Failed => Self::ImportFailed,
            ImportError::Expired => Self::ImportExpired,
            ImportError::NotAClip => Self::ImportNotAClip,
            ImportError::NoFolder(message) => message.clone(),
            ImportError::Library(error) => error.into(),
        }
    }
}

impl ImportError {
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::Connect(why) => Self::Unreached(why),
            Error::Lost(_) => Self::Offline,
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
