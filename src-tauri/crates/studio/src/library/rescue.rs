//! Opening a library whose file is damaged: the file is set aside, never deleted, and the newest
//! good backup takes its place.
//!
//! The backup is prepared in a folder of its own and gets the library's name last, in one step. If
//! the program is stopped on the way, the damaged file is still there, or there is none. A missing
//! or empty file beside backups also counts as damage, so the next start repeats the rescue.
//!
//! The backup does not contain what happened after it was made. So nothing in it that was unsent is
//! sent now: it may have been sent, and paid for, since. Such generations become uncertain, and
//! only the account's own list, or the user, decides what becomes of them. The engine imports clips
//! that are on the disk but not in the backup.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, named_params};

use super::records::json;
use super::{Library, LibraryError, backups};
use crate::generation::{Failure, Millis};
use crate::private;

/// A file which records that the library was found damaged while it was in use.
const DAMAGED: &str = "damaged";
/// The folder beside the library in which a backup is prepared.
const WORKSHOP: &str = "rescue";

/// What was done to open a library that was damaged or missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rescue {
    /// Where the damaged file is now; `None` if there was none.
    pub set_aside: Option<PathBuf>,
    /// When the backup in its place was made; `None` if there was none and the library is new.
    pub backup: Option<Millis>,
}

impl Library {
    /// Opens the library in `folder` and checks its file. A damaged file is set aside and replaced
    /// by the newest good backup. A library that is newly created is also reported as a rescue: if
    /// the folder of an older one was deleted, its clips may still be there.
    ///
    /// # Errors
    /// As [`Library::open`], except for damage.
    pub fn open_or_rescue(
        folder: &Path,
        now: Millis,
        doubt: &Failure,
    ) -> Result<(Self, Option<Rescue>), LibraryError> {
        if is_lost(folder) {
            tracing::error!("the library's file is gone or empty");
            return rescue(folder, now, doubt);
        }
        if !folder.join(super::FILE).exists() {
            let begun = Rescue {
                set_aside: None,
                backup: None,
            };
            return Ok((Library::open_at(folder, now)?, Some(begun)));
        }
        // A complete check of a large library takes time, so it is done here only if there is a
        // reason; otherwise in the background, before each backup.
        let opened = if ended_badly(folder) {
            open_whole(folder, now)
        } else {
            Library::open_at(folder, now)
        };
        match opened {
            Err(error) if is_damage(&error) => {
                tracing::error!(?error, "the library is damaged");
                rescue(folder, now, doubt)
            }
            opened => {
                let library = opened?;
                // Checked, and sound.
                let _ = fs::remove_file(folder.join(DAMAGED));
                Ok((library, None))
            }
        }
    }

    /// Records that the file was found damaged, so that the next start deals with it.
    pub fn mark_damaged(&self) {
        if let Err(error) = fs::write(self.folder.join(DAMAGED), b"") {
            tracing::error!(?error, "the damaged library could not be marked");
        }
    }
}

/// Whether there was a library here whose file is now missing or empty. An empty file is never a
/// new library, but SQLite would treat it as one.
fn is_lost(folder: &Path) -> bool {
    match fs::metadata(folder.join(super::FILE)) {
        Ok(file) => file.len() == 0,
        Err(_) => !backups::list(folder).is_empty(),
    }
}

/// Opens the library and checks all of it.
fn open_whole(folder: &Path, now: Millis) -> Result<Library, LibraryError> {
    let library = Library::open_at(folder, now)?;
    backups::check(folder)?;
    Ok(library)
}

/// Whether the library was left as a crash or a power cut leaves it: SQLite removes its log when it
/// is closed properly.
fn ended_badly(folder: &Path) -> bool {
    fs::metadata(with_suffix(&folder.join(super::FILE), "-wal")).is_ok_and(|log| log.len() > 0)
        || folder.join(DAMAGED).exists()
}

fn is_damage(error: &LibraryError) -> bool {
    match error {
        LibraryError::Damaged(_) => true,
        LibraryError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
        ),
        _ => false,
    }
}

fn rescue(
    folder: &Path,
    now: Millis,
    doubt: &Failure,
) -> Result<(Library, Option<Rescue>), LibraryError> {
    let workshop = folder.join(WORKSHOP);
    let ready = workshop.join(super::FILE);
    let mut made = None;
    for backup in backups::list(folder) {
        clear(&workshop)?;
        private::make_folder(&workshop)?;
        fs::copy(&backup.file, &ready)?;
        let doubted = open_whole(&workshop, now)
            .and_then(|library| doubt_what_is_unsent(&library, now, doubt));
        match doubted {
            Ok(()) => {
                made = Some(backup.made);
                break;
            }
            Err(error) if is_damage(&error) => {
                tracing::error!(?error, backup = %backup.file.display(), "a backup can't be used");
            }
            // For example a full disk: the backup is still good, and the next start tries again.
            Err(error) => return Err(error),
        }
    }
    let set_aside = set_aside(folder, now)?;
    if made.is_some() {
        fs::File::open(&ready)?.sync_all()?;
        fs::rename(&ready, folder.join(super::FILE))?;
    }
    clear(&workshop)?;
    let _ = fs::remove_file(folder.join(DAMAGED));
    let library = open_whole(folder, now)?;
    let backup = made;
    Ok((library, Some(Rescue { set_aside, backup })))
}

fn clear(folder: &Path) -> Result<(), LibraryError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Moves the library's file away, with the files that SQLite keeps beside it; `None` if it does not
/// exist.
fn set_aside(folder: &Path, now: Millis) -> Result<Option<PathBuf>, LibraryError> {
    let file = folder.join(super::FILE);
    let was_there = file.exists();
    let time = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    let name = format!("damaged-{}.sqlite", time.strftime("%Y-%m-%dT%H-%M-%SZ"));
    let target = folder.join(name);
    for beside in ["-wal", "-shm", ""] {
        let from = with_suffix(&file, beside);
        if from.exists() {
            fs::rename(from, with_suffix(&target, beside))?;
        }
    }
    Ok(was_there.then_some(target))
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn doubt_what_is_unsent(
    library: &Library,
    now: Millis,
    doubt: &Failure,
) -> Result<(), LibraryError> {
    let doubt = json(doubt)?;
    library.write(|connection| {
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT INTO submissions (generation, key, body, first_sent, doubtful) \
             SELECT id, '', x'', created, 1 FROM generations \
             WHERE state IN ('recorded','uploading','submitting') \
             ON CONFLICT DO UPDATE SET doubtful = 1, key = coalesce(key, ''), \
             body = coalesce(body, x''), first_sent = coalesce(first_sent, excluded.first_sent)",
            [],
        )?;
        transaction.execute(
            "UPDATE generations SET state = 'uncertain', waiting = NULL, failure = :doubt, \
             finished = :now WHERE state IN ('recorded','uploading','submitting')",
            named_params! {":doubt": doubt, ":now": now},
        )?;
        transaction.commit()?;
        // The file is renamed without SQLite's journal beside it, so it has to contain everything.
        let busy: bool =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy {
            return Err(io::Error::from(io::ErrorKind::ResourceBusy).into());
        }
        Ok(())
    })
}
