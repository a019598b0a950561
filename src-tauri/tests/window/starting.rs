//! The first second: dark from the start, and no request of any kind before the first paint.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::harness::display::Screen;
use crate::harness::{Apiframe, KEY, Options, Window};

#[test]
fn the_window_is_never_white_while_it_opens() {
    let apiframe = Apiframe::start();
    let mut window = Window::prepare(Options::at(&apiframe));
    let (pixels, over) = (window.display().pixels(), Arc::new(AtomicBool::new(false)));
    let watching = Arc::clone(&over);
    let watcher = thread::spawn(move || {
        let (mut looks, mut whitest) = (0, 0);
        while !watching.load(Ordering::Relaxed) {
            whitest = whitest.max(Screen::read(&pixels).white());
            looks += 1;
        }
        (looks, whitest)
    });
    window.open();
    window.textbox("Apiframe API key").appears();
    thread::sleep(Duration::from_millis(500));
    over.store(true, Ordering::Relaxed);
    let (looks, whitest) = watcher.join().unwrap();
    assert!(looks > 20, "the screen was looked at only {looks} times");
    assert!(
        whitest < 10,
        "at one moment {whitest} % of the screen were nearly white"
    );
}

#[test]
fn neither_network_nor_keychain_is_touched_before_the_first_paint() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::at(&apiframe));
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.region("Composer").appears();
    window.close();

    let ear = window
        .session()
        .overhear_keychain(&window.home().logs().join("keychain-calls.log"));
    let asked_before = apiframe.requests();
    window.open();
    window.button("1,000 credits…").appears();
    let painted = window.first_paint();
    let asked = apiframe.request_time(asked_before);
    assert!(
        asked > painted,
        "the network was asked {:?} before the first paint",
        painted.duration_since(asked)
    );
    let called = ear.first_call().expect("the keychain was asked");
    assert!(
        called > painted,
        "the keychain was asked {:?} before the first paint",
        painted.duration_since(called)
    );
}

#[test]
fn a_gallery_of_clips_has_no_video_element_until_one_is_played() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::signed_in(&apiframe));
    window.textbox("Prompt").write("A lamp is lit");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button("Play: A lamp is lit").appears();
    window.restart();
    window.button("Play: A lamp is lit").appears();
    assert_eq!(window.videos(), 0);
    window.button("Play: A lamp is lit").click();
    window.time_passes();
    assert_eq!(window.videos(), 1);
}
