//! What the engine says to a person when something does not go as it should: why a
//! generation waits, and why one failed. Every sentence names what to do, or that nothing
//! need be done; whether credits were taken is said by the screen from [`Failure::charged`].

use std::time::Duration;

use apiframe::{Rejection, RejectionKind};
use jiff::Zoned;

use crate::generation::{Failure, Mend};
use crate::settings::{Field, Violation};

pub(super) const NO_KEY: &str =
    "Waiting for an Apiframe key. It goes on as soon as you are signed in.";
pub(super) const NO_CONNECTION: &str =
    "No connection to Apiframe. Trying again by itself; nothing is lost.";
pub(super) const ANSWER_LOST: &str =
    "Apiframe's answer was lost. Asking for the same job again; it can't be charged twice.";
pub(super) const KEY_REFUSED_WHILE_RENDERING: &str =
    "Apiframe no longer accepts the key. Replace it in Settings and this goes on by itself.";
pub(super) const DOWNLOAD_BROKE: &str =
    "The connection broke. The download goes on where it stopped.";
pub(super) const ADDRESS_FAILED: &str =
    "The clip did not come from its address. Asking Apiframe for another one; nothing is lost.";
pub(super) const JOB_NOT_FOUND: &str =
    "Apiframe does not find this job just now. Asking again by itself; nothing is lost.";
pub(super) const NEWER_SETTINGS: &str = "It was made in a newer Inbetween, with settings that this one does not know. Update Inbetween and it goes on by itself.";
pub(super) const UNCERTAIN: &str = "Apiframe's answer to this request never arrived, and its job list does not show it. \
     It may have been charged. Check again, or submit it again and pay for it.";

/// What is said while the network is in the way, and is over for all when it is for one.
pub(super) const OFFLINE: [&str; 3] = [NO_CONNECTION, ANSWER_LOST, DOWNLOAD_BROKE];

/// Why a server that is there can't serve just now.
pub(super) fn unavailable(rejection: &Rejection) -> String {
    if is_in_between(rejection) {
        "Something between this computer and Apiframe answers in its place, the sign-in page of \
         a network perhaps. Trying again by itself; nothing is lost."
            .into()
    } else {
        "Apiframe is having trouble just now. Trying again by itself; nothing is lost.".into()
    }
}

/// From here on the end of a pause says more than its length.
const LONG_PAUSE: Duration = Duration::from_mins(2);

/// The server asked for a pause, which is kept for so long; `now` is the user's time of day.
pub(super) fn pause(asked: Option<Duration>, now: &Zoned) -> String {
    match asked {
        None => "Apiframe asks for a short pause. It goes on by itself.".into(),
        Some(wait) if wait <= LONG_PAUSE => format!(
            "Apiframe asks for a pause of {} s. It goes on by itself.",
            wait.as_secs().max(1)
        ),
        Some(wait) => {
            let end = now.saturating_add(wait);
            let form = if end.date() == now.date() {
                "%H:%M"
            } else {
                "%H:%M on %A"
            };
            format!(
                "Apiframe asks for a pause. It goes on by itself at {}.",
                end.strftime(form)
            )
        }
    }
}

/// Whether an answer is not Apiframe's own: the API never redirects.
pub(super) fn is_in_between(rejection: &Rejection) -> bool {
    (300..400).contains(&rejection.status)
}

/// Why a download waits for the server that holds the clip.
pub(super) fn download_busy(wait: Option<Duration>) -> String {
    match wait {
        Some(wait) => format!(
            "The server that holds the clip asks for a pause of {} s. It goes on by itself.",
            wait.as_secs().max(1)
        ),
        None => {
            "The server that holds the clip is having trouble just now. Trying again by itself; \
                 nothing is lost."
                .into()
        }
    }
}

/// The clips folder that a person chose is not there.
pub(super) fn folder_gone(folder: &std::path::Path) -> String {
    format!(
        "The clips folder {} is not there. Connect its drive or put it back, or choose another in Settings. Clips wait until then.",
        folder.display()
    )
}

