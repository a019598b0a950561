//! Without a key and without a network: the sandbox.

use crate::harness::{Apiframe, Options, Window};

#[test]
fn the_sandbox_makes_a_clip_without_a_key_and_without_a_network_and_the_window_says_what_it_is() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::at(&apiframe));
    window.button("Use the sandbox").click();
    window.shows("no key, no network, nothing is charged");
    window.textbox("Prompt").write("Snow falls on the square");
    window.choice("Quality", "Standard 720p").click();
    window.shows("Nothing is charged in the sandbox");
    window.button("Generate…").click();
    window.button("Play: Snow falls on the square").appears();
    assert_eq!(window.clips().len(), 1);
    assert_eq!(apiframe.requests(), 0, "Apiframe was asked something");

    // It is still the sandbox after a restart, and its clips are not among the paid ones.
    window.restart();
    window.button("Play: Snow falls on the square").appears();
    window.shows("no key, no network, nothing is charged");
    window.button("Leave").click();
    window.textbox("Apiframe API key").appears();
    assert!(!window.button("Play: Snow falls on the square").is_there());
}
