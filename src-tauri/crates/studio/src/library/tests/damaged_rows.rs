//! Values that a column can't have, as a damaged file may contain them: every other row is read, and a
//! request that may have been sent is not sent again.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::*;
use crate::frames::FrameHash;

const NOW: Millis = 1_700_000_000_000;

/// What each column gets, unless it may contain it.
const VALUES: [&str; 6] = [
    "'garbage'",
    "1.5",
    "9223372036854775807",
    "x'61ff'",
    "CAST(x'61ff' AS TEXT)",
    "NULL",
];

/// A library with a generation of every kind, twice: those that are to be damaged, and those that
/// must still be read.
struct Sample {
    folder: tempfile::TempDir,
    damaged: Vec<GenerationId>,
    sound: Vec<GenerationId>,
}

fn hash(digit: char) -> FrameHash {
    FrameHash::try_from(String::from(digit).repeat(64)).unwrap()
}

impl Sample {
    fn new() -> Self {
        let shelf = Shelf::new();
        let [sound, damaged] = [('b', NOW + 10), ('a', NOW)].map(|(frame, time)| {
            let settings = Settings {
                start: Some(hash(frame)),
                ..Settings::default()
            };
            let ready = shelf.rendering_with(settings.clone(), time, &format!("ready {time}"));
            shelf.finish(&ready, time + 60_000, 9);
            let running = shelf.rendering_with(settings.clone(), time + 1, &format!("job {time}"));
            let sent = shelf.insert_with(settings.clone(), time + 2);
            shelf.submit(&sent, "key").unwrap();
            shelf.library.sent(&sent, time + 2, "by").unwrap();
            let failed = shelf.insert_with(settings, time + 3);
            shelf
                .library
                .failed(&failed, &failure(Some(false)), time + 4)
                .unwrap();
            let upload = UploadRecord {
                url: "https://files.test/a".into(),
                until: time,
            };
            shelf.library.uploaded(hash(frame), &upload).unwrap();
            vec![ready, running, sent, failed]
        });
        for folder in ["/sound", "/damaged"] {
            let folder = Path::new(folder);
            shelf.library.add_download_folder(folder).unwrap();
        }
        Self {
            folder: shelf.folder,
            damaged,
            sound,
        }
    }

    /// The generations to be damaged, as a condition on this column.
    fn damaged_in(&self, column: &str) -> String {
        let ids: Vec<_> = self.damaged.iter().map(|id| format!("'{id}'")).collect();
        format!("{column} IN ({})", ids.join(","))
    }

    fn columns(&self, table: &str) -> Vec<String> {
        Connection::open(self.folder.path().join(FILE))
            .unwrap()
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .unwrap()
            .query_map([table], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    /// Opens a copy in which a column of these rows has a value that the schema does not allow.
    fn damage(&self, table: &str, column: &str, value: &str, rows: &str) -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::copy(self.folder.path().join(FILE), &file).unwrap();
        let schema = set_schema(&file, table, None);
        let connection = Connection::open(&file).unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        // The counts, which triggers update, can only contain texts.
        let counted = value.starts_with('\'');
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, counted)
            .unwrap();
        let changed = connection
            .execute(
                &format!("UPDATE {table} SET {column} = {value} WHERE {rows}"),
                [],
            )
            .unwrap();
        assert!(changed > 0, "{table}.{column} of {rows}");
        set_schema(&file, table, Some(&schema));
        let library = Library::open(folder.path())
            .unwrap_or_else(|error| panic!("{table}.{column} = {value}: {error:?}"));
        Shelf { folder, library }
    }

