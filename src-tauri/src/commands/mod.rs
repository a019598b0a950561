//! What the page may ask for, one file a room. A command takes what the page sends apart,
//! asks the studio or a dialog, and hands the answer back; nothing is decided here.

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

/// The typed commands and events, and with them the page's bindings.
pub(crate) fn bridge() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            startup::boot,
            startup::reveal,
            account::open_session,
            account::sign_in,
            account::retry_vault,
            account::sign_out,
            account::use_sandbox,
            account::leave_sandbox,
            account::refresh_account,
            composer::import_frame,
            composer::pick_frame,
            composer::paste_frame,
            composer::clipboard_text,
            composer::crop_frame,
            composer::frame,
            composer::check,
            composer::price,
            composer::save_draft,
            composer::generate,
            gallery::gallery,
            gallery::generation,
            gallery::retry,
            gallery::resume,
            gallery::submit_again,
            gallery::cancel,
            gallery::remove,
            gallery::dismiss_notice,
            recovery::remote_jobs,
            recovery::remote_job,
            recovery::bring_in,
            recovery::bring_in_all,
            recovery::look_for_clips,
            recovery::find_clip,
            recovery::fetch_again,
            recovery::copy_report,
            viewer::show_in_folder,
            viewer::save_copy,
            ledger::books,
            ledger::ledger,
            ledger::set_limits,
            ledger::export_ledger,
            settings::set_theme,
            settings::pick_clips_folder,
            settings::open_folder,
            settings::open_link,
        ])
        .events(collect_events![
            events::GenerationChanged,
            events::GenerationRemoved,
            events::CountsChanged,
            events::NoticesChanged,
            events::SessionChanged,
            events::ProfileChanged,
        ])
        // What goes out and what comes in have one form.
        .disable_serde_phases()
        // The page catches a Problem like any other rejection.
        .error_handling(ErrorHandlingMode::Throw)
}

type Answer = dyn Fn(Invoke<tauri::Wry>) -> bool + Send + Sync;

/// Answers the page's calls: the typed commands, and the one that takes raw bytes, which
/// have no place in a typed argument.
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

    /// The page's side of the commands. Set `INBETWEEN_WRITE_BINDINGS=1` to write them anew.
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

    #[test]
    fn the_capability_allows_exactly_the_commands_there_are() {
        let names: &[&str] = &include!("names.in");
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let mut allowed: Vec<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|permission| permission.as_str()?.strip_prefix("allow-"))
            .map(|name| name.replace('-', "_"))
            .collect();
        let bindings =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(BINDINGS)).unwrap();
        for name in names {
            assert!(
                *name == "save_poster" || bindings.contains(&format!("(\"{name}\"")),
                "{name} is no command"
            );
        }
        let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
        names.sort();
        allowed.sort();
        assert_eq!(allowed, names);
    }
}
