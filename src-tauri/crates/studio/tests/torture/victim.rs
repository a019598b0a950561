//! The process that is killed: a real engine on a real library.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use apiframe::{ApiKey, Client, Config, Timeouts};
use serde::{Deserialize, Serialize};
use studio::clips::Fetcher;
use studio::clock::Clock;
use studio::crash_points;
use studio::engine::{Engine, EngineConfig};
use studio::frames::Frames;
use studio::library::{Filter, Library};
use studio::settings::{Mode, Settings};

/// The variable that holds the orders.
pub const ORDERS: &str = "INBETWEEN_TORTURE";
pub const KEY: &str = "afk_torture";

/// How a job ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wish {
    Succeeds,
    Fails,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Orders {
    pub folder: PathBuf,
    pub base: String,
    /// The prompt of a generation to ask for.
    pub ask: Option<String>,
    /// The colour of its start frame: a different picture has to be uploaded again.
    pub colour: [u8; 3],
    /// The point at which to die, and how many times it has to be reached.
    pub die_at: Option<(String, u32)>,
}

/// How long an engine with nothing left to do keeps running if it is to die: on a busy machine, the
/// thread that stored the last step may wait this long for its turn.
const LAST_STEP: Duration = Duration::from_secs(1);

/// The point to die at, and how often it still has to be passed.
static DEATH: Mutex<Option<(String, u32)>> = Mutex::new(None);

fn die_where_told(point: &'static str) {
    let mut death = DEATH.lock().unwrap();
    if let Some((at, left)) = death.as_mut()
        && at.as_str() == point
    {
        *left -= 1;
        if *left == 0 {
            let this = rustix::process::getpid();
            rustix::process::kill_process(this, rustix::process::Signal::KILL).unwrap();
        }
    }
}

/// Follows [`ORDERS`] until nothing is left to do.
pub fn live() {
    let Ok(orders) = env::var(ORDERS) else {
        return;
    };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    DEATH.lock().unwrap().clone_from(&orders.die_at);
    crash_points::listen(die_where_told);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work(&orders));
}

async fn work(orders: &Orders) {
    let frames = Frames::open(orders.folder.join("frames"));
    let start = frames
        .import_bytes("start.png", &picture(orders.colour))
        .unwrap()
        .hash;
    let engine = engine(&orders.folder, frames);
    engine.set_client(Some(client(&orders.base)));
    if let Some(prompt) = &orders.ask {
        let settings = Settings {
            prompt: prompt.clone(),
            mode: Mode::Standard,
            length: 3,
            start: Some(start),
            ..Settings::default()
        };
        engine.generate(settings).await.unwrap();
    }
    loop {
        let (running, _, _) = engine.page(Filter::Running, None).await.unwrap();
        if running.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The last step is stored before it passes its last point.
    if DEATH.lock().unwrap().is_some() {
        tokio::time::sleep(LAST_STEP).await;
    }
}

fn picture(colour: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(480, 320, image::Rgb(colour));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn engine(folder: &Path, frames: Frames) -> Engine {
    Engine::start(EngineConfig {
        library: Library::open(&folder.join("library")).unwrap(),
        rescue: None,
        frames,
        clips_folder: folder.join("clips").into(),
        fetcher: Fetcher::new(
            "inbetween/torture",
            true,
            apiframe::Network::of_this_system(),
        )
        .unwrap(),
        clock: Clock::system(),
        usual_time: Duration::from_millis(500),
        first_pause: Duration::from_millis(50),
    })
}

fn client(base: &str) -> Client {
    Client::new(Config {
        base: base.parse().unwrap(),
        key: Some(ApiKey::parse(KEY).unwrap()),
        user_agent: "inbetween/torture".into(),
        network: apiframe::Network::of_this_system(),
        timeouts: Timeouts::default(),
    })
    .unwrap()
}
