//! One program per library, and a library that outlives what happens to its file.

use std::fs;
use std::path::PathBuf;

use crate::harness::{Apiframe, Options, Window};

fn with_a_clip(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::signed_in(apiframe));
    window.textbox("Prompt").write("A kite over the dunes");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button("Play: A kite over the dunes").appears();
    window
}

fn library(window: &Window) -> PathBuf {
    window
        .home()
        .studio()
        .join("library/apiframe/library.sqlite")
}

#[test]
fn a_second_start_brings_the_first_window_forward_and_ends() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.region("Composer").appears();
    window.minimise();
    let (said, success) = window.start_once_more();
    assert!(success, "{said}");
    assert!(said.contains("its window was brought forward"), "{said}");
    window.is_in_front();
    window.textbox("Prompt").write("Still the same program");
}

#[test]
fn a_damaged_library_comes_back_with_its_clips_and_says_what_happened() {
    let apiframe = Apiframe::start();
    let mut window = with_a_clip(&apiframe);
    window.close();
    let file = library(&window);
    let mut bytes = fs::read(&file).unwrap();
    bytes[..4096].fill(0);
    fs::write(&file, bytes).unwrap();
    // What SQLite keeps beside it would mend it.
    for beside in ["wal", "shm"] {
        let _ = fs::remove_file(file.with_extension(format!("sqlite-{beside}")));
    }
    window.open();
    window.shows("The library's file was damaged");
    window.button("Play: A kite over the dunes").click();
    window.time_passes();
    window.button("Gallery…").click();
    window.button("Dismiss").click();
    window.page().find("list", "Notices").disappears();
    assert_eq!(apiframe.jobs(), 1);
}

#[test]
fn a_library_of_a_newer_program_is_left_alone_and_said_so() {
    let apiframe = Apiframe::start();
    let mut window = with_a_clip(&apiframe);
    window.close();
    let file = library(&window);
    let version = || -> i64 {
        let library = rusqlite::Connection::open(&file).unwrap();
        library
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    };
    rusqlite::Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    window.open();
    window.shows("This library was last opened by a newer Inbetween. Update Inbetween");
    window.close();
    assert_eq!(version(), 99);
}
