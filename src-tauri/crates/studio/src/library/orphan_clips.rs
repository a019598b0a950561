//! Clips on the disk that are not, or no longer, in the library.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, named_params};

use super::columns::text;
use super::records::{ROWS, insert, read};
use super::transitions::forget_submission;
use super::{Library, LibraryError};
use crate::generation::{Clip, Millis, Record};

impl Library {
    /// The paths of all files that are some generation's clip.
    ///
    /// # Errors
    /// SQLite's.
    pub fn files(&self) -> Result<HashSet<String>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare("SELECT file FROM generations WHERE file IS NOT NULL AND state = 'ready'")?
                .query_map([], |row| text(row, 0))?
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?)
        })
    }

    /// The generations whose clip exists, or may exist, but is not here, oldest first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn without_clips(&self) -> Result<Vec<Record>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare(&format!(
                    "{ROWS} WHERE (g.state IN ('rendering','downloading') AND g.job_id IS NOT NULL) \
                     OR (g.state = 'uncertain' AND s.doubtful = 1) ORDER BY g.created, g.id"
                ))?
                .query_map([], read)?
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?)
        })
    }

    /// Gives a generation its clip, whatever it waited for; a generation that is not in the library
    /// is recorded together with its clip.
    ///
    /// # Errors
    /// SQLite's.
    pub fn found(&self, record: &Record, clip: &Clip, now: Millis) -> Result<(), LibraryError> {
        self.write(|connection| {
            let change = connection.transaction()?;
            let there: Option<i64> = change
                .query_row(
                    "SELECT 1 FROM generations WHERE id = ?1",
                    [record.id],
                    |row| row.get(0),
                )
                .optional()?;
            if there.is_none() {
                insert(&change, record, None)?;
            }
            change.execute(
                "UPDATE generations SET state = 'ready', waiting = NULL, file = :file, \
                 bytes = :bytes, width = :width, height = :height, duration_ms = :duration, \
                 last_frame_ms = :last, finished = :now, \
                 failure = NULL WHERE id = :id",
                named_params! {
                    ":id": record.id,
                    ":file": clip.file,
                    ":bytes": i64::try_from(clip.bytes).unwrap_or(i64::MAX),
                    ":width": clip.width,
                    ":height": clip.height,
                    ":duration": clip.duration_ms,
                    ":last": clip.last_frame_ms,
                    ":now": now,
                },
            )?;
            forget_submission(&change, &record.id)?;
            Ok(change.commit()?)
        })
    }
}
