//! The actions on a clip's file.

use std::path::PathBuf;
use std::sync::Arc;

use studio::clips;
use studio::generation::{Clip, GenerationId, Phase};
use studio::message::Message;
use studio::problem::Problem;
use studio::studio::Studio;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;

use crate::dialogs;

async fn clip(studio: &Arc<Studio>, id: &GenerationId) -> Result<Clip, Problem> {
    match studio.engine().await?.generation(id).await?.phase {
        Phase::Ready { clip } if !clip.missing => Ok(clip),
        Phase::Ready { clip } => Err(Message::ClipMissing { file: clip.file }.into()),
        _ => Err(Message::ClipNotReady.into()),
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
                Problem::from(Message::NoFileManager {
                    path: clip.file.clone(),
                })
            })
    })
    .await?
}

/// Copies the clip to where the user chooses; `None` if the user closes the dialog.
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
    let copy = target.clone();
    tokio::task::spawn_blocking(move || clips::save_copy(clip.file.as_ref(), &copy))
        .await?
        .map_err(|error| {
            Problem::from(Message::CopyFailed {
                file: target.display().to_string(),
                error: error.to_string(),
            })
        })?;
    Ok(Some(target))
}
