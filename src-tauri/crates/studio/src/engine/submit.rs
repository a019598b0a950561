//! Sending: first the pictures, then the request, which is written down with its key
//! before it leaves and from then on never changes.

use std::path::Path;
use std::sync::Arc;

use apiframe::{Client, Error, LossCause, RejectionKind, Unsendable, UploadFile};
use url::Url;

use super::actor::Outcome;
use super::step::PICTURE_MARGIN;
use super::{Shared, settle, spending, words};
use crate::frames::FrameHash;
use crate::generation::{Failure, GenerationId, Millis, Record, Submission};
use crate::library::{LibraryError, UploadRecord};
use crate::message::Message;
use crate::points;
use crate::settings::{Field, FrameUrls, Settings};

/// Pictures sent at the same time, of one generation or several.
pub(super) const UPLOADS_AT_ONCE: usize = 3;

/// Uploads what the settings need and is not at the server (long enough) any more, then
/// writes the exact request down.
pub(super) async fn prepare(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
) -> Result<Outcome, LibraryError> {
    // Nobody chose what would be sent in place of what can't be read.
    if !record.whole {
        return fail(shared, &record.id, words::unreadable()).await;
    }
    if !record.settings.others.is_empty() {
        return Ok(Outcome::Trouble(Message::NewerSettings));
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
            .library
            .run(move |library| library.uploading(&wanted))
            .await?;
        shared.changed(&id).await;
    }
    let uploads = settings.frames().into_iter().map(|frame| async move {
        let upload = picture(shared, client, frame).await;
        (frame, upload)
    });
    for (frame, upload) in futures_util::future::join_all(uploads).await {
        let upload = match upload? {
            Ok(upload) => upload,
            Err(Obstacle::Wait(outcome)) => return Ok(outcome),
            Err(Obstacle::Missing) => {
                return fail(shared, &id, words::frame_missing(field(&settings, frame))).await;
            }
            Err(Obstacle::Refused(rejection)) => {
                if rejection.kind == RejectionKind::Unauthorized {
                    shared.tell(super::Event::KeyRefused);
                }
                let failure = words::upload_refused(field(&settings, frame), &rejection);
                return fail(shared, &id, failure).await;
            }
        };
        let Ok(url) = Url::parse(&upload.url) else {
            return Ok(Outcome::Trouble(Message::Offline));
        };
        urls.insert(frame, url);
        pictures_until = Some(pictures_until.map_or(upload.until, |old| old.min(upload.until)));
    }
    let Some(request) = settings.request(&urls) else {
        return Ok(Outcome::Trouble(Message::Offline));
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
    points::reach(points::REQUEST_MADE);
    shared
        .library
        .run(move |library| library.submitting(&wanted, &submission))
        .await?;
    points::reach(points::REQUEST_STORED);
    shared.changed(&id).await;
    Ok(Outcome::Done)
}

/// Why a picture has no address.
enum Obstacle {
    Wait(Outcome),
    Missing,
    Refused(apiframe::Rejection),
}

async fn picture(
    shared: &Arc<Shared>,
    client: &Client,
    frame: FrameHash,
) -> Result<Result<UploadRecord, Obstacle>, LibraryError> {
    let at_least = shared.now() + PICTURE_MARGIN;
    let known = shared
        .library
        .run(move |library| library.upload(frame, at_least))
        .await?;
    if let Some(upload) = known {
        return Ok(Ok(upload));
    }
    let (Some(path), Some(content_type)) =
        (shared.frames.path(frame), shared.frames.content_type(frame))
    else {
        return Ok(Err(Obstacle::Missing));
    };
    let Ok(file) = open(&path, frame, content_type).await else {
        return Ok(Err(Obstacle::Missing));
    };
    let turn = shared.uploading.acquire().await;
    points::reach(points::UPLOAD_BEGUN);
    let answer = client.upload(file).await;
    drop(turn);
    points::reach(points::UPLOAD_ANSWERED);
    let upload = match answer {
        Ok(upload) => upload,
        Err(Error::Unsendable(Unsendable::File { .. })) => return Ok(Err(Obstacle::Missing)),
        Err(Error::Unsendable(why)) => {
            return Ok(Err(Obstacle::Wait(Outcome::Trouble(words::unsendable(
                &why,
            )))));
        }
        // An upload costs nothing, so a lost answer is no worse than no connection.
        Err(Error::Connect(_) | Error::Lost(_)) => {
            return Ok(Err(Obstacle::Wait(Outcome::Trouble(Message::Offline))));
        }
        Err(Error::Rejected(rejection)) => {
            return Ok(Err(match rejection.kind {
                RejectionKind::RateLimited => Obstacle::Wait(pause(&rejection)),
                RejectionKind::Unavailable => {
                    Obstacle::Wait(Outcome::Trouble(words::unavailable(&rejection)))
                }
                RejectionKind::Unexpected if words::is_in_between(&rejection) => {
                    Obstacle::Wait(Outcome::Trouble(words::unavailable(&rejection)))
                }
                _ => Obstacle::Refused(rejection),
            }));
        }
    };
    let upload = UploadRecord {
        url: upload.url.into(),
        until: upload.expires_at.as_millisecond(),
    };
    let stored = upload.clone();
    shared
        .library
        .run(move |library| library.uploaded(frame, &stored))
        .await?;
    points::reach(points::UPLOAD_STORED);
    Ok(Ok(upload))
}

/// A frame's file, to be sent as it is read. The server sees the hash as its name.
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

/// Sends the stored request. Whatever happens on the way, the same request goes under the
/// same key until the server has answered it.
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
    // Another account has never seen this idempotency key: it would take the request anew,
    // and charge for it.
    if let Some(first) = first_sender(&record)
        && first != by
    {
        return settle::settle(shared, client, record).await;
    }
    if let Some(held) = spending::leave(shared, &record, now, by, lost_before).await? {
        return Ok(held);
    }
    let Some(submission) = record.submission else {
        return Ok(Outcome::Done);
    };
    let id = record.id;
    shared.changed(&id).await;
    points::reach(points::SUBMIT_MARKED);
    let answer = client
        .generate(submission.body.into(), &submission.key)
        .await;
    points::reach(points::SUBMIT_ANSWERED);
    match answer {
        Ok(accepted) => {
            shared.accepted(&id, &accepted.job_id, shared.now()).await?;
            Ok(Outcome::Done)
        }
        Err(Error::Unsendable(why)) => {
            unsend(shared, &id, now, lost_before).await?;
            Ok(Outcome::Trouble(words::unsendable(&why)))
        }
        Err(Error::Connect(_)) => {
            unsend(shared, &id, now, lost_before).await?;
            Ok(Outcome::Trouble(Message::Offline))
        }
        // It took the request and names no job that can be asked for, and named none when it
        // was asked again: the account's own list does.
        Err(Error::Lost(loss)) if lost_before && loss.cause == LossCause::Invalid => {
            settle::settle(shared, client, shared.record(&id).await?).await
        }
        Err(Error::Lost(_)) => Ok(Outcome::Trouble(Message::AnswerLost)),
        Err(Error::Rejected(rejection)) => match rejection.kind {
            RejectionKind::RateLimited => {
                unsend(shared, &id, now, lost_before).await?;
                Ok(pause(&rejection))
            }
            // A gateway's 502 can follow a job that was taken: the same request again.
            RejectionKind::Unavailable => Ok(Outcome::Trouble(words::unavailable(&rejection))),
            // Somebody in between answers in the server's place.
            RejectionKind::Unexpected if words::is_in_between(&rejection) => {
                Ok(Outcome::Trouble(words::unavailable(&rejection)))
            }
            // The server knows this key with another body: nothing this program sends does
            // that, so what it knows of it must be looked up.
            RejectionKind::Conflict => {
                settle::settle(shared, client, shared.record(&id).await?).await
            }
            // A "no" to this attempt says nothing about an earlier one whose answer was
            // lost.
            RejectionKind::Unauthorized | RejectionKind::Forbidden if lost_before => {
                shared.tell(super::Event::KeyRefused);
                Ok(Outcome::Trouble(Message::KeyRefusedWhileRendering))
            }
            RejectionKind::NotFound | RejectionKind::Gone | RejectionKind::Unexpected
                if lost_before =>
            {
                settle::settle(shared, client, shared.record(&id).await?).await
            }
            // Nor does one about the request: a server may look at the credits, which the
            // earlier one took, or at pictures that are gone by now, before it looks at the
            // key.
            _ if lost_before => {
                let failure = words::refused(&rejection);
                settle::settle_or_fail(shared, client, shared.record(&id).await?, failure).await
            }
            _ => {
                if rejection.kind == RejectionKind::Unauthorized {
                    shared.tell(super::Event::KeyRefused);
                }
                fail(shared, &id, words::refused(&rejection)).await
            }
        },
    }
}

