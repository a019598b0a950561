//! The window: made hidden in the theme's own colour, shown once the page is mounted, its
//! size remembered.

use std::sync::Arc;
use std::time::Duration;

use studio::preferences::{Theme, WindowSize};
use studio::studio::Studio;
use tauri::utils::config::Color;
use tauri::{
    AppHandle, Manager, UserAttentionType, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent,
};

#[cfg(target_os = "linux")]
use crate::context_menu;

/// The label of the only window.
pub(crate) const MAIN: &str = "main";

/// The page's background in both themes, as in `ui/src/styles/tokens.css`: what shows
/// before the page has painted anything.
const DARK: Color = Color(0x0e, 0x0f, 0x12, 0xff);
const LIGHT: Color = Color(0xf4, 0xf3, 0xf1, 0xff);

const SIZE: (f64, f64) = (1280.0, 800.0);
const SMALLEST: (f64, f64) = (900.0, 600.0);

/// A page that has not reported by now is broken; a window with its error beats no window.
const PATIENCE: Duration = Duration::from_secs(6);

/// Makes the window, hidden.
pub(crate) fn open(app: &AppHandle, studio: &Arc<Studio>) -> tauri::Result<()> {
    let (theme, size) = studio.preferences(|preferences| (preferences.theme, preferences.window));
    let (width, height) = size
        .as_ref()
        .map_or(SIZE, |size| (f64::from(size.width), f64::from(size.height)));
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Inbetween")
        .inner_size(width.max(SMALLEST.0), height.max(SMALLEST.1))
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .maximized(size.is_some_and(|size| size.maximised))
        .center()
        .visible(false)
        .theme(native(theme))
        .background_color(DARK)
        .build()?;
    paint(&window, theme);
    #[cfg(target_os = "linux")]
    context_menu::keep_to_text(&window)?;
    remember_size(&window, Arc::clone(studio));
    let late = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        if matches!(late.is_visible(), Ok(false)) {
            tracing::error!("the page did not report; showing the window all the same");
            let _ = late.show();
        }
    });
    Ok(())
}

/// Shows the window, in the theme in use.
pub(crate) fn reveal(app: &AppHandle) -> tauri::Result<()> {
    match app.get_webview_window(MAIN) {
        Some(window) => {
            window.show()?;
            window.set_focus()
        }
        None => Ok(()),
    }
}

/// Brings the window before all others. Where a desktop lets no program do that, it marks
/// the window for attention.
pub(crate) fn bring_forward(app: &AppHandle) -> tauri::Result<()> {
    match app.get_webview_window(MAIN) {
        Some(window) => {
            window.unminimize()?;
            window.show()?;
            window.set_focus()?;
            window.request_user_attention(Some(UserAttentionType::Informational))
        }
        None => Ok(()),
    }
}

/// Brings the window's own parts into a theme.
pub(crate) fn set_theme(app: &AppHandle, theme: Theme) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(MAIN) {
        window.set_theme(native(theme))?;
        paint(&window, theme);
    }
    Ok(())
}

fn native(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Dark => Some(tauri::Theme::Dark),
        Theme::Light => Some(tauri::Theme::Light),
    }
}

fn paint(window: &WebviewWindow, theme: Theme) {
    let light = match theme {
        Theme::Light => true,
        Theme::Dark => false,
        Theme::System => matches!(window.theme(), Ok(tauri::Theme::Light)),
    };
    if let Err(error) = window.set_background_color(Some(if light { LIGHT } else { DARK })) {
        tracing::warn!(%error, "the window's background could not be set");
    }
}

/// Keeps the size when the window is closed. Its place is not kept: on Wayland it can't be
/// known.
fn remember_size(window: &WebviewWindow, studio: Arc<Studio>) {
    let closing = window.clone();
    window.on_window_event(move |event| {
        if !matches!(event, WindowEvent::CloseRequested { .. }) {
            return;
        }
        let (Ok(size), Ok(scale)) = (closing.inner_size(), closing.scale_factor()) else {
            return;
        };
        let maximised = closing.is_maximized().unwrap_or(false);
        let size = size.to_logical::<u32>(scale);
        let kept = studio.change_preferences(|preferences| {
            // A maximised window keeps the size it had before.
            preferences.window = Some(match (maximised, preferences.window.take()) {
                (true, Some(old)) => WindowSize {
                    maximised: true,
                    ..old
                },
                _ => WindowSize {
                    width: size.width,
                    height: size.height,
                    maximised,
                },
            });
        });
        if let Err(problem) = kept {
            tracing::warn!(%problem, "the window's size could not be kept");
        }
    });
}
