//! Fetching: the clip from its address to the clips folder, checked and named.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use super::actor::Outcome;
use super::{Shared, submit, words};
use crate::clips::{self, Download, DownloadError};
use crate::generation::{Clip, GenerationId, Received, Record};
use crate::library::LibraryError;

/// How often a running download is shown: often enough to move, seldom enough not to busy
/// the page.
const SHOWN_EVERY: Duration = Duration::from_millis(250);

/// One attempt to fetch a clip.
pub(super) async fn fetch(shared: &Arc<Shared>, record: Record) -> Result<Outcome, LibraryError> {
    let id = record.id.clone();
    let Some(url) = record
        .job
        .as_ref()
        .and_then(|job| job.result_url.as_deref())
        .and_then(|url| Url::parse(url).ok())
    else {
        return look_again(shared, &id).await;
    };
    let folder = shared.clips_folder();
    let part = clips::part_path(&folder, &id);
    let attempt = transfer(shared, &id, &url, &part).await?;
    shared
        .received
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&id);
    match attempt {
        Ok(_) => keep(shared, record, folder, part).await,
        Err(error) => {
            tracing::warn!(generation = %id, %error, "a download broke off");
            broke(shared, &id, &folder, &part, error).await
        }
    }
}

/// Streams into the `.part`, telling whoever watches how far it is.
async fn transfer(
    shared: &Arc<Shared>,
    id: &GenerationId,
    url: &Url,
    part: &Path,
) -> Result<Result<u64, DownloadError>, LibraryError> {
    let wanted = id.clone();
    let mark = shared
        .library
        .run(move |library| library.etag(&wanted))
        .await?;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let fetching = shared.fetcher.fetch(url, part, mark.as_deref(), |news| {
        // The other end lives as long as this call.
        let _ = tell.send(news);
    });
    tokio::pin!(fetching);
    let mut shown = Instant::now();
    loop {
        tokio::select! {
            ended = &mut fetching => return Ok(ended),
            Some(news) = told.recv() => match news {
                Download::Mark(mark) => {
                    let wanted = id.clone();
                    shared
                        .library
                        .run(move |library| library.set_etag(&wanted, mark.as_deref()))
                        .await?;
                }
                Download::Received(received) => {
                    remember(shared, id, received);
                    if shown.elapsed() >= SHOWN_EVERY {
                        shown = Instant::now();
                        shared.changed(id).await;
                    }
                }
            }
        }
    }
}

fn remember(shared: &Shared, id: &GenerationId, received: Received) {
    shared
        .received
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(id.clone(), received);
}

/// Checks the whole file, names it, and says so.
async fn keep(
    shared: &Arc<Shared>,
    record: Record,
    folder: PathBuf,
    part: PathBuf,
) -> Result<Outcome, LibraryError> {
    let id = record.id;
    let name = clips::file_name(
        record.created,
        &jiff::tz::TimeZone::system(),
        &record.settings.prompt,
    );
    let (from, into) = (part.clone(), folder.clone());
    let kept = tokio::task::spawn_blocking(move || {
        let tracks = clips::tracks(&from).map_err(|why| {
            tracing::warn!(%why, "a clip can't be read");
            DownloadError::NotTheClip("it can't be read as a video")
        })?;
        let bytes = std::fs::metadata(&from)?.len();
        let file = clips::settle(&from, &into, &name)?;
        Ok((tracks, bytes, file))
    })
    .await
    .unwrap_or_else(|stopped| Err(DownloadError::Disk(std::io::Error::other(stopped))));
    let (tracks, bytes, file) = match kept {
        Ok(kept) => kept,
        Err(error) => return broke(shared, &id, &folder, &part, error).await,
    };
    let clip = Clip {
        name: file
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        file: file.to_string_lossy().into_owned(),
        bytes,
        width: tracks.width,
        height: tracks.height,
        duration_ms: tracks.duration_ms,
        last_frame_ms: tracks.last_frame_ms,
        has_poster: false,
        missing: false,
    };
    let (wanted, now) = (id.clone(), shared.now());
    shared
        .library
        .run(move |library| library.ready(&wanted, &clip, now))
        .await?;
    tracing::info!(generation = %id, bytes, "a clip is on the disk");
    shared.changed(&id).await;
    Ok(Outcome::Done)
}

/// What to do after an attempt that did not bring the clip.
async fn broke(
    shared: &Arc<Shared>,
    id: &GenerationId,
    folder: &Path,
    part: &Path,
    error: DownloadError,
) -> Result<Outcome, LibraryError> {
    match error {
        DownloadError::Network | DownloadError::Server(_) => {
            Ok(Outcome::Trouble(words::DOWNLOAD_BROKE.into()))
        }
        DownloadError::Disk(error) => Ok(Outcome::Trouble(words::disk(&error, folder))),
        DownloadError::NotThere(_) => look_again(shared, id).await,
        DownloadError::Address(_) => submit::fail(shared, id, words::not_the_clip(&error)).await,
        DownloadError::NotTheClip(_) => {
            // What came is worth nothing: the next attempt begins anew.
            let _ = tokio::fs::remove_file(part).await;
            submit::fail(shared, id, words::not_the_clip(&error)).await
        }
    }
}

/// Asks the job for another address, after a pause.
async fn look_again(shared: &Arc<Shared>, id: &GenerationId) -> Result<Outcome, LibraryError> {
    let wanted = id.clone();
    shared
        .library
        .run(move |library| library.look_again(&wanted))
        .await?;
    Ok(Outcome::Trouble(words::ADDRESS_FAILED.into()))
}