/// Why a download waits for the disk.
pub(super) fn disk(error: &std::io::Error, folder: &std::path::Path) -> String {
    let folder = folder.display();
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            format!(
                "The disk with {folder} is full. Free some space and the download goes on by itself."
            )
        }
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => format!(
            "Inbetween may not write to {folder}. Allow it, or choose another clips folder in Settings."
        ),
        _ => format!(
            "The clip can't be written to {folder} ({error}). Check the folder, or choose another in Settings."
        ),
    }
}

fn failure(
    code: &str,
    message: String,
    field: Option<Field>,
    charged: Option<bool>,
    mends: &[Mend],
) -> Failure {
    Failure {
        code: code.into(),
        message,
        field,
        charged,
        mends: mends.to_vec(),
    }
}

/// A setting of a generation that was brought in, which the server did not tell or whose
/// picture is not kept.
pub(super) fn not_told(field: Field) -> Violation {
    let message = match field {
        Field::Start | Field::End | Field::References => format!(
            "The picture of the {} is not kept here. Use its settings in the composer and add it.",
            field.label().to_lowercase()
        ),
        _ => format!(
            "Apiframe did not say what the {} was. Use its settings in the composer and choose it.",
            field.label().to_lowercase()
        ),
    };
    Violation { field, message }
}

/// What is stored of a generation can't all be read: nobody knows what would be paid for.
pub(super) fn not_whole() -> Violation {
    Violation {
        field: Field::Prompt,
        message: "Part of this entry can't be read, so it can't be made again as it was. Use its \
                  settings in the composer and look through them."
            .into(),
    }
}

/// The same, of one that was not sent yet.
pub(super) fn unreadable() -> Failure {
    failure(
        "unreadable",
        "Part of this entry can't be read, so it was not sent. Check its settings and generate \
         it again."
            .into(),
        None,
        Some(false),
        &[Mend::FixSettings],
    )
}

/// The person called it off before anything was sent.
pub(super) fn cancelled() -> Failure {
    failure(
        "cancelled",
        "Cancelled before it was sent.".into(),
        None,
        Some(false),
        &[Mend::TryAgain],
    )
}

/// A frame's file is no longer in the library.
pub(super) fn frame_missing(field: Field) -> Failure {
    failure(
        "frameMissing",
        format!(
            "The picture of the {} is no longer in the library. Add it again.",
            field.label().to_lowercase()
        ),
        Some(field),
        Some(false),
        &[Mend::FixSettings],
    )
}

/// The server refused a picture.
pub(super) fn upload_refused(field: Field, rejection: &Rejection) -> Failure {
    match rejection.kind {
        RejectionKind::Unauthorized | RejectionKind::Forbidden => refused(rejection),
        _ => failure(
            "uploadRefused",
            format!(
                "Apiframe did not take the picture of the {}: {}",
                field.label().to_lowercase(),
                sentence(&rejection.message)
            ),
            Some(field),
            Some(false),
            &[Mend::FixSettings, Mend::TryAgain],
        ),
    }
}

