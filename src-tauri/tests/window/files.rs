//! A clip's file: copied, shown, gone and fetched again.

use std::fs;

use crate::harness::wait::until;
use crate::harness::{Apiframe, FileManager, Options, Window};

const PROMPT: &str = "A lantern on the water";

#[test]
fn a_copy_is_saved_where_the_person_says_and_the_file_is_shown_in_its_folder() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.make_clips(&[PROMPT]);
    window.button("Play…").click();
    window.time_passes();

    // The dialog is closed without a choice: nothing is written, and the focus is where it was.
    window.button("Save a copy…").click();
    let dialog = window.display().window("Save a copy");
    window
        .display()
        .hand(&["windowfocus", "--sync", &dialog])
        .unwrap();
    window.display().hand(&["key", "Escape"]).unwrap();
    window.display().closes(&dialog);
    until(
        || {
            window
                .button("Save a copy…")
                .attribute("aria-busy")
                .is_none()
        },
        || "it still waits for the dialog".into(),
    );
    window.focus_is_on("button Save a copy…");

    let copy = window.home().desktop().join("copy.mp4");
    window.button("Save a copy…").click();
    window.save_in_dialog("Save a copy", &copy);
    window.shows(&format!("Saved as {}", copy.display()));
    assert!(fs::read(&copy).unwrap() == apiframe.clip(0));
    window.focus_is_on("button Save a copy…");

    let clip = window.clips().remove(0);
    // Without a file manager, the program says where the file is.
    window.button("Show in folder").click();
    window.shows("No file manager answered. The path is ");
    let manager = FileManager::start(&window);
    window.button("Show in folder").click();
    let name = clip
        .file_name()
        .unwrap()
        .to_string_lossy()
        .replace(' ', "%20");
    assert!(
        manager.shows()[0].ends_with(&name),
        "{:?} was shown, not {name}",
        manager.shows()
    );
    window.page().looked();

    window
        .region("Viewer")
        .find("button", "Reuse settings")
        .click();
    window.region("Viewer").disappears();
    window.focus_is_on("textbox Prompt");
}

#[test]
fn a_clip_that_is_fetched_once_more_always_arrives() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.make_clips(&[PROMPT]);
    for _ in 0..4 {
        fs::remove_file(window.clips().remove(0)).unwrap();
        window.button(&format!("Play: {PROMPT}")).click();
        window.shows("The file is not where it was saved");
        window.button("Download again").click();
        // What is open stays open, and plays once it is there.
        window.time_passes();
        window.key("Escape");
        window.region("Viewer").disappears();
        until(
            || window.clips().len() == 1,
            || "the clip is not on the disk".into(),
        );
    }
    assert!(fs::read(&window.clips()[0]).unwrap() == apiframe.clip(0));
    assert_eq!(apiframe.jobs(), 1);

    // A card reports this on its own, and the user can point to the file.
    let made = window.clips().remove(0);
    let moved = window.home().desktop().join("elsewhere.mp4");
    fs::rename(made, &moved).unwrap();
    window.button("Play…").click();
    window.shows("The file is not where it was saved");
    window.key("Escape");
    let card = window.region("Gallery").find("button", "Find it…");
    card.appears();
    window.focus_is_on("button Play");
    card.click();
    window.pick_in_dialog("Where is ", &moved);
    window.shows("The clip is found.");
    card.disappears();
    window.button("Play…").click();
    window.time_passes();
    window.shows("elsewhere.mp4");
}
