//! What the engine, its task and its steps share.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::event::Event;
use super::feed::Feed;
use super::remote::Remote;
use super::storage::Storage;
use crate::clock::Clock;
use crate::crash_points;
use crate::generation::{Generation, GenerationId, Millis, Record, Revision, State, next_revision};
use crate::library::{Library, LibraryError};

#[derive(Debug)]
pub(super) struct Shared {
    pub storage: Storage,
    pub remote: Remote,
    pub feed: Feed,
    pub clock: Clock,
    /// Something changed that the engine's task should look at.
    pub nudge: Notify,
    /// Whether all waits are over: the user asked for it, or the client has changed.
    retry: AtomicBool,
}

impl Shared {
    pub fn new(storage: Storage, remote: Remote, clock: Clock) -> Self {
        Self {
            storage,
            remote,
            feed: Feed::new(),
            clock,
            nudge: Notify::new(),
            retry: AtomicBool::new(false),
        }
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Ends all waits. A pause that the server asked for is only shortened to a few minutes.
    pub fn retry_now(&self) {
        self.retry.store(true, Ordering::Release);
        self.nudge.notify_one();
    }

    /// Whether waits were ended since the last call.
    pub fn take_retry(&self) -> bool {
        self.retry.swap(false, Ordering::AcqRel)
    }

    pub async fn record(&self, id: &GenerationId) -> Result<Record, LibraryError> {
        let wanted = *id;
        self.storage
            .library
            .run(move |library| library.record(&wanted))
            .await?
            .ok_or(LibraryError::NotThere)
    }

    /// A generation as it is stored now.
    pub async fn shown(&self, id: &GenerationId) -> Result<Generation, LibraryError> {
        let revision = next_revision();
        let record = self.record(id).await?;
        Ok(self.show(record, revision).await)
    }

    pub async fn show(&self, mut record: Record, revision: Revision) -> Generation {
        // A generation that has ended waits for nothing, whatever it waited for before.
        if record.state.is_unfinished()
            && let Some(message) = self.feed.unstored(&record.id)
        {
            record.waiting = Some(message);
        }
        if let Some(clip) = &mut record.clip {
            clip.missing = self.storage.missing().contains(&record.id);
        }
        let due = match (&record.state, &record.job) {
            (State::Rendering, Some(job)) => {
                self.remote
                    .schedule
                    .add(&self.storage.library, &record, self.now())
                    .await;
                self.remote
                    .schedule
                    .due(&record.id)
                    .map(|due| job.accepted.saturating_add(due))
            }
            _ => None,
        };
        let received = self.feed.received(&record.id);
        record.show(revision, due, received)
    }

    /// Apiframe has accepted the job of a generation. If this very job was imported meanwhile, the
    /// imported generation continues in its place.
    pub async fn accepted(
        &self,
        id: &GenerationId,
        job: &str,
        at: Millis,
    ) -> Result<(), LibraryError> {
        let (wanted, job) = (*id, job.to_owned());
        let has_it = self
            .storage
            .library
            .run(move |library| {
                library.accepted(&wanted, &job, at)?;
                library.generation_of_job(&job)
            })
            .await?;
        crash_points::reach(crash_points::SUBMIT_ACCEPTED);
        self.changed(id).await;
        if let Some(other) = has_it.filter(|other| other != id) {
            self.changed(&other).await;
            self.tell_counts().await;
        }
        Ok(())
    }

    /// Sends a generation as it is stored now to the listeners.
    pub async fn changed(&self, id: &GenerationId) {
        match self.shown(id).await {
            Ok(shown) => self.feed.tell(Event::Changed(Box::new(shown))),
            Err(LibraryError::NotThere) => self.feed.tell(Event::Removed(*id)),
            Err(error) => tracing::error!(?error, "a changed generation could not be shown"),
        }
    }

    pub async fn tell_counts(&self) {
        if let Ok(counts) = self.storage.library.run(Library::counts).await {
            self.feed.tell(Event::Counts(counts));
        }
    }
}
