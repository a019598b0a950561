//! Importing frames into the composer, and the press of Generate.

use std::path::PathBuf;
use std::sync::Arc;

use studio::catalogue::words;
use studio::frames::{Frame, FrameHash};
use studio::generation::Generation;
use studio::price::Price;
use studio::problem::Problem;
use studio::settings::{Settings, Violation};
use studio::studio::Studio;
use tauri::{AppHandle, State};

use crate::{clipboard, dialogs};

/// Imports a dropped picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_frame(
    studio: State<'_, Arc<Studio>>,
    path: PathBuf,
) -> Result<Frame, Problem> {
    studio.import(move |frames| frames.import_path(&path)).await
}

/// Imports a picture that the user picks in the system's dialog; `None` if the user closes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_frame(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    title: String,
) -> Result<Option<Frame>, Problem> {
    let Some(path) = dialogs::pick_picture(&app, &title).await? else {
        return Ok(None);
    };
    studio
        .import(move |frames| frames.import_path(&path))
        .await
        .map(Some)
}

/// Imports the clipboard's picture; `None` if it contains none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn paste_frame(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
) -> Result<Option<Frame>, Problem> {
    let Some(pasted) = clipboard::picture(&app).await? else {
        return Ok(None);
    };
    studio
        .import(move |frames| match pasted {
            clipboard::Pasted::File(path) => frames.import_path(&path),
            clipboard::Pasted::Picture(bytes) => {
                frames.import_bytes(&words("frame-pasted"), &bytes)
            }
        })
        .await
        .map(Some)
}

/// The clipboard's text, which the page does not get if there is also a picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clipboard_text(app: AppHandle) -> Result<Option<String>, Problem> {
    clipboard::text(&app).await
}

/// Makes a frame from the centre of one frame, in the shape of another.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crop_frame(
    studio: State<'_, Arc<Studio>>,
    hash: FrameHash,
    like: FrameHash,
) -> Result<Frame, Problem> {
    studio
        .import(move |frames| frames.crop_like(hash, like))
        .await
}

/// What is known about a frame.
#[tauri::command]
#[specta::specta]
pub(crate) async fn frame(
    studio: State<'_, Arc<Studio>>,
    hash: FrameHash,
) -> Result<Option<Frame>, Problem> {
    let frames = studio.frames().clone();
    Ok(tokio::task::spawn_blocking(move || frames.get(hash)).await?)
}

/// Every rule that these settings break.
#[tauri::command]
#[specta::specta]
pub(crate) fn check(settings: Settings) -> Vec<Violation> {
    settings.violations()
}

/// What these settings will cost, as far as is known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn price(
    studio: State<'_, Arc<Studio>>,
    settings: Settings,
) -> Result<Price, Problem> {
    studio.price(settings).await
}

/// Saves the composer's content.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_draft(
    studio: State<'_, Arc<Studio>>,
    settings: Settings,
) -> Result<(), Problem> {
    let studio = Arc::clone(&studio);
    tokio::task::spawn_blocking(move || studio.save_draft(&settings)).await?
}

/// Generates.
#[tauri::command]
#[specta::specta]
pub(crate) async fn generate(
    studio: State<'_, Arc<Studio>>,
    settings: Settings,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.generate(settings).await?)
}
