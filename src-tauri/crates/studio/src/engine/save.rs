//! Saving: a fetched clip is checked, named and shown.
//!
//! The name is recorded before the file gets it. If the program is killed between the two, the next
//! start finds either the `.part` (and names it again) or the named file (and uses it as it is):
//! never a second copy, never a clip that is missing from the library.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::blocking::on_clips_disk;
use super::shared::Shared;
use super::storage::Storage;
use super::sweep;
use crate::clips::{self, DownloadError, Tracks};
use crate::crash_points;
use crate::generation::{Clip, GenerationId, Record};
use crate::library::LibraryError;
use crate::message::ClipFault;

/// A file that has been named.
pub(super) struct Saved {
    file: PathBuf,
    bytes: u64,
    tracks: Tracks,
}

/// Checks the complete `.part` file, names it, and records that the clip is ready.
///
/// # Errors
/// The library's. The inner error says what is wrong with the file or the disk.
pub(super) async fn save(
    shared: &Arc<Shared>,
    record: Record,
    folder: &Path,
    part: &Path,
) -> Result<Result<(), DownloadError>, LibraryError> {
    let id = record.id;
    let name = clips::file_name(
        record.created,
        &jiff::tz::TimeZone::system(),
        &record.settings.prompt,
    );
    let (from, into, naming) = (part.to_owned(), folder.to_owned(), Arc::clone(shared));
    let saved = on_clips_disk(&shared.storage, move || {
        name_it(&naming.storage, &id, &from, &into, &name)
    })
    .await;
    match saved.unwrap_or_else(|error| Err(error.into())) {
        Ok(saved) => {
            ready(shared, &id, saved).await?;
            Ok(Ok(()))
        }
        Err(NotSaved::Library(error)) => Err(error),
        Err(NotSaved::Clip(error)) => Ok(Err(error)),
    }
}

/// Finds a clip whose file was named by a program that was killed before it recorded that; `None`
/// if there is none. Blocks.
pub(super) fn named(claimed: &Clip, part: &Path) -> Option<Saved> {
    let file = PathBuf::from(&claimed.file);
    let is_there = file.metadata().is_ok_and(|it| it.len() == claimed.bytes);
    if part.exists() || !is_there {
        return None;
    }
    let tracks = clips::tracks(&file).ok()?;
    Some(Saved {
        file,
        bytes: claimed.bytes,
        tracks,
    })
}

/// Why a clip could not be named.
enum NotSaved {
    Library(LibraryError),
    Clip(DownloadError),
}

impl From<std::io::Error> for NotSaved {
    fn from(error: std::io::Error) -> Self {
        Self::Clip(DownloadError::Disk(error))
    }
}

/// An entry in [`Storage::naming`].
struct Naming<'a>(&'a Storage, GenerationId);

impl<'a> Naming<'a> {
    /// `None` while the clip is being named already.
    fn begin(storage: &'a Storage, id: &GenerationId) -> Option<Self> {
        let mut naming = storage.naming.lock();
        let naming = naming
            .as_mut()
            .unwrap_or_else(|poisoned| poisoned.get_mut());
        naming.insert(*id).then(|| Self(storage, *id))
    }
}

impl Drop for Naming<'_> {
    fn drop(&mut self) {
        let naming = self.0.naming.lock();
        naming
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.1);
    }
}

fn name_it(
    storage: &Storage,
    id: &GenerationId,
    part: &Path,
    folder: &Path,
    name: &str,
) -> Result<Saved, NotSaved> {
    let library = &storage.library;
    let Some(_naming) = Naming::begin(storage, id) else {
        return Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
    };
    let tracks = clips::tracks(part).map_err(|why| {
        tracing::warn!(%why, "a clip can't be read");
        NotSaved::Clip(DownloadError::NotTheClip(ClipFault::NotVideo))
    })?;
    let bytes = std::fs::metadata(part)?.len();
    for file in clips::names(folder, name) {
        if file.exists() {
            continue;
        }
        library.claim(id, &file, bytes).map_err(NotSaved::Library)?;
        crash_points::reach(crash_points::CLIP_CLAIMED);
        match clips::place(part, &file) {
            Ok(()) => {
                crash_points::reach(crash_points::CLIP_NAMED);
                return Ok(Saved {
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

/// Records that the clip is ready.
pub(super) async fn ready(
    shared: &Arc<Shared>,
    id: &GenerationId,
    saved: Saved,
) -> Result<(), LibraryError> {
    let Saved {
        file,
        bytes,
        tracks,
    } = saved;
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
        .storage
        .library
        .run(move |library| library.ready(&wanted, &clip, now))
        .await?;
    crash_points::reach(crash_points::READY_STORED);
    sweep::remove_parts(shared, id);
    shared.remote.attempts.over(id);
    tracing::info!(generation = %id, bytes, "a clip is on the disk");
    shared.changed(id).await;
    Ok(())
}
