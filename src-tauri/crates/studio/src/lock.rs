//! One program per library: the program that opens it holds a lock on its folder, and tells a
//! second one who holds it and how to reach the holder.
//!
//! The lock is the system's, so it ends with the process, however that ends. It is on the folder
//! itself, which can't be replaced while the library in it is used without the library being
//! replaced too. If folders can't be locked (Windows, network drives), it is on a file in the
//! folder. A note in the folder names the owner; a note without a lock means nothing. If a file
//! system has no locks, the program works without one: two programs on one library do not damage
//! its file (SQLite ensures that), but each would process the same jobs, and each could send what
//! was never sent.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::message::Message;

use crate::{atomic_write, private, regular_file};

const LOCK: &str = "inbetween.lock";
const NOTE: &str = "inbetween.owner.json";
/// The most bytes of a note: many times what one needs.
const LONGEST_NOTE: u64 = 64 << 10;

/// The process that has a library open.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Owner {
    pub host: String,
    pub user: String,
    /// The process id.
    pub process: u32,
    /// The address at which it can be asked to come to the front, in a form that only the program
    /// itself reads.
    /// Earlier programs call it a door.
    #[serde(rename = "door")]
    pub activation: Option<String>,
}

impl Owner {
    #[must_use]
    pub fn this() -> Self {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
        Self {
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            user: user.unwrap_or_default(),
            process: std::process::id(),
            activation: None,
        }
    }

    /// Whether it is the same user on the same computer.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let this = Self::this();
        (&self.host, &self.user) == (&this.host, &this.user)
    }
}

/// Why a library can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum LockError {
    /// Another program has it open.
    Held {
        /// The owner, if known.
        owner: Option<Owner>,
        folder: PathBuf,
    },
    /// Its folder can't be used.
    Folder { folder: PathBuf, error: io::Error },
}

impl From<&LockError> for Message {
    fn from(error: &LockError) -> Self {
        match error {
            LockError::Held { owner, folder } => held(owner.as_ref(), folder.display().to_string()),
            LockError::Folder { folder, error } => Self::FolderUnusable {
                folder: folder.display().to_string(),
                error: error.to_string(),
            },
        }
    }
}

fn held(owner: Option<&Owner>, folder: String) -> Message {
    let Some(owner) = owner else {
        return Message::LibraryHeld { folder };
    };
    let user = Some(owner.user.clone()).filter(|user| !user.is_empty());
    if owner.is_here() {
        let process = owner.process.to_string();
        Message::LibraryHeldHere { process, folder }
    } else if owner.host == Owner::this().host {
        Message::LibraryHeldByUser { user, folder }
    } else {
        let host = owner.host.clone();
        Message::LibraryHeldElsewhere { host, user, folder }
    }
}

/// The right to use a library, for as long as this value lives.
#[derive(Debug)]
pub struct LibraryLock {
    folder: PathBuf,
    /// Holds the lock; `None` if the file system has none.
    _handle: Option<File>,
}

impl LibraryLock {
    /// Takes the lock of `folder`, which is created if it is missing.
    ///
    /// # Errors
    /// [`LockError`], a sentence for the user.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let failed = |error| LockError::Folder {
            folder: folder.to_owned(),
            error,
        };
        private::make_folder(folder).map_err(failed)?;
        let taken = take_folder(folder).or_else(|error| match error {
            TryLockError::Error(_) => take_file(folder),
            TryLockError::WouldBlock => Err(error),
        });
        let handle = match taken {
            Ok(handle) => Some(handle),
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    owner: read_note(folder),
                    folder: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => {
                // A folder that can't be written to is not usable for a library.
                drop(tempfile::tempfile_in(folder).map_err(failed)?);
                tracing::warn!(%error, "this file system has no locks");
                None
            }
        };
        let lock = Self {
            folder: folder.to_owned(),
            _handle: handle,
        };
        lock.note(&Owner::this());
        Ok(lock)
    }

    /// Publishes where this program can be asked to come to the front.
    pub fn announce(&self, activation: &str) {
        self.note(&Owner {
            activation: Some(activation.to_owned()),
            ..Owner::this()
        });
    }

    /// The note is optional: without it the next program reports less.
    fn note(&self, owner: &Owner) {
        let written = serde_json::to_vec(owner)
            .map_err(io::Error::other)
            .and_then(|text| atomic_write::write(&self.folder.join(NOTE), &text));
        if let Err(error) = written {
            tracing::warn!(%error, "the library's owner could not be noted");
        }
    }
}

