//! The web view's context menu, cut down to what a text field or a selected text can do. The
//! page opens it over text only; the rest of it is a browser's (reload, search the web, copy a
//! link to the highlighted words), and the page has no address that would mean anything.

use tauri::WebviewWindow;
use webkit2gtk::ContextMenuAction::{
    Copy, Cut, Delete, IgnoreSpelling, LearnSpelling, NoGuessesFound, Paste, SelectAll,
    SpellingGuess,
};
use webkit2gtk::{ContextMenu, ContextMenuAction, ContextMenuExt, ContextMenuItemExt, WebViewExt};

const TEXT: [ContextMenuAction; 9] = [
    Cut,
    Copy,
    Paste,
    Delete,
    SelectAll,
    SpellingGuess,
    NoGuessesFound,
    IgnoreSpelling,
    LearnSpelling,
];

/// Keeps the context menu of the window's page to the entries for text.
pub(crate) fn keep_to_text(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        webview.inner().connect_context_menu(|_, menu, _, _| {
            cut_down(menu);
            // True: a menu with nothing in it is not shown.
            menu.n_items() == 0
        });
    })
}

fn cut_down(menu: &ContextMenu) {
    let mut after_entry = false;
    for item in menu.items() {
        // A separator stays between two entries only.
        let stays = if item.is_separator() {
            after_entry
        } else {
            TEXT.contains(&item.stock_action())
        };
        if stays {
            after_entry = !item.is_separator();
        } else {
            menu.remove(&item);
        }
    }
    if let Some(last) = menu.last().filter(ContextMenuItemExt::is_separator) {
        menu.remove(&last);
    }
}
