//! Sweeping: what a killed program left half-written is removed at the next start. A `.part`
//! that its generation will go on with stays.

use std::path::Path;
use std::sync::Arc;

use super::posters::POSTERS;
use super::shared::Shared;
use crate::clips;
use crate::durable;
use crate::generation::GenerationId;
use crate::library::{Library, LibraryError};

/// Removes what was half-written beside the library, and begins to look through the folders
/// of clips: one on a share that hangs keeps nothing else waiting.
pub(super) async fn sweep(shared: &Arc<Shared>) {
    let frames = shared.storage.frames.clone();
    let swept = shared
        .storage
        .library
        .run(move |library| {
            durable::sweep(library.folder());
            durable::sweep(&library.folder().join(POSTERS));
            frames.sweep();
            Ok(())
        })
        .await;
    if let Err(error) = swept {
        tracing::warn!(?error, "what was left half-written could not be looked for");
    }
    let clips_folder = shared.storage.clips_folder().path().to_owned();
    let library = shared.storage.library.clone();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = sweep_clips(&library, &clips_folder) {
            tracing::warn!(?error, "unfinished downloads could not be looked for");
        }
    });
}

/// Removes every `.part` of a generation that will not go on with it, from the clips folder
/// and from those that were it before. One of these that holds none any more is forgotten;
/// one that is not there may come back.
fn sweep_clips(library: &Library, clips_folder: &Path) -> Result<(), LibraryError> {
    let mut folders = library.download_folders()?;
    folders.retain(|folder| folder != clips_folder);
    for folder in folders {
        if sweep_folder(library, &folder)? == Some(0) {
            library.forget_download_folder(&folder)?;
        }
    }
    sweep_folder(library, clips_folder)?;
    Ok(())
}

/// Says how many `.part`s stay in a folder; `None` if it can't be read.
fn sweep_folder(library: &Library, folder: &Path) -> Result<Option<usize>, LibraryError> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(None);
    };
    let mut left = 0;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let owner = name
            .strip_prefix('.')
            .and_then(|name| name.strip_suffix(".part"))
            // Somebody else's file, unless it is called after a generation.
            .and_then(|id| id.parse::<GenerationId>().ok());
        let Some(owner) = owner else {
            continue;
        };
        // Asked for each file: a generation is written down before its file is begun.
        let is_wanted = library
            .record(&owner)?
            .is_some_and(|record| record.state.is_unfinished());
        if is_wanted || std::fs::remove_file(&path).is_err() {
            left += 1;
        }
    }
    Ok(Some(left))
}

/// Removes what the download of a finished clip had in folders that it did not end in.
pub(super) fn remove_parts(library: &Library, id: &GenerationId) -> Result<(), LibraryError> {
    for folder in library.download_folders()? {
        // Mostly there is none.
        let _ = std::fs::remove_file(clips::part_path(&folder, id));
    }
    Ok(())
}
