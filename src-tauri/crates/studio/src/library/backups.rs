//! Backups: whole copies of the library beside it, made by SQLite itself, so that each is a library
//! that can be opened as it is. One is made each day, and one before the library's schema changes;
//! the newest three are kept.
//!
//! A backup is made on its own connection, from a single snapshot of the library, in steps with
//! pauses between them: no reader or writer waits for it, and a slow disk stays free for others.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{self, StepResult};

use super::connections::open_to_read;
use super::{Library, LibraryError};
use crate::atomic_write;
use crate::generation::Millis;
use crate::private;

/// How many backups are kept.
const KEPT: usize = 3;
/// Pages that are copied per step: 1 MB.
const PAGES_A_STEP: i32 = 256;
/// The pause after a step. At least half of the time, the disk is free for others.
const PAUSE: Duration = Duration::from_millis(10);
const DAY: Millis = 24 * 3_600_000;
const FOLDER: &str = "backups";
const PREFIX: &str = "library-";
const SUFFIX: &str = ".sqlite";
/// The format of the time in a name: it sorts by age, and is valid in any file name.
const TIME: &str = "%Y-%m-%dT%H-%M-%S.%3fZ";

/// One backup.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Backup {
    pub(super) file: PathBuf,
    /// When it was made.
    pub(super) made: Millis,
}

impl Library {
    /// Makes a backup if the newest is more than a day old, and deletes the oldest. An empty
    /// library needs none. Returns whether one was made.
    ///
    /// # Errors
    /// SQLite's, or the disk's.
    pub fn back_up_daily(&self, now: Millis) -> Result<bool, LibraryError> {
        let newest = list(&self.folder).into_iter().next();
        // A clock that was set back must not delay it for years.
        if newest.is_some_and(|newest| (now - newest.made).abs() < DAY) {
            return Ok(false);
        }
        let some: bool = self.read(|connection| {
            Ok(
                connection.query_row("SELECT EXISTS (SELECT 1 FROM generations)", [], |row| {
                    row.get(0)
                })?,
            )
        })?;
        if some {
            // A damaged library must not replace a good backup.
            check(&self.folder)?;
            make(&self.folder, now)?;
        }
        Ok(some)
    }
}

/// Checks the whole file of the library in `folder`.
///
/// # Errors
/// [`LibraryError::Damaged`], or SQLite's.
pub(super) fn check(folder: &Path) -> Result<(), LibraryError> {
    let connection = open_to_read(&folder.join(super::FILE))?;
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" {
        Ok(())
    } else {
        Err(LibraryError::Damaged(said))
    }
}

/// Makes a backup now and deletes the oldest.
pub(super) fn make(folder: &Path, now: Millis) -> Result<(), LibraryError> {
    let backups = folder.join(FOLDER);
    private::make_folder(&backups)?;
    atomic_write::sweep(&backups);
    let time = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    let file = backups.join(format!("{PREFIX}{}{SUFFIX}", time.strftime(TIME)));
    let unfinished = atomic_write::unfinished_name(&file);
    // SQLite fills an empty file and keeps its mode.
    fs::File::create(&unfinished)?;
    private::close_file(&unfinished);
    copy(&folder.join(super::FILE), &unfinished)?;
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, &file)?;
    atomic_write::sync_folder(&backups)?;
    for old in list(folder).into_iter().skip(KEPT) {
        // One backup too many does no harm.
        let _ = fs::remove_file(old.file);
    }
    Ok(())
}

/// Copies the library as it is at this moment.
fn copy(library: &Path, target: &Path) -> Result<(), LibraryError> {
    let source = open_to_read(library)?;
    // With a transaction open, the copy does not see what is written meanwhile, and does not have
    // to start again.
    let moment = source.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut target = Connection::open(target)?;
    let copying = backup::Backup::new(&moment, &mut target)?;
    loop {
        match copying.step(PAGES_A_STEP)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(PAUSE),
        }
    }
}

/// The existing backups, newest first.
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
