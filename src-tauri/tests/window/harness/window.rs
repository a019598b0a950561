//! The program in a real window, with everything around it, for one test.

use std::cell::Cell;
use std::fs;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::current;
use std::time::{Duration, Instant, SystemTime};

use image::imageops::crop_imm;
use serde_json::json;

use super::apiframe::{Apiframe, KEY};
use super::controls;
use super::display::Display;
use super::hand;
use super::home::Home;
use super::page::{Found, Page};
use super::pictures::{self, Quarters};
use super::process::{Environment, Process};
use super::seat::Seat;
use super::session::{Keychain, Session};
use super::wait::until;

/// The program under test, as cargo built it for these tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_inbetween");

/// What a test starts with. `..Options::default()` fills in the rest.
pub struct Options {
    /// The screen, in pixels; the window fills it.
    pub screen: (u32, u32),
    /// The state of the keychain.
    pub keychain: Keychain,
    /// More environment variables for the program, for example `APIFRAME_API_KEY`.
    pub environment: Vec<(&'static str, String)>,
    /// The theme that was chosen in the settings before the start: `dark`, `light`, `system`.
    pub theme: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            screen: (1280, 800),
            keychain: Keychain::Open,
            environment: Vec::new(),
            theme: "dark",
        }
    }
}

impl Options {
    /// A program that talks to this Apiframe and has no key yet.
    pub fn at(apiframe: &Apiframe) -> Self {
        Self {
            environment: vec![("APIFRAME_BASE_URL", apiframe.base_url())],
            ..Self::default()
        }
    }

    /// A program that gets the account's key from the environment.
    pub fn signed_in(apiframe: &Apiframe) -> Self {
        let mut options = Self::at(apiframe);
        options
            .environment
            .push(("APIFRAME_API_KEY", KEY.to_owned()));
        options
    }
}

/// The running program with its own home, display, bus and keychain. Dropping it ends them all; if
/// the test failed, it leaves screenshots and logs in `test-results/`.
pub struct Window {
    name: String,
    // In the order in which they have to end.
    page: Option<Page>,
    session: Session,
    display: Display,
    environment: Environment,
    home: Home,
    begun: Instant,
    _seat: Seat,
}

impl Window {
    /// Starts everything and waits for the page.
    #[track_caller]
    pub fn start(options: Options) -> Self {
        let mut window = Self::prepare(options);
        window.open();
        window
    }

