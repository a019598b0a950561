//! Clips found on the disk of which the library knows nothing (any more).

use std::collections::HashSet;

use rusqlite::{OptionalExtension, named_params};

use super::records::{COLUMNS, insert, read};
use super::{Library, LibraryError};
use crate::generation::{Clip, Millis, Record};

impl Library {
    /// Every file that is some generation's clip, as paths.
    ///
    /// # Errors
    /// SQLite's.
    pub fn files(&self) -> Result<HashSet<String>, LibraryError> {
        self.with(|connection| {
            Ok(connection
                .prepare("SELECT file FROM generations WHERE file IS NOT NULL AND state = 'ready'")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }

    /// The generations that have, or may have, a clip somewhere and not here, oldest first.
    ///
    /// # Errors
    /// SQLite's, or a row this program can't read.
    pub fn without_clips(&self) -> Result<Vec<Record>, LibraryError> {
        self.with(|connection| {
            let mut statement = connection.prepare(&format!(
                "SELECT {COLUMNS} FROM generations \
                 WHERE (state IN ('rendering','downloading') AND job_id IS NOT NULL) \
                 OR (state = 'uncertain' AND doubtful = 1) ORDER BY created, id"
            ))?;
            let mut rows = statement.query([])?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.push(read(row)?);
            }
            Ok(records)
        })
    }

    /// Gives a generation its clip, whatever it waited for; one that is not there is
    /// written down with it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn found(&self, record: &Record, clip: &Clip, now: Millis) -> Result<(), LibraryError> {
        self.with(|connection| {
            let change = connection.transaction()?;
            let there: Option<i64> = change
                .query_row(
                    "SELECT 1 FROM generations WHERE id = ?1",
                    [record.id.as_str()],
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
                 etag = NULL, failure = NULL WHERE id = :id",
                named_params! {
                    ":id": record.id.as_str(),
                    ":file": clip.file,
                    ":bytes": i64::try_from(clip.bytes).unwrap_or(i64::MAX),
                    ":width": clip.width,
                    ":height": clip.height,
                    ":duration": clip.duration_ms,
                    ":last": clip.last_frame_ms,
                    ":now": now,
                },
            )?;
            Ok(change.commit()?)
        })
    }
}