    /// Asks for everything that the library lists, and expects the sound rows in each list.
    fn is_listed_by(&self, opened: &Shelf, what: &str) {
        let library = &opened.library;
        let [ready, running, sent, failed] = self.sound[..] else {
            unreachable!()
        };
        let sound_of = |records: Vec<Record>| -> Vec<GenerationId> {
            let ids = records.into_iter().map(|record| record.id);
            ids.filter(|id| self.sound.contains(id)).collect()
        };
        let page = |filter| sound_of(library.page(filter, None).expect(what).records);
        assert_eq!(page(Filter::All), [failed, sent, running, ready], "{what}");
        assert_eq!(page(Filter::Running), [sent, running], "{what}");
        assert_eq!(page(Filter::Failed), [failed], "{what}");
        let unfinished = library.unfinished().expect(what);
        let mut unfinished = sound_of(unfinished);
        unfinished.sort_unstable();
        assert_eq!(unfinished, [running, sent], "{what}");
        let without_clips = library.without_clips().expect(what);
        assert_eq!(sound_of(without_clips), [running], "{what}");
        let files = library.clip_files().expect(what);
        assert!(files.iter().any(|file| file.id == ready), "{what}");
        assert!(
            library.files().expect(what).contains(&clip().file),
            "{what}"
        );
        let used = frames_in_use(opened.folder.path()).expect(what);
        assert!(used.contains(&hash('b')), "{what}");
        library.by_state().expect(what);
        library.counts().expect(what);
        library.render_times(&Settings::default()).expect(what);
        library.paid(Settings::default().model).expect(what);
        library.clip_server().expect(what);
        library.upload(hash('a'), 0).expect(what);
        let folders = library.download_folders().expect(what);
        assert!(folders.contains(&PathBuf::from("/sound")), "{what}");
        for id in &self.damaged {
            library.record(id).expect(what);
            library.etag(id).expect(what);
        }
        for kind in ["ready", "job"] {
            let job = format!("{kind} {NOW}");
            library.generation_of_job(&job).expect(what);
        }
        for entries in [
            library.entries().expect(what),
            library.ledger_page(None).expect(what).entries,
        ] {
            for kind in ["ready", "job"] {
                let job = format!("{kind} {}", NOW + 10);
                assert!(entries.iter().any(|entry| entry.job == job), "{what}");
            }
        }
        library.books(NOW).expect(what);
    }
}

/// Replaces the schema of a table, by default with one that allows every value; returns the
/// previous one.
fn set_schema(file: &Path, table: &str, schema: Option<&str>) -> String {
    let connection = Connection::open(file).unwrap();
    let before: String = connection
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = ?1",
            [table],
            |row| row.get(0),
        )
        .unwrap();
    let lenient = before.replace(" STRICT", "").replace("NOT NULL", "");
    let lenient = lenient.replace("CHECK (kind IN ('charge', 'return'))", "");
    let lenient = lenient.replace("CHECK (credits >= 0)", "");
    connection
        .execute_batch("PRAGMA writable_schema = ON")
        .unwrap();
    connection
        .execute(
            "UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1",
            [table, schema.unwrap_or(&lenient)],
        )
        .unwrap();
    before
}

#[test]
fn no_value_in_any_column_ends_a_list() {
    let sample = Sample::new();
    for (table, id) in [
        ("generations", "id"),
        ("submissions", "generation"),
        ("ledger", "generation"),
        ("ledger_days", ""),
        ("uploads", ""),
        ("download_folders", ""),
        ("clip_server", ""),
    ] {
        for column in sample.columns(table) {
            // A row number is a whole number whatever the schema says.
            if [("ledger", "id"), ("clip_server", "only")].contains(&(table, &column)) {
                continue;
            }
            let rows = match id {
                "" => "TRUE".into(),
                id => sample.damaged_in(id),
            };
            // Some values must be unique, so only one row gets this one.
            let last = format!("rowid = (SELECT max(rowid) FROM {table} WHERE {rows})");
            for value in VALUES {
                let shelf = sample.damage(table, &column, value, &last);
                sample.is_listed_by(&shelf, &format!("{table}.{column} = {value}"));
            }
        }
    }
}

#[test]
fn no_value_in_any_column_of_any_kind_of_generation_ends_a_list() {
    let sample = Sample::new();
    for column in sample.columns("generations") {
        // These must be unique.
        if ["id", "job_id"].contains(&column.as_str()) {
            continue;
        }
        for value in VALUES {
            let rows = sample.damaged_in("id");
            let shelf = sample.damage("generations", &column, value, &rows);
            sample.is_listed_by(&shelf, &format!("generations.{column} = {value}"));
        }
    }
}

