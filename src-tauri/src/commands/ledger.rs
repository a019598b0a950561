//! The ledger and the spending limits.

use std::path::PathBuf;
use std::sync::Arc;

use studio::ledger::{Books, Limits, Page};
use studio::problem::Problem;
use studio::studio::Studio;
use tauri::{AppHandle, State};

use crate::dialogs;

/// A summary of the ledger.
#[tauri::command]
#[specta::specta]
pub(crate) async fn books(studio: State<'_, Arc<Studio>>) -> Result<Books, Problem> {
    studio.books().await
}

/// A page of the ledger, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ledger(
    studio: State<'_, Arc<Studio>>,
    cursor: Option<String>,
) -> Result<Page, Problem> {
    studio.ledger(cursor).await
}

/// Sets the most that may be spent per day and per month.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_limits(
    studio: State<'_, Arc<Studio>>,
    limits: Limits,
) -> Result<Books, Problem> {
    studio.set_limits(limits).await
}

/// Writes the ledger to a file that the user chooses; `None` if the user closes the dialog.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_ledger(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
) -> Result<Option<PathBuf>, Problem> {
    let name = studio.ledger_file_name().await?;
    let Some(target) = dialogs::save_table(&app, &name).await? else {
        return Ok(None);
    };
    studio.export_ledger(&target).await?;
    Ok(Some(target))
}
