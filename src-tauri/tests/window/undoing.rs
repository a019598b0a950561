//! Undo and Redo: of text, and of a draft that was replaced.

use sandbox::{Answer, Call, Fault};
use serde_json::Value;

use crate::harness::page::Found;
use crate::harness::pictures::{self, DAWN};
use crate::harness::{Apiframe, Options, Window};

fn value(field: &Found<'_>) -> String {
    field
        .property("value")
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Presses keys until the field contains exactly this; the web view may undo word by word.
fn press_until(window: &Window, keys: &str, field: &Found<'_>, wanted: &str) {
    for _ in 0..40 {
        if value(field) == wanted {
            return;
        }
        window.keys(&[keys]);
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(value(field), wanted, "after many times {keys}");
}

#[test]
fn what_is_typed_can_be_undone_and_redone_in_every_field() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    for name in ["Prompt", "Avoid"] {
        let field = window.textbox(name);
        field.click();
        window.keys(&["F", "o", "g"]);
        field.holds("Fog");
        press_until(&window, "ctrl+z", &field, "");
        press_until(&window, "ctrl+shift+z", &field, "Fog");
        press_until(&window, "ctrl+z", &field, "");
        press_until(&window, "ctrl+y", &field, "Fog");
    }
    window.keys(&["ctrl+comma"]);
    let limit = window.textbox("Daily limit");
    limit.click();
    window.keys(&["1", "2"]);
    limit.holds("12");
    press_until(&window, "ctrl+z", &limit, "");
    window.button("Close").click();
}

#[test]
fn a_draft_that_settings_of_the_gallery_replaced_comes_back_whole() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    // A card whose settings can be loaded.
    let body = r#"{"error":"Validation failed","details":{"prompt":["Not this one"]}}"#;
    apiframe.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::status(400).with_body(body)),
    );
    let prompt = window.textbox("Prompt");
    prompt.write("A kite over the dunes");
    window.button("Generate…").click();
    window.button("Fix settings").appears();

    // Every part of the draft.
    let picture = window.home().desktop().join("first light.png");
    pictures::write_png(&pictures::quarters((800, 450), DAWN), &picture);
    window.drag_file_onto(&window.button("Start frame"), &picture);
    window.button("Remove the start frame").appears();
    prompt.write("A long draft about the harbour");
    window.textbox("Avoid").write("rain");
    window.choice("Quality", "4K 2160p").click();
    window.page().find("switch", "Sound").turn_on();
    let draft_is_back = || {
        prompt.holds("A long draft about the harbour");
        window.button("Remove the start frame").appears();
        assert_eq!(value(&window.textbox("Avoid")), "rain");
        let quality = window.choice("Quality", "4K 2160p").property("checked");
        assert_eq!(quality, Value::Bool(true));
        let sound = window.page().find("switch", "Sound");
        assert_eq!(sound.attribute("aria-checked").as_deref(), Some("true"));
    };

    window.button("Fix settings").click();
    prompt.holds("A kite over the dunes");
    assert!(!window.button("Remove the start frame").is_there());
    window.shows("These settings replaced your draft.");
    window.keys(&["ctrl+z"]);
    draft_is_back();
    window.keys(&["ctrl+shift+z"]);
    prompt.holds("A kite over the dunes");
    window.keys(&["ctrl+z"]);
    draft_is_back();

    // The same with the button beside the message.
    window.button("Fix settings").click();
    prompt.holds("A kite over the dunes");
    window.button("Undo").click();
    draft_is_back();
}
