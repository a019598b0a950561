//! The web view's context menu, reduced to the actions for a text field or selected text. The page
//! opens it over text only. The other entries belong to a browser (reload, search the web, copy a
//! link to the highlighted words), and the page's address means nothing elsewhere.

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

/// Limits the context menu of the window's page to the entries for text.
pub(crate) fn keep_to_text(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        webview.inner().connect_context_menu(|_, menu, _, _| {
            cut_down(menu);
            // True: an empty menu is not shown.
            menu.n_items() == 0
        });
    })
}

fn cut_down(menu: &ContextMenu) {
    let mut after_entry = false;
    for item in menu.items() {
        // A separator stays only after an entry.
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
