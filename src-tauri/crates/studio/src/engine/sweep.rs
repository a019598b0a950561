//! Sweeping: what a killed program left half-written is removed at the next start, before
//! anything else is done. A `.part` that its generation will go on with stays.

use std::path::Path;
use std::sync::Arc;

use super::Shared;
use crate::durable;
use crate::generation::{GenerationId, Record};
use crate::library::Library;

pub(super) async fn sweep(shared: &Arc<Shared>) {
    let (frames, clips) = (shared.frames.clone(), shared.clips_folder());
    let swept = shared
        .library
        .run(move |library| {
            durable::sweep(library.folder());
            durable::sweep(&library.folder().join(super::POSTERS));
            frames.sweep();
            sweep_clips(&clips, &Library::unfinished(library)?);
            Ok(())
        })
        .await;
    if let Err(error) = swept {
        tracing::warn!(?error, "what was left half-written could not be looked for");
    }
}

/// Removes every `.part` of a generation that will not go on with it.
pub(super) fn sweep_clips(folder: &Path, unfinished: &[Record]) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let owner = name
            .strip_prefix('.')
            .and_then(|name| name.strip_suffix(".part"))
            // Somebody else's file, unless it is called after a generation.
            .and_then(|id| id.parse::<GenerationId>().ok());
        let is_wanted = |id| unfinished.iter().any(|record| record.id == id);
        if owner.is_some_and(|id| !is_wanted(id)) {
            // Left where it can't be removed: it is in nobody's way.
            let _ = std::fs::remove_file(&path);
        }
    }
}
