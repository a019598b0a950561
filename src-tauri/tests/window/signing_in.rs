//! The key: typed once, kept in the keychain, seen nowhere else.

use std::fs;

use crate::harness::{Apiframe, KEY, KEYCHAIN_PASSWORD, Keychain, Options, Window};

/// The attributes with which `secret-tool` finds the key that Inbetween keeps.
const IN_THE_KEYCHAIN: [&str; 4] = ["service", "app.inbetween", "username", "apiframe-api-key"];

fn assert_no_file_holds_the_key(window: &Window) {
    for file in window.home().files() {
        let bytes = fs::read(&file).unwrap_or_default();
        let found = bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes());
        assert!(!found, "{} holds the key", file.display());
    }
    assert!(!window.logs().contains(KEY), "a log holds the key");
}

#[test]
fn a_typed_key_is_in_the_keychain_and_nowhere_else_and_signs_in_the_next_time() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.region("Composer").appears();

    assert_eq!(
        window.session().secret(&IN_THE_KEYCHAIN).as_deref(),
        Some(KEY)
    );
    assert!(
        !window.page().source().contains(KEY),
        "the page still holds the key"
    );
    window.button("Settings").click();
    window.shows(&format!(
        "Key ending in {}, kept in this computer’s keychain.",
        &KEY[KEY.len() - 4..]
    ));
    assert!(
        !window.page().source().contains(KEY),
        "the settings hold the key"
    );
    assert_no_file_holds_the_key(&window);

    let asked_before = apiframe.keys_seen().len();
    window.restart();
    window.region("Composer").appears();
    window.button("1,000 credits…").appears();
    assert!(
        !window.textbox("Apiframe API key").is_there(),
        "it asks for the key again"
    );
    let keys = apiframe.keys_seen();
    assert!(keys.len() > asked_before && keys.iter().all(|key| key == KEY));
    assert_no_file_holds_the_key(&window);
}

#[test]
fn a_key_that_apiframe_refuses_is_said_to_be_wrong_and_kept_nowhere() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::at(&apiframe));
    window
        .textbox("Apiframe API key")
        .keys("afk_0000111122223333444455556666");
    window.button("Continue").click();
    window.shows("Apiframe doesn’t recognise this key");
    assert!(
        window.textbox("Apiframe API key").has_focus(),
        "the keyboard is not where the mistake is"
    );
    assert_eq!(window.session().secret(&IN_THE_KEYCHAIN), None);
    assert!(!window.region("Composer").is_there());
}

#[test]
fn the_welcome_card_stays_where_it_is_when_a_key_is_refused() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::at(&apiframe));
    window
        .textbox("Apiframe API key")
        .keys("afk_0000111122223333444455556666");
    let places =
        || [window.button("Continue"), window.button("Use the sandbox")].map(|one| one.middle());
    let before = places();
    window.button("Continue").click();
    window.shows("Apiframe doesn’t recognise this key");
    assert_eq!(places(), before, "the card has moved");
}

#[test]
fn without_a_connection_a_key_cannot_be_checked_and_the_program_says_so() {
    let apiframe = Apiframe::start();
    apiframe.unplug();
    let window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.shows("connection");
    assert_eq!(window.session().secret(&IN_THE_KEYCHAIN), None);

    apiframe.plug_in();
    window.button("Continue").click();
    window.region("Composer").appears();
}

#[test]
fn a_removed_key_is_out_of_the_keychain_and_the_program_asks_for_one() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.button("Settings").click();
    window.button("Remove…").click();
    window.button("Remove").click();
    window.textbox("Apiframe API key").appears();
    assert_eq!(window.session().secret(&IN_THE_KEYCHAIN), None);
}

#[test]
fn a_key_of_the_environment_is_used_for_this_run_and_shown_as_such() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.region("Composer").appears();
    window.button("Settings").click();
    window.shows("from APIFRAME_API_KEY, for this run only");
    assert_eq!(window.session().secret(&IN_THE_KEYCHAIN), None);
    assert_no_file_holds_the_key(&window);
}

#[test]
fn with_the_keychain_absent_the_program_says_so_and_keeps_the_key_for_this_run_only() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options {
        keychain: Keychain::Absent,
        ..Options::at(&apiframe)
    });
    window.shows("No keychain found");
    window.button("Try again").appears();
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Keep the key for this run only").click();
    window.region("Composer").appears();
    window.button("Settings").click();
    window.shows("in memory, for this run only");
    assert_no_file_holds_the_key(&window);

    window.restart();
    window.shows("No keychain found");
    assert_no_file_holds_the_key(&window);
}

#[test]
fn a_locked_keychain_is_said_to_be_locked_and_takes_the_key_once_it_is_open() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options {
        keychain: Keychain::Locked,
        ..Options::at(&apiframe)
    });
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.answer_keychain(None);
    window.shows("keychain is locked");
    window.button("Keep the key for this run only").appears();
    assert!(!window.region("Composer").is_there());
    assert_no_file_holds_the_key(&window);

    window.button("Try again").click();
    window.answer_keychain(Some(KEYCHAIN_PASSWORD));
    window.region("Composer").appears();
    assert_eq!(
        window.session().secret(&IN_THE_KEYCHAIN).as_deref(),
        Some(KEY)
    );
    assert_no_file_holds_the_key(&window);
}

#[test]
fn a_keychain_that_is_locked_at_the_start_signs_in_once_it_is_open() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.region("Composer").appears();
    window.close();
    window.lock_keychain();
    window.open();
    window.answer_keychain(None);
    window.shows("The keychain is locked");
    assert!(!window.region("Composer").is_there());

    window.button("Try again").click();
    window.answer_keychain(Some(KEYCHAIN_PASSWORD));
    window.region("Composer").appears();
    window.button("1,000 credits…").appears();
}
