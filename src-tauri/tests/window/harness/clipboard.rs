//! What another program has put on the clipboard.

use std::fs;

use super::hand::example;
use super::process::Process;
use super::window::Window;

/// The program that something was copied from; without it, the clipboard is empty again.
pub struct Clipboard {
    _owner: Process,
}

impl Clipboard {
    /// Copies something: each format that is offered, with its content.
    pub fn holds(window: &Window, offers: &[(&str, &[u8])]) -> Self {
        let mut command = vec![example("clipboard-owner").display().to_string()];
        for (number, (kind, content)) in offers.iter().enumerate() {
            let file = window.home().path(&format!("run/copied-{number}"));
            fs::write(&file, content).expect("what is copied can be written");
            command.push(format!("{kind}={}", file.display()));
        }
        let log = window.home().logs().join("clipboard-owner.log");
        let _ = fs::remove_file(&log);
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let mut owner = Process::start(&command, "", window.display().environment(), &log);
        owner.wait_until("owning the clipboard", || {
            fs::read_to_string(&log).is_ok_and(|said| said.contains("copied"))
        });
        Self { _owner: owner }
    }

    /// Copies a text.
    pub fn text(window: &Window, text: &str) -> Self {
        let text = text.as_bytes();
        Self::holds(
            window,
            &[
                ("UTF8_STRING", text),
                ("text/plain;charset=utf-8", text),
                ("text/plain", text),
            ],
        )
    }
}
