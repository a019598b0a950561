//! What the engine knows of the server, and how it may ask it. All of it may be forgotten.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use apiframe::{Client, ModelCatalog};
use tokio::sync::{OnceCell, Semaphore};

use super::attempts::Attempts;
use super::pause::Pause;
use super::poll_schedule::PollSchedule;
use super::search::Searches;
use crate::clips::Fetcher;

/// Pictures sent at the same time, of one generation or several.
const UPLOADS_AT_ONCE: usize = 3;

#[derive(Debug)]
pub(super) struct Remote {
    client: RwLock<Option<Client>>,
    /// Whether it was said who is signed in; nothing is asked before.
    started: AtomicBool,
    pub fetcher: Fetcher,
    /// What the server asked everybody to wait for.
    pub pause: Pause,
    /// When jobs are asked about.
    pub schedule: PollSchedule,
    /// How often each clip was tried for.
    pub attempts: Attempts,
    /// How far lost requests were looked for.
    pub searches: Searches,
    /// Turns of pictures to be uploaded.
    pub uploading: Semaphore,
    /// What the server says its models cost, once it was asked.
    catalogue: RwLock<Option<ModelCatalog>>,
    /// The models that make pictures or music, once the server has told.
    pub other_models: OnceCell<HashSet<String>>,
}

impl Remote {
    /// `usual_time` is how long a job takes while the library knows nothing better.
    pub fn new(fetcher: Fetcher, usual_time: Duration) -> Self {
        Self {
            client: RwLock::default(),
            started: AtomicBool::new(false),
            fetcher,
            pause: Pause::default(),
            schedule: PollSchedule::new(usual_time),
            attempts: Attempts::default(),
            searches: Searches::default(),
            uploading: Semaphore::new(UPLOADS_AT_ONCE),
            catalogue: RwLock::default(),
            other_models: OnceCell::new(),
        }
    }

    /// `None` while nobody is signed in.
    pub fn client(&self) -> Option<Client> {
        self.client
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn set_client(&self, client: Option<Client>) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client;
        self.started.store(true, Ordering::Release);
    }

    /// Whether it was said who is signed in, if anybody.
    pub fn is_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    pub fn set_catalogue(&self, catalogue: ModelCatalog) {
        *self
            .catalogue
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(catalogue);
    }

    /// Reads from what the server says its models cost, if that is known.
    pub fn with_catalogue<T>(&self, read: impl FnOnce(Option<&ModelCatalog>) -> T) -> T {
        read(
            self.catalogue
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref(),
        )
    }
}
