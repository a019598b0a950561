//! The locations of the clips' files, for checking them.

use super::columns::{number, text};
use super::transitions::{advance, set_address};
use super::{Library, LibraryError};
use crate::generation::GenerationId;

/// A clip's file, as stored in the library.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClipFile {
    /// The clip's generation.
    pub id: GenerationId,
    /// The full path.
    pub file: String,
    /// Its size.
    pub bytes: u64,
}

impl Library {
    /// The files of all clips. This does not access the disk.
    ///
    /// # Errors
    /// SQLite's.
    pub fn clip_files(&self) -> Result<Vec<ClipFile>, LibraryError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, file, bytes FROM generations \
                 WHERE state = 'ready' AND file IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            let mut files = Vec::new();
            while let Some(row) = rows.next()? {
                // What can't be read is on no card either.
                let id = text(row, 0)?.and_then(|id| id.parse().ok());
                if let Some((id, file)) = id.zip(text(row, 1)?) {
                    let bytes = number::<i64>(row, 2)?.unwrap_or_default().unsigned_abs();
                    files.push(ClipFile { id, file, bytes });
                }
            }
            Ok(files)
        })
    }

    /// A clip whose file is missing is fetched again, from this address. Its poster stays.
    ///
    /// # Errors
    /// SQLite's, or [`LibraryError::NotThere`] if it is not a finished clip with a job.
    pub fn fetch_again(&self, id: &GenerationId, url: &str) -> Result<(), LibraryError> {
        self.write(|connection| {
            let transaction = connection.transaction()?;
            advance(
                &transaction,
                id,
                "state = 'downloading', waiting = NULL, finished = NULL, file = NULL",
                "('ready') AND job_id IS NOT NULL",
                &[],
            )?;
            set_address(&transaction, id, Some(url))?;
            Ok(transaction.commit()?)
        })
    }
}
