//! The system's clipboard: a picture from it, since the page's own paste event carries none
//! on Linux, and a text onto it, since the page may not write there by itself.

use std::path::PathBuf;

use studio::problem::Problem;
use tauri::AppHandle;

/// What the clipboard held.
#[derive(Debug)]
pub(crate) enum Pasted {
    /// A file copied in a file manager.
    File(PathBuf),
    /// Pixels, as a PNG.
    Png(Vec<u8>),
}

/// The clipboard's picture, if it holds one.
#[cfg(target_os = "linux")]
pub(crate) async fn picture(app: &AppHandle) -> Option<Pasted> {
    let (answer, asked) = tokio::sync::oneshot::channel();
    // GTK belongs to the main thread.
    app.run_on_main_thread(move || {
        // The other end waits for this answer.
        let _ = answer.send(ask());
    })
    .ok()?;
    asked.await.ok().flatten()
}

#[cfg(target_os = "linux")]
fn ask() -> Option<Pasted> {
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    if let Some(first) = clipboard.wait_for_uris().first() {
        let (path, _) = gtk::glib::filename_from_uri(first).ok()?;
        return Some(Pasted::File(path));
    }
    let pixels = clipboard.wait_for_image()?;
    pixels.save_to_bufferv("png", &[]).ok().map(Pasted::Png)
}

/// The clipboard's picture, if it holds one.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn picture(_app: &AppHandle) -> Option<Pasted> {
    tokio::task::spawn_blocking(|| {
        let mut clipboard = arboard::Clipboard::new().ok()?;
        if let Some(first) = clipboard
            .get()
            .file_list()
            .ok()
            .and_then(|files| files.into_iter().next())
        {
            return Some(Pasted::File(first));
        }
        let pixels = clipboard.get_image().ok()?;
        let picture = image::RgbaImage::from_raw(
            u32::try_from(pixels.width).ok()?,
            u32::try_from(pixels.height).ok()?,
            pixels.bytes.into_owned(),
        )?;
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).ok()?;
        Some(Pasted::Png(png.into_inner()))
    })
    .await
    .ok()
    .flatten()
}

/// Puts a text on the clipboard. Without a clipboard manager it is there for as long as the
/// program runs, as everywhere on Linux.
///
/// # Errors
/// When the clipboard can't be reached.
#[cfg(target_os = "linux")]
pub(crate) async fn put_text(app: &AppHandle, text: String) -> Result<(), Problem> {
    let (answer, asked) = tokio::sync::oneshot::channel();
    app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        clipboard.set_text(&text);
        // Read back, because setting says nothing about whether it worked.
        let is_there = clipboard.wait_for_text().is_some_and(|there| there == text);
        // The other end waits for this answer.
        let _ = answer.send(is_there);
    })
    .map_err(|_| no_clipboard())?;
    if asked.await.unwrap_or(false) {
        Ok(())
    } else {
        Err(no_clipboard())
    }
}

/// Puts a text on the clipboard.
///
/// # Errors
/// When the clipboard can't be reached.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn put_text(_app: &AppHandle, text: String) -> Result<(), Problem> {
    tokio::task::spawn_blocking(move || {
        arboard::Clipboard::new().and_then(|mut clipboard| clipboard.set_text(text))
    })
    .await
    .map_err(|_| no_clipboard())?
    .map_err(|error| {
        tracing::warn!(%error, "the clipboard took no text");
        no_clipboard()
    })
}

fn no_clipboard() -> Problem {
    Problem::new(
        "clipboard",
        "The clipboard did not take the report. Close a program that may be holding it, then try again.",
    )
}
