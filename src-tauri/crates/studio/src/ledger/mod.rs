//! The ledger: every credit that was taken and every one that was given back, and the limits that
//! the user sets on them.
//!
//! This module has the types in which it is shown and exported, and the rules of the limits, all
//! pure. The library writes the rows themselves, in the same transaction as the step that reveals
//! them, so that the ledger is exact whenever the program ends. Nothing here knows what a credit
//! costs in money: Apiframe sells them at different prices.

mod calendar;
pub mod csv;
mod limits;

pub use calendar::Today;
pub use limits::{Limits, Overrun, Tally, Used};

use serde::Serialize;
use specta::Type;

use crate::generation::Millis;

/// The direction of a booking.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename = "EntryKind", rename_all = "camelCase")]
pub enum Kind {
    /// Taken, when Apiframe accepted a job.
    Charge,
    /// Given back, because the job ended without a clip.
    Return,
}

impl Kind {
    /// The word stored in the library.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Return => "return",
        }
    }
}

/// One row of the ledger.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename = "LedgerEntry", rename_all = "camelCase")]
pub struct Entry {
    /// Its own number, in the order in which rows were written.
    #[specta(type = u32)]
    pub id: i64,
    /// When the job was accepted, or when its failure was seen.
    #[specta(type = u32)]
    pub at: Millis,
    /// The user's own day at that time, `2026-11-22`.
    pub day: String,
    /// The id of the generation, also after it was removed from the gallery.
    pub generation: String,
    /// Whether the generation is still in the gallery.
    pub in_gallery: bool,
    /// The start of its prompt.
    pub prompt: String,
    /// Apiframe's id of the job.
    pub job: String,
    pub kind: Kind,
    /// How many, as reported by Apiframe; `None` while that is not known yet.
    #[specta(type = Option<u32>)]
    pub credits: Option<i64>,
    /// All credits spent up to and including this row, by day and number; unknown amounts count as
    /// zero.
    #[specta(type = i32)]
    pub total: i64,
}

/// The credits taken and given back in a day or a month.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Type)]
#[serde(rename = "LedgerSum", rename_all = "camelCase")]
pub struct Sum {
    /// The day, `2026-11-22`, or the month, `2026-11`.
    pub span: String,
    /// Credits taken.
    #[specta(type = u32)]
    pub charged: i64,
    /// Credits given back.
    #[specta(type = u32)]
    pub returned: i64,
    /// Charges whose amount is not known yet, and which are therefore in none of the sums.
    pub unknown: u32,
}

/// A page of the ledger, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename = "LedgerPage", rename_all = "camelCase")]
pub struct Page {
    pub entries: Vec<Entry>,
    /// The sums of the days of the rows, newest first. They cover whole days, even if a day
    /// continues on the next page.
    pub days: Vec<Sum>,
    /// The cursor for the next page; `None` on the last.
    pub next: Option<String>,
}

/// The totals of a day or a month.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub sum: Sum,
    /// Credits that count towards the limit: what was charged on these days and not given
    /// back, and what is set aside.
    #[specta(type = u32)]
    pub used: i64,
    /// The part of [`Standing::used`] that is set aside for generations which are not
    /// charged yet, at the most they may cost.
    #[specta(type = u32)]
    pub set_aside: i64,
    /// The limit, if the user set one.
    pub limit: Option<u32>,
}

/// A summary of the ledger.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Books {
    pub today: Standing,
    pub month: Standing,
    /// The months in which anything was booked, newest first, at most a year of them.
    pub months: Vec<Sum>,
    pub entries: u32,
}
