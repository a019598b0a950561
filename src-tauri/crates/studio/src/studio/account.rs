//! Signing in and out, and what is known about the account.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use apiframe::{ApiKey, Client, Error, Me, RejectionKind};

use super::{News, RunningSandbox, Studio};
use crate::message::Message;
use crate::paths::Profile;
use crate::problem::Problem;
use crate::session::{Account, Connection, Keep, KeyHint, KeySource, Session};

/// How long the balance may lag: several jobs often end together, and one request is enough.
const SOON: Duration = Duration::from_millis(800);

impl Studio {
    /// Who is signed in, as far as is known.
    #[must_use]
    pub fn session(&self) -> Session {
        self.session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_session(&self, session: Session) -> Session {
        session.clone_into(&mut self.session.lock().unwrap_or_else(PoisonError::into_inner));
        self.tell(News::Session(session.clone()));
        session
    }

    /// Finds out who is signed in: the sandbox, a key from the environment or of this run, or the
    /// key in the keychain. This is the first use of the keychain and the network; a repeated call
    /// is the user's "Try again".
    ///
    /// # Errors
    /// When the library of the profile can't be opened or the sandbox can't be started.
    pub async fn open_session(self: &Arc<Self>) -> Result<Session, Problem> {
        if self.profile() == Some(Profile::Sandbox) {
            return self.enter_sandbox().await;
        }
        let known = self
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let found = match (&self.environment_key, known) {
            (Some(key), _) => Some((key.clone(), KeySource::Environment)),
            (None, Some(known)) => Some(known),
            (None, None) => match self.vault.read().await {
                Ok(key) => key.map(|key| (key, KeySource::Keychain)),
                Err(error) => {
                    self.engine_of(Profile::Apiframe).await?.set_client(None);
                    return Ok(self.set_session(Session::VaultProblem {
                        problem: error.problem,
                        message: error.message,
                    }));
                }
            },
        };
        if let Some((key, source)) = found {
            return self.sign_in_with(key, source, None).await;
        }
        // Work that needs no key, such as a clip that is half fetched, continues without one.
        if self.profile() == Some(Profile::Apiframe) {
            self.engine_of(Profile::Apiframe).await?.set_client(None);
        }
        Ok(self.set_session(Session::SignedOut))
    }

    /// Checks a key with Apiframe, stores it where the user wants, and signs in with it.
    ///
    /// # Errors
    /// A problem with the key, the connection or the keychain; in that case nothing was stored.
    pub async fn sign_in(self: &Arc<Self>, pasted: &str, keep: Keep) -> Result<Session, Problem> {
        let key = ApiKey::parse(pasted).map_err(|shape| Message::from(&shape))?;
        let client = self.client(self.base.clone(), Some(key.clone()))?;
        let me = client.me().await.map_err(sign_in_problem)?;
        let source = match keep {
            Keep::Keychain => {
                self.vault.store(&key).await?;
                KeySource::Keychain
            }
            Keep::ThisRun => KeySource::ThisRun,
        };
        self.engine_of(Profile::Apiframe)
            .await?
            .library()
            .run(crate::library::Library::forget_uploads)
            .await?;
        self.show_profile(Profile::Apiframe).await?;
        self.sign_in_with(key, source, Some(me)).await
    }

    /// Removes the key from the keychain and forgets it. Unfinished work waits.
    ///
    /// # Errors
    /// The keychain's error; in that case the key is still in it.
    pub async fn sign_out(self: &Arc<Self>) -> Result<Session, Problem> {
        let source = self
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|(_, source)| *source);
        if source == Some(KeySource::Environment) {
            return Err(Message::KeyFromEnvironment.into());
        }
        if source != Some(KeySource::ThisRun) {
            self.vault.remove().await?;
        }
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.engine_of(Profile::Apiframe).await?.set_client(None);
        Ok(self.set_session(Session::SignedOut))
    }

    /// Shows the sandbox's library and works in it.
    ///
    /// # Errors
    /// When it can't be started.
    pub async fn use_sandbox(self: &Arc<Self>) -> Result<Session, Problem> {
        self.show_profile(Profile::Sandbox).await?;
        self.enter_sandbox().await
    }

