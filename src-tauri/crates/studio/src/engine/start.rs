//! Starting an engine, and keeping its tasks alive.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;

use super::handle::Engine;
use super::remote::Remote;
use super::shared::Shared;
use super::storage::Storage;
use super::{actor, watch_folder};
use crate::clips::{ClipsFolder, Fetcher};
use crate::clock::Clock;
use crate::frames::Frames;
use crate::library::{Library, Rescue};

/// What an engine works with.
#[derive(Debug)]
pub struct EngineConfig {
    /// The library.
    pub library: Library,
    /// What was done to open it, if it was damaged.
    pub rescue: Option<Rescue>,
    /// The frames that settings name by hash.
    pub frames: Frames,
    /// Where clips go.
    pub clips_folder: ClipsFolder,
    /// How clips are fetched.
    pub fetcher: Fetcher,
    /// What time it is.
    pub clock: Clock,
    /// How long a job takes until the library has better data.
    pub usual_time: Duration,
    /// The first pause after a failure; later ones double up to a minute.
    pub first_pause: Duration,
}

impl Engine {
    /// Starts the engine of a library. It does nothing before the first [`Engine::set_client`], so
    /// that a gallery can be shown before anything uses the network.
    ///
    /// # Panics
    /// If called outside a tokio runtime.
    #[must_use]
    pub fn start(config: EngineConfig) -> Self {
        let shared = Arc::new(Shared::new(
            Storage::new(config.library, config.frames, config.clips_folder),
            Remote::new(config.fetcher, config.usual_time),
            config.clock,
        ));
        let first_pause = config.first_pause;
        let rescue = Mutex::new(config.rescue);
        let take_rescue = move || rescue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (acting, watching) = (Arc::clone(&shared), Arc::clone(&shared));
        let tasks = [
            tokio::spawn(kept_alive(first_pause, move || {
                actor::run(Arc::clone(&acting), take_rescue(), first_pause)
            })),
            tokio::spawn(kept_alive(first_pause, move || {
                watch_folder::look_after(Arc::clone(&watching))
            })),
        ];
        Self { shared, tasks }
    }
}

/// Restarts a task that panicked, after a pause: its work so far is in the library.
async fn kept_alive<F: Future<Output = ()>>(pause: Duration, task: impl Fn() -> F) {
    while AssertUnwindSafe(task()).catch_unwind().await.is_err() {
        tracing::error!("a task of the engine broke off and begins again");
        tokio::time::sleep(pause).await;
    }
}
