//! A walk through every screen, in dark and light, at two sizes. It is not a test: `make tour` runs
//! it. It leaves the screenshots and the clip it made in `.tour/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use image::RgbImage;
use sandbox::{Answer, Call, Fault};

use crate::harness::pictures::{self, DAWN, NIGHT};
use crate::harness::{Apiframe, KEY, Keychain, Options, Window};

/// Where the tour leaves its output.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tour");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What is shown unchanged in every language: names, keys, what the user and the server wrote, what
/// was read out before the language was changed, and dates, which follow the language's own rules.
/// Longer texts come before those that are parts of them.
const NOT_OURS: [&str; 19] = [
    "Inbetween",
    "Kling 3.0",
    "Ctrl",
    "Space",
    "Home",
    "Delete",
    "Enter",
    "The sun goes down behind the hills and the stars.mp4",
    "The sun goes down behind the hills and the stars come out",
    "The prompt was flagged",
    "Something that the model will not make",
    "Waves fold over the reef in slow motion",
    "first light.png",
    "night.jpg",
    "November",
    "Started: ",
    "Ready: ",
    "sandbox",
    "Sandbox",
];

/// One walk: a window of one size in one theme.
struct Walk {
    window: Window,
    suffix: String,
    shots: u32,
}

impl Walk {
    fn begin(options: Options) -> Self {
        let (width, height) = options.screen;
        let suffix = format!("{}-{width}x{height}", options.theme);
        Self {
            window: Window::start(options),
            suffix,
            shots: 0,
        }
    }

    fn look(&mut self, name: &str) {
        let picture = self.picture();
        self.window.page().note_controls();
        self.shots += 1;
        picture.save(self.file(name)).unwrap();
        self.look_in_pseudo_language(name);
    }

    /// A screenshot once nothing moves any more.
    fn picture(&self) -> RgbImage {
        // A busy machine paints late, and a still picture may still be an old one.
        self.window.is_painted();
        std::thread::sleep(Duration::from_millis(1500));
        let mut before = self.window.display().picture();
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(300));
            let now = self.window.display().picture();
            if now == before {
                break;
            }
            before = now;
        }
        before
    }

    fn file(&self, name: &str) -> PathBuf {
        folder().join(format!("{:02}-{name}-{}.png", self.shots, self.suffix))
    }

    /// The same screen in the pseudo-language, with texts that are two fifths longer: any English
    /// that is left is not in the catalogue.
    fn look_in_pseudo_language(&self, name: &str) {
        let page = self.window.page();
        page.speak_pseudo(true);
        let picture = self.picture();
        let plain = page.plain_words(&NOT_OURS);
        picture.save(self.file(&format!("{name}-pseudo"))).unwrap();
        page.speak_pseudo(false);
        self.window.is_painted();
        assert!(
            plain.is_empty(),
            "on the screen {name:?} these words are in no catalogue: {plain:#?}"
        );
    }
}

fn walk(screen: (u32, u32), theme: &'static str) {
    let apiframe = Apiframe::start();
    from_the_key_to_the_ledger(screen, theme, &apiframe);
    elsewhere(screen, theme, &apiframe);
    other_beginnings(screen, theme, &apiframe);
}

