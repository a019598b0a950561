//! What the library's own finished jobs show: how long such jobs take and what they cost.

use rusqlite::{OptionalExtension, params};

use super::columns::number;
use super::{Library, LibraryError};
use crate::generation::Millis;
use crate::poll_plan::{LATEST, RenderTimes};
use crate::price::Paid;
use crate::settings::{Mode, Model, Settings};

const MODES: [Mode; 3] = [Mode::Standard, Mode::Pro, Mode::FourK];

/// How many of the latest jobs of a model are looked at for similar ones.
const RECENT: i64 = 1000;

/// A longer time for a job, in milliseconds, means that a clock was wrong.
const LONGEST: Millis = 24 * 3_600_000;

impl Library {
    /// How long the latest finished jobs with similar settings took by the server's clock, from
    /// acceptance to completion: those of the same model, mode and length if there are enough, else
    /// of the same model and mode, else of the model.
    ///
    /// # Errors
    /// SQLite's.
    pub fn render_times(&self, settings: &Settings) -> Result<Option<RenderTimes>, LibraryError> {
        let (mode, length) = (Some(settings.mode.id()), Some(settings.length));
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT CAST(completed - accepted AS INTEGER) AS took FROM \
                   (SELECT * FROM generations \
                    WHERE model = ?1 AND state IN ('downloading', 'ready') \
                    ORDER BY created DESC LIMIT ?6) \
                 WHERE mode = coalesce(?2, mode) AND length = coalesce(?3, length) \
                   AND took BETWEEN 1 AND ?4 \
                 ORDER BY created DESC LIMIT ?5",
            )?;
            for (mode, length) in [(mode, length), (mode, None), (None, None)] {
                let model = settings.model.id();
                let alike = params![model, mode, length, LONGEST, LATEST as i64, RECENT];
                let times = statement.query_map(alike, |row| row.get(0))?;
                if let Some(times) = RenderTimes::of(times.collect::<Result<_, _>>()?) {
                    return Ok(Some(times));
                }
            }
            Ok(None)
        })
    }

    /// What the latest job of this model cost for each mode, with and without sound. This includes
    /// a job that is still running, since it was charged when it was accepted.
    ///
    /// # Errors
    /// SQLite's.
    pub fn paid(&self, model: Model) -> Result<Vec<Paid>, LibraryError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT credits, length FROM generations \
                 WHERE model = ?1 AND mode = ?2 AND sound = ?3 AND credits > 0 AND length > 0 \
                   AND state IN ('rendering', 'downloading', 'ready') \
                 ORDER BY created DESC LIMIT 1",
            )?;
            let mut paid = Vec::new();
            for mode in MODES {
                for sound in [false, true] {
                    let kind = params![model.id(), mode.id(), sound];
                    let latest = statement.query_row(kind, |row| {
                        let known = number(row, 0)?.zip(number(row, 1)?);
                        Ok(known.map(|(credits, seconds)| Paid {
                            mode,
                            sound,
                            credits,
                            seconds,
                        }))
                    });
                    paid.extend(latest.optional()?.flatten());
                }
            }
            Ok(paid)
        })
    }
}
