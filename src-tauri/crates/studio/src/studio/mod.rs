//! The studio: everything the program does, without a window.
//!
//! It holds the home folders, the preferences, the vault, the frames and, per profile, a library
//! with its engine, and knows who is signed in. A shell calls it and shows the results; the studio
//! has no part in how they are displayed.

mod account;
mod diagnosis;
mod draft;
mod engines;
mod import;
mod ledger;
mod unused_frames;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use apiframe::{ApiKey, Client, Config, Network};
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use url::Url;

use self::engines::Engines;
use crate::clips::{ClipsFolder, Fetcher};
use crate::clock::Clock;
use crate::engine::{Engine, EngineConfig, Event};
use crate::frames::Frames;
use crate::library::{Library, LibraryError};
use crate::message::Message;
use crate::paths::{Home, Profile};
use crate::poll_plan::PUBLISHED;
use crate::preferences::Preferences;
use crate::problem::Problem;
use crate::session::{KeySource, Session};
use crate::vault::Vault;

/// Pictures imported at the same time. A decoded one may take half a gigabyte, and decoding one
/// keeps a core busy: more at once would be no faster.
const IMPORTED_AT_ONCE: usize = 2;

const APIFRAME: &str = "https://api.apiframe.ai";
/// The name under which the keychain keeps the key.
const SERVICE: &str = "app.inbetween";
/// The first pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// A running sandbox: its address and the key it accepts.
#[derive(Clone, Debug)]
pub struct RunningSandbox {
    /// Its address on loopback.
    pub base: Url,
    pub key: ApiKey,
}

/// Starts the sandbox, or returns why it can't be started.
pub type StartSandbox =
    Box<dyn Fn() -> BoxFuture<'static, Result<RunningSandbox, String>> + Send + Sync>;

pub struct StudioConfig {
    pub home: Home,
    pub clock: Clock,
    /// The user agent of requests: `inbetween/VERSION`.
    pub user_agent: String,
    /// The way out of this computer.
    pub network: Network,
    /// Another address for Apiframe (`APIFRAME_BASE_URL`).
    pub base_url: Option<Url>,
    /// A key for this run (`APIFRAME_API_KEY`).
    pub key: Option<ApiKey>,
    pub sandbox: StartSandbox,
    /// How long a job takes in the sandbox, until its library has better data.
    pub sandbox_time: Duration,
}

/// Something a window shows has changed.
#[derive(Clone, Debug)]
pub enum News {
    /// In the gallery of the profile that is shown.
    Gallery(Event),
    /// Who is signed in, or how much is left.
    Session(Session),
    /// Another profile is shown, or events were missed: everything may be different.
    Profile(Option<Profile>),
}

/// The product, without a window.
pub struct Studio {
    home: Home,
    clock: Clock,
    user_agent: String,
    network: Network,
    base: Url,
    environment_key: Option<ApiKey>,
    sandbox: StartSandbox,
    sandbox_time: Duration,
    frames: Frames,
    /// Limits how many pictures are imported at the same time.
    importing: tokio::sync::Semaphore,
    vault: Vault,
    preferences: Mutex<Preferences>,
    engines: Engines,
    /// The key in use and where it is stored.
    key: Mutex<Option<(ApiKey, KeySource)>>,
    session: Mutex<Session>,
    /// The sandbox, once started.
    running_sandbox: tokio::sync::Mutex<Option<RunningSandbox>>,
    news: broadcast::Sender<News>,
    /// Whether a request about the account is about to be made.
    asking_soon: AtomicBool,
    /// Only one request about the account at a time; a second one waits and then asks again.
    asking: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Studio")
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

impl Studio {
    /// Opens what is on this disk: preferences, frames, and the library of the profile in use. Uses
    /// neither the network nor the keychain; [`Studio::open_session`] does.
    ///
    /// # Errors
    /// A problem with the folders, the library, or the address of Apiframe.
    ///
    /// # Panics
    /// If called outside a tokio runtime.
    pub fn open(config: StudioConfig) -> Result<Arc<Self>, Problem> {
        let base = match config.base_url {
            Some(base) => base,
            None => Url::parse(APIFRAME).map_err(|error| Problem::internal(&error))?,
        };
        crate::atomic_write::sweep(&config.home.data);
        crate::atomic_write::sweep(&config.home.config);
        let frames = Frames::open(config.home.frames());
        let preferences = Preferences::load(&config.home.preferences_file());
        config.home.close(preferences.clips_folder.as_deref());
        let profile = preferences.profile;
        let studio = Arc::new(Self {
            vault: Vault::new(SERVICE),
            frames,
            importing: tokio::sync::Semaphore::new(IMPORTED_AT_ONCE),
            clock: config.clock,
            user_agent: config.user_agent,
            network: config.network,
            base,
            environment_key: config.key,
            sandbox: config.sandbox,
            sandbox_time: config.sandbox_time,
            preferences: Mutex::new(preferences),
            engines: Engines::default(),
            key: Mutex::default(),
            session: Mutex::new(Session::Opening),
            running_sandbox: tokio::sync::Mutex::default(),
            news: broadcast::channel(1024).0,
            asking_soon: false.into(),
            asking: tokio::sync::Mutex::default(),
            home: config.home,
        });
        // A base that can't be used is reported now, not at the first press of Generate.
        studio.client(studio.base.clone(), None)?;
        tokio::spawn(Self::look_after_frames(Arc::downgrade(&studio)));
        // In the background: the window does not wait for a slow disk. It opens if this fails too,
        // and shows what is wrong where the user can read it.
        if let Some(profile) = profile {
            let studio = Arc::clone(&studio);
            tokio::spawn(async move {
                if let Err(problem) = studio.engine_of(profile).await {
                    tracing::error!(%problem, "the library can't be opened");
                }
            });
        }
        Ok(studio)
    }

