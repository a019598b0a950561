//! Fetching: the clip from its address to its `.part` in the clips folder.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use super::actor::Outcome;
use super::{Shared, keep, submit, words};
use crate::clips::{self, Download, DownloadError};
use crate::generation::{GenerationId, Received, Record};
use crate::library::LibraryError;
use crate::points;

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
    if let Some(outcome) = keep::adopt(shared, &record, &part).await? {
        return Ok(outcome);
    }
    points::reach(points::DOWNLOAD_BEGUN);
    let attempt = transfer(shared, &id, &url, &part).await?;
    shared
        .received
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&id);
    match attempt {
        Ok(_) => {
            points::reach(points::DOWNLOAD_WHOLE);
            keep::keep(shared, record, folder, part).await
        }
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
                    points::reach(points::DOWNLOAD_MARKED);
                }
                Download::Received(received) => {
                    points::reach(points::DOWNLOAD_MOVING);
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

/// What to do after an attempt that did not bring the clip.
pub(super) async fn broke(
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
