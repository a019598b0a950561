//! The library's tables, as numbered steps from an empty file to the current version. A step is
//! never edited after its release: a change is a new step, tested from the version before.

use rusqlite::Connection;
use rusqlite_migration::{Error, M, Migrations, SchemaVersion};

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

/// Version 2. A request that another program may have sent since (see `rescue`) is never sent again
/// automatically.
const DOUBT: &str = "
ALTER TABLE generations ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
";

/// Version 3: the ledger. Rows are never deleted, and do not depend on rows of `generations`, which
/// may be deleted: `prompt` is the start of the generation's prompt. A job is charged once and
/// returned once, however often this is observed. `credits` is NULL while unknown; `expected` is
/// the most it may cost, known in advance, also for a generation not charged yet. Jobs from before
/// the ledger are booked from what was stored about them.
const LEDGER: &str = "
ALTER TABLE generations ADD COLUMN expected INTEGER;

CREATE TABLE ledger (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    day         TEXT NOT NULL,
    generation  TEXT NOT NULL,
    prompt      TEXT NOT NULL,
    job         TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('charge', 'return')),
    credits     INTEGER CHECK (credits >= 0),
    expected    INTEGER,
    UNIQUE (job, kind)
) STRICT;
CREATE INDEX ledger_by_day ON ledger (day, id);

INSERT INTO ledger (at, day, generation, prompt, job, kind, credits)
SELECT coalesce(accepted, created),
    date(coalesce(accepted, created) / 1000, 'unixepoch', 'localtime'),
    id,
    CASE WHEN json_valid(settings) THEN substr(coalesce(settings ->> '$.prompt', ''), 1, 120)
        ELSE '' END,
    job_id, 'charge', CASE WHEN credits BETWEEN 0 AND 1000000000 THEN credits END
FROM generations WHERE job_id IS NOT NULL ORDER BY 1;

INSERT INTO ledger (at, day, generation, prompt, job, kind, credits)
SELECT coalesce(g.finished, l.at),
    date(coalesce(g.finished, l.at) / 1000, 'unixepoch', 'localtime'),
    l.generation, l.prompt, l.job, 'return', l.credits
FROM ledger l JOIN generations g ON g.id = l.generation
WHERE g.state = 'failed' AND json_valid(g.failure) AND g.failure ->> '$.charged' = 0;
";

/// Version 4. Generations that were imported from the account: what is known of their settings, as
/// JSON. NULL for those submitted here.
const BROUGHT_IN: &str = "ALTER TABLE generations ADD COLUMN brought_in TEXT;";

/// Version 5. The fingerprint of the API key that a request was first sent with.
const SENT_BY: &str = "ALTER TABLE generations ADD COLUMN sent_by TEXT;";

/// Version 6. The table of generations keeps the columns for display, search and prices; what is
/// needed only to send a request and to fetch its clip is in `submissions` and is deleted when the
/// clip is ready. Sums of the ledger's days, so that the cost of a page depends only on what it
/// shows. The spending limits, so that the cost of a request is checked in the transaction that
/// lets it leave; no row means that none was ever set here.
const SUBMISSIONS: &str = "
DROP INDEX generations_by_age;
DROP INDEX generations_by_state;
DROP INDEX generations_by_job;
ALTER TABLE generations RENAME TO generations_5;

CREATE TABLE generations (
    id              TEXT PRIMARY KEY,
    created         INTEGER NOT NULL,
    settings        TEXT NOT NULL,
    prompt          TEXT NOT NULL,
    model           TEXT NOT NULL,
    mode            TEXT NOT NULL,
    length          INTEGER NOT NULL,
    sound           INTEGER NOT NULL,
    state           TEXT NOT NULL,
    waiting         TEXT,
    job_id          TEXT,
    accepted        INTEGER,
    queued          INTEGER NOT NULL DEFAULT 0,
    progress        INTEGER,
    completed       INTEGER,
    credits         INTEGER,
    expected        INTEGER,
    brought_in      TEXT,
    file            TEXT,
    bytes           INTEGER,
    width           INTEGER,
    height          INTEGER,
    duration_ms     INTEGER,
    last_frame_ms   INTEGER,
    has_poster      INTEGER NOT NULL DEFAULT 0,
    failure         TEXT,
    finished        INTEGER
) STRICT;
INSERT INTO generations
SELECT id, created, settings,
    CASE WHEN json_valid(settings) THEN coalesce(settings ->> '$.prompt', '') ELSE '' END,
    model, mode, length, sound, state, waiting, job_id, accepted, queued, progress, completed,
    credits, expected, brought_in, file, bytes, width, height, duration_ms, last_frame_ms,
    has_poster, failure, finished
