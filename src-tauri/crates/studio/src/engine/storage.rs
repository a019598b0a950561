//! What the engine keeps on disk: the library, the frames and the clips folder.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::{Notify, Semaphore};

use crate::clips::ClipsFolder;
use crate::frames::Frames;
use crate::generation::GenerationId;
use crate::library::Library;

/// Calls to the disk with the clips at the same time. On a share whose server is gone they never
/// end, and each keeps one of the runtime's 512 threads, which the library and the page need too.
/// More than the six connections of a web view, whose calls the shell limits to this number too.
pub const CALLS_AT_ONCE: usize = 16;

#[derive(Debug)]
pub(super) struct Storage {
    pub library: Library,
    pub frames: Frames,
    clips_folder: RwLock<ClipsFolder>,
    /// The turns of the calls to that folder's disk. Another folder has its own.
    clips_disk: RwLock<Arc<Semaphore>>,
    /// Clips that are being named. Naming that takes too long goes on, and is not begun twice.
    pub naming: Mutex<HashSet<GenerationId>>,
    /// Held while finished clips' leftovers are removed from former clips folders, one of which may
    /// be on a share that hangs.
    pub tidying: Mutex<()>,
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
            clips_disk: RwLock::new(Arc::new(Semaphore::new(CALLS_AT_ONCE))),
            naming: Mutex::default(),
            tidying: Mutex::default(),
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

    /// Whose turn it is to use the disk with the clips.
    pub fn clips_disk(&self) -> Arc<Semaphore> {
        let turns = self.clips_disk.read();
        Arc::clone(&turns.unwrap_or_else(PoisonError::into_inner))
    }

    /// Clips go to this folder from now on.
    pub fn set_clips_folder(&self, folder: ClipsFolder) {
        *self
            .clips_folder
            .write()
            .unwrap_or_else(PoisonError::into_inner) = folder;
        *self
            .clips_disk
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(Semaphore::new(CALLS_AT_ONCE));
        self.folder_changed.notify_one();
    }

    /// Clips whose files were missing at the last check.
    pub fn missing(&self) -> MutexGuard<'_, HashSet<GenerationId>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
