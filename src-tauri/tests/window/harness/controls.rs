//! Records which controls the window tests saw, and which they used and then checked the effect of.
//! `scripts/test` fails if a control was seen and never used.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread::current;

/// The folder for the output of the tests, next to the screenshots of failures.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/test-results");

/// Records a control that was used and whose effect this test then checked.
pub fn used(role: &str, name: &str) {
    let test = current().name().unwrap_or("main").to_owned();
    append("controls-used", &format!("{}\t{test}\n", line(role, name)));
}

/// Records a control that the user can see.
pub fn seen(role: &str, name: &str) {
    append("controls-seen", &format!("{}\n", line(role, name)));
}

/// Appends to one of the files that `scripts/test` reads.
pub fn append(file: &str, text: &str) {
    fs::create_dir_all(FOLDER).expect("a folder for what the tests leave");
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(Path::new(FOLDER).join(file))
        .expect("the notes can be written");
    // In one write, because tests run in parallel.
    file.write_all(text.as_bytes()).expect("the notes grow");
}

/// Role and name without what differs from clip to clip: the text after a colon, and numbers.
fn line(role: &str, name: &str) -> String {
    let name = name.split_once(": ").map_or(name, |(kind, _)| kind);
    let mut general = String::new();
    for letter in name.chars() {
        if !letter.is_ascii_digit() {
            general.push(letter);
        } else if !general.ends_with('#') {
            general.push('#');
        }
    }
    format!("{role}\t{general}")
}
