//! Keeps the web view from asking a proxy. The page talks to this computer alone, and a proxy that
//! the desktop or the environment names does not reach the media server on it.

use tauri::WebviewWindow;
use webkit2gtk::{NetworkProxyMode, WebContextExt, WebViewExt, WebsiteDataManagerExt};

/// Turns proxies off for the window's page.
pub(crate) fn set(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let manager = webview
            .inner()
            .context()
            .and_then(|it| it.website_data_manager());
        if let Some(manager) = manager {
            manager.set_network_proxy_settings(NetworkProxyMode::NoProxy, None);
        }
    })
}