    /// A receiver of the changes from now on.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    #[must_use]
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The profile whose library is shown.
    #[must_use]
    pub fn profile(&self) -> Option<Profile> {
        self.preferences(|preferences| preferences.profile)
    }

    pub fn preferences<T>(&self, read: impl FnOnce(&Preferences) -> T) -> T {
        read(
            &self
                .preferences
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Changes the preferences and stores them on the disk.
    ///
    /// # Errors
    /// When they can't be written; in that case the change lasts until the program ends.
    pub fn change_preferences(&self, change: impl FnOnce(&mut Preferences)) -> Result<(), Problem> {
        let changed = {
            let mut preferences = self
                .preferences
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            change(&mut preferences);
            preferences.clone()
        };
        changed
            .save(&self.home.preferences_file())
            .map_err(|error| Message::from(&error).into())
    }

    /// The folder that clips of a profile go to.
    #[must_use]
    pub fn clips_folder(&self, profile: Profile) -> PathBuf {
        self.preferences(|preferences| {
            self.home
                .clips(profile, preferences.clips_folder.as_deref())
        })
    }

    /// The same, and whether the user chose it.
    fn clips_place(&self, profile: Profile) -> ClipsFolder {
        let path = self.clips_folder(profile);
        match self.preferences(|preferences| preferences.clips_folder.clone()) {
            Some(chosen) => ClipsFolder::within(&chosen, path),
            None => path.into(),
        }
    }

    /// Sets where clips go from now on.
    ///
    /// # Errors
    /// When the choice can't be stored.
    pub fn set_clips_folder(&self, folder: Option<PathBuf>) -> Result<(), Problem> {
        let kept = self.change_preferences(|preferences| preferences.clips_folder = folder);
        for profile in [Profile::Apiframe, Profile::Sandbox] {
            if let Some(engine) = self.engines.get(profile) {
                engine.set_clips_folder(self.clips_place(profile));
            }
        }
        kept
    }

    /// The engine of the profile that is shown. Opening its library takes as long as the disk
    /// does.
    ///
    /// # Errors
    /// A problem when there is none: no one has signed in yet, or the library can't be opened.
    pub async fn engine(self: &Arc<Self>) -> Result<Arc<Engine>, Problem> {
        let profile = self.profile().ok_or(Message::NoLibrary)?;
        self.engine_of(profile).await
    }

    /// The engine of a profile, opened if it was not open.
    async fn engine_of(self: &Arc<Self>, profile: Profile) -> Result<Arc<Engine>, Problem> {
        if let Some(engine) = self.engines.get(profile) {
            return Ok(engine);
        }
        let studio = Arc::clone(self);
        // A task of its own: if the caller gives up, opening continues, and no library is opened
        // twice.
        let opening = tokio::spawn(async move {
            let open = studio.open_engine(profile);
            studio.engines.get_or_open(profile, open).await
        });
        opening.await?
    }

    async fn open_engine(self: &Arc<Self>, profile: Profile) -> Result<Arc<Engine>, Problem> {
        let loopback = match profile {
            Profile::Sandbox => true,
            Profile::Apiframe => self.base.scheme() == "http",
        };
        let (folder, now) = (self.home.library(profile), self.clock.now());
        // Limits that an older version of the program stored there, or that remain after a library
        // was lost.
        let limits = self.preferences(|it| it.limits.get(&profile).copied());
        let opened = tokio::task::spawn_blocking(move || {
            let (library, rescue) = Library::open_or_rescue(&folder, now, &crate::engine::doubt())?;
            if let Some(limits) = limits {
                library.adopt_limits(limits)?;
            }
            Ok::<_, LibraryError>((library, rescue))
        });
        let (library, rescue) = opened.await??;
        let engine = Arc::new(Engine::start(EngineConfig {
            library,
            rescue,
            frames: self.frames.clone(),
            clips_folder: self.clips_place(profile),
            fetcher: Fetcher::new(&self.user_agent, loopback, self.network.clone()).map_err(
                |error| {
                    tracing::error!(%error, "no clips can be fetched");
                    Problem::from(Message::TlsUnavailable)
                },
            )?,
            clock: self.clock.clone(),
            // A server that stands in for Apiframe on this machine is as fast as the sandbox.
            usual_time: if loopback {
                self.sandbox_time
            } else {
                PUBLISHED
            },
            first_pause: FIRST_PAUSE,
        }));
        self.listen(profile, &engine);
        Ok(engine)
    }

    /// Forwards the events of a profile's engine while that profile is shown. Ends with the engine
    /// or the studio.
    fn listen(self: &Arc<Self>, profile: Profile, engine: &Engine) {
        let mut events = engine.events();
        let studio = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                let event = events.recv().await;
                let Some(studio) = studio.upgrade() else {
                    return;
                };
                if studio.profile() != Some(profile) {
                    continue;
                }
                match event {
                    Ok(Event::Balance) => studio.ask_soon(),
                    Ok(Event::KeyRefused) => studio.key_refused(),
                    Ok(event) => studio.tell(News::Gallery(event)),
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "events came faster than they were passed on");
                        // Any of them may have been among those.
                        studio.ask_soon();
                        studio.tell(News::Profile(Some(profile)));
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    fn client(&self, base: Url, key: Option<ApiKey>) -> Result<Client, Problem> {
        Client::new(Config {
            base,
            key,
            user_agent: self.user_agent.clone(),
            network: self.network.clone(),
            timeouts: apiframe::Timeouts::default(),
        })
        .map_err(|error| Message::from(&error).into())
    }

    fn tell(&self, news: News) {
        // Without a window there are no listeners.
        let _ = self.news.send(news);
    }
}
