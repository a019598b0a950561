//! A screen of its own for one test: an X server that draws into a file, a window
//! manager without decorations, and a hand (xdotool) for what only a real pointer and a
//! real keyboard can do.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};

use super::process::{Environment, Process, ask};

/// The main window fills the screen, so that a picture of the screen is a picture of the
/// program at exactly that size; everything else is placed by the test.
const WINDOW_MANAGER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <applications>
    <application class="*"><decor>no</decor><focus>yes</focus></application>
    <application class="Inbetween"><maximized>yes</maximized></application>
    <application class="Drag-source"><layer>above</layer><focus>no</focus></application>
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
    /// `environment` is the home's; the display's own has `DISPLAY` added.
    pub fn start(
        (width, height): (u32, u32),
        folder: &Path,
        logs: &Path,
        environment: &Environment,
    ) -> Self {
        let number = folder.join("display-number");
        let screen = format!("{width}x{height}x24");
        let folder_text = folder.display().to_string();
        // The number arrives on a file descriptor: standard output, sent to a file.
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

    /// What is on the screen now, read from the server's own memory: quick enough to be
    /// asked for many times a second.
    pub fn picture(&self) -> RgbImage {
        picture(&fs::read(&self.pixels).expect("the screen can be read"))
    }

    /// The file behind [`Self::picture`], for a thread that watches the screen.
    pub fn pixels(&self) -> PathBuf {
        self.pixels.clone()
    }

    /// Runs xdotool and gives back what it printed; `None` when it failed.
    pub fn hand(&self, arguments: &[&str]) -> Option<String> {
        let command: Vec<&str> = std::iter::once("xdotool")
            .chain(arguments.iter().copied())
            .collect();
        ask(&command, &self.environment)
    }

    /// Waits for a visible window whose title contains `title` and gives back its number.
    pub fn window(&self, title: &str, limit: Duration) -> String {
        let started = Instant::now();
        loop {
            let found = self
                .hand(&["search", "--onlyvisible", "--name", title])
                .unwrap_or_default();
            if let Some(id) = found.split_whitespace().last() {
                return id.to_owned();
            }
            assert!(
                started.elapsed() < limit,
                "no window called {title:?} opened in {limit:?}"
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// Where a window lies on the screen: left, top, width, height.
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

/// Reads a picture in the format of `xwd`, which Xvfb keeps its screen in: a header of
/// big-endian numbers, a colour table, rows of blue, green, red and one unused byte.
pub fn picture(file: &[u8]) -> RgbImage {
    let number = |index: usize| {
        let at = index * 4;
        u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes"))
    };
    let (width, height, row, colours) = (number(4), number(5), number(12), number(19));
    assert_eq!(
        (number(1), number(11)),
        (7, 32),
        "an xwd file with 32 bits a pixel"
    );
    let start = number(0) as usize + colours as usize * 12;
    RgbImage::from_fn(width, height, |x, y| {
        let at = start + y as usize * row as usize + x as usize * 4;
        Rgb([file[at + 2], file[at + 1], file[at]])
    })
}
