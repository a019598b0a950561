//! The gallery: which presses count and which do not, running and failed cards, what a card shows.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use image::imageops::crop_imm;
use sandbox::{Answer, Call, Fault};
use serde_json::json;

use crate::harness::page::Found;
use crate::harness::wait::until;
use crate::harness::{Apiframe, Options, Window};

fn card<'a>(window: &'a Window, name: &str) -> Found<'a> {
    window.page().find("listitem", name)
}

/// Two failed cards next to each other; the second one is newer.
fn two_that_failed(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::signed_in(apiframe));
    apiframe.fault(
        Fault::on(Call::Generate)
            .times(2)
            .then(Answer::fail_job("The prompt was flagged")),
    );
    window.choice("Quality", "Standard 720p").click();
    for prompt in ["An old kite", "A new kite"] {
        window.textbox("Prompt").write(prompt);
        window.button("Generate…").click();
        card(&window, &format!("Failed: {prompt}…")).appears();
    }
    window
}

#[test]
fn a_double_click_on_try_again_pays_for_one_clip_and_none_of_its_neighbours() {
    let apiframe = Apiframe::start();
    let window = two_that_failed(&apiframe);
    let old = card(&window, "Failed: An old kite…");
    // The started clip comes first and moves the others: the second press hits the new kite.
    window.double_click(&old.find("button", "Try again"));
    window.button("Play: An old kite").appears();
    sleep(Duration::from_secs(1));
    assert_eq!(apiframe.bodies().len(), 3, "something else was paid for");
    card(&window, "Failed: A new kite…").appears();
    assert!(
        !card(&window, "Failed: An old kite…").is_there(),
        "the failed card stays after a retry that worked"
    );

    // With the keyboard, the press acts at once, and the focus stays in the gallery.
    let new = card(&window, "Failed: A new kite…");
    new.clone().find("button", "Try again").keys("\u{e007}");
    window.button("Play: A new kite").appears();
    assert_eq!(apiframe.bodies().len(), 4);
    assert!(
        window.focus().starts_with("button Play: "),
        "the keyboard is on {}",
        window.focus()
    );
}

#[test]
fn a_double_click_on_remove_takes_one_card_away() {
    let apiframe = Apiframe::start();
    let window = two_that_failed(&apiframe);
    window.button("Failed 2").click();
    let new = card(&window, "Failed: A new kite…");
    window.double_click(&new.clone().find("button", "Remove from the gallery"));
    new.disappears();
    sleep(Duration::from_secs(1));
    card(&window, "Failed: An old kite…").appears();
    window.button("Failed 1").appears();
    card(&window, "Failed: An old kite…")
        .find("button", "Remove from the gallery")
        .click();
    window.shows("Nothing failed");
    window.shows("If something goes wrong, you’ll see why here and how to fix it.");
    window.button("All 0").click();
    window.shows("Your clips appear here");
}

