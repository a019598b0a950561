//! The engine's messages when something goes wrong: why a generation waits, and why one failed.
//! Whether credits were charged is reported separately, by [`Failure::charged`].

use std::time::Duration;

use apiframe::{Rejection, RejectionKind, Unreached, Unsendable};

use crate::generation::{Failure, FailureAction, Millis};
use crate::message::{AddressFault, ClipFault, Message};
use crate::settings::{Field, Violation};

/// Whether the network is the cause. When it is back for one generation, it is back for all.
pub(super) fn is_offline(message: &Message) -> bool {
    matches!(
        message,
        Message::Offline
            | Message::HostNotFound { .. }
            | Message::ConnectionInspected { .. }
            | Message::CertificateRejected { .. }
            | Message::ClockWrong { .. }
            | Message::ProxySilent { .. }
            | Message::ProxyRefused { .. }
            | Message::ProxyPassword { .. }
            | Message::ClipServerUnreached { .. }
            | Message::AnswerLost
            | Message::DownloadBroke
    )
}

/// Why there is no connection to Apiframe.
pub(super) fn unreached(why: &Unreached) -> Message {
    Message::of_connection(why).unwrap_or(Message::Offline)
}

/// A request that the network library could not send. The user did not cause this.
pub(super) fn unsendable(why: &Unsendable) -> Message {
    tracing::error!(?why, "a request could not be sent");
    Message::StepBroke
}

/// Why a server that is reachable can't serve requests at the moment.
pub(super) fn unavailable(rejection: &Rejection) -> Message {
    if is_in_between(rejection) {
        Message::AnsweredInBetween
    } else {
        Message::ServerTrouble
    }
}

/// For pauses longer than this, the end is more useful than the length.
const LONG_PAUSE: Duration = Duration::from_mins(2);

/// At `now` the server asked for a pause, which is kept for this long.
pub(super) fn pause(kept: Option<Duration>, now: Millis) -> Message {
    match kept {
        None => Message::ShortPause,
        Some(wait) if wait <= LONG_PAUSE => Message::Pause {
            seconds: seconds(wait),
        },
        Some(wait) => Message::PauseUntil {
            at: now.saturating_add(Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX)),
        },
    }
}

/// Converts to seconds, at least one: a message never mentions a pause of zero seconds.
pub(super) fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1)
}

/// Whether an answer does not come from Apiframe itself: the API never redirects.
pub(super) fn is_in_between(rejection: &Rejection) -> bool {
    (300..400).contains(&rejection.status)
}

/// Why a download waits for the server that holds the clip.
pub(super) fn download_busy(wait: Option<Duration>) -> Message {
    wait.map_or(Message::ClipServerTrouble, |wait| Message::ClipPause {
        seconds: seconds(wait),
    })
}

/// The clips folder that the user chose is missing.
pub(super) fn folder_gone(folder: &std::path::Path) -> Message {
    Message::ClipsFolderGone {
        folder: folder.display().to_string(),
    }
}

/// Why a download waits for the disk.
pub(super) fn disk(error: &std::io::Error, folder: &std::path::Path) -> Message {
    let folder = folder.display().to_string();
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            Message::ClipsDiskFull { folder }
        }
        std::io::ErrorKind::TimedOut => Message::ClipsFolderSilent { folder },
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Message::ClipsFolderClosed { folder }
        }
        _ => Message::ClipNotWritten {
            folder,
            error: error.to_string(),
        },
    }
}

fn failure(
    message: Message,
    field: Option<Field>,
    charged: Option<bool>,
    actions: &[FailureAction],
) -> Failure {
    Failure {
        message,
        field,
        charged,
        actions: actions.to_vec(),
    }
}

/// A setting of an imported generation that the server did not report or whose picture is not kept.
pub(super) fn not_told(field: Field) -> Violation {
    let message = match field {
        Field::Start | Field::End | Field::References => Message::PictureNotKept { field },
        _ => Message::SettingNotTold { field },
    };
    Violation { field, message }
}

/// The stored data of a generation can't be read completely, so it is unknown what would be paid
/// for.
pub(super) fn not_whole() -> Violation {
    Violation {
        field: Field::Prompt,
        message: Message::EntryUnreadable,
    }
}

/// The same, for a generation that was not sent yet.
pub(super) fn unreadable() -> Failure {
    failure(
        Message::EntryNotSent,
        None,
        Some(false),
        &[FailureAction::FixSettings],
    )
}

/// The user cancelled it before anything was sent.
pub(super) fn cancelled() -> Failure {
    failure(
        Message::Cancelled,
        None,
        Some(false),
        &[FailureAction::TryAgain],
    )
}

