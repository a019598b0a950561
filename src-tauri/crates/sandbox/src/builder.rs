//! Sets up a sandbox.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;

use crate::clock::Clock;
use crate::gate::Gate;
use crate::sandbox::Sandbox;
use crate::schema::Table;
use crate::server::Server;
use crate::shelf::Shelf;
use crate::world::{Terms, World};

/// How long an upload's address is valid by default: the middle of the vendor's "1 to 2 hours".
const UPLOAD_LIFE: Duration = Duration::from_mins(90);

/// Why a sandbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken, or loopback is not available.
    #[error("The sandbox cannot listen on its port: {0}.")]
    Port(#[source] io::Error),
    /// The data that an earlier sandbox left in the folder cannot be read, or nothing can be
    /// written.
    #[error("The sandbox cannot use its folder: {0}.")]
    Folder(#[source] io::Error),
}

/// A sandbox to be started.
#[derive(Clone)]
pub struct Builder {
    key: String,
    credits: i64,
    speed: f64,
    port: u16,
    folder: Option<PathBuf>,
    clock: Clock,
    upload_life: Duration,
    rate_limit: Option<u32>,
    clip: Option<Bytes>,
    failing_word: Option<String>,
    models: Table,
}

impl Default for Builder {
    /// The key `afk_sandbox`, 10000 credits, real speed, any free port, nothing stored.
    fn default() -> Self {
        Self {
            key: "afk_sandbox".to_owned(),
            credits: 10_000,
            speed: 1.0,
            port: 0,
            folder: None,
            clock: Clock::system(),
            upload_life: UPLOAD_LIFE,
            rate_limit: None,
            clip: None,
            failing_word: None,
            models: Table::service().clone(),
        }
    }
}

impl Builder {
    /// The key that is accepted.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// The credits of a new account. A stored account continues with its own.
    #[must_use]
    pub const fn credits(mut self, credits: i64) -> Self {
        self.credits = credits;
        self
    }

    /// How many times faster jobs are than on the real service, where a standard job takes 80 s, a
    /// pro one 150 s and a 4K one 240 s. A job never ends before its clip is rendered. Anything but
    /// a positive number counts as 1.
    #[must_use]
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = if speed > 0.0 { speed } else { 1.0 };
        self
    }

    /// The port; 0 for any free one.
    #[must_use]
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A folder in which jobs, credits, idempotency keys, uploads and clips outlive the
    /// process; `None` keeps everything in memory. Two sandboxes must not share one.
    #[must_use]
    pub fn state_dir(mut self, folder: Option<PathBuf>) -> Self {
        self.folder = folder;
        self
    }

    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How long an upload's address is valid.
    #[must_use]
    pub const fn upload_life(mut self, life: Duration) -> Self {
        self.upload_life = life;
        self
    }

    /// The number of calls with the key that are accepted per minute; the others get a 429.
    #[must_use]
    pub const fn rate_limit(mut self, calls: u32) -> Self {
        self.rate_limit = Some(calls);
        self
    }

    /// The clip of every job, instead of a rendered one: for tests that create hundreds of jobs and
    /// never look at the picture.
    #[must_use]
    pub fn clip(mut self, mp4: impl Into<Bytes>) -> Self {
        self.clip = Some(mp4.into());
        self
    }

    /// A word that makes a job fail if its prompt contains it, in upper or lower case: for a user
    /// who wants to see a failure.
    #[must_use]
    pub fn failing_word(mut self, word: &str) -> Self {
        self.failing_word = Some(word.to_lowercase());
        self
    }

    /// More models than the real service has, in the form of `schema/models.toml`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn models(mut self, toml: &str) -> Result<Self, String> {
        self.models = self.models.with(toml)?;
        Ok(self)
    }

    /// Starts the sandbox. Requires a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    /// [`SandboxError`] when the port or the folder cannot be used.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let terms = Terms {
            clock: self.clock,
            shelf: self.folder.map_or_else(Shelf::in_memory, Shelf::Folder),
            credits: self.credits,
            speed: self.speed,
            upload_life: SignedDuration::try_from(self.upload_life).unwrap_or(SignedDuration::MAX),
            gate: Gate::new(self.key, self.rate_limit),
            clip: self.clip,
            failing_word: self.failing_word,
            models: self.models,
        };
        let opened = tokio::task::spawn_blocking(move || World::open(terms)).await;
        let world = opened
            .map_err(|error| SandboxError::Folder(error.into()))?
            .map_err(SandboxError::Folder)?;
        let server = Server::open(self.port, &world)
            .await
            .map_err(SandboxError::Port)?;
        Ok(Sandbox::new(world, server))
    }
}
