//! What the composer points out before anything is sent, and how one press deals with it.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use sandbox::{Answer, Call, Fault};

use crate::harness::pictures::{self, DAWN, NIGHT};
use crate::harness::{Apiframe, KEY, Options, Window};

const PROMPT: &str = "A kite over the dunes";

fn ready(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::signed_in(apiframe));
    window.textbox("Prompt").write(PROMPT);
    window.choice("Quality", "Standard 720p").click();
    window
}

fn picture(window: &Window, name: &str, size: (u32, u32), colours: pictures::Quarters) -> PathBuf {
    let file = window.home().desktop().join(name);
    pictures::write_png(&pictures::quarters(size, colours), &file);
    file
}

#[test]
fn frames_of_different_shape_are_pointed_out_and_one_press_crops_the_end() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    let wide = picture(&window, "wide.png", (1600, 900), DAWN);
    let tall = picture(&window, "tall.png", (900, 1600), NIGHT);
    window.button("Choose a start frame").click();
    window.pick_in_dialog("Choose the start frame", &wide);
    window.shows("Set by start frame: 16:9");
    window.drag_file_onto(&window.button("End frame"), &tall);
    window.shows("The start frame is 16:9, the end frame 9:16.");

    window.button("Crop end frame").click();
    window.shows("Cropped to 900 × 506 pixels.");
    window.button("Crop end frame").disappears();
    window.button("Undo").click();
    window.shows("The start frame is 16:9, the end frame 9:16.");
    window.button("Crop end frame").click();
    window.shows("Cropped to 900 × 506 pixels.");

    window.button("Generate…").click();
    let uploads = apiframe.uploads();
    assert_eq!(uploads[1].picture.dimensions(), (900, 506));
    pictures::assert_quarters("the end frame", &uploads[1].picture, NIGHT);
}

#[test]
fn an_end_frame_whose_start_is_being_replaced_is_no_error_until_generate_is_pressed() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    let file = picture(&window, "one.png", (800, 450), DAWN);
    window.drag_files_onto(&window.button("Start frame"), &[&file, &file], || {});
    window.button("Remove the end frame").appears();
    window.button("Remove the start frame").click();
    window.button("Remove the start frame").disappears();
    // The rules are checked within a quarter of a second.
    sleep(Duration::from_secs(2));
    let complaint = "An end frame needs a start frame.";
    assert!(!window.page().text().contains(complaint));

    window.button("Generate…").click();
    window.shows(complaint);
    assert_eq!(apiframe.bodies().len(), 0);
    window.button("Swap start and end").click();
    window.button("Remove the start frame").appears();
    window.button("Generate…").click();
    apiframe.has_jobs(1);
    window.button("Remove the start frame").click();
    window.button("Remove the start frame").disappears();
    window.drag_file_onto(&window.button("End frame"), &file);
    window.button("Remove the end frame").click();
    window.button("Remove the end frame").disappears();
}

#[test]
fn many_quick_presses_are_one_clip_and_a_later_one_is_another_take() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    apiframe.hold();
    window.keys(&["ctrl+Return"; 8]);
    window.shows("Already started. For another take, wait 2 seconds.");
    apiframe.has_jobs(1);
    sleep(Duration::from_secs(3));
    assert_eq!(apiframe.jobs(), 1, "one wish was paid for more than once");
    window.keys(&["ctrl+Return"]);
    apiframe.has_jobs(2);
    // Other settings count as another request, however soon it follows.
    window.textbox("Prompt").click();
    window.keys(&["End", "x", "ctrl+Return"]);
    apiframe.has_jobs(3);
}

#[test]
fn the_price_is_a_range_of_the_model_until_a_clip_tells_it_for_every_length() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    window.button("Generate 15–75 credits").appears();
    window.shows("The range for Kling 3.0.");
    apiframe.hold();
    window.button("Generate…").click();
    // As soon as the job was charged, before its clip is made.
    window.button("Generate 15 credits").appears();
    let length = window.page().find("slider", "Length");
    length.keys(&"\u{e014}".repeat(5));
    window.button("Generate 30 credits").appears();
    // No other quality is cheaper than this one.
    window.choice("Quality", "Pro 1080p").click();
    window.button("Generate 30–150 credits").appears();
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate 30 credits").appears();
    window.choice("Quality", "4K 2160p").click();
    window.button("Generate 30–150 credits").appears();
    window.page().find("switch", "Sound").turn_on();
    window.button("Generate 30–150 credits").appears();
}

#[test]
fn without_a_known_price_the_button_names_none_and_nothing_is_refused() {
    let apiframe = Apiframe::start();
    apiframe.unplug();
    let window = ready(&apiframe);
    window.shows("No connection to Apiframe.");
    window.button("Generate").click();
    window.shows("Started. It’s in the gallery.");
    apiframe.plug_in();
    apiframe.has_jobs(1);
}