    /// Returns from the sandbox to Apiframe's own library.
    ///
    /// # Errors
    /// As [`Studio::open_session`].
    pub async fn leave_sandbox(self: &Arc<Self>) -> Result<Session, Problem> {
        self.show_profile(Profile::Apiframe).await?;
        self.set_session(Session::Opening);
        self.open_session().await
    }

    /// Asks Apiframe for the account's state and shows it.
    pub async fn refresh_account(&self) -> Session {
        let _alone = self.asking.lock().await;
        let Session::Ready { account } = self.session() else {
            return self.session();
        };
        let Some(client) = self.client_in_use().await else {
            return self.session();
        };
        let answer = client.me().await;
        // By now another user may be signed in.
        match self.session() {
            Session::Ready { account: now }
                if now.key == account.key && now.profile == account.profile =>
            {
                self.set_session(Session::Ready {
                    account: with_answer(now, answer),
                })
            }
            other => other,
        }
    }

    /// Asks for the balance after a short delay.
    pub(super) fn ask_soon(self: &Arc<Self>) {
        if self.asking_soon.swap(true, Ordering::AcqRel) {
            return;
        }
        let studio = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(SOON).await;
            studio.asking_soon.store(false, Ordering::Release);
            studio.refresh_account().await;
        });
    }

    pub(super) fn key_refused(&self) {
        if let Session::Ready { mut account } = self.session() {
            account.connection = Connection::Refused {
                message: Message::KeyStopped,
            };
            self.set_session(Session::Ready { account });
        }
    }

    async fn sign_in_with(
        self: &Arc<Self>,
        key: ApiKey,
        source: KeySource,
        me: Option<Me>,
    ) -> Result<Session, Problem> {
        if self.profile().is_none() {
            self.show_profile(Profile::Apiframe).await?;
        }
        let account = Account {
            profile: Profile::Apiframe,
            key: Some(KeyHint {
                last4: key.last4().to_owned(),
                source,
            }),
            credits: None,
            plan: None,
            team: None,
            connection: Connection::Unknown,
        };
        let client = self.client(self.base.clone(), Some(key.clone()))?;
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, source));
        self.begin(account, client, me).await
    }

    async fn enter_sandbox(self: &Arc<Self>) -> Result<Session, Problem> {
        let RunningSandbox { base, key } = self.running_sandbox().await?;
        let account = Account {
            profile: Profile::Sandbox,
            key: None,
            credits: None,
            plan: None,
            team: None,
            connection: Connection::Unknown,
        };
        let client = self.client(base, Some(key))?;
        let session = self.begin(account, client, None).await?;
        self.go_on_with_apiframe();
        Ok(session)
    }

    /// Continues work that is under way at Apiframe while the sandbox is shown: it is paid for, and
    /// Apiframe keeps it for only a day. Uses the keychain only if there is such work.
    fn go_on_with_apiframe(self: &Arc<Self>) {
        let signed_in = self
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        if signed_in || !self.home.library(Profile::Apiframe).exists() {
            return;
        }
        let studio = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(problem) = studio.wake_apiframe().await {
                tracing::warn!(%problem, "what is under way at Apiframe waits");
            }
        });
    }

    async fn wake_apiframe(self: &Arc<Self>) -> Result<(), Problem> {
        let engine = self.engine_of(Profile::Apiframe).await?;
        if engine
            .library()
            .run(crate::library::Library::counts)
            .await?
            .running
            == 0
        {
            return Ok(());
        }
        let found = match &self.environment_key {
            Some(key) => Some((key.clone(), KeySource::Environment)),
            None => self
                .vault
                .read()
                .await?
                .map(|key| (key, KeySource::Keychain)),
        };
        let Some((key, source)) = found else {
            engine.set_client(None);
            return Ok(());
        };
        let client = self.client(self.base.clone(), Some(key.clone()))?;
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        // A sign-in while the keychain was being read takes precedence.
        if known.is_none() {
            *known = Some((key, source));
            engine.set_client(Some(client));
        }
        Ok(())
    }

    /// Sets a profile's engine to work with a client, and asks about its account.
    async fn begin(
        self: &Arc<Self>,
        account: Account,
        client: Client,
        me: Option<Me>,
    ) -> Result<Session, Problem> {
        let engine = self.engine_of(account.profile).await?;
        engine.set_client(Some(client.clone()));
        let ask = me.is_none();
        let account = match me {
            Some(me) => with_answer(account, Ok(me)),
            None => account,
        };
        // If another profile was chosen while this was being prepared, that one stays shown: the
        // next press of Generate goes to the profile that is shown.
        if self.profile() != Some(account.profile) {
            return Ok(self.session());
        }
        let session = self.set_session(Session::Ready { account });
        let studio = Arc::clone(self);
        tokio::spawn(async move {
            if ask {
                studio.refresh_account().await;
            }
            // Prices are optional: without them the button shows none.
            if let Ok(catalogue) = client.models(apiframe::Modality::Video).await {
                engine.learn_prices(catalogue);
                studio.tell(News::Session(studio.session()));
            }
        });
        Ok(session)
    }

    /// Makes a profile the one that is shown, from now on and at the next start.
    async fn show_profile(self: &Arc<Self>, profile: Profile) -> Result<(), Problem> {
        self.engine_of(profile).await?;
        if self.profile() != Some(profile) {
            let studio = Arc::clone(self);
            tokio::task::spawn_blocking(move || {
                studio.change_preferences(|preferences| preferences.profile = Some(profile))
            })
            .await??;
            self.tell(News::Profile(Some(profile)));
        }
        Ok(())
    }

    async fn running_sandbox(&self) -> Result<RunningSandbox, Problem> {
        let mut running = self.running_sandbox.lock().await;
        if let Some(running) = running.as_ref() {
            return Ok(running.clone());
        }
        let opened = (self.sandbox)()
            .await
            .map_err(|why| Problem::from(Message::SandboxFailed { error: why }))?;
        *running = Some(opened.clone());
        Ok(opened)
    }

    async fn client_in_use(&self) -> Option<Client> {
        if self.profile() == Some(Profile::Sandbox) {
            let RunningSandbox { base, key } = self.running_sandbox().await.ok()?;
            return self.client(base, Some(key)).ok();
        }
        let key = self
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()?;
        self.client(self.base.clone(), Some(key.0)).ok()
    }
}

