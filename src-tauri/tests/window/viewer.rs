//! The viewer: playing, moving from clip to clip, the keys, and what is deleted.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::harness::wait::until;
use crate::harness::{Apiframe, Options, Window};

const PROMPTS: [&str; 3] = ["The first ferry", "The second ferry", "The third ferry"];

fn open(window: &Window, prompt: &str) {
    window.button(&format!("Play: {prompt}")).click();
    window.time_passes();
}

/// The frame number that the viewer shows.
fn frame(window: &Window) -> String {
    let text = window.page().text();
    let line = text.lines().find(|line| line.starts_with("frame "));
    line.unwrap_or_default().to_owned()
}

fn has_frame(window: &Window, expected: &str) {
    until(
        || frame(window) == expected,
        || format!("the viewer shows {:?}, not {expected:?}", frame(window)),
    );
    window.page().looked();
}

fn video(window: &Window, property: &str) -> serde_json::Value {
    let script = "return document.querySelector('video')[arguments[0]]";
    window.page().run(script, &[json!(property)])
}

/// Like [`Window::time_passes`], for a clip that may start again in the meantime.
fn plays_on(window: &Window) {
    let place = || {
        video(window, "currentTime")
            .as_f64()
            .expect("a film that is open")
    };
    let begin = place();
    until(
        || (place() - begin).abs() > 0.3,
        || format!("the film stands still at {begin}"),
    );
    window.page().looked();
}

#[test]
fn a_film_plays_on_while_loop_mute_and_volume_are_used() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.page().find("switch", "Sound").turn_on();
    window.make_clips(&PROMPTS[..1]);
    // A double click opens the clip, and its second half does not stop it.
    window.double_click(&window.button("Play: The first ferry"));
    window.region("Viewer").appears();
    window.time_passes();
    // A busy machine may check only after the clip's three seconds.
    assert!(
        window.button("Pause…").is_there() || video(&window, "ended") == json!(true),
        "it opened paused"
    );

    window.button("Loop").click();
    assert_eq!(
        window.button("Loop").attribute("aria-pressed").as_deref(),
        Some("true")
    );
    plays_on(&window);
    let place = || video(&window, "currentTime").as_f64().unwrap_or_default();
    until(|| place() > 2.0, || "it does not reach its end".into());
    until(
        || place() < 1.0,
        || "it does not begin again after its end".into(),
    );
    plays_on(&window);

    window.button("Mute").click();
    window.button("Unmute").appears();
    assert_eq!(video(&window, "muted"), json!(true));
    plays_on(&window);
    let volume = window.page().find("slider", "Volume");
    // Arrow up, twice: the sound is back, quietly.
    volume.keys("\u{e013}\u{e013}");
    window.button("Mute").appears();
    until(
        || {
            video(&window, "volume")
                .as_f64()
                .is_some_and(|it| it > 0.0 && it < 0.5)
        },
        || format!("the volume is {}", video(&window, "volume")),
    );
    assert_eq!(video(&window, "muted"), json!(false));
    window.page().looked();
    plays_on(&window);
    window.button("Mute").click();
    window.button("Unmute").click();
    window.button("Mute").appears();
    plays_on(&window);

    window.button("Loop").click();
    until(
        || video(&window, "ended") == json!(true),
        || "it does not end any more".into(),
    );
    // The clip loops again, so that it is still playing when a busy machine checks.
    window.button("Loop").click();
    window.button("Play…").click();
    plays_on(&window);
}

#[test]
fn delete_goes_on_to_the_next_clip_and_in_the_end_back_to_the_gallery() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.make_clips(&PROMPTS);
    open(&window, PROMPTS[1]);
    window.shows("2 of 3");

    // With the button, which asks for confirmation first.
    window.button("Delete").click();
    window
        .page()
        .find("alertdialog", "Delete this clip?")
        .appears();
    window.shows("will be removed from the gallery and its file moved to the trash.");
    window.button("Cancel").click();
    window
        .page()
        .find("alertdialog", "Delete this clip?")
        .disappears();
    assert_eq!(window.clips().len(), 3);

    window.button("Delete").click();
    window
        .page()
        .find("alertdialog", "Delete this clip?")
        .find("button", "Delete")
        .click();
    window.shows("The clip is in the trash.");
    // The older clip is shown, and the focus is still in the viewer.
    window.shows("2 of 2");
    window.region("Viewer").appears();
    window.shows(PROMPTS[0]);
    window.time_passes();
    let focus = window.focus();
    assert!(
        focus.starts_with("button Delete") || focus.starts_with("region Viewer"),
        "the keyboard is on {focus}"
    );
    assert_eq!(window.clips().len(), 2);
    let trash = window.home().files().into_iter();
    let in_trash = trash
        .filter(|file| file.to_string_lossy().contains("/Trash/files/"))
        .count();
    assert_eq!(in_trash, 1, "the file is not in the trash");

    // With the key: there is no older clip, so the newer one is next, and then none.
    for left in ["1 of 1", ""] {
        window.key("Delete");
        let asked = window.page().find("alertdialog", "Delete this clip?");
        asked.appears();
        asked.clone().find("button", "Delete").click();
        asked.disappears();
        if left.is_empty() {
            window.region("Viewer").disappears();
        } else {
            window.shows(left);
            window.time_passes();
        }
    }
    window.shows("Your clips appear here");
    window.focus_is_on("textbox Prompt");
    assert!(window.clips().is_empty());
}

