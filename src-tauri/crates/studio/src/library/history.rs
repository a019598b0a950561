//! What the library's own finished jobs teach: how long such jobs take and what they cost.

use rusqlite::{OptionalExtension, ToSql, params};

use super::{Library, LibraryError};
use crate::estimate::LATEST;
use crate::generation::Millis;
use crate::settings::Settings;

/// How long the latest finished jobs took, in milliseconds and in no order; each kind is a
/// part of the one before.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RenderTimes {
    /// Of the same model.
    pub model: Vec<Millis>,
    /// Of the same model and mode.
    pub mode: Vec<Millis>,
    /// Of the same model, mode and length.
    pub length: Vec<Millis>,
}

impl Library {
    /// How long the latest [`LATEST`] finished jobs like one with these settings took, by
    /// the server's clock, from acceptance to completion.
    ///
    /// # Errors
    /// SQLite's.
    pub fn render_times(&self, settings: &Settings) -> Result<RenderTimes, LibraryError> {
        let (model, mode) = (settings.model.id(), settings.mode.id());
        Ok(RenderTimes {
            model: self.times("model = ?1", &[&model])?,
            mode: self.times("model = ?1 AND mode = ?2", &[&model, &mode])?,
            length: self.times(
                "model = ?1 AND mode = ?2 AND length = ?3",
                &[&model, &mode, &settings.length],
            )?,
        })
    }

    fn times(&self, alike: &str, values: &[&dyn ToSql]) -> Result<Vec<Millis>, LibraryError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT completed - accepted FROM generations \
                 WHERE {alike} AND completed > accepted AND state IN ('downloading', 'ready') \
                 ORDER BY created DESC LIMIT {LATEST}"
            ))?;
            let times = statement.query_map(values, |row| row.get(0))?;
            Ok(times.collect::<Result<_, _>>()?)
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
