//! The ledger's rows. The steps of a generation's life write them, inside their transactions. They
//! are never deleted: removing a generation from the gallery leaves them.
//!
//! A job has one row for its charge and at most one for its return, so that observing the same
//! thing twice, before and after a crash, books it once. A charge is booked when the job is
//! accepted. Its amount is Apiframe's own figure, which arrives later: until then the row has no
//! amount, and the sums include the number of such rows.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::columns::{flag, number, text};
use super::{Library, LibraryError};
use crate::generation::{GenerationId, Millis};
use crate::ledger::{Entry, Kind, Page, Sum};

/// Rows on a page: a screen or two.
const PAGE: u32 = 50;
/// Months that are summed up: as many as a user compares.
const MONTHS: u32 = 12;

/// All rows.
const ROWS: &str = "SELECT l.*, EXISTS (SELECT 1 FROM generations g WHERE g.id = l.generation) AS kept \
    FROM ledger l";

/// The columns that are summed over the days of a span. Unlike `sum`, `total` takes whatever a damaged
/// row contains.
const SUMS: &str = "CAST(total(charged) AS INTEGER) AS charged, \
    CAST(total(returned) AS INTEGER) AS returned, CAST(total(unknown) AS INTEGER) AS unknown \
    FROM ledger_days";

impl Library {
    /// Books the charge of a generation's job, or its amount once that is known. An impossible
    /// figure (negative, or beyond any price) is treated as unknown.
    pub(super) fn book_charge(
        &self,
        connection: &Connection,
        id: &GenerationId,
    ) -> Result<(), LibraryError> {
        let accepted: Option<Millis> = connection
            .prepare_cached(
                "SELECT coalesce(accepted, created) FROM generations \
                 WHERE id = ?1 AND job_id IS NOT NULL",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let Some(at) = accepted else {
            return Ok(());
        };
        connection
            .prepare_cached(
                "INSERT INTO ledger (at, day, generation, prompt, job, kind, credits, expected) \
                 SELECT :at, :day, id, \
                     substr(prompt, 1, 120), job_id, 'charge', \
                     CASE WHEN credits BETWEEN 0 AND 1000000000 THEN credits END, expected \
                 FROM generations WHERE id = :id \
                 ON CONFLICT (job, kind) DO UPDATE SET credits = excluded.credits \
                 WHERE excluded.credits IS NOT NULL AND credits IS NOT excluded.credits",
            )?
            .execute(named_params! {
                ":id": id,
                ":at": at,
                ":day": self.day_of(at).day(),
            })?;
        sum_up(connection, id)
    }

    /// Books that a generation's job returned what it charged, seen at `now`. A generation that
    /// never had a job was not charged.
    pub(super) fn book_return(
        &self,
        connection: &Connection,
        id: &GenerationId,
        now: Millis,
    ) -> Result<(), LibraryError> {
        self.book_charge(connection, id)?;
        connection
            .prepare_cached(
                "INSERT INTO ledger (at, day, generation, prompt, job, kind, credits, expected) \
                 SELECT :now, :day, generation, prompt, job, 'return', credits, expected \
                 FROM ledger WHERE kind = 'charge' \
                     AND job = (SELECT job_id FROM generations WHERE id = :id) \
                 ON CONFLICT (job, kind) DO UPDATE SET credits = excluded.credits",
            )?
            .execute(named_params! {
                ":id": id,
                ":now": now,
                ":day": self.day_of(now).day(),
            })?;
        sum_up(connection, id)
    }

    /// The page of the ledger that starts after `cursor` (a [`Page::next`]), newest first, or the
    /// first page without one. A cursor that can't be read gives the first page.
    ///
    /// # Errors
    /// SQLite's.
    pub fn ledger_page(&self, cursor: Option<&str>) -> Result<Page, LibraryError> {
        let (day, id) = cursor
            .and_then(|cursor| {
                let (day, id) = cursor.split_once('_')?;
                Some((day, id.parse::<i64>().ok()?))
            })
            .unwrap_or(("~", i64::MAX));
        self.read(|connection| {
            let mut entries = connection
                .prepare_cached(&format!(
                    "{ROWS} WHERE (l.day, l.id) < (?1, ?2) ORDER BY l.day DESC, l.id DESC LIMIT ?3"
                ))?
                .query_map(params![day, id, PAGE + 1], read)?
                .collect::<Result<Vec<Entry>, _>>()?;
            let page = PAGE as usize;
            let more = entries.len() > page;
            entries.truncate(page);
            let next = entries
                .last()
                .filter(|_| more)
                .map(|last| format!("{}_{}", last.day, last.id));
            let mut total = match entries.last() {
                Some(oldest) => before(connection, oldest)?,
                None => 0,
            };
            add_up(entries.iter_mut().rev(), &mut total);
            let days = match (entries.last(), entries.first()) {
                (Some(oldest), Some(newest)) => days(connection, &oldest.day, &newest.day)?,
                _ => Vec::new(),
            };
            Ok(Page {
                entries,
                days,
                next,
            })
        })
    }

    /// The whole ledger, oldest first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn entries(&self) -> Result<Vec<Entry>, LibraryError> {
        self.read(|connection| {
            let mut entries = connection
                .prepare_cached(&format!("{ROWS} ORDER BY l.day, l.id"))?
                .query_map([], read)?
                .collect::<Result<Vec<Entry>, _>>()?;
            add_up(entries.iter_mut(), &mut 0);
            Ok(entries)
        })
    }

