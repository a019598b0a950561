//! Settings and the sheets beside it: what each control does outside the program.

use std::fs;

use crate::harness::{Apiframe, KEY, Options, Window};

fn opened(window: &Window) {
    window.keys(&["ctrl+comma"]);
    window.page().find("dialog", "Settings").appears();
}

#[test]
fn the_title_and_the_button_to_close_stay_in_sight_and_can_be_pressed() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.region("Composer").appears();
    opened(&window);
    let reach = "const dialog = document.querySelector('dialog'); \
        dialog.scrollTop = dialog.scrollHeight; \
        const box = dialog.querySelector('[aria-label=Close]').getBoundingClientRect(); \
        const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
        return [dialog.scrollTop > 0, there?.closest('button')?.getAttribute('aria-label')]";
    let reached = window.page().run(reach, &[]);
    assert_eq!(reached, serde_json::json!([true, "Close"]));
    window.button("Close").click();
    window.page().find("dialog", "Settings").disappears();
}

#[test]
fn the_folders_are_opened_in_the_file_manager() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.region("Composer").appears();
    opened(&window);
    let home = window.home().studio();
    window.button("Data folder").click();
    window.opens(&format!("{}\n", home.display()));
    window.button("Log folder").click();
    window.opens(&home.join("log").display().to_string());
    window
        .page()
        .find("dialog", "Settings")
        .find("button", "Open")
        .click();
    window.opens(&home.join("clips").display().to_string());
}

#[test]
fn the_theme_is_worn_at_once_and_after_a_restart() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::signed_in(&apiframe));
    window.region("Composer").appears();
    opened(&window);
    let dark = |window: &Window| {
        let script = "return getComputedStyle(document.body).backgroundColor";
        let colour = window.page().run(script, &[]);
        window.page().looked();
        colour != serde_json::json!("rgb(243, 242, 239)")
    };
    // A page that has just loaded is there before its style is.
    let becomes = |window: &Window, wanted: bool| {
        crate::harness::wait::until(
            || dark(window) == wanted,
            || format!("it does not become dark: {wanted}"),
        );
    };
    becomes(&window, true);
    window.choice("Theme", "Light").click();
    becomes(&window, false);
    window.restart();
    window.region("Composer").appears();
    becomes(&window, false);
    // What is known about the account moves everything below it.
    window.button("1,000 credits…").appears();
    opened(&window);
    window.choice("Theme", "Dark").click();
    becomes(&window, true);
    window.choice("Theme", "System").click();
    let preferences = fs::read_to_string(window.home().studio().join("preferences.json"));
    crate::harness::wait::until(
        || {
            fs::read_to_string(window.home().studio().join("preferences.json"))
                .is_ok_and(|kept| kept.contains("\"system\""))
        },
        || format!("the system's theme was not kept: {preferences:?}"),
    );
    window.page().looked();
}

#[test]
fn a_key_is_replaced_by_another_that_works() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.region("Composer").appears();
    opened(&window);
    window.button("Replace…").click();
    window.button("Cancel").click();
    window.button("Replace…").click();
    let other = "afk_e2e99999999999999999999999999new1";
    window
        .textbox("Apiframe API key")
        .write("afk_e2e_wrong_wrong_wrong_wrong");
    window.button("Save key").click();
    window.shows("Apiframe doesn’t recognise this key");
    apiframe.takes_key(other);
    window.textbox("Apiframe API key").write(other);
    window.button("Show the key").click();
    assert_eq!(window.textbox("Apiframe API key").property("type"), "text");
    window.button("Save key").click();
    window.shows("Key ending in new1, kept in this computer’s keychain.");

    // Removing asks for confirmation first.
    window.button("Remove…").click();
    window.button("Cancel").click();
    window.page().find("alertdialog", "").disappears();
    window.shows("Key ending in new1");
}

#[test]
fn a_lost_connection_is_said_and_tried_again_at_a_press() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.button("1,000 credits…").click();
    apiframe.unplug();
    window.button("Refresh").click();
    window.button("Close").click();
    window.shows("No connection to Apiframe.");
    apiframe.plug_in();
    window.button("Try now").click();
    window.button("Try now").disappears();
}

#[test]
fn without_a_key_one_can_look_at_what_one_has() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::at(&apiframe));
    window.button("Get a key").click();
    window.opens("https://app.apiframe.ai/");
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.textbox("Prompt").write("A kite over the dunes");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button("Play: A kite over the dunes").appears();
    opened(&window);
    window.button("Remove…").click();
    window.button("Remove").click();
    window.button("Just look at my clips").click();
    window.button("Play: A kite over the dunes").appears();
    window.button("Enter a key").click();
    window.textbox("Apiframe API key").appears();
}

#[test]
fn jobs_are_imported_all_at_once_or_by_their_id() {
    let apiframe = Apiframe::start();
    let elsewhere = Window::start(Options::signed_in(&apiframe));
    elsewhere.choice("Quality", "Standard 720p").click();
    for prompt in ["A kite over the dunes", "A kite over the sea"] {
        elsewhere.textbox("Prompt").write(prompt);
        elsewhere.button("Generate…").click();
        elsewhere.button(&format!("Play: {prompt}")).appears();
    }
    drop(elsewhere);

    let window = Window::start(Options::signed_in(&apiframe));
    // From the empty gallery.
    apiframe.unplug();
    window
        .button("Made clips elsewhere? Import from Apiframe…")
        .click();
    let sheet = window.page().find("dialog", "Import from Apiframe");
    window.button("Try again").appears();
    apiframe.plug_in();
    window.button("Try again").click();
    window.button("Import: A kite over the sea").appears();
    let id = window.textbox("Job ID");
    id.write("not an id");
    window.button("Import by job ID").click();
    sheet.clone().find("alert", "").appears();
    id.write(&apiframe.job_id(0));
    window.button("Import by job ID").click();
    window.shows("Imported: A kite over the dunes");
    window.button("Import all").click();
    window.shows("Imported 1 job.");
    window.button("Close").click();
    window.button("Play: A kite over the sea").appears();
    window.button("Play: A kite over the dunes").appears();
    assert_eq!(apiframe.jobs(), 2, "something was paid for again");
}