#[cfg(unix)]
fn take_folder(folder: &Path) -> Result<File, TryLockError> {
    let handle = File::open(folder).map_err(TryLockError::Error)?;
    handle.try_lock()?;
    Ok(handle)
}

#[cfg(not(unix))]
fn take_folder(_folder: &Path) -> Result<File, TryLockError> {
    Err(TryLockError::Error(io::ErrorKind::Unsupported.into()))
}

fn take_file(folder: &Path) -> Result<File, TryLockError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))
        .map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

fn read_note(folder: &Path) -> Option<Owner> {
    let note = regular_file::read(&folder.join(NOTE), LONGEST_NOTE).ok()?;
    serde_json::from_slice(&note).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    fn refused(folder: &Path) -> (Option<Owner>, String) {
        let error = LibraryLock::take(folder).unwrap_err();
        let sentence = error.to_string();
        match error {
            LockError::Held { owner, .. } => (owner, sentence),
            LockError::Folder { .. } => panic!("{sentence}"),
        }
    }

    #[test]
    fn a_library_is_one_programs_until_that_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = LibraryLock::take(folder.path()).unwrap();
        first.announce("127.0.0.1:9 word");
        let (owner, sentence) = refused(folder.path());
        let owner = owner.unwrap();
        assert!(owner.is_here(), "{owner:?}");
        assert_eq!(owner.activation.as_deref(), Some("127.0.0.1:9 word"));
        assert!(sentence.contains("already running"), "{sentence}");
        drop(first);
        LibraryLock::take(folder.path()).unwrap();
    }

    #[test]
    fn whatever_is_deleted_in_its_folder_a_library_stays_one_programs() {
        let folder = tempfile::tempdir().unwrap();
        let first = LibraryLock::take(folder.path()).unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
        refused(folder.path());
        drop(first);
        LibraryLock::take(folder.path()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn where_folders_can_not_be_locked_a_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let first = take_file(folder.path()).unwrap();
        assert!(matches!(
            take_file(folder.path()),
            Err(TryLockError::WouldBlock)
        ));
        drop(first);
        take_file(folder.path()).unwrap();
    }

    #[test]
    fn who_has_it_elsewhere_is_said_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let lock = LibraryLock::take(folder.path()).unwrap();
        lock.note(&Owner {
            host: "studio-2".into(),
            user: "ada".into(),
            ..Owner::this()
        });
        let (_, sentence) = refused(folder.path());
        assert!(
            sentence.contains("on the computer studio-2 (ada)"),
            "{sentence}"
        );
        lock.note(&Owner {
            user: "grace".into(),
            ..Owner::this()
        });
        let (_, sentence) = refused(folder.path());
        assert!(
            sentence.contains("grace has this library open on this computer"),
            "{sentence}"
        );
    }

    #[test]
    fn a_note_that_can_not_be_read_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let _lock = LibraryLock::take(folder.path()).unwrap();
        fs::write(folder.path().join(NOTE), b"{").unwrap();
        let (owner, sentence) = refused(folder.path());
        assert_eq!(owner, None);
        assert!(sentence.contains("Another program"), "{sentence}");
    }

    #[test]
    fn a_folder_that_can_not_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"x").unwrap();
        let error = LibraryLock::take(&file.join("library")).unwrap_err();
        assert!(error.to_string().contains("file/library"), "{error}");
    }
}
