//! Without a key and without a network: the sandbox.

use crate::harness::{Apiframe, Options, Window};

fn in_the_sandbox(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::at(apiframe));
    window.button("Use the sandbox").click();
    window.shows("no key, no network, nothing is charged");
    window
}

#[test]
fn the_sandbox_makes_a_clip_without_a_key_and_without_a_network_and_the_window_says_what_it_is() {
    let apiframe = Apiframe::start();
    let mut window = in_the_sandbox(&apiframe);
    window.textbox("Prompt").write("Snow falls on the square");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button("Play: Snow falls on the square").appears();
    window.shows("Practice credits only: nothing is charged");
    assert_eq!(window.clips().len(), 1);
    assert_eq!(apiframe.requests(), 0, "Apiframe was asked something");

    // It is still the sandbox after a restart, and its clips are not among the paid ones.
    window.restart();
    window.button("Play: Snow falls on the square").appears();
    window.shows("no key, no network, nothing is charged");
    window.button("Leave sandbox").click();
    window.textbox("Apiframe API key").appears();
    assert!(!window.button("Play: Snow falls on the square").is_there());
}

#[test]
fn the_credits_and_the_folder_of_the_sandbox_are_told_from_the_first_moment() {
    let apiframe = Apiframe::start();
    let window = in_the_sandbox(&apiframe);
    window.button("10,000 practice credits…").click();
    window.shows("10,000 practice credits left");
    window.button("Change limits…").click();
    window.page().find("dialog", "Settings").appears();
    let folder = window.home().studio().join("clips/Sandbox");
    window.shows(&folder.display().to_string());
    window
        .page()
        .find("dialog", "Settings")
        .find("button", "Open")
        .click();
    window.opens(&folder.display().to_string());

    window.button("Leave the sandbox").click();
    window.textbox("Apiframe API key").appears();
}

#[test]
fn a_failure_can_be_asked_for() {
    let apiframe = Apiframe::start();
    let window = in_the_sandbox(&apiframe);
    window.button("Settings").click();
    window.shows("To see what a failure looks like, put [fail] in a prompt.");
    window.button("Close").click();
    window.textbox("Prompt").write("Snow falls [fail]");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window
        .page()
        .find("button", "Failed: Snow falls [fail]")
        .appears();
    window.shows("You were not charged.");
}

#[test]
fn leaving_asks_where_a_clip_is_being_made_and_what_was_said_before_is_over() {
    let apiframe = Apiframe::start();
    let window = in_the_sandbox(&apiframe);
    window.textbox("Prompt").write("Snow falls on the square");
    window.choice("Quality", "4K 2160p").click();
    window.button("Generate…").click();
    window.shows("Started. It’s in the gallery.");
    window.button("Leave sandbox").click();
    window.shows("A clip is still being made. You’ll find it here when you come back.");
    window.button("Stay").click();
    window.page().find("alertdialog", "").disappears();
    window.button("Generate…").appears();
    window.button("Leave sandbox").click();
    window.button("Leave").click();
    window.textbox("Apiframe API key").appears();

    window.button("Use the sandbox").click();
    window.region("Composer").appears();
    assert!(!window.page().text().contains("Started."));
    window.button("Play: Snow falls on the square").appears();
}
