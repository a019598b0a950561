//! Signing in and out, and the sandbox.

use std::sync::Arc;

use studio::problem::Problem;
use studio::session::{Keep, Session};
use studio::studio::Studio;
use tauri::State;
use zeroize::Zeroizing;

/// Asks the keychain, then Apiframe; called after the first paint.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_session(studio: State<'_, Arc<Studio>>) -> Result<Session, Problem> {
    studio.open_session().await
}

/// Checks a key, keeps it, and signs in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(
    studio: State<'_, Arc<Studio>>,
    key: String,
    keep: Keep,
) -> Result<Session, Problem> {
    studio.sign_in(&Zeroizing::new(key), keep).await
}

/// Asks the keychain again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_vault(studio: State<'_, Arc<Studio>>) -> Result<Session, Problem> {
    studio.open_session().await
}

/// Removes the key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(studio: State<'_, Arc<Studio>>) -> Result<Session, Problem> {
    studio.sign_out().await
}

/// Switches to the sandbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn use_sandbox(studio: State<'_, Arc<Studio>>) -> Result<Session, Problem> {
    studio.use_sandbox().await
}

/// Switches back to Apiframe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_sandbox(studio: State<'_, Arc<Studio>>) -> Result<Session, Problem> {
    studio.leave_sandbox().await
}

/// Asks for the balance.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_account(studio: State<'_, Arc<Studio>>) -> Result<Session, Problem> {
    Ok(studio.refresh_account().await)
}