#[test]
fn a_state_that_does_not_exist_keeps_no_library_closed() {
    let sample = Sample::new();
    let rows = sample.damaged_in("id");
    let values = "'garbage', queued = 'garbage'";
    let shelf = sample.damage("generations", "state", values, &rows);
    sample.is_listed_by(&shelf, values);
    let shown = shelf.record(&sample.damaged[0]);
    assert_eq!((shown.state, shown.whole), (State::Failed, false));
}

#[test]
fn a_generation_whose_time_is_damaged_is_shown_with_the_time_of_its_id() {
    let sample = Sample::new();
    for value in ["'garbage'", "1.5", "x'61'"] {
        let rows = sample.damaged_in("id");
        let shelf = sample.damage("generations", "created", value, &rows);
        let page = shelf.library.page(Filter::All, None).unwrap();
        let shown = page.records.iter().map(|one| (one.created, one.id));
        let shown: BTreeSet<_> = shown
            .filter(|(_, id)| sample.damaged.contains(id))
            .collect();
        let expected: BTreeSet<_> = (NOW..).zip(sample.damaged.iter().copied()).collect();
        assert_eq!(shown, expected, "{value}");
    }
}

#[test]
fn a_request_that_can_not_be_read_is_doubtful() {
    let sample = Sample::new();
    let sent = sample.damaged[2];
    let row = format!("generation = '{sent}'");
    for (column, values) in [
        ("key", &["x'61ff'", "CAST(x'61ff' AS TEXT)", "NULL"][..]),
        ("body", &["'garbage'", "1.5", "7", "NULL"]),
        ("pictures_until", &["'garbage'", "1.5", "x'61ff'"]),
        ("first_sent", &["'garbage'", "1.5", "x'61ff'"]),
        ("doubtful", &["'garbage'", "1.5", "x'61ff'", "NULL"]),
        ("sent_by", &["x'61ff'"]),
    ] {
        for value in values {
            let shelf = sample.damage("submissions", column, value, &row);
            let submission = shelf.record(&sent).submission.unwrap();
            let what = format!("{column} = {value}: {submission:?}");
            assert!(submission.doubtful, "{what}");
            assert_eq!(submission.first_sent, Some(NOW + 2), "{what}");
        }
    }
}

#[test]
fn pictures_of_settings_that_are_not_utf_8_are_kept() {
    let sample = Sample::new();
    let rows = sample.damaged_in("id");
    let value = "CAST(CAST(settings AS BLOB) || x'ff' AS TEXT)";
    let shelf = sample.damage("generations", "settings", value, &rows);
    let used = frames_in_use(shelf.folder.path()).unwrap();
    assert_eq!(used, HashSet::from([hash('a'), hash('b')]));
}

#[test]
fn bad_ids_at_the_end_of_a_page_or_on_a_whole_page_end_nothing() {
    let Shelf { folder, library } = Shelf::new();
    let insert = |number| {
        let record = Record::new(NOW + number, Settings::default());
        library.insert(&record).unwrap();
        record.id
    };
    let ids: Vec<_> = (0..150).map(insert).collect();
    drop(library);
    let mut sample = Sample {
        folder,
        damaged: Vec::new(),
        sound: Vec::new(),
    };
    for bad in [&ids[90..91], &ids[20..145]] {
        sample.damaged = bad.to_vec();
        for value in [
            "CAST(CAST(id AS BLOB) || x'ff' AS TEXT)",
            "CAST(id AS BLOB)",
            "'not ' || id",
        ] {
            let shelf = sample.damage("generations", "id", value, &sample.damaged_in("id"));
            let (mut shown, mut cursor) = (Vec::new(), None);
            loop {
                let page = shelf.library.page(Filter::All, cursor.as_deref());
                let page = page.expect(value);
                shown.extend(page.records.into_iter().map(|record| record.id));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            let good = ids.iter().copied().rev().filter(|id| !bad.contains(id));
            assert_eq!(shown, good.collect::<Vec<_>>(), "{value}");
        }
    }
}
