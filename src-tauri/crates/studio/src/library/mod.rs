//! The library: what the user has generated, in one SQLite file.
//!
//! It stores records, the ledger, the spending limits, the addresses of uploaded pictures and
//! nothing else: frames and clips are files beside it, and the key is in the vault. Every change is
//! one transaction, and every transaction is on the disk when the call returns. Calls block: for
//! milliseconds on a good disk, for seconds on a bad one. Async callers use [`Library::run`].

mod backups;
mod clip_server;
mod columns;
mod connections;
mod download_folders;
mod error_messages;
mod files;
mod frames_in_use;
mod gallery;
mod health;
mod history;
mod id;
mod identity;
mod imported_jobs;
mod ledger;
mod limits;
mod orphan_clips;
mod records;
mod rescue;
mod schema;
mod transitions;
mod unknown_states;
mod uploads;

#[cfg(test)]
mod tests;

pub use files::ClipFile;
pub use frames_in_use::frames_in_use;
pub use gallery::{Counts, Filter, Page};
pub use health::StateCount;
pub use rescue::Rescue;
pub use uploads::UploadRecord;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use rusqlite::Connection;

use self::connections::Connections;

use crate::generation::Millis;
use crate::ledger::Today;
use crate::message::Message;
use crate::private;

/// An error while using the library's file.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum LibraryError {
    /// A newer version of the program has changed the file's schema.
    Newer,
    /// No such generation, or it is not in the state the change needs.
    NotThere,
    /// An error from SQLite.
    Sqlite(#[from] rusqlite::Error),
    /// The file is not what SQLite wrote; contains SQLite's own words.
    Damaged(String),
    /// The file was deleted or replaced while this program had it open; anything written now is
    /// lost with it.
    Gone(PathBuf),
    /// A folder could not be created.
    Io(#[from] std::io::Error),
    /// A stored value is not what this program writes.
    Unreadable(&'static str),
}

impl From<&LibraryError> for Message {
    fn from(error: &LibraryError) -> Self {
        match error {
            LibraryError::Newer => Self::LibraryNewer,
            LibraryError::NotThere => Self::NotThere,
            LibraryError::Sqlite(error) => error_messages::message(error),
            LibraryError::Damaged(_) => Self::LibraryDamaged,
            LibraryError::Gone(folder) => Self::LibraryGone {
                folder: folder.display().to_string(),
            },
            LibraryError::Io(error) => Self::LibraryFolder {
                error: error.to_string(),
            },
            LibraryError::Unreadable(what) => Self::LibraryValue {
                what: (*what).into(),
            },
        }
    }
}

/// The library's file in its folder.
const FILE: &str = "library.sqlite";

/// The records of one profile, in one file.
#[derive(Clone, Debug)]
pub struct Library {
    connections: Arc<Connections>,
    folder: PathBuf,
    /// The file's identity, whatever its path refers to later.
    identity: Option<identity::Identity>,
    /// The time zone in which days are counted; the system's own if none is set.
    zone: Option<TimeZone>,
}

impl Library {
    /// Opens the library in `folder`, and creates it if there is none.
    ///
    /// # Errors
    /// [`LibraryError::Newer`] for a file of a newer version of the program, which is left as it
    /// is.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        Self::open_at(folder, jiff::Timestamp::now().as_millisecond())
    }

    /// Opens it at `now`. A backup before a change of its schema is named after that time.
    fn open_at(folder: &Path, now: Millis) -> Result<Self, LibraryError> {
        private::make_folder(folder)?;
        let file = folder.join(FILE);
        let mut writer = connections::open_to_write(&file)?;
        schema::migrate(&mut writer, || backups::make(folder, now))?;
        unknown_states::replace(&writer)?;
        Ok(Self {
            connections: Arc::new(Connections::new(file, writer)),
            folder: folder.to_owned(),
            identity: identity::of(&folder.join(FILE)),
            zone: None,
        })
    }

    /// The same library for a user in another time zone than the system's.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self {
            zone: Some(zone),
            ..self
        }
    }

    /// The time zone in which the user's days are counted. The system is asked each time, since
    /// users travel.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.zone.clone().unwrap_or_else(TimeZone::system)
    }

    /// The user's day that contains `at`.
    fn day_of(&self, at: Millis) -> Today {
        Today::at(at, &self.zone())
    }

    /// The folder that contains the library.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs `work` on a thread where blocking is allowed.
    ///
    /// # Errors
    /// The error of `work`.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let library = self.clone();
        match tokio::task::spawn_blocking(move || work(&library)).await {
            Ok(result) => result,
            // The runtime is shutting down; what was not written is done again at the next start.
            Err(stopped) => Err(LibraryError::Io(std::io::Error::other(stopped))),
        }
    }

    /// Makes sure that the file is still where the next start will look for it. Checked before
    /// anything is recorded that leads to a charge.
    fn is_in_place(&self) -> Result<(), LibraryError> {
        if identity::of(&self.folder.join(FILE)) == self.identity {
            Ok(())
        } else {
            Err(LibraryError::Gone(self.folder.clone()))
        }
    }

    /// Runs `work` on the one connection that writes.
    fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        self.connections.write(work)
    }

    /// Runs `work` on a connection that only reads; never waits for the one that writes.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        self.connections.read(work)
    }
}
