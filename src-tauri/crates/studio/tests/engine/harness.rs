//! A harness for tests: a sandbox, and an engine with a library in its own folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use apiframe::{ApiKey, Client, Config, Network, Timeouts};
use bytes::Bytes;
use sandbox::Sandbox;
use studio::clips::{ClipsFolder, FetchLimits, Fetcher};
use studio::clock::Clock;
use studio::engine::{Engine, EngineConfig};
use studio::frames::{FrameHash, Frames};
use studio::generation::{Generation, GenerationId, Phase};
use studio::library::{Filter, Library};
use studio::notice::{Notice, NoticeKind};
use studio::settings::{Mode, Settings};

/// Far longer than a busy machine needs for anything here, and shorter than a developer's patience
/// with a stuck test. Only ends a test that would hang.
pub const HANG: Duration = Duration::from_mins(5);

pub struct Harness {
    pub sandbox: Sandbox,
    pub engine: Engine,
    pub folder: tempfile::TempDir,
    pub frames: Frames,
    setup: Setup,
}

/// How a harness is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The clip of every job; if `None`, each clip is rendered.
    pub clip: Option<Bytes>,
    /// How many times faster jobs are than at the real service.
    pub speed: f64,
    /// The way out of this computer.
    pub network: Network,
    /// The engine's clock.
    pub clock: Clock,
    /// How long jobs usually take, as far as is known.
    pub usual_time: Duration,
    /// The first pause after a failure.
    pub first_pause: Duration,
    /// When a silent call counts as lost. A call that a busy machine gives up by mistake is
    /// repeated, as after any other loss.
    pub idle: Duration,
    /// The most bytes that a clip may have.
    pub largest: u64,
    /// Where the library is; `None` for the harness's own folder.
    pub library: Option<PathBuf>,
    /// Where clips go; `None` for the harness's own folder.
    pub clips: Option<PathBuf>,
    /// The folder that the user chose for clips; `None` for the program's own.
    pub drive: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            clip: None,
            speed: 200.0,
            network: Network::of_this_system(),
            clock: Clock::system(),
            usual_time: Duration::from_millis(500),
            first_pause: Duration::from_millis(50),
            idle: Duration::from_secs(2),
            largest: studio::clips::LARGEST,
            library: None,
            clips: None,
            drive: None,
        }
    }
}

impl Setup {
    /// With every time limit as short as a busy machine allows, for tests of failures.
    pub fn hasty() -> Self {
        Self {
            speed: 2000.0,
            usual_time: Duration::from_millis(100),
            first_pause: Duration::from_millis(20),
            idle: Duration::from_secs(1),
            largest: 4 << 20,
            ..Self::default()
        }
    }
}

impl Harness {
    pub async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    /// A harness whose time is given by `clock`.
    pub async fn at(clock: Clock) -> Self {
        Self::with(Setup {
            clock,
            ..Setup::default()
        })
        .await
    }

    pub async fn with(setup: Setup) -> Self {
        let mut sandbox = Sandbox::builder()
            .key("afk_test")
            .credits(1000)
            .speed(setup.speed);
        if let Some(clip) = &setup.clip {
            sandbox = sandbox.clip(clip.clone());
        }
        let sandbox = sandbox.start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let frames = Frames::open(folder.path().join("frames"));
        let harness = Self {
            engine: engine(folder.path(), frames.clone(), &setup),
            sandbox,
            folder,
            frames,
            setup,
        };
        harness.sign_in();
        harness
    }

    pub fn sign_in(&self) {
        self.engine.set_client(Some(self.client("afk_test")));
    }

    pub fn client(&self, key: &str) -> Client {
        self.client_at(self.sandbox.base_url(), key)
    }

    pub fn client_at(&self, base: &str, key: &str) -> Client {
        Client::new(Config {
            base: base.parse().unwrap(),
            key: Some(ApiKey::parse(key).unwrap()),
            user_agent: "inbetween/test".into(),
            network: self.setup.network.clone(),
            timeouts: Timeouts {
                idle: self.setup.idle,
                // An upload whose answer stalls ends by this limit, which must be well below
                // `HANG`.
                call: Duration::from_secs(30),
                ..Timeouts::default()
            },
        })
        .unwrap()
    }

    /// Kills the program: nothing is shut down cleanly.
    pub fn kill(self) -> (Sandbox, tempfile::TempDir) {
        drop(self.engine);
        (self.sandbox, self.folder)
    }

    /// Starts the program again on what the killed one left.
    pub fn start_again(left: (Sandbox, tempfile::TempDir)) -> Self {
        Self::start_again_at(left, Clock::system())
    }

    /// The same with another clock.
    pub fn start_again_at(left: (Sandbox, tempfile::TempDir), clock: Clock) -> Self {
        let setup = Setup {
            clock,
            ..Setup::default()
        };
        Self::start_again_with(left, setup)
    }

    /// The same with another setup.
    pub fn start_again_with((sandbox, folder): (Sandbox, tempfile::TempDir), setup: Setup) -> Self {
        let frames = Frames::open(folder.path().join("frames"));
        let harness = Self {
            engine: engine(folder.path(), frames.clone(), &setup),
            sandbox,
            folder,
            frames,
            setup,
        };
        harness.sign_in();
        harness
    }

    pub fn clips(&self) -> PathBuf {
        let own = || self.folder.path().join("clips");
        self.setup.clips.clone().unwrap_or_else(own)
    }

