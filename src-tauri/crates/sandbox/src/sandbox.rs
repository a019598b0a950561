//! The handle to a running sandbox: what a test inspects and controls.

use std::sync::{Arc, PoisonError};

use apiframe::JobStatus;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::address::{file_id, named_id};
use crate::builder::{Builder, SandboxError};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::job::JobRecord;
use crate::record::Recorded;
use crate::reply::ResultShape;
use crate::server::{Line, Server};
use crate::world::World;

/// A running sandbox. Dropping it closes its port and stops its renderer.
pub struct Sandbox {
    world: Arc<World>,
    server: Server,
}

/// A job in the account.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSnapshot {
    pub id: String,
    pub model: String,
    pub status: JobStatus,
    /// Its progress in percent, as the API reports it.
    pub progress: Option<u8>,
    /// The body of the request.
    pub input: Value,
    /// The idempotency key it was submitted under.
    pub idempotency_key: Option<String>,
    /// Credits charged at submission.
    pub charged: u32,
    /// Credits refunded because it failed.
    pub returned: u32,
    pub error: Option<String>,
    /// Whether its clip was purged.
    pub expired: bool,
    /// When it was accepted.
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

impl JobSnapshot {
    fn of(job: &JobRecord, now: Timestamp) -> Self {
        let (status, progress) = job.standing(now);
        Self {
            id: job.id.to_string(),
            model: job.model.clone(),
            status,
            progress,
            input: job.input.clone(),
            idempotency_key: job.idempotency_key.clone(),
            charged: job.cost,
            returned: if job.is_returned() { job.cost } else { 0 },
            error: job.error().map(str::to_owned),
            expired: job.is_expired(now),
            created_at: job.created_at,
            completed_at: job.ended_at,
        }
    }
}

