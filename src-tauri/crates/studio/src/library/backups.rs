//! Backups: whole copies of the library beside it, made by SQLite itself (`VACUUM INTO`), so
//! that each is a library that can be opened as it is. One a day, one before the library's
//! form changes; the newest three are kept.
//!
//! A library of 2,000 generations has about 4 MB and is copied in well under a second.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{Library, LibraryError};
use crate::durable;
use crate::generation::Millis;
use crate::private;

/// How many are kept.
const KEPT: usize = 3;
const DAY: Millis = 24 * 3_600_000;
const FOLDER: &str = "backups";
const PREFIX: &str = "library-";
const SUFFIX: &str = ".sqlite";
/// The form of the time in a name: sorts by age, and stands in any file name.
const TIME: &str = "%Y-%m-%dT%H-%M-%S.%3fZ";

/// One backup.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Backup {
    pub(super) file: PathBuf,
    /// When it was made.
    pub(super) made: Millis,
}

impl Library {
    /// Makes a backup if the newest is more than a day away, and drops the oldest. An empty
    /// library needs none. Says whether one was made.
    ///
    /// # Errors
    /// SQLite's, or the disk's.
    pub fn back_up_daily(&self, now: Millis) -> Result<bool, LibraryError> {
        let newest = list(&self.folder).into_iter().next();
        // A clock that was set back must not put it off for years.
        if newest.is_some_and(|newest| (now - newest.made).abs() < DAY) {
            return Ok(false);
        }
        self.with(|connection| {
            let some: bool =
                connection.query_row("SELECT EXISTS (SELECT 1 FROM generations)", [], |row| {
                    row.get(0)
                })?;
            if some {
                make(connection, &self.folder, now)?;
            }
            Ok(some)
        })
    }
}

/// Makes a backup now and drops the oldest.
pub(super) fn make(
    connection: &Connection,
    folder: &Path,
    now: Millis,
) -> Result<(), LibraryError> {
    let backups = folder.join(FOLDER);
    private::make_folder(&backups)?;
    durable::sweep(&backups);
    let time = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    let file = backups.join(format!("{PREFIX}{}{SUFFIX}", time.strftime(TIME)));
    let unfinished = durable::unfinished_name(&file);
    // SQLite fills an empty file and keeps its mode.
    fs::File::create(&unfinished)?;
    private::close_file(&unfinished);
    connection.execute("VACUUM INTO ?1", [unfinished.to_string_lossy()])?;
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, &file)?;
    durable::sync_folder(&backups)?;
    for old in list(folder).into_iter().skip(KEPT) {
        // One too many is no harm.
        let _ = fs::remove_file(old.file);
    }
    Ok(())
}

/// The backups there are, newest first.
pub(super) fn list(folder: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(folder.join(FOLDER)) else {
        return Vec::new();
    };
    let mut found: Vec<Backup> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let time = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
            let made = jiff::civil::DateTime::strptime(TIME, time).ok()?;
            let made = made.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            Some(Backup {
                file: entry.path(),
                made: made.timestamp().as_millisecond(),
            })
        })
        .collect();
    found.sort_by_key(|backup| std::cmp::Reverse(backup.made));
    found
}
