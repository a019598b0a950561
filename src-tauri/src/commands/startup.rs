//! The page's first requests.

use std::sync::Arc;

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
    /// The first page of the gallery; `None` before the first sign-in.
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
        Some(_) => Some(super::gallery::page(&studio, Filter::All, None).await?),
        None => None,
    };
    Ok(Boot {
        profile,
        preferences: Preferences::of(&studio),
        media_base: media.base.clone(),
        draft: studio.draft(),
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