#[test]
fn a_key_means_the_same_wherever_the_keyboard_is() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.make_clips(&PROMPTS[..2]);
    open(&window, PROMPTS[1]);
    window.key("Home");
    has_frame(&window, "frame 1 of 72");
    window.key("space");
    until(
        || frame(&window) != "frame 1 of 72",
        || "it does not play".into(),
    );
    // A clip of three seconds is over before a busy machine finds the next button.
    window.button("Loop").click();

    // The press focuses the slider, where the left and right keys used to get lost.
    window.press(&window.page().find("slider", "Position"));
    window.focus_is_on("slider Position");
    window.key("Home");
    window.button("Play…").appears();
    window.key("space");
    window.button("Pause…").appears();
    window.key("space");
    window.button("Play…").click();
    window.button("Pause…").click();
    window.button("Play…").appears();

    window.press(&window.page().find("slider", "Position"));
    window.focus_is_on("slider Position");
    window.key("End");
    has_frame(&window, "frame 72 of 72");
    window.key("comma");
    has_frame(&window, "frame 71 of 72");
    window.key("Home");
    has_frame(&window, "frame 1 of 72");
    window.key("period");
    has_frame(&window, "frame 2 of 72");
    window.button("Next frame").click();
    has_frame(&window, "frame 3 of 72");
    window.button("Previous frame").click();
    has_frame(&window, "frame 2 of 72");

    window.press(&window.page().find("slider", "Position"));
    window.key("Right");
    window.shows("2 of 2");
    window.shows(PROMPTS[0]);
    window.key("Left");
    window.shows("1 of 2");
    window.button("Next clip").click();
    window.shows("2 of 2");
    window.button("Previous clip").click();
    window.shows("1 of 2");

    // What the list of keys says about each place is true.
    window.key("question");
    let keys = window.page().find("dialog", "Keyboard shortcuts");
    keys.appears();
    let said = keys.property("innerText");
    let said = said.as_str().unwrap();
    let part = |name: &str| {
        let from = said.find(name).unwrap_or_else(|| panic!("{said}"));
        said[from..].split("\n\n\n").next().unwrap().to_owned()
    };
    assert!(
        !part("Everywhere")
            .split("Composer and gallery")
            .next()
            .unwrap()
            .contains("Generate"),
        "{said}"
    );
    for words in [
        "Previous frame, next frame",
        "First frame, last frame",
        "Previous clip, next clip",
    ] {
        assert!(part("Viewer").contains(words), "{said}");
    }
    window.key("ctrl+comma");
    window.page().find("dialog", "Settings").appears();
    window.key("question");
    keys.appears();
    window.key("Escape");
    keys.disappears();
    let sent = apiframe.bodies().len();
    window.key("ctrl+Return");
    sleep(Duration::from_secs(1));
    assert_eq!(apiframe.bodies().len(), sent, "it generated out of sight");
    window.key("Escape");
    window.region("Viewer").disappears();
    window.key("ctrl+Return");
    apiframe.has_jobs(sent + 1);
}

#[test]
fn in_a_small_window_nothing_is_cut_off_and_the_card_one_comes_back_to_is_in_view() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options {
        screen: (900, 600),
        ..Options::signed_in(&apiframe)
    });
    let prompts: Vec<String> = (1..=9)
        .map(|number| format!("Ferry number {number}"))
        .collect();
    let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
    window.page().find("switch", "Sound").turn_on();
    window.make_clips(&prompts);
    open(&window, "Ferry number 9");
    let cut = "const line = document.querySelector('.time'); \
        const last = line.lastElementChild.getBoundingClientRect(); \
        return [last.right - line.getBoundingClientRect().right, last.width]";
    let cut = window.page().run(cut, &[]);
    assert!(
        cut[0].as_f64().unwrap() <= 0.5 && cut[1].as_f64().unwrap() > 20.0,
        "the number of the frame is cut off: {cut}"
    );
    for _ in 0..8 {
        window.key("Right");
    }
    window.shows("9 of 9");
    window.key("Escape");
    window.focus_is_on("button Play: Ferry number 1");
    let seen = "const card = document.activeElement.getBoundingClientRect(); \
        const view = document.querySelector('.scroller').getBoundingClientRect(); \
        return card.top >= view.top - 1 && card.bottom <= view.bottom + 1";
    assert_eq!(
        window.page().run(seen, &[]),
        json!(true),
        "the card with the keyboard is out of sight"
    );
    // A notice that appears while the viewer is open covers none of its controls.
    window.key("Return");
    window.region("Viewer").appears();
    window.key("Delete");
    let asked = window.page().find("alertdialog", "Delete this clip?");
    asked.find("button", "Delete").click();
    window.shows("The clip is in the trash.");
    sleep(Duration::from_millis(500));
    let covers = "const note = document.querySelector('.notice').getBoundingClientRect(); \
        return [...document.querySelectorAll('.viewer button, .viewer input')] \
          .map((one) => [one.getBoundingClientRect(), one.ariaLabel || one.innerText]) \
          .filter(([box]) => box.left < note.right && box.right > note.left \
            && box.top < note.bottom && box.bottom > note.top).map(([, name]) => name)";
    until(
        || window.page().run(covers, &[]) == json!([]),
        || format!("the notice covers {}", window.page().run(covers, &[])),
    );
    window.button("Dismiss").click();
    window.button("Dismiss").disappears();
}