#[test]
fn a_balance_below_the_price_is_said_before_anything_is_sent() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    window.button("Generate…").click();
    window.button("Generate 15 credits").appears();
    window.button(&format!("Play: {PROMPT}")).appears();

    window.button("985 credits…").click();
    apiframe.leave_credits(2);
    window.button("Refresh").click();
    window.shows("The balance is up to date.");
    window.button("Close").click();
    window.button("Generate 15 credits, you have 2").appears();
    window.shows("This clip costs 15 credits and you have 2.");
    window.button("Generate…").click();
    sleep(Duration::from_secs(1));
    assert_eq!(apiframe.bodies().len(), 1, "it was sent all the same");
    window
        .region("Composer")
        .find("button", "Add credits")
        .click();
    window.opens("https://apiframe.ai/pricing");

    // Credits were bought in the browser: the next press finds out automatically.
    apiframe.leave_credits(400);
    window.button("Generate…").click();
    apiframe.has_jobs(2);
    window.button("Generate 15 credits").appears();
}

#[test]
fn what_failed_at_once_is_not_said_to_be_started() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    let composer = window.region("Composer");
    window.button("1,000 credits…").appears();
    apiframe.leave_credits(3);
    window.button("Generate…").click();
    composer.clone().find("button", "Add credits").appears();
    window.shows("Not started. The gallery says why.");
    assert!(!window.page().text().contains("Started."));

    apiframe.leave_credits(500);
    apiframe.fault(Fault::on(Call::Generate).times(1).then(Answer::status(401)));
    window.textbox("Prompt").write("A kite over the sea");
    window.button("Generate…").click();
    let replace = composer.find("button", "Replace the key");
    replace.appears();
    assert!(!window.page().text().contains("Started."));
    replace.click();
    assert!(
        window.textbox("Apiframe API key").has_focus(),
        "the keyboard is not where the key is typed"
    );
}

#[test]
fn a_limit_that_was_reached_leads_to_its_field_in_the_settings() {
    let apiframe = Apiframe::start();
    let window = ready(&apiframe);
    window.button("Settings").click();
    let monthly = window.textbox("Monthly limit");
    monthly.write("many\t");
    window.shows("Enter a whole number of credits, or leave it empty for no limit.");
    monthly.write("10\t");
    window.shows("The monthly limit is now 10 credits.");
    window.button("Close").click();
    window.button("Generate…").click();
    window.button("Limits").click();
    assert!(
        window.textbox("Monthly limit").has_focus(),
        "the keyboard is at {}",
        window.page().focus()
    );
    window.keys(&["BackSpace", "Tab"]);
    window.shows("No monthly limit.");
    window.button("Close").click();
    window.button("Generate…").click();
    apiframe.has_jobs(1);
}

#[test]
fn the_keyboard_is_in_the_prompt_at_every_start_and_returns_where_it_was() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.keys(&["Return"]);
    window.region("Composer").appears();
    window.keyboard_is_on("textbox Prompt");
    window.restart();
    window.region("Composer").appears();
    window.keyboard_is_on("textbox Prompt");
    window.keys(&["f", "o", "g"]);
    window.textbox("Prompt").holds("fog");

    // Through three sheets and back.
    window.keys(&["ctrl+comma"]);
    window.button("Credit history…").click();
    window.button("Change limits…").click();
    window.page().find("dialog", "Settings").appears();
    window.keys(&["Escape"]);
    window.page().find("dialog", "Settings").disappears();
    window.keyboard_is_on("textbox Prompt");

    // The empty gallery leads to it too.
    window.textbox("Avoid").click();
    window.focus_is_on("textbox Avoid");
    window.button("Write a prompt").click();
    window.focus_is_on("textbox Prompt");
}

#[test]
fn a_misspelt_word_is_marked() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    let prompt = window.textbox("Prompt");
    prompt.click();
    let typed = |word: &str| {
        let keys: Vec<String> = word.chars().map(String::from).collect();
        let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        keys.push("space");
        window.keys(&keys);
    };
    let (left, top, width, height) = window.area_of("#composer-prompt");
    let red = || {
        let screen = window.display().picture();
        let area = image::imageops::crop_imm(&screen, left, top, width, height).to_image();
        area.pixels()
            .filter(|pixel| {
                let [red, green, blue] = pixel.0.map(i32::from);
                red > 120 && red - green > 60 && red - blue > 60
            })
            .count()
    };
    typed("harbor");
    prompt.holds("harbor ");
    sleep(Duration::from_secs(2));
    assert!(
        red() < 8,
        "a right word is marked, or something else is red"
    );
    typed("hrbaor");
    crate::harness::wait::until(|| red() > 20, || "no word is marked".into());
}
