//! The page's first requests.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use specta::Type;
use studio::library::Filter;
use studio::paths::Profile;
use studio::problem::Problem;
use studio::session::Session;
use studio::settings::Settings;
use studio::studio::Studio;
use tauri::{AppHandle, State};

use super::gallery::GalleryPage;
use super::settings::Preferences;
use crate::media::Media;
use crate::window;

/// How long the first view waits for the library. On a good disk it is open by then; the window
/// does not wait for a slow one.
const LIBRARY_TIMEOUT: Duration = Duration::from_millis(300);

/// Everything that the first view needs, from this disk alone.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Boot {
    /// The profile whose library is shown; `None` before the first sign-in.
    profile: Option<Profile>,
    preferences: Preferences,
    /// The base address of the media, without a slash at the end.
    media_base: String,
    /// What was in the composer.
    draft: Option<Settings>,
    /// The first page of the gallery; `None` before the first sign-in, and where the library takes
    /// long to open: then the page asks for it.
    gallery: Option<GalleryPage>,
    session: Session,
}

/// Returns the data of the first view. Uses neither the network nor the keychain.
#[tauri::command]
#[specta::specta]
pub(crate) async fn boot(
    studio: State<'_, Arc<Studio>>,
    media: State<'_, Media>,
) -> Result<Boot, Problem> {
    let profile = studio.profile();
    let gallery = match profile {
        Some(_) => {
            let page = super::gallery::page(&studio, Filter::All, None);
            let page = tokio::time::timeout(LIBRARY_TIMEOUT, page).await;
            page.ok().transpose()?
        }
        None => None,
    };
    let reading = Arc::clone(&studio);
    let draft = tokio::task::spawn_blocking(move || reading.draft()).await?;
    Ok(Boot {
        profile,
        preferences: Preferences::of(&studio),
        media_base: media.base.clone(),
        draft,
        gallery,
        session: studio.session(),
    })
}

/// Shows the window; called when the page is mounted.
#[tauri::command]
#[specta::specta]
pub(crate) fn reveal(app: AppHandle) -> Result<(), Problem> {
    window::reveal(&app).map_err(|error| Problem::internal(&error))
}
