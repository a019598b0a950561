//! The system's own dialogs. On Linux they come from the desktop portal, or from zenity if there is
//! none. A dialog that can't open answers like one that was closed, so the code first checks
//! whether one can open.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, MessageDialog, MessageLevel};
use studio::catalogue::words;
use studio::message::Message;
use studio::problem::Problem;
use tauri::{AppHandle, Manager};

use crate::window::MAIN;

/// The picture types that the dialog offers: those that `studio::frames` can read.
const PICTURES: [&str; 9] = [
    "png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "jfif",
];

/// A picture that the user picks; `None` if the user closes the dialog.
pub(crate) async fn pick_picture(app: &AppHandle, title: &str) -> Result<Option<PathBuf>, Problem> {
    let dialog = dialog(app, title)
        .await
        .map_err(|_| Message::NoDialog { picture: true })?
        .add_filter(words("dialog-pictures"), &PICTURES)
        .add_filter(words("dialog-all-files"), &["*"]);
    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
}

/// The file of a clip that was moved; `None` if the user closes the dialog.
pub(crate) async fn pick_clip(app: &AppHandle, name: &str) -> Result<Option<PathBuf>, Problem> {
    let dialog = dialog(app, &Message::WhereIs { name: name.into() }.to_string())
        .await?
        .add_filter(words("dialog-video"), &["mp4"])
        .add_filter(words("dialog-all-files"), &["*"]);
    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
}

/// A folder that the user picks; `None` if the user closes the dialog.
pub(crate) async fn pick_folder(app: &AppHandle, title: &str) -> Result<Option<PathBuf>, Problem> {
    let dialog = dialog(app, title).await?.set_can_create_directories(true);
    Ok(dialog
        .pick_folder()
        .await
        .map(|folder| folder.path().to_owned()))
}

/// Where to save a copy of a clip; `None` if the user closes the dialog.
pub(crate) async fn save_clip(app: &AppHandle, name: &str) -> Result<Option<PathBuf>, Problem> {
    let dialog = dialog(app, &words("dialog-save-clip"))
        .await?
        .set_file_name(name)
        .add_filter(words("dialog-video"), &["mp4"]);
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}

/// Where to save the ledger; `None` if the user closes the dialog.
pub(crate) async fn save_table(app: &AppHandle, name: &str) -> Result<Option<PathBuf>, Problem> {
    let dialog = dialog(app, &words("dialog-export"))
        .await?
        .set_file_name(name)
        .add_filter(words("dialog-table"), &["csv"]);
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}

/// Says why the program can't start, in a place that is visible to users who did not start it from
/// a terminal.
pub(crate) fn cannot_start(sentence: &str) {
    MessageDialog::new()
        .set_level(MessageLevel::Error)
        .set_title(words("dialog-cannot-start"))
        .set_description(sentence)
        .show();
}

async fn dialog(app: &AppHandle, title: &str) -> Result<AsyncFileDialog, Problem> {
    if !can_open().await {
        return Err(Message::NoDialog { picture: false }.into());
    }
    let dialog = AsyncFileDialog::new().set_title(title);
    Ok(match app.get_webview_window(MAIN) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    })
}

/// Whether a dialog can open: the portal is there or can be started, or zenity is installed.
#[cfg(target_os = "linux")]
async fn can_open() -> bool {
    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    let portal = async {
        let bus = zbus::Connection::session().await?;
        let proxy = zbus::fdo::DBusProxy::new(&bus).await?;
        let is_it = |names: Vec<zbus::names::OwnedBusName>| {
            names.iter().any(|name| name.as_str() == PORTAL)
        };
        Ok::<bool, zbus::Error>(
            is_it(proxy.list_activatable_names().await?) || is_it(proxy.list_names().await?),
        )
    };
    portal.await.unwrap_or(false)
        || std::env::var_os("PATH").is_some_and(|paths| {
            std::env::split_paths(&paths).any(|folder| folder.join("zenity").is_file())
        })
}

#[cfg(not(target_os = "linux"))]
async fn can_open() -> bool {
    true
}
