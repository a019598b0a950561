//! Where bytes are stored: in a folder, or in memory for a sandbox that must leave nothing behind.
//!
//! A file is written beside its destination and then renamed, so that a process killed in between
//! leaves either the old file or the new one. Files are not synced: a sandbox's data survives its
//! process, but not a crash of the machine.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// A store for named bytes. Names are `folder/file`, both made by the sandbox itself.
pub(crate) enum Shelf {
    Folder(PathBuf),
    Memory(Mutex<BTreeMap<String, Bytes>>),
}

impl Shelf {
    pub fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    pub fn put(&self, name: &str, bytes: Bytes) -> io::Result<()> {
        match self {
            Self::Memory(kept) => {
                lock(kept).insert(name.to_owned(), bytes);
            }
            Self::Folder(root) => {
                let place = root.join(name);
                if let Some(folder) = place.parent() {
                    fs::create_dir_all(folder)?;
                }
                let beside = root.join(format!("{name}.new"));
                fs::write(&beside, &bytes)?;
                fs::rename(&beside, &place)?;
            }
        }
        Ok(())
    }

    pub fn get(&self, name: &str) -> io::Result<Option<Bytes>> {
        match self {
            Self::Memory(kept) => Ok(lock(kept).get(name).cloned()),
            Self::Folder(root) => match fs::read(root.join(name)) {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// Removes the entry; a missing entry is not an error.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match self {
            Self::Memory(kept) => {
                lock(kept).remove(name);
            }
            Self::Folder(root) => match fs::remove_file(root.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
        Ok(())
    }

    /// Everything in a folder, except files that were only partly written.
    pub fn all(&self, folder: &str) -> io::Result<Vec<Bytes>> {
        match self {
            Self::Memory(kept) => {
                let prefix = format!("{folder}/");
                Ok(lock(kept)
                    .iter()
                    .filter(|(name, _)| name.starts_with(&prefix))
                    .map(|(_, b)| b.clone())
                    .collect())
            }
            Self::Folder(root) => {
                let entries = match fs::read_dir(root.join(folder)) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                    entries => entries?,
                };
                let mut found = Vec::new();
                for entry in entries {
                    let path = entry?.path();
                    if path.extension().is_none_or(|extension| extension != "new") {
                        found.push(fs::read(path)?.into());
                    }
                }
                Ok(found)
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
