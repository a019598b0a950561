//! Importing the account's jobs, finding clips whose files moved, and the report.

use std::sync::Arc;

use serde::Serialize;
use specta::Type;
use studio::generation::{Generation, GenerationId, Phase};
use studio::message::Message;
use studio::problem::Problem;
use studio::remote::{ImportResult, RemoteJob, RemotePage};
use studio::report::Surroundings;
use studio::studio::Studio;
use tauri::{AppHandle, State};

use crate::{clipboard, dialogs};

/// A page of the account's jobs that are not in the library.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remote_jobs(
    studio: State<'_, Arc<Studio>>,
    cursor: Option<String>,
) -> Result<RemotePage, Problem> {
    Ok(studio.engine().await?.remote_jobs(cursor).await?)
}

/// One of them, with what the list leaves out; `None` if it has no clip and will not get one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remote_job(
    studio: State<'_, Arc<Studio>>,
    job: String,
) -> Result<Option<RemoteJob>, Problem> {
    Ok(studio.engine().await?.remote_job(&job).await?)
}

/// A job that was imported.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportedJob {
    generation: Generation,
    /// Whether it was in the library before.
    was_here: bool,
}

/// Imports one job, by its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_job(
    studio: State<'_, Arc<Studio>>,
    job: String,
) -> Result<ImportedJob, Problem> {
    let brought = studio.engine().await?.import_job(&job).await?;
    Ok(ImportedJob {
        generation: brought.generation,
        was_here: brought.was_here,
    })
}

/// Imports every job that has a clip to fetch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_all(studio: State<'_, Arc<Studio>>) -> Result<ImportResult, Problem> {
    Ok(studio.engine().await?.import_all().await)
}

/// Looks for the files of all clips and returns the generations whose files are missing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_for_clips(
    studio: State<'_, Arc<Studio>>,
) -> Result<Vec<GenerationId>, Problem> {
    // Before the first sign-in there are no clips, which is not a problem to report.
    if studio.profile().is_none() {
        return Ok(Vec::new());
    }
    Ok(studio.engine().await?.look_for_clips().await?)
}

/// A clip whose file was found.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundClip {
    generation: Generation,
    /// How many other missing clips were found beside it.
    others: u32,
}

/// Asks the user for the file of a missing clip; `None` if the user closes the dialog.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_clip(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Option<FoundClip>, Problem> {
    let engine = studio.engine().await?;
    let Phase::Ready { clip } = engine.generation(&id).await?.phase else {
        return Err(Message::ClipNotReady.into());
    };
    let Some(file) = dialogs::pick_clip(&app, &clip.name).await? else {
        return Ok(None);
    };
    let found = engine.found(&id, file).await?;
    Ok(Some(FoundClip {
        generation: found.generation,
        others: u32::try_from(found.others).unwrap_or(u32::MAX),
    }))
}

/// Fetches a missing clip again, if Apiframe still has it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn fetch_again(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.fetch_again(&id).await?)
}

/// Puts the report on the clipboard and returns it. `plays` is what the page can play, in words.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_report(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    plays: String,
) -> Result<String, Problem> {
    let report = studio
        .report(Surroundings {
            version: format!(
                "{}{}",
                env!("CARGO_PKG_VERSION"),
                if cfg!(debug_assertions) {
                    ", debug build"
                } else {
                    ""
                }
            ),
            web_view: tauri::webview_version().ok(),
            plays: Some(plays.chars().take(200).collect()),
        })
        .await;
    clipboard::put_text(&app, report.clone()).await?;
    Ok(report)
}
