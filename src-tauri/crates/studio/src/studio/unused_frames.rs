//! Removing pictures that no library and no draft refers to any more.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Studio;
use super::draft::LONGEST_DRAFT;
use crate::frames::{Removed, hashes_in};
use crate::library::{LibraryError, frames_in_use};
use crate::paths::Profile;
use crate::regular_file;

/// The delay before the first look, when all the work of a start is long done.
const FIRST: Duration = Duration::from_mins(10);
/// The time between later looks. Unused pictures stay for a day, so looking more often would remove
/// nothing sooner.
const EVERY: Duration = Duration::from_hours(6);

impl Studio {
    /// Removes the pictures that nothing has referred to for a day. If a library or the draft
    /// can't be read, nothing is removed.
    ///
    /// # Errors
    /// The library's.
    pub async fn remove_unused_frames(self: &Arc<Self>) -> Result<Removed, LibraryError> {
        let studio = Arc::clone(self);
        let work = move || {
            let mut used = HashSet::new();
            for profile in [Profile::Apiframe, Profile::Sandbox] {
                used.extend(frames_in_use(&studio.home.library(profile))?);
            }
            // Last, because settings go from the draft into a library and not back.
            match regular_file::read(&studio.home.draft_file(), LONGEST_DRAFT) {
                Ok(draft) => used.extend(hashes_in(&String::from_utf8_lossy(&draft))),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(LibraryError::Io(error)),
            }
            Ok(studio.frames.remove_unused(&used, studio.clock.now()))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(removed) => removed,
            Err(stopped) => Err(LibraryError::Io(std::io::Error::other(stopped))),
        }
    }

    /// Does so from time to time, as long as the studio exists.
    pub(super) async fn look_after_frames(studio: Weak<Self>) {
        let mut pause = FIRST;
        loop {
            tokio::time::sleep(pause).await;
            pause = EVERY;
            let Some(studio) = studio.upgrade() else {
                return;
            };
            match studio.remove_unused_frames().await {
                Ok(removed) if removed.count > 0 => {
                    tracing::info!(removed.count, removed.bytes, "unused pictures were removed");
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(?error, "unused pictures could not be looked for"),
            }
        }
    }
}
