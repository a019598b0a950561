//! The report: a description of this installation, as plain text that the user can read before
//! mailing it to support.
//!
//! It is built only from facts that are passed in, so that this module alone decides what it may
//! say: no key, no prompt, no signed address, no name of the user's home folder. Problems come from
//! the log's own files, and are redacted once more on the way.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::library::StateCount;
use crate::redact::{redact, without_home};

/// What only the shell and its page can provide.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub version: String,
    /// The web view and its version.
    pub web_view: Option<String>,
    /// What the page can play, in its own words.
    pub plays: Option<String>,
}

/// The most problems that are listed: a few days' worth for most users, a screenful to mail.
const PROBLEMS: usize = 20;
/// How much of a log file is read, from its end.
const TAIL: u64 = 256 * 1024;
/// The most characters of one problem.
const LINE: usize = 400;

/// A folder and the free space on its disk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    pub name: &'static str,
    pub path: PathBuf,
    /// Bytes free, if the system says.
    pub free: Option<u64>,
}

/// What is known about the library.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LibraryFacts {
    /// How many generations there are of each state.
    pub states: Vec<StateCount>,
    /// How many clips' files are missing.
    pub missing: usize,
    /// The version of the file's format.
    pub version: i64,
    /// What is wrong with the file; empty if it is intact.
    pub wrong: Vec<String>,
}

