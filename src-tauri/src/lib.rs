//! The shell: a window, a page in it, and the calls between the page and the studio.
//!
//! It translates and decides nothing: what a generation is, what is allowed and what comes
//! next is the crate `studio`'s to say. Here are only what needs a window or a system: the
//! window itself, native dialogs, the clipboard, the media server, the sandbox's process
//! and the log.

mod clipboard;
mod commands;
#[cfg(target_os = "linux")]
mod context_menu;
mod dialogs;
mod events;
mod front;
#[cfg(target_os = "linux")]
mod graphics;
mod log;
mod media;
mod sandboxed;
mod start;
mod window;

use std::process::ExitCode;

/// Runs the program until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    #[cfg(target_os = "linux")]
    graphics::prepare();
    match start::start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            tracing::error!("{sentence}");
            eprintln!("{sentence}");
            dialogs::cannot_start(&sentence);
            ExitCode::FAILURE
        }
    }
}
