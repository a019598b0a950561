//! Fetching: the clip from its address to its `.part` file in the clips folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use url::Url;

use super::attempts::Then;
use super::blocking::on_clips_disk;
use super::outcome::Outcome;
use super::shared::Shared;
use super::{ending, messages, save};
use crate::clips::{self, ClipsFolder, Download, DownloadError};
use crate::crash_points;
use crate::generation::{Clip, Failure, GenerationId, Record};
use crate::library::LibraryError;
use crate::message::Message;

/// How often the progress of a download is shown: often enough to look alive, rarely enough not to
/// keep the page busy.
const SHOWN_EVERY: Duration = Duration::from_millis(250);

/// One attempt to fetch a clip.
pub(super) async fn fetch(shared: &Arc<Shared>, record: Record) -> Result<Outcome, LibraryError> {
    let id = record.id;
    if let Some(wait) = shared.remote.attempts.pause(&id) {
        return Ok(Outcome::After(wait));
    }
    let Some(url) = record
        .job
        .as_ref()
        .and_then(|job| job.result_url.as_deref())
        .and_then(|url| Url::parse(url).ok())
    else {
        let part = clips::part_path(shared.storage.clips_folder().path(), &id);
        return wrong(shared, &id, &part, messages::no_result()).await;
    };
    let place = shared.storage.clips_folder();
    let folder = place.path().to_owned();
    let part = clips::part_path(&folder, &id);
    let (claimed, wanted) = (record.clip.clone(), part.clone());
    let looked = on_clips_disk(&shared.storage, move || {
        look(&place, claimed.as_ref(), &wanted)
    })
    .await;
    let had = match looked {
        Ok(Found::NoFolder(chosen)) => {
            return Ok(Outcome::Retry(messages::folder_gone(&chosen)));
        }
        Ok(Found::Saved(saved)) => {
            save::ready(shared, &id, *saved).await?;
            return Ok(Outcome::Done);
        }
        // An earlier attempt completed the file but ended before naming it: the clip is paid for
        // and already here, and needs no server, which may no longer have it.
        Ok(Found::Whole) => return save(shared, record, &folder, &part).await,
        Ok(Found::Bytes(had)) => had,
        Err(error) => return Ok(Outcome::Retry(messages::disk(&error, &folder))),
    };
    let begun_in = folder.clone();
    shared
        .storage
        .library
        .run(move |library| library.add_download_folder(&begun_in))
        .await?;
    crash_points::reach(crash_points::DOWNLOAD_BEGUN);
    let attempt = transfer(shared, &id, &url, &part).await?;
    shared.feed.forget_received(&id);
    match attempt {
        Ok(_) => {
            crash_points::reach(crash_points::DOWNLOAD_WHOLE);
            shared.remote.set_clips_arrive();
            save(shared, record, &folder, &part).await
        }
        Err(error) => {
            tracing::warn!(generation = %id, %error, "a download broke off");
            let brought = length(shared, &part).await > had;
            broke(shared, &id, &folder, &part, brought, error).await
        }
    }
}

/// Gives a complete clip its name. If the file is not the clip, continues as after a failed
/// download.
async fn save(
    shared: &Arc<Shared>,
    record: Record,
    folder: &Path,
    part: &Path,
) -> Result<Outcome, LibraryError> {
    let id = record.id;
    match save::save(shared, record, folder, part).await? {
        Ok(()) => Ok(Outcome::Done),
        Err(error) => broke(shared, &id, folder, part, true, error).await,
    }
}

/// What is on the disk before an attempt.
enum Found {
    /// The folder that the user chose is not there.
    NoFolder(PathBuf),
    /// The clip has its name already.
    Saved(Box<save::Saved>),
    /// All of the clip is in the `.part`.
    Whole,
    /// So many bytes are.
    Bytes(u64),
}

fn look(place: &ClipsFolder, claimed: Option<&Clip>, part: &Path) -> Found {
    if let Some(chosen) = place.gone() {
        return Found::NoFolder(chosen.to_owned());
    }
    if let Some(saved) = claimed.and_then(|clip| save::named(clip, part)) {
        return Found::Saved(Box::new(saved));
    }
    if clips::tracks(part).is_ok() {
        return Found::Whole;
    }
    Found::Bytes(part.metadata().map_or(0, |file| file.len()))
}

/// How much of a clip is there; nothing if the disk does not say.
async fn length(shared: &Shared, part: &Path) -> u64 {
    let part = part.to_owned();
    on_clips_disk(&shared.storage, move || {
        part.metadata().map_or(0, |file| file.len())
    })
    .await
    .unwrap_or_default()
}

