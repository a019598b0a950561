//! Which pictures the library refers to.

use std::collections::HashSet;
use std::path::Path;

use super::columns::text;
use super::connections::open_to_read;
use super::{FILE, LibraryError, backups};
use crate::frames::{FrameHash, hashes_in};

/// The pictures that generations of the library in `folder` were made from, whether that library is
/// open or not. Searches the stored text for hashes, so that settings that can't be read keep their
/// pictures too.
///
/// # Errors
/// SQLite's, or an error if a library that existed is missing: then the pictures are unknown.
pub fn frames_in_use(folder: &Path) -> Result<HashSet<FrameHash>, LibraryError> {
    let file = folder.join(FILE);
    if !file.exists() {
        return if backups::list(folder).is_empty() {
            Ok(HashSet::new())
        } else {
            Err(LibraryError::Damaged("its file is gone".into()))
        };
    }
    let connection = open_to_read(&file)?;
    let mut statement = connection.prepare("SELECT settings FROM generations")?;
    let mut rows = statement.query([])?;
    let mut used = HashSet::new();
    while let Some(row) = rows.next()? {
        used.extend(hashes_in(&text(row, 0)?.unwrap_or_default()));
    }
    Ok(used)
}
