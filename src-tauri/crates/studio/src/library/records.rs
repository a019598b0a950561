//! Reading records from their rows and writing them.

use std::path::Path;

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{flag, number, text};
use super::{Library, LibraryError};
use crate::generation::{
    Clip, Failure, GenerationId, JobRecord, Millis, Record, State, Submission,
};
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
    let Ok(id) = stored_id.parse::<GenerationId>() else {
        tracing::error!(id = stored_id, "a generation has an id that can't be read");
        return Ok(None);
    };
    // The id begins with the same time.
    let created = number(row, "created")?.unwrap_or_else(|| id.created());
    let (settings, mut whole) = Settings::from_stored(&text(row, "settings")?.unwrap_or_default());
    let mut lenient = |read: bool| whole &= read;
    let job = match text(row, "job_id")? {
        Some(id) => Some(JobRecord {
            id,
            accepted: number(row, "accepted")?.unwrap_or_default(),
            queued: flag(row, "queued")?,
            progress: number(row, "progress")?,
            result_url: text(row, "result_url")?,
            completed: number(row, "completed")?,
            credits: number(row, "credits")?,
            imported: text(row, "brought_in")?.map(|text| {
                let imported = serde_json::from_str(&text);
                lenient(imported.is_ok());
                // Unknown settings are not paid for again as if they were known.
                imported.unwrap_or_else(|_| ImportedSettings::of_nothing_known())
            }),
        }),
        None => None,
    };
    let clip = match text(row, "file")? {
        Some(file) => Some(read_clip(row, file)?),
        None => None,
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
        created,
        settings,
        // Opening the library has put the others right.
        state: state.unwrap_or(State::Failed),
        waiting: text(row, "waiting")?.map(|text| Message::from_stored(&text)),
        submission: read_submission(row, created)?,
        job,
        clip,
        failure,
        finished: number(row, "finished")?,
        whole,
    }))
}

/// The types that the columns of a stored request can have, beside its key, which is a text.
const SUBMISSION: [(&str, &[Type]); 5] = [
    ("body", &[Type::Blob]),
    ("pictures_until", &[Type::Null, Type::Integer]),
    ("first_sent", &[Type::Null, Type::Integer]),
    ("doubtful", &[Type::Integer]),
    ("sent_by", &[Type::Null, Type::Text]),
];

/// The stored request; `None` if there is none. If any of it can't be read, it may have been sent,
/// so it is doubtful.
fn read_submission(row: &Row, created: Millis) -> rusqlite::Result<Option<Submission>> {
    let type_of = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.data_type());
    let mut is_absent = true;
    for column in ["key", "body", "first_sent"] {
        is_absent &= type_of(column)? == Type::Null;
    }
    if is_absent {
        return Ok(None);
    }
    // With any other key, the server would take it for another request and charge for it.
    let mut damaged = row.get_ref("key")?.as_str().is_err();
    for (column, types) in SUBMISSION {
        damaged |= !types.contains(&type_of(column)?);
    }
    let first_sent = number(row, "first_sent")?;
    Ok(Some(Submission {
        key: text(row, "key")?.unwrap_or_default(),
        body: match row.get_ref("body")? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes.to_vec(),
            _ => Vec::new(),
        },
        pictures_until: number(row, "pictures_until")?,
        first_sent: first_sent.or(damaged.then_some(created)),
        doubtful: damaged || flag(row, "doubtful")?,
        sent_by: text(row, "sent_by")?,
    }))
}

fn read_clip(row: &Row, file: String) -> rusqlite::Result<Clip> {
    let size = |column| Ok::<u32, rusqlite::Error>(number(row, column)?.unwrap_or_default());
    let path = Path::new(&file);
    Ok(Clip {
        name: path
            .file_name()
            .map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned()),
        // The disk is not checked here: one that sleeps would delay everything else.
        missing: false,
        bytes: number::<i64>(row, "bytes")?
            .unwrap_or_default()
            .unsigned_abs(),
        width: size("width")?,
        height: size("height")?,
        duration_ms: size("duration_ms")?,
        last_frame_ms: size("last_frame_ms")?,
        has_poster: flag(row, "has_poster")?,
        file,
    })
}
