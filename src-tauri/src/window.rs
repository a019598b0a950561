//! The window: created hidden in the theme's own colour, shown once the page is mounted. Its size
//! is remembered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use studio::message::Message;
use studio::preferences::{Theme, WindowSize};
use studio::studio::Studio;
use tauri::utils::config::{Color, Csp, CspDirectiveSources};
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Config, Manager, Url, UserAttentionType, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};

#[cfg(target_os = "linux")]
use crate::context_menu;

/// The label of the only window.
pub(crate) const MAIN: &str = "main";

/// The page's background in both themes, as in `ui/src/styles/tokens.css`: it is visible before the
/// page has painted anything.
const DARK: Color = Color(0x0d, 0x0e, 0x11, 0xff);
const LIGHT: Color = Color(0xf3, 0xf2, 0xef, 0xff);

/// What the page loads from the media server.
const FROM_MEDIA_SERVER: [&str; 2] = ["img-src", "media-src"];

const SIZE: (f64, f64) = (1280.0, 800.0);
const SMALLEST: (f64, f64) = (900.0, 600.0);

/// A page that has not reported by now is broken; a window with its error is better than none.
const REVEAL_TIMEOUT: Duration = Duration::from_secs(6);

/// Whether a window can be opened at all.
///
/// # Errors
/// A sentence for standard error and the log: without a desktop there is no other place for it.
#[cfg(target_os = "linux")]
pub(crate) fn is_possible() -> Result<(), Message> {
    gtk::init().map_err(|_| Message::NoDesktop)
}

/// The other systems always have one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_possible() -> Result<(), Message> {
    Ok(())
}

/// Adds the media server to what the page's content policy allows: its one port, which is
/// known only now.
pub(crate) fn allow_media(config: &mut Config, origin: &str) {
    let security = &mut config.app.security;
    for policy in [&mut security.csp, &mut security.dev_csp]
        .into_iter()
        .flatten()
    {
        let mut directives: HashMap<String, CspDirectiveSources> = policy.clone().into();
        for directive in FROM_MEDIA_SERVER {
            directives
                .entry(directive.to_owned())
                .or_default()
                .push(origin);
        }
        *policy = Csp::DirectiveMap(directives);
    }
}

/// Creates the window, hidden. Its page is fixed: it can't navigate elsewhere, open other windows
/// or store files.
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
        .data_directory(studio.home().web_view())
        // Linux uses the folder above instead, which also works under a driver.
        .incognito(cfg!(not(target_os = "linux")))
        .on_navigation(|address| is_own(address, tauri::is_dev()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()?;
    paint(&window, theme);
    #[cfg(target_os = "linux")]
    crate::no_proxy::set(&window)?;
    #[cfg(target_os = "linux")]
    crate::spelling::check(&window);
    #[cfg(target_os = "linux")]
    context_menu::keep_to_text(&window)?;
    save_on_close(&window, Arc::clone(studio));
    let late = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(REVEAL_TIMEOUT).await;
        if matches!(late.is_visible(), Ok(false)) {
            tracing::error!("the page did not report; showing the window all the same");
            let _ = late.show();
        }
    });
    Ok(())
}

/// Whether this is the page's own address: Tauri's, or Vite's during development.
fn is_own(address: &Url, in_development: bool) -> bool {
    let origin = (address.scheme(), address.host_str(), address.port());
    match origin {
        ("tauri", Some("localhost"), None) | ("http" | "https", Some("tauri.localhost"), None) => {
            true
        }
        ("http", Some("localhost"), Some(5173)) => in_development,
        _ => false,
    }
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

/// Brings the window to the front. If a desktop does not let programs do that, it marks the window
/// for attention.
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

/// Applies a theme to the window's own parts.
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

/// The time from closing the window to the end of the program: a little longer than the page waits
/// before it saves a changed draft (400 ms, in `Composer.svelte`).
const CLOSE_DELAY: Duration = Duration::from_millis(600);

/// Saves the size when the window is closed, and lets the page save the draft. The window's
/// position is not saved: on Wayland it can't be known.
fn save_on_close(window: &WebviewWindow, studio: Arc<Studio>) {
    let closing = window.clone();
    window.on_window_event(move |event| {
        let WindowEvent::CloseRequested { api, .. } = event else {
            return;
        };
        api.prevent_close();
        let ending = closing.clone();
        tauri::async_runtime::spawn(async move {
            if ending.hide().is_ok() {
                tokio::time::sleep(CLOSE_DELAY).await;
            }
            if let Err(error) = ending.destroy() {
                tracing::warn!(%error, "the window could not be closed");
                ending.app_handle().exit(0);
            }
        });
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_page_goes_nowhere_but_to_itself() {
        let may = |address: &str| is_own(&address.parse().unwrap(), false);
        for own in [
            "tauri://localhost",
            "tauri://localhost/index.html#x",
            "http://tauri.localhost/",
            "https://tauri.localhost/",
        ] {
            assert!(may(own), "{own}");
        }
        for other in [
            "https://example.com/",
            "http://127.0.0.1:4000/token/clip/x",
            "http://localhost:5173/",
            "http://tauri.localhost:81/",
            "http://tauri.localhost.example.com/",
            "tauri://example.com/",
            "file:///etc/passwd",
            "about:blank",
            "data:text/html,x",
        ] {
            assert!(!may(other), "{other}");
        }
        assert!(is_own(&"http://localhost:5173/".parse().unwrap(), true));
    }

    #[test]
    fn the_policy_names_one_port() {
        let config = include_str!("../../tauri.conf.json");
        let mut config: Config = serde_json::from_str(config).unwrap();
        allow_media(&mut config, "http://127.0.0.1:4321");
        let policy = config.app.security.csp.unwrap().to_string();
        let ports: Vec<_> = policy
            .split([' ', ';'])
            .filter(|word| word.contains("127.0.0.1"))
            .collect();
        assert_eq!(ports, ["http://127.0.0.1:4321"; 2], "{policy}");
    }
}
