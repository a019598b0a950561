//! A separate screen for one test: an X server that draws into a file, a window manager without
//! decorations, and a hand (xdotool) for what only a real pointer and a real keyboard can do.

use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::process::{Environment, Process, ask};
use super::wait::{until, until_some};

/// The main window fills the screen, so that a screenshot of the screen shows the program at
/// exactly that size. The test places everything else.
const WINDOW_MANAGER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <applications>
    <application class="*"><decor>no</decor><focus>yes</focus></application>
    <application class="Inbetween"><maximized>yes</maximized></application>
    <application class="Drag-source">
      <position force="yes"><x>-0</x><y>-0</y></position><layer>above</layer><focus>no</focus>
    </application>
  </applications>
</openbox_config>
"#;

/// A running X server.
pub struct Display {
    environment: Environment,
    pixels: PathBuf,
    _windows: Process,
    _server: Process,
}

impl Display {
    /// Starts the server on the first free display number, and the window manager on it.
    /// `environment` is the home's; the display's own environment adds `DISPLAY`.
    pub fn start(
        (width, height): (u32, u32),
        folder: &Path,
        logs: &Path,
        environment: &Environment,
    ) -> Self {
        let number = folder.join("display-number");
        let screen = format!("{width}x{height}x24");
        let folder_text = folder.display().to_string();
        // The number arrives on a file descriptor: standard output, redirected to a file.
        let start = format!(
            "exec Xvfb -displayfd 3 -screen 0 {screen} -fbdir '{folder_text}' -nolisten tcp -noreset 3>'{}'",
            number.display()
        );
        let mut server = Process::start(
            &["sh", "-c", &start],
            "",
            environment,
            &logs.join("display.log"),
        );
        let chosen = || {
            fs::read_to_string(&number)
                .ok()
                .filter(|text| text.ends_with('\n'))
        };
        server.wait_until("a display number", || chosen().is_some());
        let mut environment = environment.clone();
        environment.push((
            "DISPLAY".into(),
            format!(":{}", chosen().expect("it is there").trim()),
        ));

        let settings = folder.join("openbox.xml");
        fs::write(&settings, WINDOW_MANAGER).expect("the window manager's settings");
        let mut windows = Process::start(
            &[
                "openbox",
                "--sm-disable",
                "--config-file",
                &settings.display().to_string(),
            ],
            "",
            &environment,
            &logs.join("window-manager.log"),
        );
        windows.wait_until("managing windows", || {
            ask(&["xdotool", "get_num_desktops"], &environment).is_some()
        });
        Self {
            environment,
            pixels: folder.join("Xvfb_screen0"),
            _windows: windows,
            _server: server,
        }
    }

    /// The variables for programs that open windows here.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is on the screen now, read from the server's own memory: fast enough to be called many
    /// times a second.
    pub fn picture(&self) -> RgbImage {
        Screen::read(&self.pixels).picture()
    }

    /// The file behind [`Self::picture`], for a thread that watches the screen.
    pub fn pixels(&self) -> PathBuf {
        self.pixels.clone()
    }

    /// Runs xdotool and returns what it printed; `None` if it failed.
    pub fn hand(&self, arguments: &[&str]) -> Option<String> {
        let command: Vec<&str> = std::iter::once("xdotool")
            .chain(arguments.iter().copied())
            .collect();
        ask(&command, &self.environment)
    }

    /// Waits for a visible window whose title contains `title` and returns its id.
    pub fn window(&self, title: &str) -> String {
        self.find_window(&["--name", title])
    }

    /// Waits for a visible window of that program and returns its id.
    pub fn window_of(&self, program: &str) -> String {
        self.find_window(&["--class", program])
    }

    fn find_window(&self, by: &[&str]) -> String {
        let search = [&["search", "--onlyvisible"], by].concat();
        let found = || {
            let all = self.hand(&search).unwrap_or_default();
            all.split_whitespace().last().map(str::to_owned)
        };
        until_some(found, || format!("no window with {by:?} opened"))
    }

    /// Waits until a window is gone.
    pub fn closes(&self, window: &str) {
        let shown = || {
            let all = self
                .hand(&["search", "--onlyvisible", "--name", ""])
                .unwrap_or_default();
            all.split_whitespace().any(|one| one == window)
        };
        until(|| !shown(), || "the window stays open".into());
    }

    /// The position of a window on the screen: left, top, width, height.
    pub fn place(&self, window: &str) -> (i32, i32, i32, i32) {
        let printed = self
            .hand(&["getwindowgeometry", "--shell", window])
            .expect("the window is there");
        let value = |name: &str| {
            let line = printed
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .expect("its geometry");
            line.trim_start_matches('=').parse().expect("a number")
        };
        (value("X"), value("Y"), value("WIDTH"), value("HEIGHT"))
    }
}

/// The screen as Xvfb keeps it, in the format of `xwd`: a header of big-endian numbers, a
/// colour table, rows of blue, green, red and one unused byte.
pub struct Screen(Vec<u8>);

impl Screen {
    /// Reads the screen as it is at this moment.
    pub fn read(file: &Path) -> Self {
        let screen = Self(fs::read(file).expect("the screen can be read"));
        assert_eq!(
            (screen.number(1), screen.number(11)),
            (7, 32),
            "an xwd file with 32 bits a pixel"
        );
        screen
    }

    fn number(&self, index: usize) -> u32 {
        let at = index * 4;
        u32::from_be_bytes(self.0[at..at + 4].try_into().expect("four bytes"))
    }

    fn size(&self) -> (u32, u32) {
        (self.number(4), self.number(5))
    }

    /// The pixels of a row, as they are in the file.
    fn row(&self, y: u32) -> &[u8] {
        let start = self.number(0) + self.number(19) * 12 + y * self.number(12);
        &self.0[start as usize..][..self.number(4) as usize * 4]
    }

    /// The whole screen.
    pub fn picture(&self) -> RgbImage {
        let (width, height) = self.size();
        let pixels = (0..height)
            .flat_map(|y| self.row(y).chunks_exact(4))
            .flat_map(|p| [p[2], p[1], p[0]]);
        RgbImage::from_raw(width, height, pixels.collect()).expect("as many pixels as that")
    }

    /// The share of pixels that are nearly white, in percent. Every eighth pixel of every eighth
    /// row is enough to find an area, and fast enough to check many times a second.
    pub fn white(&self) -> usize {
        let rows = (0..self.size().1).step_by(8).map(|y| self.row(y));
        let mut looked = 0;
        let white = rows
            .flat_map(|row| row.chunks_exact(4).step_by(8))
            .inspect(|_| looked += 1)
            .filter(|pixel| pixel[..3].iter().all(|part| *part > 200))
            .count();
        white * 100 / looked
    }
}
