//! The library's tables, as numbered steps from nothing to now. A step, once released, is
//! never edited: a change is a new step, tested from the version before.

use rusqlite::Connection;
use rusqlite_migration::{Error, M, Migrations};

use super::LibraryError;

/// Version 1. Times are milliseconds since the epoch, sizes bytes. `settings` and `failure`
/// are JSON as serde writes them; `body` is the exact request.
const FIRST: &str = "
CREATE TABLE generations (
    id              TEXT PRIMARY KEY,
    created         INTEGER NOT NULL,
    settings        TEXT NOT NULL,
    state           TEXT NOT NULL,
    waiting         TEXT,
    submit_key      TEXT,
    body            BLOB,
    pictures_until  INTEGER,
    first_sent      INTEGER,
    job_id          TEXT,
    accepted        INTEGER,
    queued          INTEGER NOT NULL DEFAULT 0,
    progress        INTEGER,
    result_url      TEXT,
    completed       INTEGER,
    credits         INTEGER,
    etag            TEXT,
    file            TEXT,
    bytes           INTEGER,
    width           INTEGER,
    height          INTEGER,
    duration_ms     INTEGER,
    last_frame_ms   INTEGER,
    has_poster      INTEGER NOT NULL DEFAULT 0,
    failure         TEXT,
    finished        INTEGER,
    -- For the library's own history of times and prices, without opening the JSON.
    model           TEXT NOT NULL,
    mode            TEXT NOT NULL,
    length          INTEGER NOT NULL,
    sound           INTEGER NOT NULL
) STRICT;
CREATE INDEX generations_by_age ON generations (created DESC, id DESC);
CREATE INDEX generations_by_state ON generations (state, created DESC, id DESC);
CREATE UNIQUE INDEX generations_by_job ON generations (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE uploads (
    frame   TEXT PRIMARY KEY,
    url     TEXT NOT NULL,
    until   INTEGER NOT NULL
) STRICT;
";

/// Generations that were brought in from the account: what is known of their settings, as
/// JSON. NULL for those submitted here.
const BROUGHT_IN: &str = "ALTER TABLE generations ADD COLUMN brought_in TEXT;";

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(FIRST), M::up(BROUGHT_IN)])
}

/// Brings the file to this program's version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LibraryError> {
    migrations()
        .to_latest(connection)
        .map_err(|error| match error {
            Error::MigrationDefinition(
                rusqlite_migration::MigrationDefinitionError::DatabaseTooFarAhead,
            ) => LibraryError::Newer,
            Error::RusqliteError { err, .. } => LibraryError::Sqlite(err),
            other => LibraryError::Io(std::io::Error::other(other.to_string())),
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::library::Library;

    #[test]
    fn the_steps_are_well_formed() {
        migrations().validate().unwrap();
    }

    #[test]
    fn a_generation_of_the_first_version_was_not_brought_in() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open(folder.path().join("library.sqlite")).unwrap();
        Migrations::new(vec![M::up(FIRST)])
            .to_latest(&mut connection)
            .unwrap();
        let id = crate::generation::GenerationId::new(1000);
        connection
            .execute(
                "INSERT INTO generations \
                 (id, created, settings, state, model, mode, length, sound, job_id, accepted) \
                 VALUES (?1, 1000, ?2, 'rendering', 'kling-3.0', 'pro', 5, 0, 'job', 1000)",
                [
                    id.as_str(),
                    &serde_json::to_string(&crate::settings::Settings::default()).unwrap(),
                ],
            )
            .unwrap();
        drop(connection);
        let library = Library::open(folder.path()).unwrap();
        let job = library.record(&id).unwrap().unwrap().job.unwrap();
        assert_eq!((job.id.as_str(), job.brought_in), ("job", None));
    }

    #[test]
    fn a_newer_library_is_refused_in_words_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        drop(Library::open(folder.path()).unwrap());
        let file = folder.path().join("library.sqlite");
        let connection = Connection::open(&file).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let error = Library::open(folder.path()).unwrap_err();
        assert!(matches!(error, LibraryError::Newer), "{error:?}");
        assert!(error.to_string().contains("Update Inbetween"));
        let version: i64 = Connection::open(&file)
            .unwrap()
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, 99);
    }
}