/// Which API key a request that may have arrived was sent with.
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
        .library
        .run(move |library| library.unsent(&wanted, sent))
        .await
}

pub(super) async fn settle_unknown(
    shared: &Arc<Shared>,
    id: &GenerationId,
) -> Result<Outcome, LibraryError> {
    let (wanted, now) = (*id, shared.now());
    shared
        .library
        .run(move |library| library.uncertain(&wanted, &words::uncertain(), now))
        .await?;
    shared.changed(id).await;
    Ok(Outcome::Done)
}

/// Ends a generation with a failure.
pub(super) async fn fail(
    shared: &Arc<Shared>,
    id: &GenerationId,
    failure: Failure,
) -> Result<Outcome, LibraryError> {
    let (wanted, now) = (*id, shared.now());
    tracing::warn!(generation = %id, code = failure.message.code(), "a generation failed");
    points::reach(points::FAILED_FOUND);
    shared
        .library
        .run(move |library| library.failed(&wanted, &failure, now))
        .await?;
    points::reach(points::FAILED_STORED);
    shared.changed(id).await;
    Ok(Outcome::Done)
}

/// The server's wish for a pause, for everybody.
pub(super) fn pause(rejection: &apiframe::Rejection) -> Outcome {
    Outcome::Pause(rejection.retry_after)
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
