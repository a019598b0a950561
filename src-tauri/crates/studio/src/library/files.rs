//! Where the clips' files are, for looking after them.

use rusqlite::params;

use super::{Library, LibraryError};
use crate::generation::GenerationId;

/// A clip's file, as the library has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClipFile {
    /// Whose.
    pub id: GenerationId,
    /// The full path.
    pub file: String,
    /// Its size.
    pub bytes: u64,
}

impl Library {
    /// The files of all clips. Nothing is looked at on the disk.
    ///
    /// # Errors
    /// SQLite's.
    pub fn clip_files(&self) -> Result<Vec<ClipFile>, LibraryError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, file, coalesce(bytes, 0) FROM generations \
                 WHERE state = 'ready' AND file IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            let mut files = Vec::new();
            while let Some(row) = rows.next()? {
                let Ok(id) = GenerationId::try_from(row.get::<_, String>(0)?) else {
                    continue;
                };
                files.push(ClipFile {
                    id,
                    file: row.get(1)?,
                    bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                });
            }
            Ok(files)
        })
    }

    /// A clip whose file is gone is fetched again, from this address. Its poster stays.
    ///
    /// # Errors
    /// SQLite's, or [`LibraryError::NotThere`] if it is no finished clip with a job.
    pub fn fetch_again(&self, id: &GenerationId, url: &str) -> Result<(), LibraryError> {
        self.with(|connection| {
            let changed = connection.execute(
                "UPDATE generations SET state = 'downloading', waiting = NULL, finished = NULL, \
                 file = NULL, etag = NULL, result_url = ?2 \
                 WHERE id = ?1 AND state = 'ready' AND job_id IS NOT NULL",
                params![id.as_str(), url],
            )?;
            if changed == 1 {
                Ok(())
            } else {
                Err(LibraryError::NotThere)
            }
        })
    }
}
