//! Whatever ends the program, the clip arrives.

use crate::harness::home::said_in;
use crate::harness::wait::until;
use crate::harness::{Apiframe, Options, Window};

fn rendering(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::signed_in(apiframe));
    apiframe.hold();
    window.textbox("Prompt").write("A train leaves the station");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window
        .page()
        .find("button", "Rendering: A train leaves the station")
        .appears();
    apiframe.has_jobs(1);
    window
}

fn arrives(window: &Window, apiframe: &Apiframe) {
    window.button("Play: A train leaves the station").appears();
    assert_eq!(apiframe.jobs(), 1, "it was paid for once");
    assert_eq!(window.clips().len(), 1);
    assert!(
        std::fs::read(&window.clips()[0]).unwrap() == apiframe.clip(0),
        "the clip is not whole"
    );
}

#[test]
fn a_window_closed_while_a_job_renders_shows_the_clip_when_it_is_opened_again() {
    let apiframe = Apiframe::start();
    let mut window = rendering(&apiframe);
    window.close();
    let log = said_in(&window.home().studio().join("log"));
    assert!(log.contains("ending"), "the end is not in the log: {log}");
    apiframe.release();
    apiframe.has_finished(1);
    window.open();
    arrives(&window, &apiframe);
}

#[test]
fn a_clip_of_apiframe_arrives_while_the_sandbox_is_shown() {
    let apiframe = Apiframe::start();
    let mut window = rendering(&apiframe);
    window.close();
    // The state after the keychain was locked at a start and the user chose the sandbox.
    let preferences = window.home().studio().join("preferences.json");
    let mut kept: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&preferences).unwrap()).unwrap();
    kept["profile"] = "sandbox".into();
    std::fs::write(&preferences, kept.to_string()).unwrap();
    apiframe.release();
    window.open();
    window.shows("nothing is charged");
    let is_clip = |file: &std::path::PathBuf| file.extension().is_some_and(|it| it == "mp4");
    until(
        || window.home().files().iter().any(is_clip),
        || "the clip was not fetched".into(),
    );
    window.button("Leave sandbox").click();
    arrives(&window, &apiframe);
}

#[test]
fn a_program_killed_while_a_job_renders_goes_on_when_it_is_started_again() {
    let apiframe = Apiframe::start();
    let mut window = rendering(&apiframe);
    window.kill9();
    window.open();
    window
        .page()
        .find("button", "Rendering: A train leaves the station")
        .appears();
    apiframe.release();
    arrives(&window, &apiframe);
}

#[test]
fn what_stood_in_the_composer_stands_there_again_after_a_restart() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::signed_in(&apiframe));
    window.textbox("Prompt").write("A half-written thought");
    window.choice("Quality", "4K 2160p").click();
    // At once, before the page has saved it.
    window.restart();
    window.textbox("Prompt").appears();
    assert_eq!(
        window.textbox("Prompt").property("value"),
        "A half-written thought"
    );
    assert_eq!(
        window.choice("Quality", "4K 2160p").property("checked"),
        true
    );
}