#[test]
fn a_running_card_can_be_reused_and_opened_and_says_whether_it_can_be_cancelled() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    apiframe.hold();
    let prompt = "A slow train crosses the plain at dawn, and its smoke hangs in the cold air for a \
        long while";
    window.textbox("Prompt").write(prompt);
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    apiframe.has_jobs(1);
    let running = card(&window, "Rendering: A slow train…");
    running.appears();
    let shown = "const card = [...document.querySelectorAll('[role=listitem] .sent')][0]; \
        return Number(getComputedStyle(card).opacity)";
    window.point_at(&running);
    until(
        || window.page().run(shown, &[]) == json!(1),
        || "the card does not say that it can't be cancelled".into(),
    );
    window.shows("Already sent, so it can’t be cancelled");
    assert!(!running.clone().find("button", "Cancel").is_there());

    window.textbox("Prompt").write("Something else");
    running.clone().find("button", "Reuse settings").click();
    assert_eq!(window.textbox("Prompt").property("value"), prompt);

    window.press_card(&window.button("Rendering: A slow train…"));
    let opened = window.region("Viewer");
    opened.appears();
    let said = opened.property("innerText");
    assert!(said.as_str().unwrap().contains(prompt), "{said}");
    window.key("Escape");
    opened.disappears();
    window.focus_is_on("button Rendering: A slow train");

    // Nothing has left this computer: it can be cancelled, and the focus stays on the card.
    apiframe.unplug();
    window.textbox("Prompt").write("A train that never left");
    window.button("Generate…").click();
    let waiting = card(&window, "Rendering: A train that never left…");
    let cancel = waiting.find("button", "Cancel");
    window.shows("No connection to Apiframe.");
    cancel.keys("\u{e007}");
    let off = card(&window, "Failed: A train that never left…");
    off.appears();
    window.focus_is_on("button Failed: A train that never left");
    apiframe.plug_in();

    // The number in the top bar looks like a button, and is one.
    window.button("Rendering: 1…").click();
    off.disappears();
    running.appears();
    assert_eq!(
        window
            .button("Rendering 1")
            .attribute("aria-pressed")
            .as_deref(),
        Some("true")
    );
    apiframe.release();
    window.shows("Nothing is rendering");
    window.button("All 2").click();
    window.button("Play: A slow train…").appears();
    window.button("Rendering 0").click();
    window.shows("Nothing is rendering");
    window.button("All 2").click();
    off.appears();
    assert_eq!(apiframe.jobs(), 1);
}

#[test]
fn one_whose_fate_is_unknown_is_paid_for_again_only_after_a_second_yes_and_can_be_looked_for() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::signed_in(&apiframe));
    window.make_clips(&["A letter at sea"]);
    window.close();
    for clip in window.clips() {
        fs::remove_file(clip).unwrap();
    }
    let file = window
        .home()
        .studio()
        .join("library/apiframe/library.sqlite");
    // As if its answer had been lost: the library has no job for it.
    let library = rusqlite::Connection::open(file).unwrap();
    library
        .execute(
            "UPDATE generations SET state = 'uncertain', job_id = NULL, file = NULL, \
             failure = '{\"code\":\"uncertain\",\"message\":\"Its answer never arrived.\",\
             \"field\":null,\"charged\":null,\"mends\":[]}'",
            [],
        )
        .unwrap();
    // The request, which is deleted once the clip is there.
    library
        .execute(
            "INSERT INTO submissions (generation, key, body, first_sent) \
             SELECT id, 'key', ?1, created FROM generations",
            [apiframe.bodies()[0].to_string().into_bytes()],
        )
        .unwrap();
    drop(library);
    window.open();
    window.shows("Its answer never arrived.");
    window.press_card(&window.button("Uncertain: A letter…"));
    let opened = window.region("Viewer");
    opened.clone().find("button", "Check").appears();
    window.shows("Its answer never arrived.");
    window.key("Escape");
    opened.disappears();
    window.button("Submit again").click();
    let asked = window.page().find("alertdialog", "Submit it again?");
    asked.appears();
    window.button("Not now").click();
    asked.disappears();
    assert_eq!(apiframe.bodies().len(), 1, "it was sent without a yes");

    // The second half of a double click is not a confirmation.
    window.double_click(&window.region("Gallery").find("button", "Submit again"));
    asked.appears();
    sleep(Duration::from_secs(1));
    assert_eq!(apiframe.bodies().len(), 1, "it was sent without a yes");
    asked.clone().find("button", "Submit again").click();
    asked.disappears();
    window.button("Play: A letter at sea").appears();
    assert_eq!(apiframe.jobs(), 2);

    window.button("Check").click();
    window.shows("Checked: it had arrived. Its clip is on its way.");
    until(
        || window.button("Play: A letter at sea").count() == 2,
        || "the first clip does not arrive".into(),
    );
    assert_eq!(apiframe.jobs(), 2, "to check costs nothing");
}

