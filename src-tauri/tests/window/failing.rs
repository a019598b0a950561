//! Whatever goes wrong ends in a sentence that the user understands and that says what it cost.

use sandbox::{Answer, Call, Fault};

use crate::harness::wait::until;
use crate::harness::{Apiframe, Options, Window};

/// A window that is signed in, with a prompt that is short and cheap to render.
fn ready_to_generate(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::signed_in(apiframe));
    window.textbox("Prompt").write("A kite over the dunes");
    window.choice("Quality", "Standard 720p").click();
    window
}

fn failed(window: &Window) {
    window
        .page()
        .find("button", "Failed: A kite over the dunes")
        .appears();
    window.shows("You were not charged.");
}

#[test]
fn a_key_that_stopped_working_is_said_to_and_can_be_replaced() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    apiframe.fault(Fault::on(Call::Generate).times(1).then(Answer::status(401)));
    window.button("Generate…").click();
    failed(&window);
    window.shows("Apiframe did not accept the key. Replace it in Settings, then try again.");
    let gallery = window.region("Gallery");
    gallery.find("button", "Replace the key").click();
    window.page().find("dialog", "Settings").appears();
}

#[test]
fn too_few_credits_are_said_with_the_numbers() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    // The assumed balance is not requested again before the job is sent.
    window.button("1,000 credits…").appears();
    apiframe.leave_credits(3);
    window.button("Generate…").click();
    failed(&window);
    window.shows(" credits and 3 are left. Add credits, then try again.");
    let gallery = window.region("Gallery");
    gallery.find("button", "Add credits").click();
    until(
        || window.home().opened().contains("apiframe"),
        || format!("opened was {:?}", window.home().opened()),
    );
    window.page().looked();
}

#[test]
fn a_refused_field_is_named_and_the_way_to_mend_it_leads_there() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    window.textbox("Avoid").write("rain");
    let body = r#"{"error":"Validation failed","details":{"klingParams.negative_prompt":["Rain may not be avoided here"]}}"#;
    apiframe.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::status(400).with_body(body)),
    );
    window.button("Generate…").click();
    failed(&window);
    window.shows("Apiframe refused the avoid: Rain may not be avoided here.");
    window.button("Fix settings").click();
    assert!(
        window.textbox("Avoid").has_focus(),
        "the keyboard is not at the field"
    );
    assert_eq!(
        window.textbox("Avoid").attribute("aria-invalid").as_deref(),
        Some("true")
    );
}

#[test]
fn a_prompt_that_is_missing_is_asked_for_before_anything_is_sent() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.button("Generate…").click();
    window.shows("Describe what happens in the clip.");
    assert!(
        window.textbox("Prompt").has_focus(),
        "the keyboard is not at the prompt"
    );
    assert_eq!(apiframe.bodies().len(), 0, "something was sent");
}

#[test]
fn a_job_that_fails_says_why_and_that_it_was_not_charged_and_can_be_tried_again() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    apiframe.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("The prompt was flagged")),
    );
    window.button("Generate…").click();
    window
        .page()
        .find("button", "Failed: A kite over the dunes")
        .appears();
    window.shows("The model could not make this clip: The prompt was flagged.");
    window.shows("You were not charged.");
    window.button("Try again").click();
    window.button("Play: A kite over the dunes").appears();
}

#[test]
fn a_failed_card_opens_with_its_whole_sentence_what_it_cost_and_every_way_on() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    let why = "The picture at the end is far too dark for anything to be seen in it, and the one at \
               the start shows a well-known person whom this model does not draw, whatever is asked";
    apiframe.fault(Fault::on(Call::Generate).then(Answer::fail_job(why)));
    window.button("Generate…").click();
    let card = || {
        window
            .page()
            .find("button", "Failed: A kite over the dunes")
    };
    card().appears();
    window.press_card(&card());
    let opened = window.region("Viewer");
    opened.appears();
    window.shows(why);
    window.shows("You were not charged.");
    assert!(opened.clone().find("button", "Fix settings").is_there());
    window.key("Escape");
    opened.disappears();
    window.focus_is_on("button Failed: A kite over the dunes");

    // Trying again is a new generation, which is found in the gallery.
    window.key("Return");
    opened.appears();
    opened.clone().find("button", "Try again").click();
    opened.disappears();
    until(
        || apiframe.bodies().len() == 2,
        || "nothing was sent".into(),
    );
    card().appears();
    window.press_card(&card());
    opened
        .clone()
        .find("button", "Remove from the gallery")
        .click();
    opened.disappears();
    window.shows("Your clips appear here");
}

#[test]
fn without_a_network_at_submit_it_waits_and_goes_on_by_itself() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    apiframe.unplug();
    window.button("Generate…").click();
    window.shows("No connection to Apiframe. Retrying automatically; nothing is lost.");
    apiframe.plug_in();
    window.button("Play: A kite over the dunes").appears();
    assert_eq!(apiframe.jobs(), 1, "one job was paid for");
}

#[test]
fn a_lost_answer_at_submit_is_asked_for_again_and_charged_once() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    apiframe.fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    window.button("Generate…").click();
    window.button("Play: A kite over the dunes").appears();
    assert_eq!(
        apiframe.bodies().len(),
        2,
        "the same request was sent twice"
    );
    assert_eq!(apiframe.jobs(), 1, "one job was paid for");
}

#[test]
fn without_a_network_while_it_renders_the_card_says_so_and_the_clip_still_arrives() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    apiframe.hold();
    window.button("Generate…").click();
    apiframe.has_jobs(1);
    apiframe.unplug();
    window.shows("No connection to Apiframe. Retrying automatically; nothing is lost.");
    apiframe.plug_in();
    apiframe.release();
    window.button("Play: A kite over the dunes").appears();
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let apiframe = Apiframe::start();
    let window = ready_to_generate(&apiframe);
    apiframe.fault(
        Fault::on(Call::File)
            .path("result")
            .times(1)
            .then(Answer::Truncate {
                after: Some(20_000),
            }),
    );
    window.button("Generate…").click();
    window.button("Play: A kite over the dunes").appears();
    assert!(
        std::fs::read(&window.clips()[0]).unwrap() == apiframe.clip(0),
        "the clip is not whole"
    );
    assert!(
        apiframe
            .ranges()
            .iter()
            .any(|range| range == "bytes=20000-"),
        "it was fetched from the start again: {:?}",
        apiframe.ranges()
    );
}