/// A frame's file is no longer in the library.
pub(super) fn frame_missing(field: Field) -> Failure {
    failure(
        Message::FrameMissing { field },
        Some(field),
        Some(false),
        &[FailureAction::FixSettings],
    )
}

/// The server refused a picture.
pub(super) fn upload_refused(field: Field, rejection: &Rejection) -> Failure {
    match rejection.kind {
        RejectionKind::Unauthorized | RejectionKind::Forbidden => refused(rejection),
        _ => failure(
            Message::PictureRefused {
                field,
                said: sentence(&rejection.message),
            },
            Some(field),
            Some(false),
            &[FailureAction::FixSettings, FailureAction::TryAgain],
        ),
    }
}

/// The server refused the request itself; nothing was charged.
pub(super) fn refused(rejection: &Rejection) -> Failure {
    let said = sentence(&rejection.message);
    let (message, field, actions): (_, _, &[FailureAction]) = match &rejection.kind {
        RejectionKind::Invalid => {
            let named = rejection
                .details
                .iter()
                .find_map(|(path, sentences)| Some((Field::of_path(path)?, sentences.first()?)));
            match named {
                Some((field, why)) => {
                    let said = sentence(why);
                    let message = Message::FieldRefused { field, said };
                    (message, Some(field), &[FailureAction::FixSettings])
                }
                None => (
                    Message::RequestRefused { said },
                    None,
                    &[FailureAction::FixSettings, FailureAction::TryAgain],
                ),
            }
        }
        RejectionKind::Unauthorized => (
            Message::KeyRefused,
            None,
            &[FailureAction::ReplaceKey, FailureAction::TryAgain],
        ),
        RejectionKind::Forbidden => (
            Message::KeyForbidden { said },
            None,
            &[FailureAction::ReplaceKey, FailureAction::TryAgain],
        ),
        RejectionKind::OutOfCredits {
            required,
            available,
        } => (
            match (*required, *available) {
                (Some(needed), Some(left)) => Message::NoCredits { needed, left },
                _ => Message::NotEnoughCredits,
            },
            None,
            &[FailureAction::AddCredits, FailureAction::TryAgain],
        ),
        _ => (
            Message::RequestNotTaken { said },
            None,
            &[FailureAction::TryAgain],
        ),
    };
    failure(message, field, Some(false), actions)
}

/// The request may have arrived, and the server's answers do not say whether it did.
pub(super) fn uncertain() -> Failure {
    failure(Message::FateUnknown, None, None, &[])
}

/// The job ended at the server without a clip. Such jobs are not charged.
pub(super) fn job_failed(said: Option<&str>, cancelled: bool) -> Failure {
    let message = match said.map(str::trim).filter(|said| !said.is_empty()) {
        Some(said) => Message::JobFailedBecause {
            said: sentence(said),
        },
        None if cancelled => Message::JobCancelled,
        None => Message::JobFailed,
    };
    failure(
        message,
        None,
        Some(false),
        &[FailureAction::FixSettings, FailureAction::TryAgain],
    )
}

/// The server deleted the clip before it could be fetched.
pub(super) fn expired() -> Failure {
    failure(
        Message::ClipExpired,
        None,
        Some(true),
        &[FailureAction::TryAgain],
    )
}

/// The server says that the job is done but names no clip.
pub(super) fn no_result() -> Failure {
    unfetched(Message::NoResult)
}

/// The server does not know the job.
pub(super) fn job_unknown() -> Failure {
    failure(
        Message::JobUnknown,
        None,
        None,
        &[FailureAction::DownloadAgain, FailureAction::TryAgain],
    )
}

/// What was fetched is not a clip, repeatedly.
pub(super) fn not_the_clip(fault: ClipFault) -> Failure {
    unfetched(Message::NotTheClip { fault })
}

/// The clip is not at the address that its job gives, repeatedly.
pub(super) fn not_there() -> Failure {
    unfetched(Message::ClipNotThere)
}

/// The job gives an address that this program does not fetch from, repeatedly.
pub(super) fn refused_address(fault: AddressFault) -> Failure {
    unfetched(Message::ClipAddress { fault })
}

/// A clip that was made but could not be fetched.
fn unfetched(message: Message) -> Failure {
    failure(message, None, Some(true), &[FailureAction::DownloadAgain])
}

/// A sentence from the server, with final punctuation and short enough for a card.
fn sentence(said: &str) -> String {
    let said = said.trim();
    let mut short: String = said.chars().take(300).collect();
    if short.len() < said.len() {
        short.push('…');
    } else if !short.ends_with(['.', '!', '?', '…']) {
        short.push('.');
    }
    short
}
