//! What the library's own finished jobs teach: how long such jobs take and what they cost.

use rusqlite::{OptionalExtension, params};

use super::{Library, LibraryError};
use crate::generation::Millis;
use crate::settings::{Mode, Model, Settings};

/// How many of the latest jobs are asked: enough for a steady median, few enough to follow
/// a server that has become faster or slower.
const LATEST: u32 = 25;

impl Library {
    /// How long the latest finished jobs of this model and mode took, shortest first.
    /// Jobs of any length: few libraries hold enough of each, and the mode decides most.
    ///
    /// # Errors
    /// SQLite's.
    pub fn render_times(&self, model: Model, mode: Mode) -> Result<Vec<Millis>, LibraryError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT completed - accepted FROM generations \
                 WHERE model = ?1 AND mode = ?2 AND completed > accepted AND state = 'ready' \
                 ORDER BY created DESC LIMIT ?3",
            )?;
            let mut times = statement
                .query_map(params![model.id(), mode.id(), LATEST], |row| row.get(0))?
                .collect::<Result<Vec<Millis>, _>>()?;
            times.sort_unstable();
            Ok(times)
        })
    }

    /// What the latest finished job of the same model, mode and sound cost, as credits and
    /// the seconds they paid for.
    ///
    /// # Errors
    /// SQLite's.
    pub fn last_price(&self, settings: &Settings) -> Result<Option<(i64, u8)>, LibraryError> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT credits, length FROM generations \
                     WHERE model = ?1 AND mode = ?2 AND sound = ?3 AND credits > 0 \
                       AND state = 'ready' \
                     ORDER BY created DESC LIMIT 1",
                )?
                .query_row(
                    params![settings.model.id(), settings.mode.id(), settings.sound],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?)
        })
    }
}
