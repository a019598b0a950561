//! What other users and programs on this machine can see of the program and do to it, and what the
//! page itself can't be made to do.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::harness::home::said_in;
use crate::harness::wait::{until, until_some};
use crate::harness::window::PROGRAM;
use crate::harness::{Apiframe, KEY, Options, Window};

/// The URL of the first picture that the page shows from the media server.
fn picture_address(window: &Window) -> String {
    let script = "return [...document.images].map((one) => one.src) \
        .find((address) => address.includes('/poster/')) ?? null";
    let found = || window.page().run(script, &[]).as_str().map(str::to_owned);
    until_some(found, || "no poster is shown".into())
}

fn with_a_clip(options: Options) -> Window {
    let window = Window::start(options);
    window.textbox("Prompt").write("A lamp is lit");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.poster_shows("A lamp is lit");
    window
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[test]
fn the_key_of_the_environment_reaches_no_other_process() {
    let apiframe = Apiframe::start();
    let programs = tempfile::tempdir().unwrap();
    let (opener, environment) = (
        programs.path().join("xdg-open"),
        programs.path().join("environment"),
    );
    let script = format!(
        "#!/bin/sh\nenv > {0}.part\nmv {0}.part {0}\n",
        environment.display()
    );
    fs::write(&opener, script).unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let mut options = Options::signed_in(&apiframe);
    let path = std::env::var("PATH").unwrap();
    options
        .environment
        .push(("PATH", format!("{}:{path}", programs.path().display())));
    let window = Window::start(options);
    window.region("Composer").appears();
    window.button("Settings").click();
    window.button("Data folder").click();
    until(|| environment.exists(), || "nothing was opened".into());
    let inherited = fs::read_to_string(&environment).unwrap();
    assert!(inherited.contains("INBETWEEN_HOME="), "{inherited}");
    assert!(!inherited.contains(KEY), "an opened program has the key");

    let mine = format!("INBETWEEN_HOME={}", window.home().studio().display());
    let mut names = Vec::new();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let read = |name: &str| fs::read(process.path().join(name)).unwrap_or_default();
        let (environment, name) = (read("environ"), read("comm"));
        let name = String::from_utf8_lossy(&name).trim().to_owned();
        // This test gave the key to the driver, to start the program with.
        if !holds(&environment, &mine) || name.starts_with("WebKitWebDriver") {
            continue;
        }
        assert!(
            !holds(&environment, KEY),
            "the environment of {name} has it"
        );
        assert!(
            !holds(&read("cmdline"), KEY),
            "the command line of {name} has it"
        );
        names.push(name);
    }
    for program in ["inbetween", "WebKitWebProces", "WebKitNetworkPr"] {
        assert!(names.iter().any(|name| name == program), "{names:?}");
    }
}

#[test]
fn nothing_of_what_the_page_showed_is_left_on_the_disk_and_nothing_is_open_to_others() {
    let apiframe = Apiframe::start();
    let mut window = with_a_clip(Options::signed_in(&apiframe));
    window.button("Play: A lamp is lit").click();
    window.time_passes();
    window.button("Gallery…").click();
    let address = picture_address(&window);
    let token = address.split('/').nth(3).unwrap();
    assert_eq!(token.len(), 64, "{address}");
    let studio = window.home().studio();
    let is_private = |folder: &str| {
        let about = fs::metadata(studio.join(folder)).unwrap();
        assert_eq!(about.permissions().mode() & 0o077, 0, "{folder}");
    };
    for folder in ["library", "clips", "log", "web-view"] {
        is_private(folder);
    }
    for file in window.home().files() {
        let is_open = fs::metadata(&file).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
        let is_ours = ["library", "clips", "log", "draft.json"]
            .iter()
            .any(|name| file.starts_with(studio.join(name)));
        assert!(!(is_open && is_ours), "{} is open", file.display());
    }
    window.close();
    assert!(!studio.join("web-view").exists());
    for file in window.home().files() {
        let bytes = fs::read(&file).unwrap_or_default();
        assert!(!holds(&bytes, token), "{} has the token", file.display());
        let is_picture = bytes.starts_with(&[0xff, 0xd8, 0xff]);
        assert!(
            !is_picture || file.starts_with(&studio),
            "{} is a picture",
            file.display()
        );
    }
}

#[test]
fn whoever_connects_and_says_nothing_keeps_the_page_from_nothing() {
    let apiframe = Apiframe::start();
    let window = with_a_clip(Options::signed_in(&apiframe));
    let address = picture_address(&window);
    let server = address.split('/').nth(2).unwrap().to_owned();
    let silent: Vec<_> = (0..900)
        .filter_map(|_| TcpStream::connect(&server).ok())
        .collect();
    assert!(silent.len() > 800, "only {} connected", silent.len());
    window.button("Play: A lamp is lit").click();
    window.time_passes();
    drop(silent);
}

