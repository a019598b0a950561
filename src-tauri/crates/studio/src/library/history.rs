//! What the library's own finished jobs teach: how long such jobs take and what they cost.

use rusqlite::ToSql;

use super::{Library, LibraryError};
use crate::estimate::LATEST;
use crate::generation::Millis;
use crate::price::Paid;
use crate::settings::{Mode, Model, Settings};

const MODES: [Mode; 3] = [Mode::Standard, Mode::Pro, Mode::FourK];

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
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT completed - accepted FROM generations \
                 WHERE {alike} AND completed > accepted AND state IN ('downloading', 'ready') \
                 ORDER BY created DESC LIMIT {LATEST}"
            ))?;
            let times = statement.query_map(values, |row| row.get(0))?;
            Ok(times.collect::<Result<_, _>>()?)
        })
    }

    /// What the latest job of each mode, with and without sound, of this model cost: also
    /// one that is still being made, since it was charged when it was accepted.
    ///
    /// # Errors
    /// SQLite's.
    pub fn paid(&self, model: Model) -> Result<Vec<Paid>, LibraryError> {
        self.read(|connection| {
            // SQLite takes the other columns from the row that has the maximum.
            let mut statement = connection.prepare_cached(
                "SELECT mode, sound, credits, length, max(created) FROM generations \
                 WHERE model = ?1 AND credits > 0 AND length > 0 \
                   AND state IN ('rendering', 'downloading', 'ready') \
                 GROUP BY mode, sound",
            )?;
            let paid = statement.query_map([model.id()], |row| {
                let mode: String = row.get(0)?;
                let mode = MODES.into_iter().find(|known| known.id() == mode);
                Ok(mode.map(|mode| {
                    Ok(Paid {
                        mode,
                        sound: row.get(1)?,
                        credits: row.get(2)?,
                        seconds: row.get(3)?,
                    })
                }))
            })?;
            // A mode that this program does not know has no price here.
            let known = paid.filter_map(|row| row.transpose().map(|row| row.and_then(|paid| paid)));
            Ok(known.collect::<Result<_, _>>()?)
        })
    }
}
