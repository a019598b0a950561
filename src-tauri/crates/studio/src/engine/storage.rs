//! What the engine keeps on disk: the library, the frames and the clips folder.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::Notify;

use crate::clips::ClipsFolder;
use crate::frames::Frames;
use crate::generation::GenerationId;
use crate::library::Library;

#[derive(Debug)]
pub(super) struct Storage {
    pub library: Library,
    pub frames: Frames,
    clips_folder: RwLock<ClipsFolder>,
    /// The clips folder has changed.
    pub folder_changed: Notify,
    /// Clips whose files were missing at the last check.
    missing: Mutex<HashSet<GenerationId>>,
    /// Only one check of all files at a time: on a disk that sleeps they would pile up.
    pub looking: tokio::sync::Mutex<()>,
}

impl Storage {
    pub fn new(library: Library, frames: Frames, clips_folder: ClipsFolder) -> Self {
        Self {
            library,
            frames,
            clips_folder: RwLock::new(clips_folder),
            folder_changed: Notify::new(),
            missing: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }
    }

    /// Where clips go, and whether the user chose the folder.
    pub fn clips_folder(&self) -> ClipsFolder {
        self.clips_folder
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Clips go to this folder from now on.
    pub fn set_clips_folder(&self, folder: ClipsFolder) {
        *self
            .clips_folder
            .write()
            .unwrap_or_else(PoisonError::into_inner) = folder;
        self.folder_changed.notify_one();
    }

    /// Clips whose files were missing at the last check.
    pub fn missing(&self) -> MutexGuard<'_, HashSet<GenerationId>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
