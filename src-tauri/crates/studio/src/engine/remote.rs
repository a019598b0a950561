//! What the engine knows about the server, and the means to query it. All of it may be lost.

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

/// Pictures sent at the same time, for one generation or several.
const UPLOADS_AT_ONCE: usize = 3;

#[derive(Debug)]
pub(super) struct Remote {
    client: RwLock<Option<Client>>,
    /// Whether it is known who is signed in; nothing is requested before that.
    started: AtomicBool,
    pub fetcher: Fetcher,
    /// Whether a clip came, or could have come, in this run.
    clips_arrive: AtomicBool,
    /// The pause that the server asked all requests to keep.
    pub pause: Pause,
    /// When to ask about jobs.
    pub schedule: PollSchedule,
    /// How often each clip was tried.
    pub attempts: Attempts,
    /// How far the searches for lost requests have come.
    pub searches: Searches,
    /// Limits how many pictures are uploaded at a time.
    pub uploading: Semaphore,
    /// The prices of the server's models, once they were requested.
    catalogue: RwLock<Option<ModelCatalog>>,
    /// The models that make pictures or music, once the server has reported them.
    pub other_models: OnceCell<HashSet<String>>,
}

impl Remote {
    /// `usual_time` is how long a job takes until the library has better data.
    pub fn new(fetcher: Fetcher, usual_time: Duration) -> Self {
        Self {
            client: RwLock::default(),
            started: AtomicBool::new(false),
            fetcher,
            clips_arrive: AtomicBool::new(false),
            pause: Pause::default(),
            schedule: PollSchedule::new(usual_time),
            attempts: Attempts::default(),
            searches: Searches::default(),
            uploading: Semaphore::new(UPLOADS_AT_ONCE),
            catalogue: RwLock::default(),
            other_models: OnceCell::new(),
        }
    }

    /// `None` while no one is signed in.
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

    /// Whether it is known who, if anyone, is signed in.
    pub fn is_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// Whether it is known that clips can be fetched.
    pub fn clips_arrive(&self) -> bool {
        self.clips_arrive.load(Ordering::Relaxed)
    }

    pub fn set_clips_arrive(&self) {
        self.clips_arrive.store(true, Ordering::Relaxed);
    }

    pub fn set_catalogue(&self, catalogue: ModelCatalog) {
        *self
            .catalogue
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(catalogue);
    }

    /// Reads from the prices of the server's models, if they are known.
    pub fn with_catalogue<T>(&self, read: impl FnOnce(Option<&ModelCatalog>) -> T) -> T {
        read(
            self.catalogue
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref(),
        )
    }
}
