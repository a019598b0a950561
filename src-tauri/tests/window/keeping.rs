//! What the user does with clips and credits they already have: imports what the account holds,
//! finds a clip that was moved, sets limits, exports the ledger, and sends a report to someone who
//! can help.

use std::fs;

use crate::harness::{Apiframe, KEY, Options, Window};

const PROMPT: &str = "A kite over the dunes";

fn make_a_clip(window: &Window) {
    window.textbox("Prompt").write(PROMPT);
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button(&format!("Play: {PROMPT}")).appears();
}

fn open_settings(window: &Window) {
    window.button("Settings").click();
    window.page().find("dialog", "Settings").appears();
}

#[test]
fn a_clip_made_elsewhere_is_imported_with_its_settings_and_not_paid_for_again() {
    let apiframe = Apiframe::start();
    let elsewhere = Window::start(Options::signed_in(&apiframe));
    make_a_clip(&elsewhere);
    drop(elsewhere);

    let window = Window::start(Options::signed_in(&apiframe));
    open_settings(&window);
    window.button("Import from Apiframe…").click();
    let list = window.page().find("dialog", "Import from Apiframe");
    list.appears();
    window.button(&format!("Import: {PROMPT}")).click();
    window.button("Close").click();
    list.disappears();
    let card = window.button(&format!("Play: {PROMPT}"));
    card.appears();
    let clips = window.clips();
    assert_eq!(clips.len(), 1);
    assert!(
        fs::read(&clips[0]).unwrap() == apiframe.clip(0),
        "the clip is not what the server has"
    );
    assert_eq!(apiframe.bodies().len(), 1, "something was submitted again");

    // When the list is opened again, there is nothing left to import.
    open_settings(&window);
    window.button("Import from Apiframe…").click();
    window.shows("Everything in your account is already in your library.");
    window.button("Close").click();
    list.disappears();
    card.click();
    window.time_passes();
    window.shows("Standard, 720p");
}

#[test]
fn a_clip_that_was_moved_is_shown_as_missing_and_plays_from_where_it_is_found() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    make_a_clip(&window);
    let made = window.clips().remove(0);
    let moved = window.home().desktop().join("my favourite.mp4");
    fs::rename(&made, &moved).unwrap();

    window.button(&format!("Play: {PROMPT}")).click();
    window.shows("The file is not where it was saved");
    window.shows(&made.display().to_string());
    window.region("Viewer").find("button", "Find it…").click();
    window.pick_in_dialog("Where is ", &moved);
    window.time_passes();
    window.shows("my favourite.mp4");
    assert!(
        moved.exists(),
        "the file was not left where the person put it"
    );
    assert_eq!(apiframe.jobs(), 1);
}

#[test]
fn a_limit_holds_before_anything_is_sent_and_the_ledger_can_be_exported() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    open_settings(&window);
    window.textbox("Daily limit").write("10\t");
    window.shows("The daily limit is now 10 credits.");
    window.button("Close").click();
    window.textbox("Prompt").write(PROMPT);
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.shows("more than your limit of 10 a day. Nothing was started.");
    assert_eq!(apiframe.bodies().len(), 0, "the limit was passed");

    open_settings(&window);
    window.textbox("Daily limit").write("500\t");
    window.button("Close").click();
    make_a_clip(&window);
    let charged = 1000 - apiframe.credits();
    assert!(charged > 0);

    open_settings(&window);
    window.button("Credit history…").click();
    window.page().find("dialog", "Credit history").appears();
    window.shows(&format!("{charged} of 500 used"));
    window.button("Export as CSV…").click();
    let file = window.home().desktop().join("credits.csv");
    window.save_in_dialog("Export the ledger", &file);
    window.shows(&format!("Saved as {}", file.display()));
    let table = fs::read_to_string(&file).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 2, "{table}");
    let cells: Vec<&str> = rows[1].split(',').collect();
    assert_eq!(
        cells[3..7],
        ["charge", &charged.to_string(), "", &charged.to_string()]
    );
    assert_eq!(cells[9], PROMPT);
}

#[test]
fn a_report_is_copied_that_can_be_pasted_and_holds_neither_key_nor_prompt() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    make_a_clip(&window);
    open_settings(&window);
    window.button("Copy report").click();
    window.shows("Copied");
    // Its name is that of a moment ago, or its own again.
    window.button("Cop…").click();
    window.shows("Copied");
    window.button("Close").click();
    // The user would paste it into an email; any text box takes it the same way.
    let prompt = window.textbox("Prompt");
    prompt.write("\u{e009}v\u{e000}");
    let report = prompt.holds(env!("CARGO_PKG_VERSION"));
    assert!(!report.contains(KEY), "{report}");
    assert!(!report.contains("dunes"), "{report}");
}

#[test]
fn a_clips_folder_that_is_gone_is_said_and_when_it_is_back_the_clip_arrives() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    let drive = window.home().desktop().join("drive");
    let folder = drive.join("clips");
    fs::create_dir_all(&folder).unwrap();
    open_settings(&window);
    window.button("Change…").click();
    window.pick_in_dialog("Choose where clips are saved", &folder);
    window.shows(&folder.display().to_string());
    window.button("Close").click();

    apiframe.hold();
    window.textbox("Prompt").write(PROMPT);
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    apiframe.has_jobs(1);
    let unplugged = window.home().desktop().join("unplugged");
    fs::rename(&drive, &unplugged).unwrap();
    apiframe.release();
    let notices = window.page().find("list", "Notices");
    notices.appears();
    window.shows("is not there. Connect its drive or put it back, or choose another in Settings.");
    assert!(!drive.exists(), "a folder was made in the drive's place");

    fs::rename(&unplugged, &drive).unwrap();
    window.button(&format!("Play: {PROMPT}")).appears();
    notices.disappears();
    let clip = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    assert!(
        fs::read(clip.path()).unwrap() == apiframe.clip(0),
        "the clip is not what the server has"
    );
    assert_eq!(apiframe.jobs(), 1);
}
