//! Sending: first the pictures, then the request. The request is recorded with its key before it
//! leaves and never changes from then on.

use std::path::Path;
use std::sync::Arc;

use apiframe::{Client, UploadFile};
use url::Url;

use super::blocking::blocking;
use super::event::Event;
use super::outcome::Outcome;
use super::poll::is_refused;
use super::rejection::{AfterSubmit, AfterUpload, after_submit, after_upload, refuses_key};
use super::shared::Shared;
use super::step::PICTURE_MARGIN;
use super::{clip_server, ending, messages, reconcile, spending};
use crate::crash_points;
use crate::frames::FrameHash;
use crate::generation::{GenerationId, Millis, Record, Submission};
use crate::library::{LibraryError, UploadRecord};
use crate::message::Message;
use crate::settings::{Field, FrameUrls, Settings};

/// Uploads the pictures that the settings need and that the server does not have (for long enough)
/// any more, then records the exact request.
pub(super) async fn prepare(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
) -> Result<Outcome, LibraryError> {
    // The user did not choose the values that would be sent instead of what can't be read.
    if !record.whole {
        return ending::fail(shared, &record.id, messages::unreadable()).await;
    }
    if !record.settings.others.is_empty() {
        return Ok(Outcome::Retry(Message::NewerSettings));
    }
    if let Some(held) = spending::held_back(shared, &record).await? {
        return Ok(held);
    }
    let Record { id, settings, .. } = record;
    let mut urls = FrameUrls::new();
    let mut pictures_until: Option<Millis> = None;
    if !settings.frames().is_empty() {
        let wanted = id;
        shared
            .storage
            .library
            .run(move |library| library.uploading(&wanted))
            .await?;
        shared.changed(&id).await;
    }
    let uploads = settings.frames().into_iter().map(|frame| {
        let field = field(&settings, frame);
        async move { (frame, picture(shared, client, frame, field).await) }
    });
    for (frame, upload) in futures_util::future::join_all(uploads).await {
        let upload = match upload? {
            Ok(upload) => upload,
            Err(AfterUpload::Again(outcome)) => return Ok(outcome),
            Err(AfterUpload::Fail(failure)) => return ending::fail(shared, &id, failure).await,
        };
        let Ok(url) = Url::parse(&upload.url) else {
            return Ok(Outcome::Retry(Message::Offline));
        };
        urls.insert(frame, url);
        pictures_until = Some(pictures_until.map_or(upload.until, |old| old.min(upload.until)));
    }
    let Some(request) = settings.request(&urls) else {
        return Ok(Outcome::Retry(Message::Offline));
    };
    let submission = Submission {
        key: uuid::Uuid::new_v4().to_string(),
        body: request.body(),
        pictures_until,
        first_sent: None,
        doubtful: false,
        sent_by: None,
    };
    let wanted = id;
    crash_points::reach(crash_points::REQUEST_MADE);
    shared
        .storage
        .library
        .run(move |library| library.submitting(&wanted, &submission))
        .await?;
    crash_points::reach(crash_points::REQUEST_STORED);
    shared.changed(&id).await;
    Ok(Outcome::Done)
}

/// The address of a picture at the server, which will keep it for some time.
async fn picture(
    shared: &Arc<Shared>,
    client: &Client,
    frame: FrameHash,
    field: Field,
) -> Result<Result<UploadRecord, AfterUpload>, LibraryError> {
    let missing = || Ok(Err(AfterUpload::Fail(messages::frame_missing(field))));
    let at_least = shared.now() + PICTURE_MARGIN;
    let known = shared
        .storage
        .library
        .run(move |library| library.upload(frame, at_least))
        .await?;
    if let Some(upload) = known {
        return Ok(Ok(upload));
    }
    let frames = shared.storage.frames.clone();
    let kept = blocking(move || (frames.path(frame), frames.content_type(frame))).await?;
    let (Some(path), Some(content_type)) = kept else {
        return missing();
    };
    let Ok(file) = open(&path, frame, content_type).await else {
        return missing();
    };
    let turn = shared.remote.uploading.acquire().await;
    crash_points::reach(crash_points::UPLOAD_BEGUN);
    let answer = client.upload(file).await;
    drop(turn);
    crash_points::reach(crash_points::UPLOAD_ANSWERED);
    let upload = match answer {
        Ok(upload) => upload,
        Err(error) => {
            if refuses_key(&error, false) && is_refused(client).await {
                shared.feed.tell(Event::KeyRefused);
            }
            return Ok(Err(after_upload(&error, field)));
        }
    };
    let upload = UploadRecord {
        url: upload.url.into(),
        until: upload.expires_at.as_millisecond(),
    };
    let stored = upload.clone();
    shared
        .storage
        .library
        .run(move |library| library.uploaded(frame, &stored))
        .await?;
    crash_points::reach(crash_points::UPLOAD_STORED);
    Ok(Ok(upload))
}

