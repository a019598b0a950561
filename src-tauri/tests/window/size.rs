//! What very many clips cost. A part of `make bench`, because it measures the machine as well.

use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::harness::hand::example;
use crate::harness::slow_disk::slow_disk;
use crate::harness::{Options, Window};

const ROWS: &str = "100000";
/// Starts that are measured, of which the middle one counts.
const STARTS: usize = 5;
/// As on a disk that has to seek for each read.
const READ: Duration = Duration::from_millis(8);
/// The target: the window may take this much longer with all those clips.
const LONGER: f64 = 1.0;

#[test]
#[ignore = "measures the machine"]
fn how_long_a_window_takes_with_very_many_clips() {
    let mut window = Window::prepare(Options::default());
    for (name, value) in slow_disk(window.home(), READ) {
        window.set(name, value);
    }
    window.open();
    window.button("Use the sandbox").click();
    window.textbox("Prompt").write("Snow falls on the square");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button("Play: Snow falls on the square").appears();
    window.poster_shows("Snow falls on the square");
    window.close();
    let few = starts(&mut window);
    let filled = Command::new(example("many-clips"))
        .arg(window.home().studio())
        .arg(ROWS)
        .status();
    assert!(filled.is_ok_and(|done| done.success()), "no rows were made");
    let many = starts(&mut window);

    let millis = READ.as_millis();
    println!("From the start to the window, and to the first clip, where a read takes {millis} ms");
    for (clips, (painted, shown)) in [("1 clip", few), ("100,000 clips", many)] {
        println!("  {clips:14} {painted:6.2} s {shown:6.2} s");
    }
    let longer = many.0 - few.0;
    assert!(
        longer <= LONGER,
        "MISSED: {longer:.2} s longer (aim: {LONGER} s)"
    );
    println!("  ok      the window takes {longer:.2} s longer (aim: {LONGER} s)");
}

/// The seconds from a start to the first paint, and to the first clip.
fn starts(window: &mut Window) -> (f64, f64) {
    let (mut painted, mut shown) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let begun = SystemTime::now();
        let since = |at: SystemTime| at.duration_since(begun).unwrap_or_default().as_secs_f64();
        window.open();
        window.button("Play: Snow falls on the square").appears();
        shown.push(since(SystemTime::now()));
        painted.push(since(window.first_paint()));
        window.close();
    }
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[STARTS / 2]
    };
    (middle(&mut painted), middle(&mut shown))
}