FROM generations_5;
CREATE INDEX generations_by_age ON generations (created DESC, id DESC);
CREATE INDEX generations_by_state ON generations (state, created DESC, id DESC);
CREATE UNIQUE INDEX generations_by_job ON generations (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE submissions (
    generation      TEXT PRIMARY KEY REFERENCES generations (id) ON DELETE CASCADE,
    key             TEXT,
    body            BLOB,
    pictures_until  INTEGER,
    first_sent      INTEGER,
    doubtful        INTEGER NOT NULL DEFAULT 0,
    sent_by         TEXT,
    result_url      TEXT,
    etag            TEXT
) STRICT;
INSERT INTO submissions
SELECT id, submit_key, body, pictures_until, first_sent, doubtful, sent_by, result_url, etag
FROM generations_5
WHERE state <> 'ready'
    AND (submit_key IS NOT NULL OR first_sent IS NOT NULL OR doubtful <> 0 OR result_url IS NOT NULL);
DROP TABLE generations_5;

CREATE TABLE ledger_days (
    day         TEXT PRIMARY KEY,
    charged     INTEGER NOT NULL,
    returned    INTEGER NOT NULL,
    unknown     INTEGER NOT NULL
) STRICT;
INSERT INTO ledger_days
SELECT l.day,
    coalesce(sum(l.credits) FILTER (WHERE l.kind = 'charge'), 0),
    coalesce(sum(l.credits) FILTER (WHERE l.kind = 'return'), 0),
    count(*) FILTER (WHERE l.kind = 'charge' AND l.credits IS NULL AND r.id IS NULL)
FROM ledger l LEFT JOIN ledger r ON l.kind = 'charge' AND r.kind = 'return' AND r.job = l.job
GROUP BY l.day;

CREATE TABLE limits (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    day     INTEGER,
    month   INTEGER
) STRICT;
";

/// Version 7. The folders that may contain an unfinished download.
const DOWNLOAD_FOLDERS: &str = "CREATE TABLE download_folders (folder TEXT PRIMARY KEY) STRICT;";

/// Version 8. Where the last clip came from, as scheme, host and port.
const CLIP_SERVER: &str = "
CREATE TABLE clip_server (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    origin  TEXT NOT NULL
) STRICT;
";

/// Version 9. Counts of the generations, kept by the library itself, and indexes for the questions
/// that a start asks, so that none of them reads the whole table.
const COUNTS: &str = "
CREATE TABLE generation_counts (
    state   TEXT PRIMARY KEY,
    number  INTEGER NOT NULL
) STRICT;
INSERT INTO generation_counts SELECT state, count(*) FROM generations GROUP BY state;
CREATE TRIGGER generation_added AFTER INSERT ON generations BEGIN
    INSERT INTO generation_counts (state, number) VALUES (new.state, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER generation_removed AFTER DELETE ON generations BEGIN
    UPDATE generation_counts SET number = number - 1 WHERE state = old.state;
END;
CREATE TRIGGER generation_stepped AFTER UPDATE OF state ON generations BEGIN
    UPDATE generation_counts SET number = number - 1 WHERE state = old.state;
    INSERT INTO generation_counts (state, number) VALUES (new.state, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;

CREATE INDEX generations_by_price ON generations (model, mode, sound, created)
    WHERE credits > 0 AND length > 0 AND state IN ('rendering', 'downloading', 'ready');
CREATE INDEX generations_by_model ON generations (model, created)
    WHERE state IN ('downloading', 'ready');
";

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(FIRST),
        M::up(DOUBT),
        M::up(LEDGER),
        M::up(BROUGHT_IN),
        M::up(SENT_BY),
        M::up(SUBMISSIONS),
        M::up(DOWNLOAD_FOLDERS),
        M::up(CLIP_SERVER),
        M::up(COUNTS),
    ])
}

/// Migrates the file to this program's version, after a call of `before` if it has an older one. A
/// new file has none.
pub(super) fn migrate(
    connection: &mut Connection,
    before: impl FnOnce() -> Result<(), LibraryError>,
) -> Result<(), LibraryError> {
    let migrations = migrations();
    if matches!(
        migrations.current_version(connection),
        Ok(SchemaVersion::Inside(_))
    ) && migrations
        .pending_migrations(connection)
        .is_ok_and(|pending| pending > 0)
    {
        before()?;
    }
    migrations
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
    fn jobs_from_before_the_ledger_are_booked_when_it_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open(folder.path().join("library.sqlite")).unwrap();
        migrations().to_version(&mut connection, 1).unwrap();
        connection
            .execute_batch(
                r#"INSERT INTO generations
                   (id, created, settings, state, job_id, accepted, credits, failure, finished,
                    model, mode, length, sound) VALUES
                   ('a', 1000, '{"prompt": "Rain"}', 'ready', 'job a', 2000, 35, NULL, 9000,
                    'kling-3.0', 'pro', 5, 0),
                   ('b', 3000, 'not json', 'failed', 'job b', 4000, NULL, '{"charged": false}', 8000,
                    'kling-3.0', 'pro', 5, 0),
                   ('c', 5000, '{"prompt": "Never sent"}', 'failed', NULL, NULL, NULL,
                    '{"charged": false}', 6000, 'kling-3.0', 'pro', 5, 0);"#,
            )
            .unwrap();
        drop(connection);
        let library = Library::open(folder.path()).unwrap();
        let rows: Vec<_> = library
            .entries()
            .unwrap()
            .into_iter()
            .map(|row| (row.job, row.prompt, row.kind.word(), row.at, row.credits))
            .collect();
        let row = |job: &str, prompt: &str, kind, at, credits| {
            (job.to_owned(), prompt.to_owned(), kind, at, credits)
        };
        assert_eq!(
            rows,
            [
                row("job a", "Rain", "charge", 2000, Some(35)),
                row("job b", "", "charge", 4000, None),
                row("job b", "", "return", 8000, None),
            ]
        );
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
                    &id.to_string(),
                    &serde_json::to_string(&crate::settings::Settings::default()).unwrap(),
                ],
            )
            .unwrap();
        drop(connection);
        let library = Library::open(folder.path()).unwrap();
        let job = library.record(&id).unwrap().unwrap().job.unwrap();
        assert_eq!((job.id.as_str(), job.imported), ("job", None));
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
