//! The folders in which downloads were started, until they can't contain anything unfinished any
//! more: the user may choose another clips folder at any time, and unplug a drive with the old one.

use std::path::{Path, PathBuf};

use super::columns::text;
use super::{Library, LibraryError};

impl Library {
    /// A download starts in this folder.
    ///
    /// # Errors
    /// SQLite's.
    pub fn add_download_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        // Clips in a folder whose name is not valid text can't be found again either.
        let Some(folder) = folder.to_str() else {
            return Ok(());
        };
        self.write(|connection| {
            connection.execute(
                "INSERT OR IGNORE INTO download_folders (folder) VALUES (?1)",
                [folder],
            )?;
            Ok(())
        })
    }

    /// The folders that may contain an unfinished download.
    ///
    /// # Errors
    /// SQLite's.
    pub fn download_folders(&self) -> Result<Vec<PathBuf>, LibraryError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT folder FROM download_folders")?;
            let folders = statement.query_map([], |row| text(row, 0))?;
            Ok(folders
                .filter_map(Result::transpose)
                .map(|folder| folder.map(PathBuf::from))
                .collect::<Result<_, _>>()?)
        })
    }

    /// This folder contains nothing unfinished.
    ///
    /// # Errors
    /// SQLite's.
    pub fn forget_download_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        let Some(folder) = folder.to_str() else {
            return Ok(());
        };
        self.write(|connection| {
            connection.execute("DELETE FROM download_folders WHERE folder = ?1", [folder])?;
            Ok(())
        })
    }
}
