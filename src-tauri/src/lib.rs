//! The shell: a window, a page in it, and the calls between the page and the studio.
//!
//! It translates and decides nothing: the crate `studio` defines what a generation is, what is
//! allowed and what comes next. This crate contains only what needs a window or a system: the
//! window itself, native dialogs, the clipboard, the media server, the sandbox's process and the
//! log.

mod clipboard;
mod commands;
#[cfg(target_os = "linux")]
mod context_menu;
#[cfg(target_os = "linux")]
mod desktop_proxy;
mod dialogs;
mod environment;
mod events;
mod folder_limit;
#[cfg(target_os = "linux")]
mod graphics;
mod log;
mod loopback;
mod media;
#[cfg(target_os = "linux")]
mod no_proxy;
mod sandboxed;
mod single_instance;
#[cfg(target_os = "linux")]
mod spelling;
mod start;
mod window;

use std::process::ExitCode;

/// Runs the program until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let key = environment::prepare();
    match start::start(key) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            if window::is_possible().is_ok() {
                dialogs::cannot_start(&sentence);
            }
            ExitCode::FAILURE
        }
    }
}