/// Removes a `.part` that is not used any more. Usually there is none, and one that stays is swept
/// at the next start.
async fn remove(shared: &Shared, part: &Path) {
    let part = part.to_owned();
    let _ = on_clips_disk(&shared.storage, move || std::fs::remove_file(part)).await;
}

/// Streams into the `.part` file and reports the progress to the listeners.
async fn transfer(
    shared: &Arc<Shared>,
    id: &GenerationId,
    url: &Url,
    part: &Path,
) -> Result<Result<u64, DownloadError>, LibraryError> {
    let wanted = *id;
    let mark = shared
        .storage
        .library
        .run(move |library| library.etag(&wanted))
        .await?;
    let (tell, mut progress) = tokio::sync::mpsc::unbounded_channel();
    let fetching = shared
        .remote
        .fetcher
        .fetch(url, part, mark.as_deref(), |news| {
            // The receiver lives as long as this call.
            let _ = tell.send(news);
        });
    tokio::pin!(fetching);
    let mut shown = Instant::now();
    loop {
        tokio::select! {
            ended = &mut fetching => {
                // Handle its last messages: if a mark were not stored, the next attempt would make
                // the same mistake.
                while let Ok(news) = progress.try_recv() {
                    if let Download::Mark(mark) = news {
                        set_mark(shared, id, mark).await?;
                    }
                }
                return Ok(ended);
            }
            Some(news) = progress.recv() => match news {
                Download::Mark(mark) => set_mark(shared, id, mark).await?,
                Download::Received(received) => {
                    crash_points::reach(crash_points::DOWNLOAD_MOVING);
                    shared.feed.set_received(id, received);
                    if shown.elapsed() >= SHOWN_EVERY {
                        shown = Instant::now();
                        shared.changed(id).await;
                    }
                }
            }
        }
    }
}

async fn set_mark(
    shared: &Shared,
    id: &GenerationId,
    mark: Option<String>,
) -> Result<(), LibraryError> {
    let wanted = *id;
    shared
        .storage
        .library
        .run(move |library| library.set_etag(&wanted, mark.as_deref()))
        .await?;
    crash_points::reach(crash_points::DOWNLOAD_MARKED);
    Ok(())
}

/// What to do after an attempt that did not complete the clip; `brought` says whether it brought
/// any part of it.
async fn broke(
    shared: &Arc<Shared>,
    id: &GenerationId,
    folder: &Path,
    part: &Path,
    brought: bool,
    error: DownloadError,
) -> Result<Outcome, LibraryError> {
    match error {
        DownloadError::Network => {
            let then = shared.remote.attempts.broken(id, brought, None);
            again(shared, id, then, Message::DownloadBroke).await
        }
        DownloadError::Unreached(why) => {
            let then = shared.remote.attempts.broken(id, brought, None);
            let message = Message::of_connection(&why).unwrap_or(Message::DownloadBroke);
            again(shared, id, then, message).await
        }
        DownloadError::Busy { wait, .. } => {
            let then = shared.remote.attempts.broken(id, brought, wait);
            again(shared, id, then, messages::download_busy(wait)).await
        }
        DownloadError::Disk(error) => Ok(Outcome::Retry(messages::disk(&error, folder))),
        DownloadError::NotThere(_) => wrong(shared, id, part, messages::not_there()).await,
        DownloadError::Address(fault) => {
            wrong(shared, id, part, messages::refused_address(fault)).await
        }
        DownloadError::NotTheClip(fault) => {
            // The downloaded data is worthless: the next attempt starts from the beginning.
            remove(shared, part).await;
            wrong(shared, id, part, messages::not_the_clip(fault)).await
        }
    }
}

/// Tries again after a temporary failure.
async fn again(
    shared: &Arc<Shared>,
    id: &GenerationId,
    then: Then,
    message: Message,
) -> Result<Outcome, LibraryError> {
    if then == Then::AskTheJob {
        look_again(shared, id).await?;
    }
    Ok(Outcome::Retry(message))
}

/// Asks the job for another address, after a pause. Once that has failed often enough, ends the
/// generation with `failure`, which is shown to the user.
async fn wrong(
    shared: &Arc<Shared>,
    id: &GenerationId,
    part: &Path,
    failure: Failure,
) -> Result<Outcome, LibraryError> {
    if shared.remote.attempts.wrong(id) == Then::GiveUp {
        remove(shared, part).await;
        return ending::fail(shared, id, failure).await;
    }
    look_again(shared, id).await?;
    Ok(Outcome::Retry(Message::AddressFailed))
}

/// Goes back to the job, which knows where its clip is.
async fn look_again(shared: &Arc<Shared>, id: &GenerationId) -> Result<(), LibraryError> {
    let wanted = *id;
    shared
        .storage
        .library
        .run(move |library| library.look_again(&wanted))
        .await
}
