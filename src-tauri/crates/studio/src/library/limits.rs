//! The spending limits, and the steps that a limit may hold back: recording a new generation, and
//! letting its request leave. Each step checks the limits and what is used, and takes its share, in
//! one transaction: two presses, or two requests that leave at once, can't both take the rest, and
//! no limit is exceeded because it was set a moment ago.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::records::insert;
use super::transitions::mark_sent;
use super::{Library, LibraryError};
use crate::generation::{GenerationId, Millis, Record};
use crate::ledger::{Books, Limits, Overrun, Standing, Tally, Today, Used};

/// Which generations without a charge count towards a limit.
#[derive(Clone, Copy)]
enum SetAside<'a> {
    /// All that are not finished: what was requested is as good as spent.
    All,
    /// Those whose request may have arrived, except this one. Waiting generations must not hold
    /// each other back, or none of them would ever continue.
    Sent { but: &'a GenerationId },
}

impl Library {
    /// Records a new generation of at most `expected` credits, if the limits allow it in addition
    /// to all that is booked and under way.
    ///
    /// # Errors
    /// SQLite's. The inner error says which limit prevents it; nothing was written.
    pub fn insert_within(
        &self,
        record: &Record,
        expected: Option<i64>,
    ) -> Result<Result<(), Overrun>, LibraryError> {
        self.is_in_place()?;
        let today = self.day_of(record.created);
        self.write(|connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if let Err(overrun) = judge(&transaction, &today, SetAside::All, expected)? {
                return Ok(Err(overrun));
            }
            insert(&transaction, record, expected)?;
            transaction.commit()?;
            Ok(Ok(()))
        })
    }

    /// Whether the limits would let a generation's request of at most `expected` credits
    /// leave at `now`.
    ///
    /// # Errors
    /// SQLite's. The inner error says which limit prevents it.
    pub fn may_leave(
        &self,
        id: &GenerationId,
        now: Millis,
        expected: Option<i64>,
    ) -> Result<Result<(), Overrun>, LibraryError> {
        let today = self.day_of(now);
        self.read(|connection| judge(connection, &today, SetAside::Sent { but: id }, expected))
    }

    /// The request is about to leave for the first time, as [`Library::sent`], if the
    /// limits allow it.
    ///
    /// # Errors
    /// As for all steps. The inner error says which limit prevents it; nothing was changed.
    pub fn sent_within(
        &self,
        id: &GenerationId,
        now: Millis,
        by: &str,
        expected: Option<i64>,
    ) -> Result<Result<(), Overrun>, LibraryError> {
        self.is_in_place()?;
        let today = self.day_of(now);
        self.write(|connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let which = SetAside::Sent { but: id };
            if let Err(overrun) = judge(&transaction, &today, which, expected)? {
                return Ok(Err(overrun));
            }
            mark_sent(&transaction, id, now, by)?;
            transaction.execute(
                "UPDATE generations SET expected = coalesce(?2, expected) WHERE id = ?1",
                params![id, expected],
            )?;
            transaction.commit()?;
            Ok(Ok(()))
        })
    }

    /// The most that may be spent.
    ///
    /// # Errors
    /// SQLite's.
    pub fn limits(&self) -> Result<Limits, LibraryError> {
        self.read(limits)
    }

    /// Sets the most that may be spent from now on.
    ///
    /// # Errors
    /// SQLite's.
    pub fn set_limits(&self, limits: Limits) -> Result<(), LibraryError> {
        self.write(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO limits (only, day, month) VALUES (1, ?1, ?2)",
                params![limits.day, limits.month],
            )?;
            Ok(())
        })
    }

    /// Adopts the limits that an older version of the program kept in the preferences, unless
    /// limits have been set here since.
    ///
    /// # Errors
    /// SQLite's.
    pub fn adopt_limits(&self, limits: Limits) -> Result<(), LibraryError> {
        self.write(|connection| {
            connection.execute(
                "INSERT INTO limits (only, day, month) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING",
                params![limits.day, limits.month],
            )?;
            Ok(())
        })
    }

    /// The books at a glance, on the day of `now`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn books(&self, now: Millis) -> Result<Books, LibraryError> {
        let today = self.day_of(now);
        let (day, month) = (today.day(), today.month());
        self.read(|connection| {
            let limits = limits(connection)?;
            let used = used(connection, &today, SetAside::All)?;
            let standing = |sum, tally: Tally, limit| Standing {
                sum,
                used: tally.all(),
                set_aside: tally.set_aside,
                limit,
            };
            let (first, last) = ends(&month);
            Ok(Books {
                today: standing(
                    Self::sum(connection, &day, &day, &day)?,
                    used.day,
                    limits.day,
                ),
                month: standing(
                    Self::sum(connection, &month, &first, &last)?,
                    used.month,
                    limits.month,
                ),
                months: Self::months(connection)?,
                entries: connection
                    // Rows are never deleted, so this is their number, without a count.
                    .prepare_cached("SELECT coalesce(max(id), 0) FROM ledger")?
                    .query_row([], |row| row.get(0))?,
            })
        })
    }
}