/// The server refused the request itself; nothing was charged.
pub(super) fn refused(rejection: &Rejection) -> Failure {
    let said = sentence(&rejection.message);
    match &rejection.kind {
        RejectionKind::Invalid => {
            let named = rejection
                .details
                .iter()
                .find_map(|(path, sentences)| Some((Field::of_path(path)?, sentences.first()?)));
            match named {
                Some((field, why)) => failure(
                    "refusedField",
                    format!(
                        "Apiframe refused the {}: {}",
                        field.label().to_lowercase(),
                        sentence(why)
                    ),
                    Some(field),
                    Some(false),
                    &[Mend::FixSettings],
                ),
                None => failure(
                    "refused",
                    format!("Apiframe refused the request: {said}"),
                    None,
                    Some(false),
                    &[Mend::FixSettings, Mend::TryAgain],
                ),
            }
        }
        RejectionKind::Unauthorized => failure(
            "keyRefused",
            "Apiframe did not accept the key. Replace it in Settings, then try again.".into(),
            None,
            Some(false),
            &[Mend::ReplaceKey, Mend::TryAgain],
        ),
        RejectionKind::Forbidden => failure(
            "forbidden",
            format!("Apiframe did not allow it with this key: {said}"),
            None,
            Some(false),
            &[Mend::ReplaceKey, Mend::TryAgain],
        ),
        RejectionKind::OutOfCredits {
            required,
            available,
        } => failure(
            "outOfCredits",
            match (required, available) {
                (Some(required), Some(available)) => format!(
                    "This clip needs {required} credits and {available} are left. Add credits, then try again."
                ),
                _ => "There are not enough credits for this clip. Add credits, then try again."
                    .into(),
            },
            None,
            Some(false),
            &[Mend::AddCredits, Mend::TryAgain],
        ),
        _ => failure(
            "refused",
            format!("Apiframe did not take the request: {said}"),
            None,
            Some(false),
            &[Mend::TryAgain],
        ),
    }
}

/// The request may have arrived, and the server's answers do not say.
pub(super) fn uncertain() -> Failure {
    failure("uncertain", UNCERTAIN.into(), None, None, &[])
}

/// The job ended at the server without a clip. Such jobs are not charged.
pub(super) fn job_failed(said: Option<&str>, cancelled: bool) -> Failure {
    let message = match said.map(str::trim).filter(|said| !said.is_empty()) {
        Some(said) => format!("The model could not make this clip: {}", sentence(said)),
        None if cancelled => "The job was cancelled at Apiframe.".into(),
        None => {
            "The model could not make this clip. Change the prompt or the frames, or try again."
                .into()
        }
    };
    failure(
        if cancelled {
            "jobCancelled"
        } else {
            "jobFailed"
        },
        message,
        None,
        Some(false),
        &[Mend::FixSettings, Mend::TryAgain],
    )
}

/// The server deleted the clip before it could be fetched.
pub(super) fn expired() -> Failure {
    failure(
        "expired",
        "Apiframe deleted this clip before it could be saved here: it keeps clips for a day."
            .into(),
        None,
        Some(true),
        &[Mend::TryAgain],
    )
}

/// The server says it is done and names no clip.
pub(super) fn no_result() -> Failure {
    failure(
        "noResult",
        "Apiframe says the clip is finished but does not say where it is. Try to fetch it again."
            .into(),
        None,
        Some(true),
        &[Mend::DownloadAgain],
    )
}

/// The server does not know the job.
pub(super) fn job_unknown() -> Failure {
    failure(
        "jobUnknown",
        "Apiframe does not know this job with this key. If you changed the key, sign in with the one \
         it was made with and fetch it again."
            .into(),
        None,
        None,
        &[Mend::DownloadAgain, Mend::TryAgain],
    )
}

/// What was fetched is no clip, again and again.
pub(super) fn not_the_clip(why: &str) -> Failure {
    unfetched(
        "notTheClip",
        &format!("Something else came in place of the clip, each time ({why})."),
    )
}

/// The clip is not at the address that its job gives, again and again.
pub(super) fn not_there() -> Failure {
    unfetched(
        "clipNotThere",
        "The clip was not at the address that Apiframe gives for it, each time.",
    )
}

/// The job gives an address that this program does not fetch from, again and again.
pub(super) fn refused_address(why: &str) -> Failure {
    unfetched(
        "clipAddress",
        &format!("Apiframe gives an address that Inbetween does not fetch clips from: {why}."),
    )
}

/// A clip that is made and did not come.
fn unfetched(code: &str, what: &str) -> Failure {
    failure(
        code,
        format!(
            "{what} It is paid for and stays at Apiframe for a day: press Download again in a while."
        ),
        None,
        Some(true),
        &[Mend::DownloadAgain],
    )
}

/// Somebody else's sentence, ended as one and not too long for a card.
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