// These methods are called for their effect; the caller may ignore whether there was such a job.
#[allow(clippy::must_use_candidate)]
impl Sandbox {
    /// A sandbox to be configured and started.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) const fn new(world: Arc<World>, server: Server) -> Self {
        Self { world, server }
    }

    /// The address for clients to send to: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.world.base_url()
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.server.port()
    }

    /// Its clock, which can be moved forward.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Credits left.
    #[must_use]
    pub fn credits(&self) -> i64 {
        self.world.state().credits()
    }

    pub fn set_credits(&self, credits: i64) {
        self.world.set_credits(credits);
    }

    /// All jobs, oldest first.
    #[must_use]
    pub fn jobs(&self) -> Vec<JobSnapshot> {
        let state = self.world.state();
        let now = self.world.now();
        state
            .newest_first()
            .into_iter()
            .rev()
            .map(|job| JobSnapshot::of(job, now))
            .collect()
    }

    #[must_use]
    pub fn job(&self, id: &str) -> Option<JobSnapshot> {
        let state = self.world.state();
        state
            .jobs
            .get(&Uuid::parse_str(id).ok()?)
            .map(|job| JobSnapshot::of(job, self.world.now()))
    }

    /// The requests that arrived, oldest first; at most the latest 2000.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.world.records.all()
    }

    /// Forgets the requests that arrived so far.
    pub fn clear_requests(&self) {
        self.world.records.clear();
    }

    /// The bytes of an upload, by its id or its address. The bytes of an expired upload are
    /// available until the next upload.
    #[must_use]
    pub fn upload_bytes(&self, id_or_url: &str) -> Option<Bytes> {
        let id = file_id(id_or_url, "uploads").or_else(|| named_id(id_or_url))?;
        self.world.find_upload(id).map(|(_, bytes)| bytes)
    }

    /// The clip of a finished job, as it is served.
    #[must_use]
    pub fn result_bytes(&self, job: &str) -> Option<Bytes> {
        self.world
            .find_clip(Uuid::parse_str(job).ok()?)
            .map(|(_, bytes)| bytes)
    }

    pub fn fault(&self, fault: Fault) {
        self.world.faults.add(fault);
    }

    /// Removes all faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// Keeps all jobs from ending until [`Sandbox::release`].
    pub fn hold(&self) {
        self.world.hold();
    }

    /// Lets jobs end again.
    pub fn release(&self) {
        self.world.release();
    }

    /// Ends a job as soon as its clip is ready, held or not, and waits for that. Returns whether
    /// there is such a job.
    pub async fn finish_now(&self, job: &str) -> bool {
        let Ok(id) = Uuid::parse_str(job) else {
            return false;
        };
        let mut changes = self.world.changes.subscribe();
        let now = self.world.now();
        if !self.world.change_job(id, |job| job.let_go(now)) {
            return false;
        }
        loop {
            changes.borrow_and_update();
            if self
                .world
                .state()
                .jobs
                .get(&id)
                .is_none_or(|job| job.ended_at.is_some())
            {
                return true;
            }
            if changes.changed().await.is_err() {
                return true;
            }
        }
    }

    /// Makes a job that is still running fail now, with this message. Returns whether there is such
    /// a job.
    pub fn fail_now(&self, job: &str, error: &str) -> bool {
        let now = self.world.now();
        self.change(job, |job| {
            job.doom(error.to_owned(), now);
            job.let_go(now);
        })
    }

    /// Purges a job's clip: now, or as soon as it is finished. Returns whether there is such a job.
    pub fn expire(&self, job: &str) -> bool {
        self.change(job, JobRecord::purge)
    }

    fn change(&self, job: &str, change: impl FnOnce(&mut JobRecord)) -> bool {
        Uuid::parse_str(job).is_ok_and(|id| self.world.change_job(id, change))
    }

    /// Makes an upload's address expire now. Returns whether there is such an upload.
    pub fn expire_upload(&self, id_or_url: &str) -> bool {
        file_id(id_or_url, "uploads")
            .or_else(|| named_id(id_or_url))
            .is_some_and(|id| self.world.expire_upload(id))
    }

    /// Sets the key that is accepted from now on.
    pub fn set_key(&self, key: impl Into<String>) {
        self.world.gate.set_key(key.into());
    }

    /// Switches the key off or on; while it is off, calls get a 403.
    pub fn set_key_active(&self, active: bool) {
        self.world.gate.set_active(active);
    }

    /// Sets how finished jobs report where their clip is.
    pub fn set_result_shape(&self, shape: ResultShape) {
        *self
            .world
            .result_shape
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = shape;
    }

    /// Sets where finished jobs report their clip to be from now on: `https://HOST`, with an
    /// optional port; `None` for the sandbox itself, which serves the clips in any case.
    pub fn set_clips_base(&self, base: Option<String>) {
        *self
            .world
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = base;
    }

    /// Closes the port and every connection: connecting is refused until [`Sandbox::plug`].
    ///
    /// # Errors
    /// When the sandbox is no longer running.
    pub async fn unplug(&self) -> Result<(), SandboxError> {
        self.server
            .switch(Line::Unplugged)
            .await
            .map_err(SandboxError::Port)
    }

    /// Opens the same port again.
    ///
    /// # Errors
    /// When another program has taken the port in the meantime.
    pub async fn plug(&self) -> Result<(), SandboxError> {
        self.server
            .switch(Line::Plugged)
            .await
            .map_err(SandboxError::Port)
    }

    /// Closes the port, abandons the current render, and waits until both are done.
    pub async fn stop(mut self) {
        self.server.close().await;
        if let Some(renderer) = self.world.stop() {
            // A renderer that panicked has stopped as well.
            let _ = tokio::task::spawn_blocking(move || renderer.join()).await;
        }
    }
}

impl Drop for Sandbox {
    /// The server closes on its own; the renderer is asked to stop, and ends within a frame.
    fn drop(&mut self) {
        self.world.stop();
    }
}
