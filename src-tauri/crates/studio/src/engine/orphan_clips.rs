//! Imports clips that are in the clips folder but not in the library, after a damaged library was
//! replaced by an older one or by an empty one.
//!
//! If a file has the name that a generation without a clip would give its clip, it is that clip.
//! Any other file that is named the way this program names clips becomes a generation of its own,
//! with what its name and its tracks reveal: the rest of its settings is lost.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::shared::Shared;
use crate::clips;
use crate::generation::{Clip, Millis, Record, State};
use crate::library::{Library, LibraryError};
use crate::settings::{Mode, Settings};

/// Imports the clips that are found and returns how many there were.
pub(super) async fn take_in(shared: &Arc<Shared>) -> Result<usize, LibraryError> {
    let (folder, now) = (
        shared.storage.clips_folder().path().to_owned(),
        shared.now(),
    );
    shared
        .storage
        .library
        .run(move |library| {
            let mut taken = 0;
            let files = unknown(library, &folder)?;
            for file in &files {
                taken += usize::from(take(library, file, &files, now)?);
            }
            Ok(taken)
        })
        .await
}

/// The clips in the folder that belong to no generation.
fn unknown(library: &Library, folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let known = library.files()?;
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| !known.contains(&*file.to_string_lossy()))
        .filter(|file| clips::prompt_of(file).is_some())
        .collect();
    // Takes of one prompt, in the order in which they were made.
    files.sort_by_cached_key(|file| {
        (
            file.metadata().and_then(|it| it.modified()).ok(),
            file.clone(),
        )
    });
    Ok(files)
}

fn take(
    library: &Library,
    file: &Path,
    files: &[PathBuf],
    now: Millis,
) -> Result<bool, LibraryError> {
    let Some(clip) = read(file) else {
        // The file's name is not logged: it contains a prompt.
        tracing::warn!("a file in the clips folder is no clip");
        return Ok(false);
    };
    let system = jiff::tz::TimeZone::system();
    let name_of =
        |record: &Record| clips::file_name(record.created, &system, &record.settings.prompt);
    let mut waiting = library.without_clips()?;
    waiting.retain(|record| clips::is_named(&clip.name, &name_of(record)));
    // With fewer files than takes, it is unknown whose file this is: the wrong generation would
    // stop waiting, and its own clip would never be fetched.
    let rivals = files.iter().filter(|other| {
        let name = other.file_name().unwrap_or_default().to_string_lossy();
        waiting
            .first()
            .is_some_and(|record| clips::is_named(&name, &name_of(record)))
    });
    let record = if waiting.len() <= rivals.count() {
        waiting.into_iter().next()
    } else {
        None
    };
    let record = record.unwrap_or_else(|| found(file, &clip, now));
    library.found(&record, &clip, now)?;
    Ok(true)
}

fn read(file: &Path) -> Option<Clip> {
    let tracks = clips::tracks(file).ok()?;
    Some(Clip {
        name: file.file_name()?.to_string_lossy().into_owned(),
        file: file.to_string_lossy().into_owned(),
        bytes: file.metadata().ok()?.len(),
        width: tracks.width,
        height: tracks.height,
        duration_ms: tracks.duration_ms,
        last_frame_ms: tracks.last_frame_ms,
        has_poster: false,
        missing: false,
    })
}

/// Makes a generation for a clip of which nothing else is left.
fn found(file: &Path, clip: &Clip, now: Millis) -> Record {
    let made = file
        .metadata()
        .and_then(|file| file.modified())
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|time| Millis::try_from(time.as_millis()).ok())
        .unwrap_or(now);
    let settings = Settings {
        prompt: clips::prompt_of(file).unwrap_or_default(),
        // The longer side is 1280, 1920 or 3840; it is less for a squarish 4K clip.
        mode: match clip.width.max(clip.height) {
            0..1600 => Mode::Standard,
            1600..2100 => Mode::Pro,
            _ => Mode::FourK,
        },
        length: u8::try_from((clip.duration_ms + 500) / 1000).unwrap_or(u8::MAX),
        ..Settings::default()
    };
    Record {
        state: State::Ready,
        ..Record::new(made, settings)
    }
}