fn from_the_key_to_the_ledger(screen: (u32, u32), theme: &'static str, apiframe: &Apiframe) {
    let mut walk = Walk::begin(Options {
        screen,
        theme,
        ..Options::at(apiframe)
    });
    let desk = walk.window.home().desktop();
    let (start, end) = (desk.join("first light.png"), desk.join("night.jpg"));
    pictures::write_png(&pictures::landscape((1600, 900), DAWN), &start);
    pictures::write_turned_jpeg(&pictures::landscape((1600, 900), NIGHT), &end);

    walk.window.textbox("Apiframe API key").appears();
    walk.look("welcome");
    walk.window
        .textbox("Apiframe API key")
        .keys("afk_0000111122223333444455556666");
    walk.window.button("Continue").click();
    walk.window.page().find("alert", "").appears();
    walk.look("welcome-wrong-key");
    walk.window.textbox("Apiframe API key").write(KEY);
    walk.window.button("Continue").click();
    walk.window.region("Composer").appears();
    walk.look("empty");

    let slot = walk.window.button("Start frame");
    walk.window.drag_file_onto(&slot, &start);
    walk.window.button("Remove the start frame").appears();
    walk.window.button("End frame").click();
    walk.window.pick_in_dialog("Choose the end frame", &end);
    walk.window.button("Remove the end frame").appears();
    walk.window
        .textbox("Prompt")
        .write("The sun goes down behind the hills and the stars come out");
    walk.look("composer");

    walk.window.button("Generate…").click();
    walk.window.button("Play…").appears();
    walk.window.poster_shows("The sun goes down");
    apiframe.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("The prompt was flagged")),
    );
    walk.window
        .textbox("Prompt")
        .write("Something that the model will not make");
    walk.window.button("Generate…").click();
    walk.window
        .page()
        .find("button", "Failed: Something…")
        .appears();
    apiframe.hold();
    walk.window
        .textbox("Prompt")
        .write("Waves fold over the reef in slow motion");
    walk.window.choice("Quality", "4K 2160p").click();
    walk.window.button("Generate…").click();
    walk.window.button("Rendering: Waves…").appears();
    apiframe.has_jobs(3);
    walk.look("gallery");

    let running = walk.window.button("Rendering: Waves…");
    walk.window.press_card(&running);
    walk.window.region("Viewer").appears();
    walk.look("running");
    walk.window.button("Gallery…").click();

    let failed = walk.window.page().find("button", "Failed: Something…");
    walk.window.press_card(&failed);
    walk.window.region("Viewer").appears();
    walk.look("failed");
    walk.window.button("Gallery…").click();

    walk.window.button("Play: The sun…").click();
    walk.window.time_passes();
    walk.window.pause_film();
    walk.look("viewer");
    walk.window.button("Gallery…").click();

    walk.window.button("Settings").click();
    walk.window.page().find("dialog", "Settings").appears();
    walk.look("settings");
    walk.window.button("Credit history…").click();
    walk.window
        .page()
        .find("dialog", "Credit history")
        .appears();
    walk.look("credits");
    walk.window.button("Change limits…").click();
    walk.window.page().find("dialog", "Settings").appears();
    walk.window.button("Keys").click();
    walk.window
        .page()
        .find("dialog", "Keyboard shortcuts")
        .appears();
    walk.look("keys");
    walk.window.button("Close").click();
    walk.window.button("Settings").click();
    walk.window.textbox("Daily limit").write("100\t");
    walk.window.button("Close").click();
    walk.window.button("Generate…").click();
    walk.window.button("Limits").appears();
    walk.look("limit");
    for clip in walk.window.clips() {
        fs::copy(&clip, folder().join(clip.file_name().unwrap())).unwrap();
    }
}

/// The first screens if there is no keychain, and in the sandbox.
fn other_beginnings(screen: (u32, u32), theme: &'static str, apiframe: &Apiframe) {
    let absent = Options {
        screen,
        theme,
        keychain: Keychain::Absent,
        ..Options::at(apiframe)
    };
    let mut walk = Walk::begin(absent);
    walk.shots = 20;
    walk.window.button("Try again").appears();
    walk.look("keychain-absent");
    drop(walk);

    let mut walk = Walk::begin(Options {
        screen,
        theme,
        ..Options::at(apiframe)
    });
    walk.shots = 30;
    walk.window.button("Use the sandbox").click();
    walk.window.region("Composer").appears();
    walk.look("sandbox");
}

/// What another library shows of the same account: jobs to import, a clip whose file is missing,
/// and a clips folder that can't be reached.
fn elsewhere(screen: (u32, u32), theme: &'static str, apiframe: &Apiframe) {
    let mut walk = Walk::begin(Options {
        screen,
        theme,
        ..Options::signed_in(apiframe)
    });
    walk.shots = 10;
    walk.window.button("Settings").click();
    let drive = walk.window.home().desktop().join("Drive");
    fs::create_dir_all(&drive).unwrap();
    walk.window.button("Change…").click();
    walk.window
        .pick_in_dialog("Choose where clips are saved", &drive);
    walk.window.shows(&drive.display().to_string());
    walk.window.button("Import from Apiframe…").click();
    walk.window.button("Import: The sun…").appears();
    walk.look("bring-in");
    walk.window.button("Import: The sun…").click();
    walk.window.button("Close").click();
    walk.window.button("Play: The sun…").appears();
    walk.window.poster_shows("The sun goes down");
    fs::rename(&drive, drive.with_file_name("Drive, unplugged")).unwrap();
    walk.window.page().find("list", "Notices").appears();
    walk.window.button("Play: The sun…").click();
    walk.window.region("Viewer").appears();
    walk.window.button("Find it…").appears();
    walk.look("missing-file");
    walk.window.button("Gallery…").click();
    walk.look("notice");
}

/// One of the four also runs with the tests: some test has to use what it sees.
#[test]
fn small_and_dark() {
    walk((1280, 800), "dark");
}

#[test]
#[ignore = "not a test: make tour runs it"]
fn small_and_light() {
    walk((1280, 800), "light");
}

#[test]
#[ignore = "not a test: make tour runs it"]
fn large_and_dark() {
    walk((1920, 1080), "dark");
}

#[test]
#[ignore = "not a test: make tour runs it"]
fn large_and_light() {
    walk((1920, 1080), "light");
}
