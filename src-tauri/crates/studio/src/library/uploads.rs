//! The addresses of uploaded pictures, while they are valid: the same picture in three takes is
//! sent once.

use rusqlite::{OptionalExtension, params};

use super::columns::{number, text};
use super::{Library, LibraryError};
use crate::frames::FrameHash;
use crate::generation::Millis;

/// The address of an uploaded picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadRecord {
    /// Where the server keeps it.
    pub url: String,
    /// When the server deletes it.
    pub until: Millis,
}

impl Library {
    /// The picture's address, if it is valid for longer than `at_least`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn upload(
        &self,
        frame: FrameHash,
        at_least: Millis,
    ) -> Result<Option<UploadRecord>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .query_row(
                    "SELECT url, until FROM uploads WHERE frame = ?1 AND until > ?2",
                    params![frame.to_string(), at_least],
                    |row| {
                        let known = text(row, 0)?.zip(number(row, 1)?);
                        Ok(known.map(|(url, until)| UploadRecord { url, until }))
                    },
                )
                .optional()?
                .flatten())
        })
    }

    /// Stores a picture's address, replacing an older one.
    ///
    /// # Errors
    /// SQLite's.
    pub fn uploaded(&self, frame: FrameHash, upload: &UploadRecord) -> Result<(), LibraryError> {
        self.write(|connection| {
            connection.execute(
                "INSERT INTO uploads (frame, url, until) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (frame) DO UPDATE SET url = excluded.url, until = excluded.until",
                params![frame.to_string(), upload.url, upload.until],
            )?;
            Ok(())
        })
    }

    /// Forgets all addresses: they are not valid for another account or another server.
    ///
    /// # Errors
    /// SQLite's.
    pub fn forget_uploads(&self) -> Result<(), LibraryError> {
        self.write(|connection| {
            connection.execute("DELETE FROM uploads", [])?;
            Ok(())
        })
    }
}
