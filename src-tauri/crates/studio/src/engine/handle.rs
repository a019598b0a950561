//! The engine's public handle.

use std::sync::Arc;

use apiframe::Client;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use super::event::Event;
use super::shared::Shared;
use crate::clips::ClipsFolder;
use crate::library::Library;
use crate::notice::{NoticeKind, Notices};

/// The engine of one library. Dropping it stops the work; the library keeps the remaining work for
/// the next engine.
#[derive(Debug)]
pub struct Engine {
    pub(super) shared: Arc<Shared>,
    pub(super) tasks: [JoinHandle<()>; 2],
}

impl Engine {
    /// A receiver of the changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.shared.feed.events()
    }

    /// Sets the client to work with; `None` while no one is signed in. Everything that waited
    /// continues at once.
    pub fn set_client(&self, client: Option<Client>) {
        self.shared.remote.set_client(client);
        self.shared.retry_now();
    }

    /// Sets the folder for clips from now on; existing clips stay where they are.
    pub fn set_clips_folder(&self, folder: ClipsFolder) {
        self.shared.storage.set_clips_folder(folder);
        self.shared.retry_now();
    }

    /// The user does not want to wait any longer: every wait ends. Of a pause that the server asked
    /// for, the first minutes are kept.
    pub fn ask_now(&self) {
        self.shared.retry_now();
    }

    /// The engine's library.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.shared.storage.library
    }

    /// The notices about the library as a whole.
    #[must_use]
    pub fn notices(&self) -> Notices {
        self.shared.feed.notices()
    }

    /// The user has read this notice.
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
