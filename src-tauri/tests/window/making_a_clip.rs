//! The whole job: two pictures and a prompt go out, a clip comes back and plays.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::harness::pictures::{self, DAWN, NIGHT};
use crate::harness::{Apiframe, KEY, Options, Window};

const PROMPT: &str = "The lights of the harbour go on, one after another";

/// Writes the two pictures of the job to the desk: a PNG, and a photograph whose pixels are stored
/// sideways.
fn put_pictures_on_the_desk(window: &Window) -> (PathBuf, PathBuf) {
    let (start, end) = (
        window.home().desktop().join("first light.png"),
        window.home().desktop().join("IMG_0042.jpg"),
    );
    pictures::write_png(&pictures::quarters((1200, 800), DAWN), &start);
    pictures::write_turned_jpeg(&pictures::quarters((1200, 800), NIGHT), &end);
    (start, end)
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, told in its order")]
fn two_pictures_and_a_prompt_become_a_clip_that_plays_from_the_one_to_the_other() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::at(&apiframe));
    let (start, end) = put_pictures_on_the_desk(&window);

    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();

    // The start frame comes from another program's window, and the slot under it says so.
    let slot = window.button("Start frame");
    window.drag_files_onto(&slot, &[&start], || window.shows("Drop it here"));
    window.button("Remove the start frame").appears();
    assert!(
        !window.button("Remove the end frame").is_there(),
        "the picture landed in the wrong slot"
    );

    // The end frame is chosen in the desktop's own dialog.
    window.button("End frame").click();
    window.pick_in_dialog("Choose the end frame", &end);
    window.button("Remove the end frame").appears();
    window.shows("Turned upright.");

    window.textbox("Prompt").write(PROMPT);
    window.shows(&format!("{} / 2500", PROMPT.len()));
    window.choice("Quality", "4K 2160p").click();
    assert!(
        !window.choice("Shape", "9:16").is_enabled(),
        "a start frame gives the shape"
    );
    window.shows("Set by start frame: 3:2");
    let length = window.page().find("slider", "Length");
    // The right arrow key, as a keyboard user would press it.
    length.keys(&"\u{e014}".repeat(5));
    window.shows("10 s");
    window.page().find("switch", "Sound").turn_on();
    window.textbox("Avoid").write("rain, text");

    // The test controls when the card changes: renders wait until they are released.
    apiframe.hold();
    window.button("Generate…").click();
    let rendering = window.button(&format!("Rendering: {PROMPT}"));
    rendering.appears();
    window.shows("Queued");
    // Nothing was cleared, so that the next clip can be made at once.
    assert_eq!(window.textbox("Prompt").property("value"), PROMPT);
    assert!(window.button("Remove the start frame").is_there());

    // Exactly this arrived at Apiframe.
    let uploads = apiframe.uploads();
    assert_eq!(uploads.len(), 2, "two pictures were sent");
    pictures::assert_quarters("the first upload", &uploads[0].picture, DAWN);
    pictures::assert_quarters("the second upload", &uploads[1].picture, NIGHT);
    assert_eq!(
        uploads[1].picture.dimensions(),
        (1200, 800),
        "the photograph was sent upright"
    );
    let bodies = apiframe.bodies();
    assert_eq!(
        bodies,
        [json!({
            "model": "kling-3.0",
            "prompt": PROMPT,
            "klingParams": {
                "mode": "4k",
                "duration": 10,
                "generate_audio": true,
                "negative_prompt": "rain, text",
                "start_image": uploads[0].url,
                "end_image": uploads[1].url,
            },
        })]
    );

    apiframe.release();
    let card = window.button(&format!("Play: {PROMPT}"));
    card.appears();
    assert!(!rendering.is_there());

    // The file is what the server has, byte for byte, and there is no unfinished file next to it.
    let clips = window.clips();
    assert_eq!(clips.len(), 1);
    let name = clips[0].file_name().unwrap().to_string_lossy().into_owned();
    assert!(
        name.ends_with(" The lights of the harbour go on, one after.mp4"),
        "the clip is called {name}"
    );
    assert!(
        fs::read(&clips[0]).unwrap() == apiframe.clip(0),
        "the clip is not what the server has"
    );

    // The poster is drawn, and there is still no video element.
    window.poster_shows(PROMPT);
    let poster = window
        .home()
        .files()
        .into_iter()
        .find(|file| {
            file.parent()
                .is_some_and(|folder| folder.ends_with("posters"))
        })
        .expect("a poster on the disk");
    let poster = image::open(poster).unwrap().to_rgb8();
    // From two thirds of the clip on, where the night has come in: takes of one prompt start alike.
    let seen = pictures::colours(&poster);
    assert!(
        !pictures::alike(seen, DAWN),
        "the poster is the start frame: {seen:?}"
    );
    assert!(
        pictures::colours(&poster)
            .iter()
            .zip(NIGHT)
            .any(|(a, b)| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 40)),
        "nothing of the end is on the poster: {seen:?}"
    );
    assert_eq!(window.videos(), 0, "a video exists before one was played");

    card.click();
    window.region("Viewer").appears();
    window.time_passes();
    window.shows("4K, 2160p");
    window.shows(&name);

    // Home and End on the viewer's own slider.
    let position = window.page().find("slider", "Position");
    window.pause_film();
    position.keys("\u{e011}");
    window.video_shows("the clip's first picture", DAWN);
    position.keys("\u{e010}");
    window.video_shows("the clip's last picture", NIGHT);

    window.button("Gallery…").click();
    card.appears();
    assert_eq!(
        window.videos(),
        0,
        "the player is still there after the viewer was closed"
    );
}

