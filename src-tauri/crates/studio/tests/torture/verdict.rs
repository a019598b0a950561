//! What must be true of the server's books, the library and the disk once all is quiet.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use apiframe::JobStatus;
use rusqlite::Connection;
use sandbox::Sandbox;

/// The credits that the account starts with.
pub const CREDITS: i64 = 1_000_000;

/// What was found.
pub struct Found {
    pub generations: usize,
    pub clips: usize,
    pub failures: usize,
}

fn library(folder: &Path) -> Option<Connection> {
    let file = folder.join("library/library.sqlite");
    file.exists().then(|| Connection::open(file).unwrap())
}

/// How many generations were ever recorded.
pub fn recorded(folder: &Path) -> i64 {
    library(folder).map_or(0, |library| {
        library
            .query_row("SELECT count(*) FROM generations", [], |row| row.get(0))
            // Killed before the tables were created.
            .unwrap_or(0)
    })
}

/// The state of everything, for a run that never became quiet.
pub fn states(folder: &Path) -> String {
    let Some(library) = library(folder) else {
        return "no library".into();
    };
    let mut statement = library
        .prepare("SELECT state || ' (' || coalesce(waiting, '') || ')' FROM generations")
        .unwrap();
    let states: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    states.join(", ")
}

/// Disables idempotency on purpose: the next attempt uses another key.
pub fn forget_keys(folder: &Path) {
    if let Some(library) = library(folder) {
        library
            .execute(
                "UPDATE submissions SET key = lower(hex(randomblob(16))) WHERE key IS NOT NULL",
                [],
            )
            .unwrap();
    }
}

/// Compares the three. The error says what is wrong.
pub fn judge(folder: &Path, sandbox: &Sandbox) -> Result<Found, String> {
    let library = library(folder).ok_or("there is no library")?;
    let health: String = library
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    ensure(health == "ok", || {
        format!("the library is damaged: {health}")
    })?;

    let jobs = sandbox.jobs();
    let rows = rows(&library)?;
    ensure(jobs.len() == rows.len(), || {
        format!(
            "{} jobs were charged for {} asked for",
            jobs.len(),
            rows.len()
        )
    })?;
    let costs: i64 = jobs
        .iter()
        .map(|job| i64::from(job.charged) - i64::from(job.returned))
        .sum();
    ensure(CREDITS - sandbox.credits() == costs, || {
        format!(
            "{} credits are gone, the jobs cost {costs}",
            CREDITS - sandbox.credits()
        )
    })?;

    let mut files = HashSet::new();
    let (mut clips, mut failures) = (0, 0);
    for job in &jobs {
        let row = rows
            .iter()
            .find(|row| row.job.as_deref() == Some(&job.id))
            .ok_or_else(|| format!("job {} is paid for and not in the library", job.id))?;
        if job.status == JobStatus::Failed {
            failures += 1;
            ensure(row.state == "failed", || {
                format!("a failed job is {}", row.state)
            })?;
            continue;
        }
        ensure(row.state == "ready", || {
            format!("a finished job is {}: {:?}", row.state, row.failure)
        })?;
        let file = row.file.clone().ok_or("a ready clip has no file")?;
        let here = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let there = sandbox
            .result_bytes(&job.id)
            .ok_or("the server has no clip")?;
        ensure(here == there, || {
            format!("{} is not the server's clip", file.display())
        })?;
        ensure(files.insert(file), || {
            "two generations have one file".into()
        })?;
        clips += 1;
    }
    let on_disk = files_in(&folder.join("clips"));
    ensure(on_disk.len() == clips, || {
        format!("{clips} clips, but in the folder are {on_disk:?}")
    })?;
    for file in files_in(folder) {
        ensure(file.extension().is_none_or(|it| it != "part"), || {
            format!("{} is left over", file.display())
        })?;
    }
    Ok(Found {
        generations: rows.len(),
        clips,
        failures,
    })
}

fn ensure(good: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if good { Ok(()) } else { Err(otherwise()) }
}

struct Row {
    state: String,
    job: Option<String>,
    file: Option<PathBuf>,
    failure: Option<String>,
}

fn rows(library: &Connection) -> Result<Vec<Row>, String> {
    let read = || -> rusqlite::Result<Vec<Row>> {
        library
            .prepare("SELECT state, job_id, file, failure FROM generations")?
            .query_map([], |row| {
                Ok(Row {
                    state: row.get(0)?,
                    job: row.get(1)?,
                    file: row.get::<_, Option<String>>(2)?.map(PathBuf::from),
                    failure: row.get(3)?,
                })
            })?
            .collect()
    };
    read().map_err(|error| error.to_string())
}

/// Every file below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| {
            if path.is_dir() {
                files_in(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