#[test]
fn the_page_can_not_be_led_elsewhere_open_a_window_or_store_a_file() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.region("Composer").appears();
    let here = window.page().run("return location.href", &[]);
    let address = format!("{}/elsewhere", apiframe.base_url());
    let before = apiframe.requests();
    let windows = || {
        let all = ["search", "--onlyvisible", "--class", "inbetween"];
        let found = window.display().hand(&all).unwrap_or_default();
        found.split_whitespace().count()
    };
    let windows_before = windows();
    for script in [
        "location.href = arguments[0]",
        "location.assign(arguments[0])",
        "window.open(arguments[0])",
        "const a = document.createElement('a'); a.href = arguments[0]; a.target = '_blank'; \
         document.body.append(a); a.click(); a.remove()",
        "const a = document.createElement('a'); a.href = arguments[0]; \
         document.body.append(a); a.click(); a.remove()",
        "const a = document.createElement('a'); a.download = 'stored.txt'; \
         a.href = URL.createObjectURL(new Blob(['stored'])); \
         document.body.append(a); a.click(); a.remove()",
        "const a = document.createElement('a'); a.download = 'stored.txt'; \
         a.href = 'data:text/plain,stored'; document.body.append(a); a.click(); a.remove()",
    ] {
        window.page().run(script, &[json!(address)]);
        window.is_painted();
    }
    assert_eq!(window.page().run("return location.href", &[]), here);
    window.textbox("Prompt").write("Still the same page");
    window.textbox("Prompt").holds("Still the same page");
    let elsewhere = apiframe.requests_from(before, "/elsewhere");
    assert_eq!(elsewhere, 0, "the page went there");
    let stored = window.home().files().into_iter().find(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.contains("stored") || fs::read(file).is_ok_and(|bytes| bytes == b"stored")
    });
    assert_eq!(stored, None);
    assert_eq!(windows(), windows_before, "another window opened");
}

#[test]
fn half_an_emoji_in_the_prompt_is_sent_as_a_whole_character() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    window.textbox("Prompt").appears();
    let script = "const box = document.getElementById('composer-prompt'); \
        box.value = 'A cat \\uD83D'; box.dispatchEvent(new Event('input', { bubbles: true }))";
    window.page().run(script, &[]);
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    apiframe.has_jobs(1);
    assert_eq!(apiframe.bodies()[0]["prompt"], "A cat \u{fffd}");
}

#[test]
fn a_text_without_an_end_is_cut_with_a_word_and_nothing_of_it_comes_back() {
    let apiframe = Apiframe::start();
    let mut window = Window::start(Options::signed_in(&apiframe));
    window.textbox("Prompt").click();
    let script = "document.execCommand('insertText', false, 'word '.repeat(1_000_000)); \
        return document.getElementById('composer-prompt').value.length";
    assert_eq!(window.page().run(script, &[]), json!(20_000));
    window.shows("This field takes at most 20,000 characters.");
    let draft = window.home().studio().join("draft.json");
    until(
        || fs::metadata(&draft).is_ok_and(|file| file.len() > 20_000),
        || "the draft is not kept".into(),
    );
    window.restart();
    window.textbox("Prompt").holds("word word");
    let kept = window.textbox("Prompt").property("value");
    assert_eq!(kept.as_str().unwrap().len(), 20_000);
}

#[test]
fn the_program_allows_itself_as_many_open_files_as_it_needs() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    let home = tempfile::tempdir().unwrap();
    let few = "ulimit -Sn 256; echo $$ >\"$INBETWEEN_HOME/process\"; exec \"$0\"";
    let _program = window.start_beside(
        &["sh", "-c", few, PROGRAM],
        &[("INBETWEEN_HOME", home.path().to_str().unwrap())],
    );
    let open_files = || {
        let process = fs::read_to_string(home.path().join("process")).ok()?;
        let limits = fs::read_to_string(format!("/proc/{}/limits", process.trim())).ok()?;
        let mut numbers = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max open files"))?
            .split_whitespace()
            // What is not a number is "unlimited".
            .map(|number| number.parse().unwrap_or(u64::MAX));
        Some((numbers.next()?, numbers.next()?))
    };
    until(
        || open_files().is_some_and(|(soft, hard)| soft == hard.min(8192)),
        || format!("the limits are {:?}", open_files()),
    );
}

#[test]
fn why_the_program_can_not_start_is_in_its_log() {
    let apiframe = Apiframe::start();
    let window = Window::start(Options::signed_in(&apiframe));
    let home = tempfile::tempdir().unwrap();
    let _program = window.start_another(&[
        ("INBETWEEN_HOME", home.path().to_str().unwrap()),
        ("APIFRAME_BASE_URL", "nonsense"),
    ]);
    let log = || said_in(&home.path().join("log"));
    until(
        || log().contains("APIFRAME_BASE_URL is not an address"),
        || format!("the log has: {}", log()),
    );
}

#[test]
fn without_a_desktop_the_program_says_so_on_the_terminal_and_in_its_log() {
    let home = tempfile::tempdir().unwrap();
    let done = Command::new(PROGRAM)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("HOME", home.path())
        .env("INBETWEEN_HOME", home.path().join("studio"))
        .env("APIFRAME_API_KEY", KEY)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("there is no desktop here"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let studio = home.path().join("studio");
    let log = said_in(&studio.join("log"));
    assert!(log.contains("there is no desktop here"), "{log}");
    assert!(!log.contains(KEY), "the log holds the key");
    let made = fs::read_dir(&studio).unwrap().flatten();
    let made: Vec<_> = made.map(|entry| entry.file_name()).collect();
    assert_eq!(made, ["log"], "nothing else is made");
}
