//! Keeping: a fetched clip is checked, gets its name, and is shown.
//!
//! The name is written down before the file gets it. A program that is killed between the
//! two finds, at its next start, either the `.part` (and names it again) or the named file
//! (and takes it as it is): never a second copy, never a clip that nobody knows of.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::actor::Outcome;
use super::{Shared, fetch};
use crate::clips::{self, DownloadError, Tracks};
use crate::generation::{Clip, GenerationId, Record};
use crate::library::{Library, LibraryError};
use crate::message::ClipFault;
use crate::points;

/// A file that has its name.
struct Kept {
    file: PathBuf,
    bytes: u64,
    tracks: Tracks,
}

/// Checks the whole `.part`, names it, and says so.
pub(super) async fn keep(
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
    let (from, into, wanted) = (part.clone(), folder.clone(), id);
    let kept = shared
        .library
        .run(move |library| Ok(name_it(library, &wanted, &from, &into, &name)))
        .await?;
    match kept {
        Ok(kept) => show(shared, &id, kept).await,
        Err(Trouble::Library(error)) => Err(error),
        Err(Trouble::Clip(error)) => fetch::broke(shared, &id, &folder, &part, true, error).await,
    }
}

/// The clip of a program that was killed after it had named the file and before it had
/// said so; `None` if there is none.
pub(super) async fn adopt(
    shared: &Arc<Shared>,
    record: &Record,
    part: &Path,
) -> Result<Option<Outcome>, LibraryError> {
    let Some(claimed) = record.clip.as_ref() else {
        return Ok(None);
    };
    let (file, bytes, part) = (PathBuf::from(&claimed.file), claimed.bytes, part.to_owned());
    let found = tokio::task::spawn_blocking(move || {
        let is_whole = !part.exists() && file.metadata().is_ok_and(|file| file.len() == bytes);
        let tracks = is_whole.then(|| clips::tracks(&file).ok()).flatten()?;
        Some(Kept {
            file,
            bytes,
            tracks,
        })
    })
    .await
    .unwrap_or_default();
    match found {
        Some(kept) => Ok(Some(show(shared, &record.id, kept).await?)),
        None => Ok(None),
    }
}

enum Trouble {
    Library(LibraryError),
    Clip(DownloadError),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Clip(DownloadError::Disk(error))
    }
}

fn name_it(
    library: &Library,
    id: &GenerationId,
    part: &Path,
    folder: &Path,
    name: &str,
) -> Result<Kept, Trouble> {
    let tracks = clips::tracks(part).map_err(|why| {
        tracing::warn!(%why, "a clip can't be read");
        Trouble::Clip(DownloadError::NotTheClip(ClipFault::NotVideo))
    })?;
    let bytes = std::fs::metadata(part)?.len();
    for file in clips::names(folder, name) {
        if file.exists() {
            continue;
        }
        library.claim(id, &file, bytes).map_err(Trouble::Library)?;
        points::reach(points::CLIP_CLAIMED);
        match clips::place(part, &file) {
            Ok(()) => {
                points::reach(points::CLIP_NAMED);
                return Ok(Kept {
                    file,
                    bytes,
                    tracks,
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("a free number is found before numbers end")
}

async fn show(
    shared: &Arc<Shared>,
    id: &GenerationId,
    kept: Kept,
) -> Result<Outcome, LibraryError> {
    let Kept {
        file,
        bytes,
        tracks,
    } = kept;
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
    let (wanted, now) = (*id, shared.now());
    shared
        .library
        .run(move |library| library.ready(&wanted, &clip, now))
        .await?;
    points::reach(points::READY_STORED);
    shared.forget_parts(id);
    shared.attempts.over(id);
    tracing::info!(generation = %id, bytes, "a clip is on the disk");
    shared.changed(id).await;
    Ok(Outcome::Done)
}