#[test]
fn a_drop_beside_the_slots_goes_to_the_first_empty_one() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    let (start, end) = put_pictures_on_the_desk(&window);
    window.region("Composer").appears();
    window.drag_file_onto(&window.region("Gallery"), &start);
    window.button("Remove the start frame").appears();
    window.drag_file_onto(&window.region("Gallery"), &end);
    window.button("Remove the end frame").appears();

    window.button("Swap start and end").click();
    window.shows("End");
    window.button("Remove the start frame").click();
    window.button("Remove the start frame").disappears();
    assert!(window.button("Remove the end frame").is_there());
}

#[test]
fn a_file_that_is_no_picture_is_refused_with_a_sentence_and_the_slot_stays_empty() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    let letter = window.home().desktop().join("letter.png");
    fs::write(&letter, "Dear reader,\n").unwrap();
    window.region("Composer").appears();
    window.drag_file_onto(&window.button("Start frame"), &letter);
    window.shows("not a picture");
    assert!(!window.button("Remove the start frame").is_there());
}

#[test]
fn a_prompt_alone_and_ctrl_enter_make_a_clip_and_the_next_one_need_not_wait() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    apiframe.hold();
    window.textbox("Prompt").write("Waves fold over the reef");
    window.choice("Quality", "Standard 720p").click();
    window.choice("Shape", "1:1").click();
    // Ctrl and Enter, pressed and released.
    window.textbox("Prompt").keys("\u{e009}\u{e007}\u{e000}");
    window
        .page()
        .find("button", "Rendering: Waves fold over the reef")
        .appears();
    window.textbox("Prompt").write("The tide goes out");
    window.button("Generate…").click();
    window
        .page()
        .find("button", "Rendering: The tide goes out")
        .appears();
    apiframe.has_jobs(2);
    let body = &apiframe.bodies()[0];
    assert_eq!(body["klingParams"]["aspect_ratio"], "1:1");
    assert_eq!(body["klingParams"]["mode"], "standard");
    apiframe.release();
    window.button("Play: Waves fold over the reef").appears();
    window.button("Play: The tide goes out").appears();
}
