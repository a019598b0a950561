//! What can be done with a clip's file.

use std::path::PathBuf;
use std::sync::Arc;

use studio::generation::{Clip, GenerationId, Phase};
use studio::problem::Problem;
use studio::studio::Studio;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;

use crate::dialogs;

async fn clip(studio: &Arc<Studio>, id: &GenerationId) -> Result<Clip, Problem> {
    match studio.engine()?.generation(id).await?.phase {
        Phase::Ready { clip } if !clip.missing => Ok(clip),
        Phase::Ready { clip } => Err(Problem::new(
            "clipMissing",
            format!(
                "{} is no longer there. It may have been moved or deleted.",
                clip.file
            ),
        )),
        _ => Err(Problem::new(
            "notReady",
            "This clip is not on the disk yet.",
        )),
    }
}

/// Shows the clip's file in the system's file manager.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_in_folder(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<(), Problem> {
    let clip = clip(&studio, &id).await?;
    // It waits for the file manager's answer.
    tokio::task::spawn_blocking(move || {
        app.opener()
            .reveal_item_in_dir(&clip.file)
            .map_err(|error| {
                tracing::warn!(%error, "no file manager answered");
                Problem::new(
                    "noFileManager",
                    format!("No file manager answered. The clip is {}.", clip.file),
                )
            })
    })
    .await
    .map_err(|stopped| Problem::new("noFileManager", stopped.to_string()))?
}

/// Copies the clip to where the person says; `None` when they close the dialog.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_copy(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Option<PathBuf>, Problem> {
    let clip = clip(&studio, &id).await?;
    let Some(target) = dialogs::save_clip(&app, &clip.name).await? else {
        return Ok(None);
    };
    let real = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    let same = real(&target).is_some_and(|there| Some(there) == real(clip.file.as_ref()));
    if same {
        // Copying a file onto itself would empty it.
        return Ok(Some(target));
    }
    tokio::fs::copy(&clip.file, &target)
        .await
        .map_err(|error| {
            Problem::new(
                "copy",
                format!(
                    "The copy could not be written to {} ({error}). Choose another place.",
                    target.display()
                ),
            )
        })?;
    Ok(Some(target))
}