    /// Starts everything except the program.
    #[track_caller]
    pub fn prepare(options: Options) -> Self {
        let name = match current().name() {
            Some(name) if name != "main" => name.replace("::", "-"),
            // With one test at a time the test runner uses the main thread.
            _ => format!("line-{}", Location::caller().line()),
        };
        let seat = Seat::take();
        let home = Home::new();
        let preferences = json!({ "theme": options.theme }).to_string();
        fs::write(home.studio().join("preferences.json"), preferences).expect("the preferences");
        let folder = home.path("run/display");
        fs::create_dir(&folder).expect("a folder for the screen");
        let display = Display::start(options.screen, &folder, &home.logs(), &home.environment());
        let session = Session::start(&home, options.keychain, display.environment());
        let mut environment = session.environment().clone();
        environment.extend(
            options
                .environment
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        Self {
            name,
            page: None,
            session,
            display,
            environment,
            home,
            begun: Instant::now(),
            _seat: seat,
        }
    }

    /// Sets a variable for the program, from its next start on.
    pub fn set(&mut self, name: &str, value: String) {
        self.environment.push((name.into(), value));
    }

    /// Starts the program, which must not be running.
    pub fn open(&mut self) {
        assert!(self.page.is_none(), "the program runs already");
        self.page = Some(Page::open(
            Path::new(PROGRAM),
            &self.environment,
            &self.home.logs(),
        ));
    }

    /// Closes the window as a user does and waits until the program has ended.
    pub fn close(&mut self) {
        let window = self.frame();
        self.display
            .hand(&["windowfocus", "--sync", &window])
            .expect("the window takes the keyboard");
        self.display
            .hand(&["key", "alt+F4"])
            .expect("the keys are pressed");
        self.ends();
    }

    /// Kills the program as a crash or a power cut would.
    pub fn kill9(&mut self) {
        for process in self.processes() {
            let _ = Command::new("kill")
                .args(["-KILL", &process])
                .stderr(Stdio::null())
                .status();
        }
        self.ends();
    }

    /// Closes the window and starts the program again.
    pub fn restart(&mut self) {
        self.close();
        self.open();
    }

    /// Starts the program a second time while the first one runs, and waits for it to end. Returns
    /// what it printed and whether it succeeded.
    pub fn start_once_more(&self) -> (String, bool) {
        let done = Command::new(PROGRAM)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .output()
            .expect("the program starts");
        let said = [done.stdout, done.stderr].concat();
        (
            String::from_utf8_lossy(&said).into_owned(),
            done.status.success(),
        )
    }

    /// Starts the program again on the same desktop, with these variables besides.
    pub fn start_another(&self, variables: &[(&str, &str)]) -> Process {
        self.start_beside(&[PROGRAM], variables)
    }

    /// Starts a command that runs the program on the same desktop, with these variables besides.
    pub fn start_beside(&self, command: &[&str], variables: &[(&str, &str)]) -> Process {
        let mut environment = self.environment.clone();
        environment.extend(
            variables
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        let log = self.home.logs().join("another.log");
        Process::start(command, "", &environment, &log)
    }

    /// Minimises the window.
    pub fn minimise(&self) {
        let window = self.frame();
        self.display
            .hand(&["windowminimize", "--sync", &window])
            .expect("the window goes away");
    }

    /// Waits until the file manager or the browser was asked to open this.
    pub fn opens(&self, part: &str) {
        self.wait_for("another program", || self.home.opened().contains(part));
        self.page().looked();
    }

    /// Waits until the keyboard focus is on this control, given as role and name.
    pub fn keyboard_is_on(&self, control: &str) {
        until(
            || self.page().focus() == control,
            || format!("the keyboard is on {}", self.page().focus()),
        );
    }

    /// The position of an element on the screen: left, top, width, height.
    pub fn area_of(&self, selector: &str) -> (u32, u32, u32, u32) {
        let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect(); \
            return [box.x, box.y, box.width, box.height].map(Math.round)";
        let place: [u32; 4] =
            serde_json::from_value(self.page().run(script, &[json!(selector)])).expect("a place");
        let (left, top, _, _) = self.display.place(&self.frame());
        let [x, y, width, height] = place;
        (
            x.saturating_add_signed(left),
            y.saturating_add_signed(top),
            width,
            height,
        )
    }

    /// Waits until the window has the keyboard focus.
    pub fn is_in_front(&self) {
        let window = self.frame();
        self.wait_for("the window in front", || {
            let active = self.display.hand(&["getactivewindow"]);
            active.is_some_and(|active| active.trim() == window.trim())
        });
    }

    fn ends(&mut self) {
        until(
            || self.processes().is_empty(),
            || "the program does not end".into(),
        );
        self.page = None;
    }

    /// The ids of the processes of this test's program.
    fn processes(&self) -> Vec<String> {
        let mine = format!("INBETWEEN_HOME={}", self.home.studio().display());
        let all = fs::read_dir("/proc")
            .expect("the list of processes")
            .flatten();
        all.filter(|process| {
            fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == Path::new(PROGRAM))
                && fs::read(process.path().join("environ")).is_ok_and(|all| {
                    all.split(|byte| *byte == 0)
                        .any(|one| one == mine.as_bytes())
                })
        })
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect()
    }

    /// The page of the running program.
    pub fn page(&self) -> &Page {
        self.page.as_ref().expect("the program runs")
    }

    /// The user's home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The screen.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// The desktop session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The main window's id on the display.
    pub fn frame(&self) -> String {
        self.display.window("^Inbetween")
    }

    /// A button; a name that ends with `…` is only the start of its name.
    pub fn button(&self, name: &str) -> Found<'_> {
        self.page().find("button", name)
    }