#[test]
fn an_upright_clip_is_shown_whole_and_its_whole_prompt_when_the_pointer_rests() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.choice("Shape", "9:16").click();
    let prompt = "A heron stands in the reeds, and after a long while it takes one step, \
        and the rings go out over the pond";
    window.make_clips(&[prompt]);
    window.poster_shows("A heron stands");
    let place = "const box = document.querySelector('[role=listitem] img').getBoundingClientRect(); \
        return [box.x, box.y, box.width, box.height].map(Math.round)";
    // At the sides is the card's own surface, and in the middle is the clip.
    let is_whole = || {
        let [x, y, width, height]: [u32; 4] =
            serde_json::from_value(window.page().run(place, &[])).unwrap();
        let (left, top, _, _) = window.display().place(&window.frame());
        let (x, y) = (x.saturating_add_signed(left), y.saturating_add_signed(top));
        let picture = crop_imm(&window.display().picture(), x, y, width, height).to_image();
        let beside = picture.get_pixel(width / 6, height / 2);
        let rows = [height / 5, height / 3, height * 2 / 3];
        rows.into_iter().all(|row| {
            picture.get_pixel(width / 6, row) == beside
                && picture.get_pixel(width * 5 / 6, row) == beside
        }) && picture.get_pixel(width / 2, height / 5) != beside
    };
    until(is_whole, || "the clip is cut off, or not painted".into());

    let windows = || {
        let all = window
            .display()
            .hand(&["search", "--onlyvisible", "--name", ""])
            .unwrap_or_default();
        all.split_whitespace().count()
    };
    let before = windows();
    window.point_at(&window.button("Play…"));
    until(
        || windows() > before,
        || "no tooltip opens over the card".into(),
    );
}

#[test]
fn the_context_menu_has_what_belongs_to_text_and_nothing_of_a_browser() {
    let apiframe = Apiframe::start();
    let window = two_that_failed(&apiframe);
    let words = "const text = [...document.querySelector('.message').childNodes] \
            .find((node) => node.data?.includes('could')); \
        const word = document.createRange(); \
        word.setStart(text, text.data.indexOf('could')); \
        word.setEnd(text, word.startOffset + 'could'.length); \
        const box = word.getBoundingClientRect(); \
        return [box.x + box.width / 2, box.y + box.height / 2]";
    let prompt = window.textbox("Prompt");
    let viewer = window.region("Viewer");
    let mut copied = Vec::new();
    // Each entry in turn, up to the most that a context menu for text could have.
    for entry in 1..=6 {
        let card = window.page().find("button", "Failed: A new kite");
        window.press_card(&card);
        viewer.appears();
        let place = window.page().run(words, &[]);
        let (left, top, _, _) = window.display().place(&window.frame());
        let x = place[0].as_f64().unwrap() + f64::from(left);
        let y = place[1].as_f64().unwrap() + f64::from(top);
        let hand = |arguments: &[&str]| window.display().hand(arguments).unwrap();
        hand(&["mousemove", "--sync", &x.to_string(), &y.to_string()]);
        // A double click selects the word.
        hand(&["click", "--repeat", "2", "--delay", "60", "1"]);
        sleep(Duration::from_millis(300));
        hand(&["click", "3"]);
        sleep(Duration::from_millis(700));
        for _ in 0..entry {
            hand(&["key", "Down"]);
        }
        hand(&["key", "Return"]);
        sleep(Duration::from_millis(500));
        // The menu, where it is still open, and then the viewer.
        until(
            || {
                hand(&["key", "Escape"]);
                sleep(Duration::from_millis(300));
                !viewer.is_there()
            },
            || "the viewer stays open".into(),
        );
        prompt.write("\u{e009}v\u{e000}");
        copied.push(prompt.property("value").as_str().unwrap().to_owned());
    }
    assert!(
        copied.iter().any(|text| text.trim() == "could"),
        "nothing could be copied: {copied:?}"
    );
    assert!(
        !copied.iter().any(|text| text.contains(":~:text")),
        "a link was copied: {copied:?}"
    );
}
