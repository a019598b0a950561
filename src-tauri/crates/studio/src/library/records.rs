//! Reading records from their rows and writing them.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Library, LibraryError};
use crate::generation::{Clip, Failure, GenerationId, JobRecord, Record, State, Submission};
use crate::message::Message;
use crate::remote::BroughtIn;
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
                .optional()?)
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
pub(super) fn read(row: &Row) -> rusqlite::Result<Record> {
    let (settings, mut whole) = Settings::from_stored(&row.get::<_, String>("settings")?);
    let mut lenient = |read: bool| whole &= read;
    let job = match row.get("job_id")? {
        Some(id) => Some(JobRecord {
            id,
            accepted: row.get::<_, Option<i64>>("accepted")?.unwrap_or_default(),
            queued: row.get("queued")?,
            progress: row.get("progress")?,
            result_url: row.get("result_url")?,
            completed: row.get("completed")?,
            credits: row.get("credits")?,
            brought_in: row.get::<_, Option<String>>("brought_in")?.map(|text| {
                let told = serde_json::from_str(&text);
                lenient(told.is_ok());
                // Unknown settings are not paid for again as if they were known.
                told.unwrap_or_else(|_| BroughtIn::of_nothing_known())
            }),
        }),
        None => None,
    };
    let clip = match row.get::<_, Option<String>>("file")? {
        Some(file) => Some(read_clip(row, file)?),
        None => None,
    };
    let submission = match (row.get("key")?, row.get("body")?) {
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
    let failure = row.get::<_, Option<String>>("failure")?.and_then(|text| {
        let failure = serde_json::from_str::<Failure>(&text);
        lenient(failure.is_ok());
        failure.ok()
    });
    let state = State::of_word(&row.get::<_, String>("state")?);
    lenient(state.is_some());
    Ok(Record {
        id: row.get("id")?,
        created: row.get("created")?,
        settings,
        // Never a state in which a request would be sent.
        state: state.unwrap_or(match (&clip, &job) {
            (Some(_), _) => State::Ready,
            (None, Some(_)) => State::Rendering,
            (None, None) => State::Failed,
        }),
        waiting: row
            .get::<_, Option<String>>("waiting")?
            .map(|text| Message::from_stored(&text)),
        submission,
        job,
        clip,
        failure,
        finished: row.get("finished")?,
        whole,
    })
}

fn read_clip(row: &Row, file: String) -> rusqlite::Result<Clip> {
    let number = |column: &str| -> rusqlite::Result<u32> {
        Ok(row.get::<_, Option<u32>>(column)?.unwrap_or_default())
    };
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
