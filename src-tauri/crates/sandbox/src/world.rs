//! The sandbox itself: the account, its storage, the clock and the renderer, and everything that
//! can be done with them. The HTTP handlers only translate to and from it.
//!
//! Every change is stored before it is reported.

mod submission;
mod uploads;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use uuid::Uuid;

use crate::archive::Archive;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::gate::Gate;
use crate::job::JobRecord;
use crate::record::Records;
use crate::renders::Renders;
use crate::reply::ResultShape;
use crate::schema::Table;
use crate::shelf::Shelf;
use crate::state::State;

pub(crate) use submission::{Declined, Wish};

/// Everything that is set once, when the sandbox is started.
pub(crate) struct Terms {
    pub clock: Clock,
    pub shelf: Shelf,
    /// Credits of a new account; a stored one has its own.
    pub credits: i64,
    /// How many times faster than the real service.
    pub speed: f64,
    /// How long an upload's address is valid.
    pub upload_life: SignedDuration,
    pub gate: Gate,
    /// The clip of every job, instead of a rendered one.
    pub clip: Option<Bytes>,
    /// A word, in lower case, that makes a job fail if its prompt contains it.
    pub failing_word: Option<String>,
    pub models: Table,
}

/// The internals of the sandbox.
pub(crate) struct World {
    pub clock: Clock,
    pub faults: Faults,
    pub records: Records,
    pub gate: Gate,
    pub result_shape: Mutex<ResultShape>,
    /// Where clips are reported to be; `None` for this sandbox.
    pub elsewhere: Mutex<Option<String>>,
    /// The clip of every job, instead of a rendered one.
    pub clip: Option<Bytes>,
    /// The number of changes so far, for tasks that wait for one.
    pub changes: watch::Sender<u64>,
    pub models: Table,
    failing_word: Option<String>,
    archive: Archive,
    state: Mutex<State>,
    speed: f64,
    upload_life: SignedDuration,
    renders: Renders,
    base_url: OnceLock<String>,
}

impl World {
    /// Opens the account: a stored one as it was left, or a new one. Unfinished jobs are rendered
    /// again.
    pub fn open(terms: Terms) -> io::Result<Arc<Self>> {
        let archive = Archive::new(terms.shelf);
        let state = archive.open(terms.credits)?;
        let world = Arc::new(Self {
            clock: terms.clock,
            faults: Faults::default(),
            records: Records::default(),
            gate: terms.gate,
            result_shape: Mutex::default(),
            elsewhere: Mutex::default(),
            clip: terms.clip,
            models: terms.models,
            failing_word: terms.failing_word,
            changes: watch::Sender::new(0),
            archive,
            state: Mutex::new(state),
            speed: terms.speed,
            upload_life: terms.upload_life,
            renders: Renders::default(),
            base_url: OnceLock::new(),
        });
        world.renders.begin(&world)?;
        world.take_up_again();
        Ok(world)
    }

    /// `http://127.0.0.1:PORT`, once it is known.
    pub fn base_url(&self) -> &str {
        self.base_url.get().map_or("", String::as_str)
    }

    /// What the addresses of clips start with.
    pub fn clips_base(&self) -> String {
        let elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        elsewhere
            .clone()
            .unwrap_or_else(|| self.base_url().to_owned())
    }

    pub fn set_base_url(&self, url: String) {
        // Set once, by the only server.
        let _ = self.base_url.set(url);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The current account: jobs whose time has come have ended.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        let settled = state.settle(self.now());
        for job in &settled.expired {
            warn_if(
                self.archive.forget_clip(job.id),
                "an expired clip could not be removed",
            );
        }
        for job in settled.ended.iter().chain(&settled.expired) {
            warn_if(
                self.archive.keep_job(job),
                "how a job ended could not be kept",
            );
        }
        if !settled.ended.is_empty() {
            self.changed();
        }
        state
    }

    /// The account as of the last update.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notifies those who wait for a change.
    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Changes a job and stores it; returns whether there is such a job.
    pub fn change_job(&self, id: Uuid, change: impl FnOnce(&mut JobRecord)) -> bool {
        let mut state = self.lock();
        let Some(job) = state.jobs.get_mut(&id) else {
            return false;
        };
        change(job);
        warn_if(
            self.archive.keep_job(job),
            "a change of a job could not be kept",
        );
        drop(state);
        // The consequences take effect now, not at the next query.
        drop(self.state());
        self.changed();
        true
    }

    /// The clip of a job, if it is finished and not purged.
    pub fn find_clip(&self, id: Uuid) -> Option<(JobRecord, Bytes)> {
        let now = self.now();
        let job = self.state().jobs.get(&id).cloned()?;
        if !job.is_completed() || job.is_expired(now) {
            return None;
        }
        let bytes = self.archive.clip(id).ok().flatten()?;
        Some((job, bytes))
    }

    pub fn set_credits(&self, credits: i64) {
        let mut state = self.state();
        state.set_credits(credits);
        warn_if(
            self.archive.keep_granted(state.granted),
            "the credits could not be kept",
        );
    }

    /// Prevents all jobs from ending until they are released.
    pub fn hold(&self) {
        self.state().held = true;
    }

    pub fn release(&self) {
        let now = self.now();
        {
            let mut state = self.lock();
            state.held = false;
            state.released_at = Some(now);
        }
        drop(self.state());
        self.changed();
    }

    /// Stops the renderer; its current clip is rendered again after the next start. The thread ends
    /// within a frame.
    pub fn stop(&self) -> Option<JoinHandle<()>> {
        self.renders.stop()
    }
}

/// For failures that the sandbox can survive: its memory is more up to date than its folder.
fn warn_if(outcome: io::Result<()>, trouble: &str) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "{trouble}");
    }
}
