//! The preferences, and opening folders and web pages.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;
use studio::catalogue::words;
use studio::message::Message;
use studio::paths::Profile;
use studio::preferences::Theme;
use studio::problem::Problem;
use studio::studio::Studio;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;
use tokio::task::spawn_blocking;

use crate::{dialogs, window};

/// The preferences as the page shows them.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preferences {
    theme: Theme,
    /// Where the clips of Apiframe go.
    clips_folder: PathBuf,
    /// Where the clips of the sandbox go.
    sandbox_clips_folder: PathBuf,
    clips_folder_is_default: bool,
    data_folder: PathBuf,
    log_folder: PathBuf,
    version: &'static str,
}

impl Preferences {
    pub(crate) fn of(studio: &Studio) -> Self {
        let (theme, is_default) = studio
            .preferences(|preferences| (preferences.theme, preferences.clips_folder.is_none()));
        Self {
            theme,
            clips_folder: studio.clips_folder(Profile::Apiframe),
            sandbox_clips_folder: studio.clips_folder(Profile::Sandbox),
            clips_folder_is_default: is_default,
            data_folder: studio.home().data.clone(),
            log_folder: studio.home().log.clone(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// A folder that the user may open.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Folder {
    /// Where clips go.
    Clips,
    /// Where the library is.
    Data,
    /// Where the log is.
    Log,
}

/// A web page that the user may open. The page names one of these; it can't give an address.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Link {
    /// Where keys are made.
    GetKey,
    /// Where credits are bought.
    AddCredits,
    /// Apiframe's own documentation.
    Help,
}

impl Link {
    fn address(self) -> &'static str {
        match self {
            Self::GetKey => "https://app.apiframe.ai/",
            Self::AddCredits => "https://apiframe.ai/pricing",
            Self::Help => "https://docs.apiframe.ai/",
        }
    }
}

/// Chooses a theme.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_theme(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    theme: Theme,
) -> Result<Preferences, Problem> {
    if let Err(error) = window::set_theme(&app, theme) {
        tracing::warn!(%error, "the window did not take the theme");
    }
    let changing = Arc::clone(&studio);
    spawn_blocking(move || changing.change_preferences(|it| it.theme = theme)).await??;
    Ok(Preferences::of(&studio))
}

/// Chooses where clips go; `None` if the user closes the dialog.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_clips_folder(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
) -> Result<Option<Preferences>, Problem> {
    let Some(folder) = dialogs::pick_folder(&app, &words("dialog-clips-folder")).await? else {
        return Ok(None);
    };
    let changing = Arc::clone(&studio);
    let changed = spawn_blocking(move || {
        // Tested now rather than when a paid clip arrives.
        tempfile::tempfile_in(&folder).map_err(|error| {
            Problem::from(Message::ClipsFolderRefused {
                folder: folder.display().to_string(),
                error: error.to_string(),
            })
        })?;
        changing.set_clips_folder(Some(folder))
    });
    changed.await??;
    Ok(Some(Preferences::of(&studio)))
}

/// Opens one of the program's folders, and creates it if it is missing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_folder(
    app: AppHandle,
    studio: State<'_, Arc<Studio>>,
    which: Folder,
) -> Result<(), Problem> {
    let folder = match which {
        Folder::Clips => studio.clips_folder(studio.profile().unwrap_or(Profile::Apiframe)),
        Folder::Data => studio.home().data.clone(),
        Folder::Log => studio.home().log.clone(),
    };
    let path = folder.clone();
    let opening = spawn_blocking(move || {
        studio::private::make_folder(&path).map_err(|error| error.to_string())?;
        app.opener()
            .open_path(path.to_string_lossy(), None::<&str>)
            .map_err(|error| error.to_string())
    });
    opening.await?.map_err(|error| {
        tracing::warn!(%error, "a folder could not be opened");
        Problem::from(Message::NoFileManager {
            path: folder.display().to_string(),
        })
    })
}

/// Opens a page in the user's browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(app: AppHandle, link: Link) -> Result<(), Problem> {
    app.opener()
        .open_url(link.address(), None::<&str>)
        .map_err(|error| {
            tracing::warn!(%error, "no browser answered");
            Problem::from(Message::NoBrowser {
                address: link.address().into(),
            })
        })
}
