//! The server that the last clip came from: most likely, the next one comes from there as well.

use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::columns::text;
use super::{Library, LibraryError};
use crate::generation::GenerationId;

impl Library {
    /// The server that the last clip came from; `None` before the first one.
    ///
    /// # Errors
    /// SQLite's.
    pub fn clip_server(&self) -> Result<Option<Url>, LibraryError> {
        self.read(|connection| {
            let origin = connection
                .query_row("SELECT origin FROM clip_server", [], |row| text(row, 0))
                .optional()?
                .flatten();
            Ok(origin.and_then(|origin| origin.parse().ok()))
        })
    }
}

/// Stores where a generation's clip came from, before its address is forgotten.
pub(super) fn remember(connection: &Connection, id: &GenerationId) -> Result<(), LibraryError> {
    let address = connection
        .prepare_cached("SELECT result_url FROM submissions WHERE generation = ?1")?
        .query_row([id], |row| text(row, 0))
        .optional()?
        .flatten();
    let Some(address) = address.and_then(|address| address.parse::<Url>().ok()) else {
        return Ok(());
    };
    connection
        .prepare_cached(
            "INSERT INTO clip_server (only, origin) VALUES (1, ?1) \
             ON CONFLICT DO UPDATE SET origin = excluded.origin",
        )?
        .execute(params![address.origin().ascii_serialization()])?;
    Ok(())
}
