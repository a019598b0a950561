//! Reading records from their rows and writing them.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Library, LibraryError};
use crate::generation::{Clip, Failure, GenerationId, JobRecord, Record, State, Submission};
use crate::message::Message;
use crate::remote::ImportedSettings;
use crate::settings::Settings;

/// Every row of the library, to be filtered by what follows: the generation `g` with the stored
/// data of its submission `s`.
pub(super) const ROWS: &str = "SELECT g.*, s.key, s.body, s.pictures_until, s.first_sent, \
    s.doubtful, s.sent_by, s.result_url \
    FROM generations g LEFT JOIN submissions s ON s.generation = g.id";

impl Library {
    /// Records a new generation, before anything else happens with it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn insert(&self, record: &Record) -> Result<(), LibraryError> {
        self.write(|connection| insert(connection, record, None))
    }

    /// One record, or `None`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn record(&self, id: &GenerationId) -> Result<Option<Record>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(&format!("{ROWS} WHERE g.id = ?1"))?
                .query_row([id], read)
                .optional()?
                .flatten())
        })
    }

    /// Whether some generation here has this job.
    ///
    /// # Errors
    /// SQLite's.
    pub fn has_job(&self, job: &str) -> Result<bool, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT 1 FROM generations WHERE job_id = ?1")?
                .exists([job])?)
        })
    }

    /// All records that the engine still has work to do for, oldest first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn unfinished(&self) -> Result<Vec<Record>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(&format!(
                    "{ROWS} WHERE g.state NOT IN ('ready','failed','uncertain') \
                     ORDER BY g.created, g.id"
                ))?
                .query_map([], read)?
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?)
        })
    }
}

/// Writes a new record; `expected` is the most it may cost, if that is known.
pub(super) fn insert(
    connection: &Connection,
    record: &Record,
    expected: Option<i64>,
) -> Result<(), LibraryError> {
    connection.execute(
        "INSERT INTO generations \
             (id, created, settings, prompt, state, model, mode, length, sound, expected) \
         VALUES (:id, :created, :settings, :prompt, :state, :model, :mode, :length, :sound, \
             :expected)",
        named_params! {
            ":id": record.id,
            ":created": record.created,
            ":settings": record.settings.to_stored(),
            ":prompt": record.settings.prompt,
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

/// Reads a row of [`ROWS`] as a record. A part that this program does not understand does not
/// prevent other parts from being read, the row from being shown, or its job from being watched.
/// `None` without a usable id: nothing could be done with such a row.
pub(super) fn read(row: &Row) -> rusqlite::Result<Option<Record>> {
    let stored_id = text(row, "id")?.unwrap_or_default();
    let Ok(id) = stored_id.parse() else {
        tracing::error!(id = stored_id, "a generation has an id that can't be read");
        return Ok(None);
    };
    let (settings, mut whole) = Settings::from_stored(&text(row, "settings")?.unwrap_or_default());
    let mut lenient = |read: bool| whole &= read;
    let job = match text(row, "job_id")? {
        Some(id) => Some(JobRecord {
            id,
            accepted: row.get::<_, Option<i64>>("accepted")?.unwrap_or_default(),
            queued: row.get("queued")?,
            progress: number(row, "progress")?,
            result_url: text(row, "result_url")?,
            completed: row.get("completed")?,
            credits: row.get("credits")?,
            imported: text(row, "brought_in")?.map(|text| {
                let told = serde_json::from_str(&text);
                lenient(told.is_ok());
                // Unknown settings are not paid for again as if they were known.
                told.unwrap_or_else(|_| ImportedSettings::of_nothing_known())
            }),
        }),
        None => None,
    };
    let clip = match text(row, "file")? {
        Some(file) => Some(read_clip(row, file)?),
        None => None,
    };
    let submission = match (text(row, "key")?, row.get("body")?) {
        (Some(key), Some(body)) => Some(Submission {
            key,
            body,
            pictures_until: row.get("pictures_until")?,
            first_sent: row.get("first_sent")?,
            doubtful: row.get("doubtful")?,
            sent_by: text(row, "sent_by")?,
        }),
        _ => None,
    };
    let failure = text(row, "failure")?.and_then(|text| {
        let failure = serde_json::from_str::<Failure>(&text);
        lenient(failure.is_ok());
        failure.ok()
    });
    let state = State::of_word(&text(row, "state")?.unwrap_or_default());
    lenient(state.is_some());
    Ok(Some(Record {
        id,
        created: row.get("created")?,
        settings,
        // Opening the library has put the others right.
        state: state.unwrap_or(State::Failed),
        waiting: text(row, "waiting")?.map(|text| Message::from_stored(&text)),
        submission,
        job,
        clip,
        failure,
        finished: row.get("finished")?,
        whole,
    }))
}

/// A text, with a sign in place of each byte that is none.
fn text(row: &Row, column: &str) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    })
}

/// A number, or nothing if it is out of range.
fn number<T: TryFrom<i64>>(row: &Row, column: &str) -> rusqlite::Result<Option<T>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(number) => T::try_from(number).ok(),
        _ => None,
    })
}

fn read_clip(row: &Row, file: String) -> rusqlite::Result<Clip> {
    let number = |column| Ok::<u32, rusqlite::Error>(number(row, column)?.unwrap_or_default());
    let path = Path::new(&file);
    Ok(Clip {
        name: path
            .file_name()
            .map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned()),
        // The disk is not checked here: one that sleeps would delay everything else.
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