fn limits(connection: &Connection) -> Result<Limits, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT day, month FROM limits")?
        .query_row([], |row| {
            Ok(Limits {
                day: row.get(0)?,
                month: row.get(1)?,
            })
        })
        .optional()?
        .unwrap_or_default())
}

fn judge(
    connection: &Connection,
    today: &Today,
    set_aside: SetAside,
    expected: Option<i64>,
) -> Result<Result<(), Overrun>, LibraryError> {
    let used = used(connection, today, set_aside)?;
    Ok(limits(connection)?.judge(today, &used, expected))
}

/// The first and last possible day of a month.
fn ends(month: &str) -> (String, String) {
    (format!("{month}-01"), format!("{month}-31"))
}

fn used(connection: &Connection, today: &Today, set_aside: SetAside) -> Result<Used, LibraryError> {
    let (day, (first, last)) = (today.day(), ends(&today.month()));
    let tally = |first: &str, last: &str, began| -> Result<Tally, LibraryError> {
        Ok(Tally {
            taken: taken(connection, first, last)?,
            set_aside: aside(connection, set_aside, began)?,
        })
    };
    Ok(Used {
        day: tally(&day, &day, today.day_began)?,
        month: tally(&first, &last, today.month_began)?,
    })
}

/// Credits charged on these days and not returned; the highest expected amount where the actual
/// amount is not known yet. A return counts for the day of its charge: credits of yesterday that
/// are returned make no room today.
fn taken(connection: &Connection, first: &str, last: &str) -> Result<i64, LibraryError> {
    Ok(connection
        .prepare_cached(
            "SELECT CAST(total(coalesce(credits, expected)) AS INTEGER) FROM ledger c \
             WHERE kind = 'charge' AND day BETWEEN ?1 AND ?2 AND NOT EXISTS \
                 (SELECT 1 FROM ledger r WHERE r.job = c.job AND r.kind = 'return')",
        )?
        .query_row([first, last], |row| row.get(0))?)
}

/// The most that generations without a charge may cost. This includes those whose request left
/// after `began` and whose fate is unknown: they may have been charged.
fn aside(connection: &Connection, which: SetAside, began: Millis) -> Result<i64, LibraryError> {
    let (sent_only, but) = match which {
        SetAside::All => (false, None),
        SetAside::Sent { but } => (true, Some(but)),
    };
    Ok(connection
        .prepare_cached(
            "SELECT CAST(total(g.expected) AS INTEGER) FROM generations g \
             LEFT JOIN submissions s ON s.generation = g.id \
             WHERE g.job_id IS NULL AND g.id IS NOT ?1 \
                 AND (s.first_sent IS NOT NULL OR NOT ?2) \
                 AND (g.state IN ('recorded', 'uploading', 'submitting') \
                     OR (g.state = 'uncertain' AND s.first_sent >= ?3))",
        )?
        .query_row(params![but, sent_only, began], |row| row.get(0))?)
}