    /// A text box by its label.
    pub fn textbox(&self, name: &str) -> Found<'_> {
        self.page().find("textbox", name)
    }

    /// A region of the page: "Composer", "Gallery".
    pub fn region(&self, name: &str) -> Found<'_> {
        self.page().find("region", name)
    }

    /// One of the choices of a radio group.
    pub fn choice(&self, group: &str, name: &str) -> Found<'_> {
        self.page().find("radiogroup", group).find("radio", name)
    }

    /// Waits until the page shows the text.
    pub fn shows(&self, text: &str) {
        self.page().shows(text);
    }

    /// Drags a file from another program onto something in the page.
    pub fn drag_file_onto(&self, target: &Found<'_>, file: &Path) {
        self.drag_files_onto(target, &[file], || {});
    }

    /// Drags files onto something in the page and calls `before_drop` while they hover over it.
    pub fn drag_files_onto(&self, target: &Found<'_>, files: &[&Path], before_drop: impl FnOnce()) {
        let to = hand::on_screen(&self.display, &self.frame(), target);
        hand::drag(
            &self.display,
            &self.environment,
            &self.home.logs(),
            files,
            to,
            before_drop,
        );
    }

    /// Chooses a file in the dialog that is opening; `title` is a part of its title.
    pub fn pick_in_dialog(&self, title: &str, file: &Path) {
        hand::pick(&self.display, title, file);
    }

    /// Names the file to write in the dialog that is opening; `title` is a part of its title.
    pub fn save_in_dialog(&self, title: &str, file: &Path) {
        hand::save_as(&self.display, title, file);
    }

    /// The finished clips on disk, in the order of their names. Fails if there is an unfinished one
    /// among them.
    pub fn clips(&self) -> Vec<PathBuf> {
        let folder = self.home.studio().join("clips");
        let files = self.home.files().into_iter();
        let all = files.filter(|file| file.starts_with(&folder));
        let mut clips: Vec<PathBuf> = all
            .filter(|file| {
                assert!(
                    file.extension().is_none_or(|it| it != "part"),
                    "{} is unfinished",
                    file.display()
                );
                file.extension().is_some_and(|it| it == "mp4")
            })
            .collect();
        clips.sort();
        clips
    }

    /// Makes a short clip from each of these prompts and waits until all of them can be played.
    pub fn make_clips(&self, prompts: &[&str]) {
        self.choice("Quality", "Standard 720p").click();
        // Two steps to the left: three seconds.
        self.page()
            .find("slider", "Length")
            .keys("\u{e012}\u{e012}");
        self.shows("3 s");
        for prompt in prompts {
            self.textbox("Prompt").write(prompt);
            self.button("Generate…").click();
            self.page().find("list", "Clips…").appears();
            self.shows(prompt);
        }
        for prompt in prompts {
            self.button(&format!("Play: {prompt}")).appears();
        }
    }

    /// How many video elements the page has.
    pub fn videos(&self) -> u64 {
        self.page()
            .run("return document.querySelectorAll('video').length", &[])
            .as_u64()
            .expect("a number")
    }

    /// Waits until the card of this prompt shows its poster, decoded.
    pub fn poster_shows(&self, prompt: &str) {
        let script = "const picture = [...document.querySelectorAll('[role=listitem]')] \
            .find((card) => card.textContent.includes(arguments[0]))?.querySelector('img'); \
            return !!picture && picture.src.includes('/poster/') && picture.complete && picture.naturalWidth > 0";
        self.wait_for("the poster", || {
            self.page().run(script, &[json!(prompt)]) == json!(true)
        });
    }

    /// Waits until the playing clip has moved on by half a second, or has ended.
    pub fn time_passes(&self) {
        let time = || {
            let script = "const film = document.querySelector('video'); \
                return film?.ended ? null : (film?.currentTime ?? 0)";
            self.page().run(script, &[]).as_f64()
        };
        let begin = time().unwrap_or_default();
        self.wait_for("the clip to play", || {
            time().is_none_or(|now| now > begin + 0.5)
        });
    }

    /// Pauses the clip in the viewer. A short one is over before a busy machine finds the button,
    /// so it loops until then.
    pub fn pause_film(&self) {
        self.button("Loop").click();
        let script = "return document.querySelector('video').ended";
        if self.page().run(script, &[]) == json!(true) {
            self.button("Play…").click();
        }
        self.button("Pause…").click();
        self.button("Play…").appears();
        self.button("Loop").click();
    }

    /// When the page first painted something.
    pub fn first_paint(&self) -> SystemTime {
        let script = "const paint = performance.getEntriesByName('first-contentful-paint')[0]; \
            return paint ? performance.timeOrigin + paint.startTime : null";
        let painted = || self.page().run(script, &[]).as_f64();
        self.wait_for("the first paint", || painted().is_some());
        SystemTime::UNIX_EPOCH
            + Duration::from_secs_f64(painted().expect("it was painted") / 1000.0)
    }

    /// Waits until the viewer's video, as it appears on the screen, shows these quarters; `what`
    /// says what it should be showing. While the video seeks, the previous frame is still visible
    /// under it: that does not count.
    pub fn video_shows(&self, what: &str, expected: Quarters) {
        let seeking = "return document.querySelector('video').seeking";
        self.wait_for("the end of the seek", || {
            self.page().run(seeking, &[]) == json!(false)
        });
        let script = "const box = document.querySelector('video').getBoundingClientRect(); \
            return [box.x, box.y, box.width, box.height].map(Math.round)";
        let place: [u32; 4] =
            serde_json::from_value(self.page().run(script, &[])).expect("a place");
        let (left, top, _, _) = self.display.place(&self.frame());
        let [x, y, width, height] = place;
        let (x, y) = (x.saturating_add_signed(left), y.saturating_add_signed(top));
        let seen = Cell::new(Quarters::default());
        let look = || {
            let screen = self.display.picture();
            seen.set(pictures::colours(
                &crop_imm(&screen, x, y, width, height).to_image(),
            ));
            pictures::alike(seen.get(), expected)
        };
        until(look, || {
            format!("{what} shows {:?}, not {expected:?}", seen.get())
        });
    }

    /// Waits until the page has painted what it shows now.
    pub fn is_painted(&self) {
        let ask = "window.painted = false; \
            requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = true; }))";
        self.page().run(ask, &[]);
        self.wait_for("a new picture", || {
            self.page().run("return window.painted", &[]) == json!(true)
        });
    }

    fn wait_for(&self, what: &str, ready: impl Fn() -> bool) {
        until(ready, || {
            format!(
                "waited in vain for {what}; the page shows:\n{}",
                self.page().text()
            )
        });
    }

    /// Locks the keychain. The program must not be running.
    pub fn lock_keychain(&mut self) {
        assert!(self.page.is_none(), "the program still uses the keychain");
        self.session.lock_keychain(&self.home);
    }

    /// Answers the keychain's own window, which asks for its password: with the password, or by
    /// pressing Escape.
    pub fn answer_keychain(&self, password: Option<&str>) {
        hand::answer_prompt(&self.display, password);
    }

    /// What the program and the driver printed, and the program's own log files.
    pub fn logs(&self) -> String {
        let mut all = fs::read_to_string(self.home.logs().join("program.log")).unwrap_or_default();
        for file in self.program_logs() {
            all += &String::from_utf8_lossy(&fs::read(file).unwrap_or_default());
        }
        all
    }

    fn program_logs(&self) -> Vec<PathBuf> {
        let is_log = |file: &PathBuf| {
            file.components()
                .any(|part| part.as_os_str() == "logs" || part.as_os_str() == "log")
                || file.extension().is_some_and(|extension| extension == "log")
        };
        self.home
            .files()
            .into_iter()
            .filter(|file| file.starts_with(self.home.studio()) && is_log(file))
            .collect()
    }

    /// Saves what is needed to see why a test failed, and prints where it is.
    fn leave_evidence(&self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("test-results")
            .join(&self.name);
        let _ = fs::remove_dir_all(&folder);
        if fs::create_dir_all(&folder).is_err() {
            return;
        }
        let _ = self.display.picture().save(folder.join("screen.png"));
        if let Some(picture) = self.page.as_ref().and_then(Page::picture) {
            let _ = fs::write(folder.join("page.png"), picture);
        }
        if let Some(Ok(source)) = self
            .page
            .as_ref()
            .map(|page| page.try_run("return document.documentElement.outerHTML", &[]))
        {
            let _ = fs::write(
                folder.join("page.html"),
                source.as_str().unwrap_or_default(),
            );
        }
        for log in self.program_logs() {
            let name = log.file_name().unwrap_or_default().to_os_string();
            let _ = fs::copy(
                &log,
                folder.join(Path::new("inbetween-").with_file_name(name)),
            );
        }
        for printed in fs::read_dir(self.home.logs())
            .into_iter()
            .flatten()
            .flatten()
        {
            let _ = fs::copy(printed.path(), folder.join(printed.file_name()));
        }
        println!(
            "Pictures and logs of this failure are in {}",
            folder.display()
        );
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let seconds = self.begun.elapsed().as_secs();
        controls::append("times", &format!("{seconds}\twindow: {}\n", self.name));
        if std::thread::panicking() {
            self.leave_evidence();
        }
    }
}
