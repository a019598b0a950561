//! One program per library, and a library that survives whatever happens to its file.

use std::fs;
use std::path::{Path, PathBuf};

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
    // The files that SQLite keeps next to it would repair it.
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

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

#[test]
fn a_library_of_an_earlier_program_is_all_there_and_what_is_not_known_of_it_is_said() {
    let apiframe = Apiframe::start();
    let mut window = Window::prepare(Options::at(&apiframe));
    let golden =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/crates/studio/tests/golden/schema-5");
    for part in ["library", "frames", "clips"] {
        copy(&golden.join(part), &window.home().studio().join(part));
    }
    let preferences = window.home().studio().join("preferences.json");
    fs::write(preferences, r#"{"theme":"dark","profile":"apiframe"}"#).unwrap();
    let rows = rusqlite::Connection::open(library(&window)).unwrap();
    rows.execute(
        "UPDATE generations SET file = replace(file, '/golden', ?1)",
        [window.home().studio().to_string_lossy()],
    )
    .unwrap();
    for (settings, prompt) in [
        (
            r#"{"model":"kling-9","prompt":"Waves fold over the reef","camera":{"pan":3}}"#,
            "Waves fold",
        ),
        ("garbage", "A door opens"),
    ] {
        rows.execute(
            "UPDATE generations SET settings = ?1 WHERE settings LIKE ?2",
            [settings, &format!("%\"prompt\":\"{prompt}%")],
        )
        .unwrap();
    }
    drop(rows);
    window.open();
    window.button("Just look at my clips").click();
    window.button("All 17").appears();
    window
        .button("Play: Part of this entry can’t be read")
        .click();
    window.time_passes();
    window.shows("Can’t be read");
    window.button("Gallery…").click();
    window.button("Play: Waves fold over the reef").click();
    window.time_passes();
    window.shows("{\"pan\":3}");
    window.button("Reuse settings").click();
    let unknown = window.page().find("group", "Settings of a newer Inbetween");
    unknown.clone().appears();
    window.shows("model kling-9");
    window.button("Leave them out").click();
    unknown.disappears();
    assert_eq!(
        window.textbox("Prompt").property("value"),
        "Waves fold over the reef"
    );
}
