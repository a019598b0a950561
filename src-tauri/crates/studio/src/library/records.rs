//! Records in and out of their rows.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Library, LibraryError};
use crate::generation::{Clip, Failure, GenerationId, JobRecord, Record, State, Submission};
use crate::settings::Settings;

pub(super) const COLUMNS: &str = "id, created, settings, state, waiting, submit_key, body, \
    pictures_until, first_sent, doubtful, sent_by, job_id, accepted, queued, progress, result_url, completed, \
    credits, file, bytes, width, height, duration_ms, last_frame_ms, has_poster, failure, finished, \
    brought_in";

impl Library {
    /// Writes down a new generation, before anything else happens with it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn insert(&self, record: &Record) -> Result<(), LibraryError> {
        self.with(|connection| insert(connection, record, None))
    }

    /// One record, or `None`.
    ///
    /// # Errors
    /// SQLite's, or a row this program can't read.
    pub fn record(&self, id: &GenerationId) -> Result<Option<Record>, LibraryError> {
        self.with(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM generations WHERE id = ?1"))?
                .query_row([id.as_str()], |row| Ok(read(row)))
                .optional()?
                .transpose()
        })
    }

    /// Whether some generation here is this job's.
    ///
    /// # Errors
    /// SQLite's.
    pub fn has_job(&self, job: &str) -> Result<bool, LibraryError> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached("SELECT 1 FROM generations WHERE job_id = ?1")?
                .exists([job])?)
        })
    }

    /// All records that the engine still has something to do for, oldest first.
    ///
    /// # Errors
    /// SQLite's. A row that can't be read is left out and logged: one bad row must not
    /// keep the others from their clips.
    pub fn unfinished(&self) -> Result<Vec<Record>, LibraryError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM generations \
                 WHERE state IN ('recorded','uploading','submitting','rendering','downloading') \
                 ORDER BY created, id"
            ))?;
            let mut rows = statement.query([])?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                match read(row) {
                    Ok(record) => records.push(record),
                    Err(error) => tracing::error!(%error, "a record was left out"),
                }
            }
            Ok(records)
        })
    }
}

/// Writes a new record; `expected` is the most it may cost, where that is known.
pub(super) fn insert(
    connection: &Connection,
    record: &Record,
    expected: Option<i64>,
) -> Result<(), LibraryError> {
    connection.execute(
        "INSERT INTO generations \
             (id, created, settings, state, model, mode, length, sound, expected) \
         VALUES (:id, :created, :settings, :state, :model, :mode, :length, :sound, :expected)",
        named_params! {
            ":id": record.id.as_str(),
            ":created": record.created,
            ":settings": json(&record.settings)?,
            ":state": record.state.word(),
            ":model": record.settings.model.id(),
            ":mode": record.settings.mode.id(),
            ":length": record.settings.length,
            ":sound": record.settings.sound,
            ":expected": expected,
        },
    )?;
    Ok(())
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, LibraryError> {
    serde_json::to_string(value).map_err(|_| LibraryError::Unreadable("value"))
}

/// A row of [`COLUMNS`] as a record.
pub(super) fn read(row: &Row) -> Result<Record, LibraryError> {
    let state_word: String = row.get("state")?;
    let state = State::ALL
        .into_iter()
        .find(|state| state.word() == state_word)
        .ok_or(LibraryError::Unreadable("state"))?;
    let settings: Settings = serde_json::from_str(&row.get::<_, String>("settings")?)
        .map_err(|_| LibraryError::Unreadable("set of settings"))?;
    let submission = match (row.get("submit_key")?, row.get("body")?) {
        (Some(key), Some(body)) => Some(Submission {
            key,
            body,
            pictures_until: row.get("pictures_until")?,
            first_sent: row.get("first_sent")?,
            doubtful: row.get("doubtful")?,
            sent_by: row.get("sent_by")?,
        }),
        _ => None,
    };
    let job = match row.get("job_id")? {
        Some(id) => Some(JobRecord {
            id,
            accepted: row.get::<_, Option<i64>>("accepted")?.unwrap_or_default(),
            queued: row.get("queued")?,
            progress: row.get("progress")?,
            result_url: row.get("result_url")?,
            completed: row.get("completed")?,
            credits: row.get("credits")?,
            brought_in: row
                .get::<_, Option<String>>("brought_in")?
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|_| LibraryError::Unreadable("note on a job brought in"))?,
        }),
        None => None,
    };
    let clip = match row.get::<_, Option<String>>("file")? {
        Some(file) => Some(read_clip(row, file)?),
        None => None,
    };
    let failure = row
        .get::<_, Option<String>>("failure")?
        .map(|text| serde_json::from_str::<Failure>(&text))
        .transpose()
        .map_err(|_| LibraryError::Unreadable("failure"))?;
    Ok(Record {
        id: GenerationId::try_from(row.get::<_, String>("id")?)
            .map_err(|_| LibraryError::Unreadable("id"))?,
        created: row.get("created")?,
        settings,
        state,
        waiting: row.get("waiting")?,
        submission,
        job,
        clip,
        failure,
        finished: row.get("finished")?,
    })
}

fn read_clip(row: &Row, file: String) -> Result<Clip, LibraryError> {
    let number = |column: &str| -> Result<u32, LibraryError> {
        Ok(row.get::<_, Option<u32>>(column)?.unwrap_or_default())
    };
    let path = Path::new(&file);
    Ok(Clip {
        name: path
            .file_name()
            .map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned()),
        // Looking is not done here, under the library's lock: a disk that sleeps would hold
        // up everything else.
        missing: false,
        bytes: row
            .get::<_, Option<i64>>("bytes")?
            .unwrap_or_default()
            .unsigned_abs(),
        width: number("width")?,
        height: number("height")?,
        duration_ms: number("duration_ms")?,
        last_frame_ms: number("last_frame_ms")?,
        has_poster: row.get("has_poster")?,
        file,
    })
}