/// An account with what Apiframe just reported about it.
fn with_answer(mut account: Account, answer: Result<Me, Error>) -> Account {
    match answer {
        Ok(me) => {
            if let Some(team) = me.team {
                account.credits = team.credits;
                account.plan = Some(team.plan).filter(|plan| !plan.is_empty());
                account.team = Some(team.name).filter(|name| !name.is_empty());
            }
            account.connection = Connection::Online;
        }
        Err(Error::Rejected(rejection))
            if matches!(
                rejection.kind,
                RejectionKind::Unauthorized | RejectionKind::Forbidden
            ) =>
        {
            account.connection = Connection::Refused {
                message: Message::KeyStopped,
            };
        }
        // The server is reachable but can't answer.
        Err(Error::Rejected(_) | Error::Unsendable(_)) => {}
        Err(Error::Connect(why)) => {
            account.connection = Connection::Offline {
                message: Message::of_connection(&why).unwrap_or(Message::Disconnected),
            };
        }
        Err(Error::Lost(_)) => {
            account.connection = Connection::Offline {
                message: Message::Disconnected,
            };
        }
    }
    account
}

fn sign_in_problem(error: Error) -> Problem {
    let message = match error {
        Error::Unsendable(why) => {
            tracing::error!(?why, "a key could not be checked");
            Message::BrokeOff
        }
        Error::Connect(why) => Message::of_connection(&why).unwrap_or(Message::KeyNotChecked),
        Error::Lost(_) => Message::KeyNotChecked,
        Error::Rejected(rejection) => match rejection.kind {
            RejectionKind::Unauthorized => Message::KeyNotRecognised,
            RejectionKind::Forbidden => Message::KeyNotAllowed {
                said: rejection.message,
            },
            RejectionKind::RateLimited => Message::KeyCheckPause,
            _ => Message::KeyCheckTrouble,
        },
    };
    message.into()
}
