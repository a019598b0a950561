//! What the page may ask for, one file per room. A command parses what the page sends, calls the
//! studio or a dialog, and returns the answer; nothing is decided here.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a command's arguments arrive by value from the page"
)]

mod account;
mod composer;
mod gallery;
mod ledger;
mod recovery;
mod settings;
mod startup;
mod viewer;

use tauri::ipc::Invoke;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::events;

/// The typed commands and events, and with them the page's bindings. The build script derives what
/// the page may call from the same list.
pub(crate) fn bridge() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(include!("list.in"))
        .events(collect_events![
            events::GenerationChanged,
            events::GenerationRemoved,
            events::CountsChanged,
            events::NoticesChanged,
            events::SessionChanged,
            events::ProfileChanged,
        ])
        // Output and input have the same format.
        .disable_serde_phases()
        // The page catches a `Problem` like any other rejection.
        .error_handling(ErrorHandlingMode::Throw)
}

type Answer = dyn Fn(Invoke<tauri::Wry>) -> bool + Send + Sync;

/// Answers the page's calls: the typed commands, and the one that takes raw bytes, which a typed
/// argument can't carry.
pub(crate) fn handler(
    bridge: &Builder<tauri::Wry>,
) -> impl Fn(Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    let typed = bridge.invoke_handler();
    let raw: Box<Answer> = Box::new(tauri::generate_handler![gallery::save_poster]);
    move |invoke| {
        if invoke.message.command() == "save_poster" {
            raw(invoke)
        } else {
            typed(invoke)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::path::Path;

    use specta_typescript::Typescript;

    /// The page's side of the commands. Set `INBETWEEN_WRITE_BINDINGS=1` to regenerate them.
    const BINDINGS: &str = "ui/src/backend/bindings.ts";

    #[test]
    fn the_pages_bindings_are_up_to_date() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(BINDINGS);
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        super::bridge()
            .export(Typescript::default(), &fresh)
            .unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("INBETWEEN_WRITE_BINDINGS").is_some() {
            std::fs::write(&file, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == fresh,
            "{BINDINGS} is not what the commands say; run `make bindings` and commit it"
        );
    }
}
