//! Whether a page of the gallery takes what it takes while the daily backup runs, in a library of
//! 100,000 clips. Ends with an error if the target is missed.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use studio::generation::Record;
use studio::library::{Filter, Library};
use studio::settings::Settings;

#[path = "../examples/many-clips/copies.rs"]
mod copies;

const ROWS: i64 = 100_000;
/// Pages read without a backup, to compare with.
const PAGES: usize = 2_000;
/// The target: at most this many times as long, in the median and for nearly all.
const TIMES: f64 = 2.0;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let folder = tempfile::tempdir()?;
    let library = filled(folder.path())?;

    let mut alone: Vec<Duration> = (0..PAGES)
        .map(|_| page(&library))
        .collect::<Result<_, _>>()?;

    let library = Arc::new(library);
    let (backing_up, over) = (Arc::clone(&library), Arc::new(AtomicBool::new(false)));
    let ended = Arc::clone(&over);
    let began = Instant::now();
    let backup = std::thread::spawn(move || {
        let made = backing_up.back_up_daily(1_800_000_000_000);
        ended.store(true, Ordering::Release);
        made
    });
    let mut beside = Vec::new();
    while !over.load(Ordering::Acquire) {
        beside.push(page(&library)?);
    }
    let took = began.elapsed();
    let made = backup.join().map_err(|_| "the backup panicked")??;
    if !made || beside.is_empty() {
        return Err("no backup was made".into());
    }

    println!("A page of a library of {ROWS} clips");
    println!("  {:34} {:>9} {:>9}", "", "median", "99 of 100");
    let (alone, beside) = (figures(&mut alone), figures(&mut beside));
    row("alone", alone);
    row("while a backup is made", beside);
    println!("  the backup took {:.1} s", took.as_secs_f64());
    let times = (beside.0 / alone.0).max(beside.1 / alone.1);
    let met = times <= TIMES;
    println!(
        "  {:6}  at most {times:.2} times as long (aim: {TIMES})",
        if met { "ok" } else { "MISSED" }
    );
    Ok(if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn filled(folder: &std::path::Path) -> Result<Library, Failure> {
    let settings = Settings {
        prompt: "The lights of the harbour go on, one after the other".into(),
        ..Settings::default()
    };
    let library = Library::open(folder)?;
    library.insert(&Record::new(1_700_000_000_000, settings))?;
    drop(library);
    let mut connection = Connection::open(folder.join("library.sqlite"))?;
    connection.execute_batch(
        "UPDATE generations SET state = 'ready', file = 'clip.mp4', bytes = 9000000, width = 1920, \
         height = 1080, duration_ms = 5000, last_frame_ms = 4958, credits = 25, \
         finished = created",
    )?;
    copies::add(&mut connection, ROWS)?;
    drop(connection);
    Ok(Library::open(folder)?)
}

fn page(library: &Library) -> Result<Duration, Failure> {
    let began = Instant::now();
    let page = library.page(Filter::All, None)?;
    let took = began.elapsed();
    if page.records.is_empty() {
        return Err("the page is empty".into());
    }
    Ok(took)
}

/// The median and the time that 99 of 100 are within, in milliseconds.
fn figures(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    (at(50), at(99))
}

fn row(name: &str, (median, most): (f64, f64)) {
    println!("  {name:34} {median:6.2} ms {most:6.2} ms");
}
