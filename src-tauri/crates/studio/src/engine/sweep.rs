//! Sweeping: files that a killed program left incomplete are removed at the next start. A `.part`
//! file that its generation will continue with stays.

use std::path::Path;
use std::sync::Arc;

use super::posters::POSTERS;
use super::shared::Shared;
use crate::atomic_write;
use crate::clips;
use crate::generation::GenerationId;
use crate::library::{Library, LibraryError};

/// Removes incomplete files beside the library, and starts to search the clips folders in the
/// background, so that a network share that hangs delays nothing else.
pub(super) async fn sweep(shared: &Arc<Shared>) {
    let frames = shared.storage.frames.clone();
    let swept = shared
        .storage
        .library
        .run(move |library| {
            atomic_write::sweep(library.folder());
            atomic_write::sweep(&library.folder().join(POSTERS));
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

/// Removes every `.part` file of a generation that will not continue with it, from the clips folder
/// and from earlier clips folders. An earlier folder without any is forgotten; one that is
/// unavailable may come back.
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

/// Returns how many `.part` files stay in a folder; `None` if it can't be read.
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
            // A file of another program, unless it is named after a generation.
            .and_then(|id| id.parse::<GenerationId>().ok());
        let Some(owner) = owner else {
            continue;
        };
        // Checked for each file: a generation is recorded before its file is created.
        let is_wanted = library
            .record(&owner)?
            .is_some_and(|record| record.state.is_unfinished());
        if is_wanted || std::fs::remove_file(&path).is_err() {
            left += 1;
        }
    }
    Ok(Some(left))
}

/// Removes, in the background, the `.part` files that the download of a finished clip left in other
/// folders. If such a folder keeps an earlier call waiting, the next start removes them.
pub(super) fn remove_parts(shared: &Arc<Shared>, id: &GenerationId) {
    let (shared, id) = (Arc::clone(shared), *id);
    tokio::task::spawn_blocking(move || {
        let Ok(_alone) = shared.storage.tidying.try_lock() else {
            return;
        };
        match shared.storage.library.download_folders() {
            Ok(folders) => {
                for folder in folders {
                    // Usually there is none.
                    let _ = std::fs::remove_file(clips::part_path(&folder, &id));
                }
            }
            Err(error) => {
                tracing::warn!(?error, "what a download left in another folder stays there");
            }
        }
    });
}
