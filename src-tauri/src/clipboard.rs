//! The system's clipboard: reads a picture from it, since the page's own paste event carries none
//! on Linux, and writes a text to it, since the page may not write there on its own.

use std::path::PathBuf;

use studio::message::Message;
use studio::problem::Problem;
#[cfg(not(target_os = "linux"))]
use tauri::AppHandle;

/// Clipboard content that can become a frame.
#[derive(Debug)]
pub(crate) enum Pasted {
    /// A file copied in a file manager.
    File(PathBuf),
    /// A picture, as a file in any of the formats that frames are made of.
    Picture(Vec<u8>),
}

#[cfg(target_os = "linux")]
pub(crate) use self::linux::{picture, put_text, text};

/// GTK's clipboard. No request blocks the main thread: the program that owns the clipboard may be
/// busy, or stopped, and the window must not freeze with it.
#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use gtk::gdk::{Atom, SELECTION_CLIPBOARD};
    use gtk::{Clipboard, SelectionData};
    use studio::message::Message;
    use studio::problem::Problem;
    use tauri::AppHandle;
    use tokio::sync::oneshot::{Sender, channel};

    use super::{Pasted, no_clipboard};

    /// A responsive program answers at once, and with a large picture within a second.
    const ANSWER_TIME: Duration = Duration::from_secs(5);

    /// The picture formats by their clipboard names, the lossless ones first: a browser offers most
    /// of them for the same picture.
    const PICTURES: [&str; 6] = [
        "image/png",
        "image/tiff",
        "image/bmp",
        "image/jpeg",
        "image/webp",
        "image/gif",
    ];

    /// The clipboard's picture, if it contains one: a copied file before pixels, since a file
    /// manager may offer the file's icon beside it.
    pub(crate) async fn picture(app: &AppHandle) -> Result<Option<Pasted>, Problem> {
        let offered = ask(app, |clipboard, answer| {
            clipboard.request_contents(&Atom::intern("TARGETS"), move |_, offered| {
                let names = offered.targets().unwrap_or_default();
                let names: Vec<String> = names.iter().map(|name| name.name().into()).collect();
                // The receiver may have given up.
                let _ = answer.send(names);
            });
        })
        .await?;
        let offers = |name: &str| offered.iter().any(|one| one == name);
        if offers("text/uri-list") {
            let file = ask(app, |clipboard, answer| {
                clipboard.request_uris(move |_, addresses| {
                    let file = addresses
                        .first()
                        .and_then(|first| Some(gtk::glib::filename_from_uri(first).ok()?.0));
                    let _ = answer.send(file);
                });
            })
            .await?;
            if let Some(file) = file {
                return Ok(Some(Pasted::File(file)));
            }
        }
        let Some(format) = PICTURES.into_iter().find(|format| offers(format)) else {
            return Ok(None);
        };
        let bytes = ask(app, move |clipboard, answer| {
            clipboard.request_contents(&Atom::intern(format), move |_, data: &SelectionData| {
                let _ = answer.send(data.data());
            });
        })
        .await?;
        Ok(Some(bytes)
            .filter(|bytes| !bytes.is_empty())
            .map(Pasted::Picture))
    }

    /// The clipboard's text, if it contains any.
    pub(crate) async fn text(app: &AppHandle) -> Result<Option<String>, Problem> {
        ask(app, |clipboard, answer| {
            clipboard.request_text(move |_, text| {
                let _ = answer.send(text.map(str::to_owned));
            });
        })
        .await
    }

    /// Asks the clipboard for something on the main thread, which GTK requires.
    async fn ask<T: Send + 'static>(
        app: &AppHandle,
        question: impl FnOnce(&Clipboard, Sender<T>) + Send + 'static,
    ) -> Result<T, Problem> {
        let (answer, asked) = channel();
        app.run_on_main_thread(move || question(&Clipboard::get(&SELECTION_CLIPBOARD), answer))
            .map_err(|_| no_answer())?;
        match tokio::time::timeout(ANSWER_TIME, asked).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(no_answer()),
        }
    }

    fn no_answer() -> Problem {
        Message::ClipboardSilent.into()
    }

    /// Puts a text on the clipboard. Without a clipboard manager it is there for as long as the
    /// program runs, as always on Linux.
    ///
    /// # Errors
    /// If the clipboard can't be reached.
    pub(crate) async fn put_text(app: &AppHandle, text: String) -> Result<(), Problem> {
        let (answer, asked) = channel();
        app.run_on_main_thread(move || {
            let clipboard = Clipboard::get(&SELECTION_CLIPBOARD);
            clipboard.set_text(&text);
            // Read back, because setting it does not report whether it worked.
            let is_there = clipboard.wait_for_text().is_some_and(|there| there == text);
            // The receiver waits for this answer.
            let _ = answer.send(is_there);
        })
        .map_err(|_| no_clipboard())?;
        if asked.await.unwrap_or(false) {
            Ok(())
        } else {
            Err(no_clipboard())
        }
    }
}

/// The clipboard's picture, if it contains one.
///
/// # Errors
/// Never: content that can't be read counts as no picture here.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(crate) async fn picture(_app: &AppHandle) -> Result<Option<Pasted>, Problem> {
    let found = tokio::task::spawn_blocking(|| {
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
        Some(Pasted::Picture(png.into_inner()))
    });
    Ok(found.await.ok().flatten())
}

/// The clipboard's text, if it contains any.
///
/// # Errors
/// Never: content that can't be read counts as no text here.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(crate) async fn text(_app: &AppHandle) -> Result<Option<String>, Problem> {
    let found = tokio::task::spawn_blocking(|| arboard::Clipboard::new().ok()?.get_text().ok());
    Ok(found.await.ok().flatten())
}

/// Puts a text on the clipboard.
///
/// # Errors
/// If the clipboard can't be reached.
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
    Message::ClipboardBusy.into()
}
