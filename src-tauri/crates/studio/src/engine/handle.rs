//! The engine as others hold it.

use std::sync::Arc;

use apiframe::Client;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use super::event::Event;
use super::shared::Shared;
use crate::clips::ClipsFolder;
use crate::library::Library;
use crate::notice::{Notice, NoticeKind};

/// The engine of one library. Dropping it stops the work; the library keeps what is left
/// to do for the next one.
#[derive(Debug)]
pub struct Engine {
    pub(super) shared: Arc<Shared>,
    pub(super) tasks: [JoinHandle<()>; 2],
}

impl Engine {
    /// What changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.shared.feed.events()
    }

    /// The client to work with; `None` while nobody is signed in. Everything that waited
    /// goes on at once.
    pub fn set_client(&self, client: Option<Client>) {
        self.shared.remote.set_client(client);
        self.shared.retry_now();
    }

    /// Where clips go from now on; those that are there stay.
    pub fn set_clips_folder(&self, folder: ClipsFolder) {
        self.shared.storage.set_clips_folder(folder);
        self.shared.retry_now();
    }

    /// The library behind it.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.shared.storage.library
    }

    /// What a person should know about the library as a whole.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.shared.feed.notices()
    }

    /// The person has read it.
    pub fn dismiss_notice(&self, kind: NoticeKind) {
        self.shared.feed.dismiss_notice(kind);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
