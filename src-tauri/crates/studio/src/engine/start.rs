//! Starting an engine, and keeping its tasks alive.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;

use super::backoff::LONGEST_PAUSE;
use super::handle::Engine;
use super::remote::Remote;
use super::shared::Shared;
use super::storage::Storage;
use super::{actor, notices, watch_folder};
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
        let act = move || actor::run(Arc::clone(&acting), take_rescue(), first_pause);
        let watch = move || watch_folder::look_after(Arc::clone(&watching));
        let tasks = [
            tokio::spawn(kept_alive(Arc::clone(&shared), first_pause, act)),
            tokio::spawn(kept_alive(Arc::clone(&shared), first_pause, watch)),
        ];
        Self { shared, tasks }
    }
}

/// Restarts a task that panicked, and tells the user: its work so far is in the library. The pause
/// before that doubles each time, up to a minute, until the task has run for longer than a minute.
async fn kept_alive<F: Future<Output = ()>>(
    shared: Arc<Shared>,
    first_pause: Duration,
    task: impl Fn() -> F,
) {
    let mut pause = first_pause;
    loop {
        let began = Instant::now();
        if AssertUnwindSafe(task()).catch_unwind().await.is_ok() {
            return;
        }
        if began.elapsed() > LONGEST_PAUSE {
            pause = first_pause;
        }
        tracing::error!(?pause, "a task of the engine broke off and begins again");
        shared.feed.notice(notices::restarted());
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
