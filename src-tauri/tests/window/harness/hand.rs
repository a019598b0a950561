//! What only a user's hand can do: drag a file over from another program, choose one in the
//! system's own dialog, close the window by its frame.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::display::Display;
use super::page::Found;
use super::process::{Environment, Process};

/// A pause between two movements: GTK drops movements that come faster than it draws.
const STEP: Duration = Duration::from_millis(20);

/// A small program that runs beside the one under test, an example of this package. Cargo builds
/// examples before the tests, but not before a single `--test`.
pub fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("the test knows itself");
    let built = tests
        .ancestors()
        .nth(2)
        .expect("a build folder")
        .join("examples")
        .join(name);
    assert!(
        built.exists(),
        "{} is missing. Run: cargo build --examples",
        built.display()
    );
    built
}

/// Drags `files` from another program's window to `to`, in screen pixels, and calls `before_drop`
/// while they hover there.
pub fn drag(
    display: &Display,
    environment: &Environment,
    logs: &Path,
    files: &[&Path],
    to: (i32, i32),
    before_drop: impl FnOnce(),
) {
    let source = example("drag-source").display().to_string();
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let command: Vec<&str> = std::iter::once(source.as_str())
        .chain(files.iter().map(String::as_str))
        .collect();
    let log = logs.join("drag-source.log");
    let _ = std::fs::remove_file(&log);
    let mut other = Process::start(&command, "", environment, &log);
    let window = display.window("Files to drag");
    let (left, top, width, height) = display.place(&window);
    let from = (left + width / 2, top + height / 2);

    let move_to = |(x, y): (i32, i32)| {
        display
            .hand(&["mousemove", &x.to_string(), &y.to_string()])
            .expect("the pointer moves");
        sleep(STEP);
    };
    move_to(from);
    display
        .hand(&["mousedown", "1"])
        .expect("the button goes down");
    sleep(STEP);
    for step in 1..=20 {
        move_to((
            from.0 + (to.0 - from.0) * step / 20,
            from.1 + (to.1 - from.1) * step / 20,
        ));
    }
    // A hand is never quite still, and the last position counts only once it was reported.
    for shake in [3, -3, 0] {
        move_to((to.0 + shake, to.1));
        sleep(STEP * 3);
    }
    before_drop();
    display.hand(&["mouseup", "1"]).expect("the button goes up");
    other.ends();
    // The pointer moves away, so that it does not rest on something and open its tooltip.
    display
        .hand(&["mousemove", "0", "0"])
        .expect("the pointer moves");
    assert!(
        other.printed().contains("dropped"),
        "nothing took the files: {}",
        other.printed()
    );
}

/// Chooses `file` in the file dialog whose title contains `title`.
pub fn pick(display: &Display, title: &str, file: &Path) {
    focus(display, title);
    type_path(display, file);
}

/// Replaces the name that the save dialog proposes; the dialog's title contains `title`.
pub fn save_as(display: &Display, title: &str, file: &Path) {
    focus(display, title);
    sleep(Duration::from_millis(600));
    // The dialog selects the proposed name without its extension.
    display
        .hand(&["key", "ctrl+a"])
        .expect("the proposed name is selected");
    type_path(display, file);
}

fn focus(display: &Display, title: &str) {
    let dialog = display.window(title);
    display
        .hand(&["windowfocus", "--sync", &dialog])
        .expect("the dialog takes the keyboard");
}

fn type_path(display: &Display, file: &Path) {
    // The first slash opens the dialog's path box, which takes the rest once it is there.
    let path = file.display().to_string();
    for part in [&path[..1], &path[1..]] {
        sleep(Duration::from_millis(600));
        display
            .hand(&["type", "--delay", "20", part])
            .expect("the path is typed");
    }
    sleep(Duration::from_millis(400));
    display
        .hand(&["key", "Return"])
        .expect("the dialog is confirmed");
}

/// Answers the window in which the keychain asks for its password.
pub fn answer_prompt(display: &Display, password: Option<&str>) {
    let prompt = display.window_of("gcr-prompter");
    sleep(Duration::from_millis(500));
    if let Some(password) = password {
        display
            .hand(&["type", "--delay", "15", password])
            .expect("the password is typed");
    }
    let key = if password.is_some() {
        "Return"
    } else {
        "Escape"
    };
    display.hand(&["key", key]).expect("the key is pressed");
    display.closes(&prompt);
}

/// The position on the screen of the middle of an element.
pub fn on_screen(display: &Display, window: &str, thing: &Found<'_>) -> (i32, i32) {
    let (left, top, _, _) = display.place(window);
    let (x, y) = thing.middle();
    (left + x, top + y)
}
