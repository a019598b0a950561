//! The vault: the Apiframe key in the keychain of the operating system, and nowhere else.
//!
//! A call to a keychain blocks, and one that waits to be unlocked can block forever. So it is
//! called on its own thread and never for longer than a limit; a thread that did not answer is
//! given up, and the next call gets a new one. Nothing is kept open between calls, and nothing is
//! touched before the first one.
//!
//! No key is `None`, a keychain in trouble is an error, and the two are never mixed up: one leads
//! to the welcome screen, the other to a screen that offers to try again. Keeping a key elsewhere
//! when the keychain fails is not offered here.

mod error;
mod keychain;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use apiframe::ApiKey;

pub use self::error::{VaultError, VaultProblem};
pub use self::keychain::USER;

use self::keychain::Keychain;
use self::worker::{Question, Unanswered, Worker};

/// The service under which Inbetween's key is kept.
pub const SERVICE: &str = "app.inbetween";

/// How long a keychain may take to answer. Open ones answer in milliseconds; this is for users who
/// are typing the password into the window that the system shows.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// The store of the key.
#[derive(Debug)]
pub struct Vault {
    keychain: Keychain,
    timeout: Duration,
    worker: Worker,
    /// How many changes were requested so far; a change uses it to check whether it is the last.
    changes: Arc<AtomicU64>,
}

impl Vault {
    /// The vault of a service, [`SERVICE`] outside of tests. Does nothing yet.
    #[must_use]
    pub fn new(service: &str) -> Self {
        Self {
            keychain: Keychain::new(service),
            timeout: KEYCHAIN_TIMEOUT,
            worker: Worker::default(),
            changes: Arc::default(),
        }
    }

    /// The same vault, with another time limit for its keychain than 30 seconds.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The key that is kept; `None` if there is none.
    ///
    /// # Errors
    /// The keychain is locked, absent or failed, with a sentence for the user.
    pub async fn read(&self) -> Result<Option<ApiKey>, VaultError> {
        let keychain = self.keychain.clone();
        self.ask(move |_| keychain.read()).await
    }

    /// Keeps this key, in place of any other.
    ///
    /// # Errors
    /// The keychain is locked, absent or failed, with a sentence for the user. Then the previous
    /// key is still kept: if a keychain answers after it was given up, its previous value is
    /// restored.
    pub async fn store(&self, key: &ApiKey) -> Result<(), VaultError> {
        let keychain = self.keychain.clone();
        let key = key.clone();
        let number = self.begin_change();
        let changes = Arc::clone(&self.changes);
        let last = move || changes.load(Ordering::SeqCst) == number;
        self.ask(move |question| keychain.store(&key, &|| question.is_open(), &last))
            .await
    }

    /// Removes the key, if there is one.
    ///
    /// # Errors
    /// The keychain is locked, absent or failed, with a sentence for the user. The key may still be
    /// kept then.
    pub async fn remove(&self) -> Result<(), VaultError> {
        let keychain = self.keychain.clone();
        self.begin_change();
        self.ask(move |_| keychain.remove()).await
    }

    /// Counts a change and returns its number.
    fn begin_change(&self) -> u64 {
        self.changes.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Question) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        match self.worker.ask(self.timeout, work).await {
            Ok(answer) => answer,
            Err(Unanswered::TooLate) => Err(VaultError::unanswered()),
            Err(Unanswered::Stopped) => Err(VaultError::failed()),
        }
    }
}