/// Everything that a report says.
#[derive(Clone, Debug)]
pub struct Facts {
    pub at: jiff::Timestamp,
    /// One fact per line: a name and a value.
    pub lines: Vec<(&'static str, String)>,
    /// Where the program's folders are.
    pub places: Vec<Place>,
    /// The library, or why it can't be read.
    pub library: Result<LibraryFacts, String>,
    /// The last problems, oldest first.
    pub problems: Vec<String>,
    /// The user's home folder, to be left out.
    pub home: Option<PathBuf>,
}

impl Facts {
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` can't fail.
        let _ = writeln!(
            text,
            "Inbetween report, {}",
            self.at.strftime("%Y-%m-%d %H:%M UTC")
        );
        let _ = writeln!(text, "It holds no key, no prompt and no signed address.\n");
        for (name, said) in &self.lines {
            let _ = writeln!(text, "{name:<12}{said}");
        }
        for place in &self.places {
            let free = place.free.map_or_else(
                || "room not known".into(),
                |free| format!("{} free", size(free)),
            );
            let _ = writeln!(text, "{:<12}{} ({free})", place.name, place.path.display());
        }
        let _ = writeln!(text, "{:<12}{}", "Library", self.library_line());
        if let Ok(library) = &self.library {
            for wrong in &library.wrong {
                let _ = writeln!(text, "{:<12}{wrong}", "");
            }
        }
        text.push_str("\nLast problems\n");
        if self.problems.is_empty() {
            text.push_str("None in the log.\n");
        }
        for problem in &self.problems {
            let _ = writeln!(text, "{problem}");
        }
        without_home(&redact(&text), self.home.as_deref())
    }

    fn library_line(&self) -> String {
        let library = match &self.library {
            Ok(library) => library,
            Err(why) => return format!("can't be read: {why}"),
        };
        let all: u32 = library.states.iter().map(|one| one.count).sum();
        let by_state: Vec<_> = library
            .states
            .iter()
            .map(|one| format!("{} {}", one.count, one.state))
            .collect();
        let states = if by_state.is_empty() {
            String::new()
        } else {
            format!(" ({})", by_state.join(", "))
        };
        let health = if library.wrong.is_empty() {
            "file sound"
        } else {
            "FILE DAMAGED"
        };
        format!(
            "{all} generations{states}, {} clip files missing, version {}, {health}",
            library.missing, library.version
        )
    }
}

/// The last problems in the log files of a folder, oldest first, each on one line.
#[must_use]
pub fn problems(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|ending| ending == "log"))
        .collect();
    // The name contains the day.
    files.sort_unstable();
    let mut found: Vec<String> = Vec::new();
    for file in files.iter().rev() {
        let Ok(text) = tail(file) else { continue };
        let lines = text.lines().rev().filter(|line| is_problem(line));
        found.extend(lines.take(PROBLEMS - found.len()).map(shortened));
        if found.len() >= PROBLEMS {
            break;
        }
    }
    found.reverse();
    found
}

/// In the format of the log: the time, then the level.
fn is_problem(line: &str) -> bool {
    let level = line.split_whitespace().nth(1);
    matches!(level, Some("WARN" | "ERROR"))
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        None => line.to_owned(),
        Some((cut, _)) => format!("{}…", &line[..cut]),
    }
}

fn tail(file: &Path) -> std::io::Result<String> {
    let mut file = File::open(file)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn size(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn facts() -> Facts {
        Facts {
            at: "2026-11-22T12:00:00Z".parse().unwrap(),
            lines: vec![("Version", "0.1.0".into()), ("Key", "set".into())],
            places: vec![Place {
                name: "Clips",
                path: "/home/ada/Videos/Inbetween".into(),
                free: Some(12_340_000_000),
            }],
            library: Ok(LibraryFacts {
                states: vec![
                    StateCount {
                        state: "ready".into(),
                        count: 300,
                    },
                    StateCount {
                        state: "failed".into(),
                        count: 8,
                    },
                ],
                missing: 2,
                version: 2,
                wrong: Vec::new(),
            }),
            problems: vec![
                "2026-11-22T11:00:00Z  WARN x: /home/ada/a afk_live_123 https://h/p?sig=1".into(),
            ],
            home: Some("/home/ada".into()),
        }
    }

    #[test]
    fn a_report_says_what_helps_and_nothing_secret() {
        assert_eq!(
            facts().text(),
            "Inbetween report, 2026-11-22 12:00 UTC\n\
             It holds no key, no prompt and no signed address.\n\
             \n\
             Version     0.1.0\n\
             Key         set\n\
             Clips       ~/Videos/Inbetween (12.3 GB free)\n\
             Library     308 generations (300 ready, 8 failed), 2 clip files missing, \
             version 2, file sound\n\
             \n\
             Last problems\n\
             2026-11-22T11:00:00Z  WARN x: ~/a afk_… https://h/p?…\n"
        );
    }

    #[test]
    fn a_damaged_or_unreadable_library_is_said_so() {
        let mut one = facts();
        if let Ok(library) = &mut one.library {
            library.wrong = vec!["row 3 missing from index".into()];
        }
        assert!(one.text().contains("FILE DAMAGED"));
        assert!(one.text().contains("row 3 missing from index"));
        one.library = Err("disk I/O error".into());
        assert!(one.text().contains("can't be read: disk I/O error"));
    }

    #[test]
    fn only_the_last_problems_are_told_across_files_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let lines = |day: u32, many: u32| {
            let pairs: Vec<String> = (0..many)
                .map(|number| {
                    format!(
                        "2026-11-{day}T00:00:00.{number:03}Z  INFO quiet\n\
                         2026-11-{day}T00:00:00.{number:03}Z  WARN day {day} number {number}\n"
                    )
                })
                .collect();
            pairs.concat()
        };
        let write = |name: &str, text: String| {
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        write("inbetween.2026-11-20.log", lines(20, 50));
        write("inbetween.2026-11-21.log", lines(21, 4));
        write("notes.txt", lines(22, 9));
        let found = problems(folder.path());
        assert_eq!(found.len(), PROBLEMS);
        assert!(found[0].ends_with("day 20 number 34"), "{}", found[0]);
        assert!(found[19].ends_with("day 21 number 3"), "{}", found[19]);
        assert!(problems(&folder.path().join("nowhere")).is_empty());
    }

    #[test]
    fn a_huge_log_is_read_from_its_end_and_long_lines_are_cut() {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "2026-11-22T00:00:00Z  INFO quiet\n".repeat(100_000);
        text.push_str("2026-11-22T00:00:01Z ERROR ");
        text.push_str(&"ä".repeat(5000));
        std::fs::write(folder.path().join("inbetween.log"), text).unwrap();
        let found = problems(folder.path());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].chars().count(), LINE + 1);
    }
}