    /// A picture of one colour, imported as a frame.
    pub fn frame(&self, colour: [u8; 3]) -> FrameHash {
        let picture = image::RgbImage::from_pixel(480, 320, image::Rgb(colour));
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        self.frames
            .import_bytes("colour.png", &png.into_inner())
            .unwrap()
            .hash
    }

    pub async fn generate(&self, settings: Settings) -> GenerationId {
        self.engine.generate(settings).await.unwrap().id
    }

    pub async fn now(&self, id: &GenerationId) -> Generation {
        self.engine.generation(id).await.unwrap()
    }

    /// Waits until a generation is in the wanted state.
    pub async fn until(
        &self,
        id: &GenerationId,
        what: &str,
        wanted: impl Fn(&Generation) -> bool,
    ) -> Generation {
        let deadline = tokio::time::Instant::now() + HANG;
        loop {
            let generation = self.now(id).await;
            if wanted(&generation) {
                return generation;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "it never became {what}: {generation:#?}\n{:#?}",
                self.sandbox
                    .requests()
                    .iter()
                    .map(|request| format!(
                        "{} {} {:?}",
                        request.method, request.path, request.answered
                    ))
                    .collect::<Vec<_>>()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn until_ready(&self, id: &GenerationId) -> Generation {
        self.until(id, "ready", |generation| {
            matches!(generation.phase, Phase::Ready { .. })
        })
        .await
    }

    pub async fn until_waiting(&self, id: &GenerationId, words: &str) -> Generation {
        self.until(id, words, |generation| {
            generation
                .waiting
                .as_ref()
                .is_some_and(|waiting| waiting.to_string().contains(words))
        })
        .await
    }

    /// Waits until a notice is shown above the gallery.
    pub async fn until_noticed(&self, kind: NoticeKind) -> String {
        self.until_notice(kind, |notice| {
            notice.map(|notice| notice.message.to_string())
        })
        .await
    }

    /// Waits until it is removed.
    pub async fn until_unnoticed(&self, kind: NoticeKind) {
        self.until_notice(kind, |notice| notice.is_none().then_some(()))
            .await;
    }

    async fn until_notice<T>(
        &self,
        kind: NoticeKind,
        wanted: impl Fn(Option<Notice>) -> Option<T>,
    ) -> T {
        let deadline = tokio::time::Instant::now() + HANG;
        loop {
            let notices = self.engine.notices().list;
            let notice = notices.iter().find(|one| one.kind == kind).cloned();
            if let Some(found) = wanted(notice) {
                return found;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "waited in vain for a change of {kind:?}: {notices:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until there is a backup of the library.
    pub async fn until_backed_up(&self) {
        let backups = self.folder.path().join("library/backups");
        let is_backup = |file: std::io::Result<std::fs::DirEntry>| {
            let name = file.unwrap().file_name();
            name.to_string_lossy().starts_with("library-")
        };
        let deadline = tokio::time::Instant::now() + HANG;
        while !std::fs::read_dir(&backups).is_ok_and(|mut files| files.any(is_backup)) {
            assert!(tokio::time::Instant::now() < deadline, "no backup was made");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many requests of a kind arrived.
    pub fn asked(&self, method: &str, path: &str) -> usize {
        self.sandbox
            .requests()
            .iter()
            .filter(|request| request.method == method && request.path.starts_with(path))
            .count()
    }

    /// Asserts what must hold whatever happened: the server has as many jobs as were requested,
    /// each was charged once, and no unfinished file is left.
    pub async fn is_settled(&self, jobs: usize, charged: i64) {
        assert_eq!(self.sandbox.jobs().len(), jobs, "jobs at the server");
        assert_eq!(1000 - self.sandbox.credits(), charged, "credits taken");
        let parts = std::fs::read_dir(self.clips()).map_or(0, |files| {
            files
                .filter(|file| {
                    file.as_ref()
                        .unwrap()
                        .file_name()
                        .to_string_lossy()
                        .ends_with(".part")
                })
                .count()
        });
        assert_eq!(parts, 0, "unfinished files");
        let (running, _, _) = self.engine.page(Filter::Running, None).await.unwrap();
        assert!(running.is_empty(), "{running:#?}");
    }
}

fn engine(folder: &Path, frames: Frames, setup: &Setup) -> Engine {
    let limits = FetchLimits {
        largest: setup.largest,
        idle: setup.idle,
        ..FetchLimits::default()
    };
    let place = |set: &Option<PathBuf>, own| set.clone().unwrap_or_else(|| folder.join(own));
    let (library, rescue) = Library::open_or_rescue(
        &place(&setup.library, "library"),
        setup.clock.now(),
        &studio::engine::doubt(),
    )
    .unwrap();
    Engine::start(EngineConfig {
        library,
        rescue,
        frames,
        clips_folder: match &setup.drive {
            Some(drive) => ClipsFolder::within(drive, place(&setup.clips, "clips")),
            None => place(&setup.clips, "clips").into(),
        },
        fetcher: Fetcher::with_limits("inbetween/test", true, setup.network.clone(), limits)
            .unwrap(),
        clock: setup.clock.clone(),
        usual_time: setup.usual_time,
        first_pause: setup.first_pause,
    })
}

/// The quickest clip there is: three seconds of standard quality.
pub fn quick(prompt: &str) -> Settings {
    Settings {
        prompt: prompt.into(),
        mode: Mode::Standard,
        length: 3,
        ..Settings::default()
    }
}

/// What it costs in the sandbox.
pub const QUICK_PRICE: i64 = 9;