    /// The sum of the days from `first` to `last`, under the name `span`.
    pub(super) fn sum(
        connection: &Connection,
        span: &str,
        first: &str,
        last: &str,
    ) -> Result<Sum, LibraryError> {
        Ok(connection
            .prepare_cached(&format!(
                "SELECT ?1 AS span, {SUMS} WHERE day BETWEEN ?2 AND ?3"
            ))?
            .query_row(params![span, first, last], read_sum)?)
    }

    /// The latest months that have any bookings, newest first.
    pub(super) fn months(connection: &Connection) -> Result<Vec<Sum>, LibraryError> {
        Ok(connection
            .prepare_cached(&format!(
                "SELECT substr(day, 1, 7) AS span, {SUMS} \
                 GROUP BY span ORDER BY span DESC LIMIT ?1"
            ))?
            .query_map([MONTHS], read_sum)?
            .collect::<Result<_, _>>()?)
    }
}

/// Updates the sums of the days on which something is booked for a generation's job. It sums whole
/// days, which have few rows, so that a sum can't drift.
fn sum_up(connection: &Connection, id: &GenerationId) -> Result<(), LibraryError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO ledger_days \
             SELECT l.day, \
                 CAST(total(l.credits) FILTER (WHERE l.kind = 'charge') AS INTEGER), \
                 CAST(total(l.credits) FILTER (WHERE l.kind = 'return') AS INTEGER), \
                 count(*) FILTER (WHERE l.kind = 'charge' AND l.credits IS NULL AND r.id IS NULL) \
             FROM ledger l \
             LEFT JOIN ledger r ON l.kind = 'charge' AND r.kind = 'return' AND r.job = l.job \
             WHERE l.day IN (SELECT day FROM ledger \
                 WHERE job = (SELECT job_id FROM generations WHERE id = ?1)) \
             GROUP BY l.day",
        )?
        .execute([id])?;
    Ok(())
}

/// The total that was spent before a row.
fn before(connection: &Connection, row: &Entry) -> Result<i64, LibraryError> {
    let days: i64 = connection
        .prepare_cached(
            "SELECT CAST(total(charged - returned) AS INTEGER) FROM ledger_days WHERE day < ?1",
        )?
        .query_row([&row.day], |row| row.get(0))?;
    let that_day: i64 = connection
        .prepare_cached(
            "SELECT CAST(total(CASE kind WHEN 'charge' THEN credits ELSE -credits END) AS INTEGER) \
             FROM ledger WHERE day = ?1 AND id < ?2",
        )?
        .query_row(params![row.day, row.id], |row| row.get(0))?;
    Ok(days.saturating_add(that_day))
}

/// Sets the running total of rows, oldest first. They are ordered by day, not by time: an answer
/// that was looked up late is booked on the day it happened.
fn add_up<'a>(entries: impl Iterator<Item = &'a mut Entry>, total: &mut i64) {
    for entry in entries {
        let credits = entry.credits.unwrap_or_default();
        *total = match entry.kind {
            Kind::Charge => total.saturating_add(credits),
            Kind::Return => total.saturating_sub(credits),
        };
        entry.total = *total;
    }
}

/// The sums of the days that have any bookings, newest first.
fn days(connection: &Connection, first: &str, last: &str) -> Result<Vec<Sum>, LibraryError> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT day AS span, {SUMS} WHERE day BETWEEN ?1 AND ?2 \
             GROUP BY span ORDER BY span DESC"
        ))?
        .query_map([first, last], read_sum)?
        .collect::<Result<_, _>>()?)
}

fn read(row: &Row) -> rusqlite::Result<Entry> {
    let text = |column| Ok::<_, rusqlite::Error>(text(row, column)?.unwrap_or_default());
    Ok(Entry {
        id: row.get("id")?,
        at: number(row, "at")?.unwrap_or_default(),
        day: text("day")?,
        generation: text("generation")?,
        in_gallery: flag(row, "kept")?,
        prompt: text("prompt")?,
        job: text("job")?,
        kind: if text("kind")? == Kind::Return.word() {
            Kind::Return
        } else {
            Kind::Charge
        },
        credits: number(row, "credits")?,
        total: 0,
    })
}

fn read_sum(row: &Row) -> rusqlite::Result<Sum> {
    Ok(Sum {
        span: text(row, "span")?.unwrap_or_default(),
        charged: number(row, "charged")?.unwrap_or_default(),
        returned: number(row, "returned")?.unwrap_or_default(),
        unknown: number(row, "unknown")?.unwrap_or_default(),
    })
}
