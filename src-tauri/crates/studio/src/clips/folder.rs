//! The folder that clips go to, and whether they can.
//!
//! The program's own folder is made where it is missing, for this user alone. One that a person chose never is:
//! it may be on a drive that is not connected, and a folder made in its place would take
//! clips that nobody finds.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::private;

/// How much is written to see whether there is room: a block.
const PROBE: [u8; 4096] = [0; 4096];

/// Where clips go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClipsFolder {
    path: PathBuf,
    chosen: Option<PathBuf>,
}

impl From<PathBuf> for ClipsFolder {
    /// The program's own folder, made where it is missing.
    fn from(path: PathBuf) -> Self {
        Self { path, chosen: None }
    }
}

impl ClipsFolder {
    /// `path` in, or itself, the folder that a person chose.
    #[must_use]
    pub fn within(chosen: &Path, path: PathBuf) -> Self {
        Self {
            path,
            chosen: Some(chosen.to_owned()),
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that a person chose, if it is not there.
    #[must_use]
    pub fn gone(&self) -> Option<&Path> {
        self.chosen.as_deref().filter(|folder| !folder.is_dir())
    }

    /// Tries whether a clip could be written.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if the folder that a person chose is not there; else the
    /// file system's own.
    pub fn check(&self) -> io::Result<()> {
        if self.gone().is_some() {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.chosen.is_some() {
            std::fs::create_dir_all(&self.path)?;
        } else {
            private::make_folder(&self.path)?;
        }
        // A file without a name: it is gone with this process, and nobody sees it.
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
