//! What is on the clipboard goes where it belongs, wherever the keyboard focus is.

use std::path::Path;

use image::ImageFormat;

use crate::harness::pictures::{self, DAWN, NIGHT, Quarters};
use crate::harness::{Apiframe, Clipboard, Options, Window};

fn png(colours: Quarters) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    pictures::quarters((800, 450), colours)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// Copies a file as a file manager does.
fn copied_file(window: &Window, file: &Path) -> Clipboard {
    let path = file.display().to_string();
    let address = format!("file://{path}\r\n");
    let for_gnome = format!("copy\nfile://{path}");
    Clipboard::holds(
        window,
        &[
            ("x-special/gnome-copied-files", for_gnome.as_bytes()),
            ("text/uri-list", address.as_bytes()),
            ("UTF8_STRING", path.as_bytes()),
            ("text/plain", path.as_bytes()),
        ],
    )
}

fn written(window: &Window) -> String {
    let value = window.textbox("Prompt").property("value");
    value.as_str().unwrap_or_default().to_owned()
}

/// A window whose prompt has the focus and contains words, all of them selected.
fn with_selected_words(apiframe: &Apiframe) -> Window {
    let window = Window::start(Options::signed_in(apiframe));
    window.textbox("Prompt").write("A kite over the dunes");
    window.keys(&["ctrl+a"]);
    window
}

#[test]
fn a_picture_is_pasted_while_the_prompt_has_the_keyboard_and_selected_words_stay() {
    let apiframe = Apiframe::start();
    let window = with_selected_words(&apiframe);
    let copied = Clipboard::holds(&window, &[("image/png", &png(DAWN))]);
    window.keys(&["ctrl+v"]);
    window.button("Remove the start frame").appears();
    assert_eq!(written(&window), "A kite over the dunes");
    drop(copied);

    // "Copy image" in a browser also offers HTML for the picture.
    let html = b"<meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\">\
        <img src=\"https://example.org/night.png\" alt=\"Night\">";
    let _copied = Clipboard::holds(
        &window,
        &[("text/html", html.as_slice()), ("image/png", &png(NIGHT))],
    );
    window.keys(&["ctrl+v"]);
    window.button("Remove the end frame").appears();
    assert_eq!(written(&window), "A kite over the dunes");

    window.button("Generate…").click();
    let uploads = apiframe.uploads();
    pictures::assert_quarters("the start frame", &uploads[0].picture, DAWN);
    pictures::assert_quarters("the end frame", &uploads[1].picture, NIGHT);
}

#[test]
fn a_copied_picture_file_is_pasted_while_the_prompt_has_the_keyboard_or_a_slot_has_it() {
    let apiframe = Apiframe::start();
    let window = with_selected_words(&apiframe);
    let file = window.home().desktop().join("first light.png");
    pictures::write_png(&pictures::quarters((800, 450), DAWN), &file);
    let _copied = copied_file(&window, &file);
    window.keys(&["ctrl+v"]);
    window.button("Remove the start frame").appears();
    assert_eq!(written(&window), "A kite over the dunes");

    // The picture goes into the slot that has the focus, whether the first one is empty or not.
    window.button("Remove the start frame").click();
    window.button("Remove the start frame").disappears();
    window.button("Swap start and end").appears();
    window
        .page()
        .run("document.getElementById('composer-end').focus()", &[]);
    window.keys(&["ctrl+v"]);
    window.button("Remove the end frame").appears();
    assert!(!window.button("Remove the start frame").is_there());
}

#[test]
fn words_are_pasted_as_words_also_where_a_picture_of_them_lies_beside() {
    let apiframe = Apiframe::start();
    let window = with_selected_words(&apiframe);
    let copied = Clipboard::text(&window, "Fog rolls in");
    window.keys(&["ctrl+v"]);
    window.textbox("Prompt").holds("Fog rolls in");
    assert_eq!(written(&window), "Fog rolls in");
    drop(copied);

    // An office program also offers a picture of the words it copies.
    let copied = Clipboard::holds(
        &window,
        &[
            ("UTF8_STRING", b" over the quay"),
            ("text/plain;charset=utf-8", b" over the quay"),
            ("text/html", b"<p> over the quay</p>"),
            ("image/png", &png(DAWN)),
        ],
    );
    window.keys(&["End", "ctrl+v"]);
    window.textbox("Prompt").holds("over the quay");
    assert_eq!(written(&window), "Fog rolls in over the quay");
    drop(copied);

    // A URL may refer to a picture, but there is none here.
    let _copied = Clipboard::text(&window, "https://example.org/");
    window.keys(&["End", "space", "ctrl+v"]);
    window.textbox("Prompt").holds("https://example.org/");
    assert!(!window.button("Remove the start frame").is_there());

    // It can be undone like anything that was typed.
    window.keys(&["ctrl+z"]);
    window.textbox("Prompt").lacks("https");
    assert!(written(&window).starts_with("Fog rolls in over the quay"));
}

#[test]
fn with_nothing_to_paste_it_says_so_where_a_picture_was_meant() {
    let apiframe = Apiframe::start();
    let window = with_selected_words(&apiframe);
    let _copied = Clipboard::text(&window, "Fog");
    window
        .page()
        .run("document.getElementById('composer-start').focus()", &[]);
    window.keys(&["ctrl+v"]);
    window.shows("There is no picture on the clipboard.");
    window.button("Dismiss").click();
    window.button("Dismiss").disappears();
}
