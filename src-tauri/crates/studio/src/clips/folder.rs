//! The folder for clips, and whether clips can be written to it.
//!
//! If the program's own folder is missing, it is created, for this user alone. A folder that the
//! user chose is never created: it may be on a drive that is not connected, and a folder made in
//! its place would collect clips that the user would not find.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::private;

/// How much is written to test whether there is space: one block.
const PROBE: [u8; 4096] = [0; 4096];

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClipsFolder {
    path: PathBuf,
    chosen: Option<PathBuf>,
}

impl From<PathBuf> for ClipsFolder {
    /// The program's own folder, created if it is missing.
    fn from(path: PathBuf) -> Self {
        Self { path, chosen: None }
    }
}

impl ClipsFolder {
    /// The folder `path` inside a folder that the user chose, or that folder itself.
    #[must_use]
    pub fn within(chosen: &Path, path: PathBuf) -> Self {
        Self {
            path,
            chosen: Some(chosen.to_owned()),
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that the user chose, if it is missing.
    #[must_use]
    pub fn gone(&self) -> Option<&Path> {
        self.chosen.as_deref().filter(|folder| !folder.is_dir())
    }

    /// Tests whether a clip could be written.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder that the user chose is missing; otherwise the
    /// error of the file system.
    pub fn check(&self) -> io::Result<()> {
        if self.gone().is_some() {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.chosen.is_some() {
            std::fs::create_dir_all(&self.path)?;
        } else {
            private::make_folder(&self.path)?;
        }
        // A file without a name: it disappears with this process, and is never visible.
        let mut probe = tempfile::tempfile_in(&self.path)?;
        probe.write_all(&PROBE)?;
        probe.sync_all()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_programs_own_folder_is_made_and_a_chosen_one_is_not() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("Videos/Inbetween");
        ClipsFolder::from(own.clone()).check().unwrap();
        assert_eq!(
            std::fs::read_dir(&own).unwrap().count(),
            0,
            "nothing is left"
        );

        let chosen = root.path().join("drive");
        let folder = ClipsFolder::within(&chosen, chosen.join("Sandbox"));
        assert_eq!(folder.gone(), Some(chosen.as_path()));
        assert_eq!(folder.check().unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(!chosen.exists());
        std::fs::create_dir(&chosen).unwrap();
        folder.check().unwrap();
        assert!(folder.path().is_dir());
    }
}
