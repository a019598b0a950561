//! Facts about the library as a whole, for a report.

use super::columns::{number, text};
use super::{Library, LibraryError};

/// How many generations are in a state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StateCount {
    /// The state's name, as stored.
    pub state: String,
    /// How many.
    pub count: u32,
}

impl Library {
    /// Checks the file: returns nothing if it is sound, otherwise at most ten of `SQLite`'s own
    /// sentences about what is wrong.
    ///
    /// # Errors
    /// SQLite's, if it can't even check the file.
    pub fn integrity(&self) -> Result<Vec<String>, LibraryError> {
        self.read(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check(10)")?;
            let said = statement
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(said.into_iter().filter(|line| line != "ok").collect())
        })
    }

    /// The version of the file's schema.
    ///
    /// # Errors
    /// SQLite's.
    pub fn version(&self) -> Result<i64, LibraryError> {
        self.read(|connection| {
            Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
        })
    }

    /// How many generations are in each state, the largest number first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn by_state(&self) -> Result<Vec<StateCount>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT state, number FROM generation_counts WHERE number > 0 \
                     ORDER BY number DESC, state",
                )?
                .query_map([], |row| {
                    Ok(StateCount {
                        state: text(row, 0)?.unwrap_or_default(),
                        count: number(row, 1)?.unwrap_or_default(),
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
    }
}