/// Opens a frame's file for streaming. The server sees the hash as its name.
async fn open(path: &Path, frame: FrameHash, content_type: &str) -> std::io::Result<UploadFile> {
    let file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    Ok(UploadFile::new(
        format!("{frame}.{ending}"),
        content_type,
        length,
        file,
    ))
}

/// Sends the stored request. Whatever happens, the same request is sent with the same key until the
/// server has answered it.
pub(super) async fn submit(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
) -> Result<Outcome, LibraryError> {
    let lost_before = record
        .submission
        .as_ref()
        .is_some_and(|submission| submission.first_sent.is_some());
    let (now, by) = (shared.now(), client.fingerprint());
    // Another account has never seen this idempotency key: it would accept the request as a new one
    // and charge for it.
    if let Some(first) = first_sender(&record)
        && first != by
    {
        return reconcile::reconcile(shared, client, record).await;
    }
    if !lost_before && let Some(held) = clip_server::hold_back(shared, client).await? {
        return Ok(held);
    }
    if let Some(held) = spending::leave(shared, &record, now, by, lost_before).await? {
        return Ok(held);
    }
    let Some(submission) = record.submission else {
        return Ok(Outcome::Done);
    };
    let id = record.id;
    shared.changed(&id).await;
    crash_points::reach(crash_points::SUBMIT_MARKED);
    let answer = client
        .generate(submission.body.into(), &submission.key)
        .await;
    crash_points::reach(crash_points::SUBMIT_ANSWERED);
    let error = match answer {
        Ok(accepted) => {
            shared.accepted(&id, &accepted.job_id, shared.now()).await?;
            return Ok(Outcome::Done);
        }
        Err(error) => error,
    };
    if refuses_key(&error, lost_before) && is_refused(client).await {
        shared.feed.tell(Event::KeyRefused);
    }
    match after_submit(&error, lost_before) {
        AfterSubmit::NotSent(outcome) => {
            unsend(shared, &id, now, lost_before).await?;
            Ok(outcome)
        }
        AfterSubmit::SendAgain(outcome) => Ok(outcome),
        AfterSubmit::Reconcile => {
            reconcile::reconcile(shared, client, shared.record(&id).await?).await
        }
        AfterSubmit::ReconcileOr(failure) => {
            reconcile::reconcile_or(shared, client, shared.record(&id).await?, failure).await
        }
        AfterSubmit::Fail(failure) => ending::fail(shared, &id, failure).await,
    }
}

/// The API key that a request that may have arrived was sent with.
fn first_sender(record: &Record) -> Option<&str> {
    let submission = record.submission.as_ref()?;
    submission.first_sent?;
    submission.sent_by.as_deref()
}

/// Takes back the mark of this attempt, if it was the first: it did not reach the server.
async fn unsend(
    shared: &Arc<Shared>,
    id: &GenerationId,
    sent: Millis,
    lost_before: bool,
) -> Result<(), LibraryError> {
    if lost_before {
        return Ok(());
    }
    let wanted = *id;
    shared
        .storage
        .library
        .run(move |library| library.unsent(&wanted, sent))
        .await
}

/// Which control a frame came from.
fn field(settings: &Settings, frame: FrameHash) -> Field {
    if settings.start.as_ref() == Some(&frame) {
        Field::Start
    } else if settings.end.as_ref() == Some(&frame) {
        Field::End
    } else {
        Field::References
    }
}
