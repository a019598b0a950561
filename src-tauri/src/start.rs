//! Startup: environment, log, studio, media server, window, in this order. The network and the
//! keychain are not used before the page has been painted.

use std::env;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apiframe::{ApiKey, Network};
use studio::clock::Clock;
use studio::lock::{LibraryLock, LockError};
use studio::message::Message;
use studio::paths::Home;
use studio::private;
use studio::studio::{Studio, StudioConfig};
use tauri::{Manager, RunEvent};
use url::Url;
use zeroize::Zeroizing;

use crate::environment::{self, KEY_VARIABLE};
use crate::single_instance::{self, ActivationServer};
use crate::{commands, events, log, media, sandboxed, window};

/// Another address for Apiframe.
const BASE_URL_VARIABLE: &str = "APIFRAME_BASE_URL";
/// How long steps that are writing may take to finish when the window is closed.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait for the library if a program holds it without answering: it was killed, or is
/// starting.
const LOCK_HANDOVER: Duration = Duration::from_secs(5);

/// Runs the program, or returns a sentence that says why it can't. `key` is the key for this run.
pub(crate) fn start(key: Option<Zeroizing<String>>) -> Result<(), String> {
    let home = Home::of_this_process().map_err(|error| error.to_string())?;
    // Kept until the end: dropping it flushes what is not written yet.
    let _log = log::begin(&home.log);
    let ended = window::is_possible()
        .map_err(|message| message.to_string())
        .and_then(|()| run(home, key));
    if let Err(sentence) = &ended {
        tracing::error!("the program can't start: {sentence}");
    }
    ended
}

/// The way out of this computer.
fn network() -> Network {
    #[cfg(target_os = "linux")]
    return Network::with_desktop(crate::desktop_proxy::ask());
    // The network library reads the settings of the other systems itself.
    #[cfg(not(target_os = "linux"))]
    return Network::of_this_system();
}

fn run(home: Home, key: Option<Zeroizing<String>>) -> Result<(), String> {
    let Some(lock) = lock(&home.data)? else {
        println!("{}", Message::AlreadyOpen);
        return Ok(());
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
    environment::allow_open_files();

    let base_url = variable(BASE_URL_VARIABLE)
        .map(|text| {
            Url::parse(&text).map_err(|error| {
                Message::BadAddress {
                    variable: BASE_URL_VARIABLE.into(),
                    error: error.to_string(),
                }
                .to_string()
            })
        })
        .transpose()?;
    let key = key
        .map(|text| {
            ApiKey::parse(&text).map_err(|shape| {
                Message::KeyVariable {
                    variable: KEY_VARIABLE.into(),
                    why: Message::from(&shape).to_string(),
                }
                .to_string()
            })
        })
        .transpose()?;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Message::NoThreads {
                error: error.to_string(),
            }
            .to_string()
        })?;
    tauri::async_runtime::set(runtime.handle().clone());
    let entered = runtime.enter();

    let (sandbox, sandbox_time) = sandboxed::starter(home.sandbox());
    let web_view = WebViewFolder::make(home.web_view());
    let studio = Studio::open(StudioConfig {
        home,
        clock: Clock::system(),
        network: network(),
        user_agent: concat!("inbetween/", env!("CARGO_PKG_VERSION")).into(),
        base_url,
        key,
        sandbox,
        sandbox_time,
    })
    .map_err(|problem| problem.to_string())?;
    let media = media::serve(Arc::clone(&studio)).map_err(|error| {
        Message::NoPort {
            error: error.to_string(),
        }
        .to_string()
    })?;

    let mut context = tauri::generate_context!();
    window::allow_media(context.config_mut(), &media.origin);
    let bridge = commands::bridge();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_opener::init())
        .manage(Arc::clone(&studio))
        .manage(media)
        .invoke_handler(commands::handler(&bridge))
        .setup(move |app| {
            bridge.mount_events(app);
            events::forward(app.handle().clone(), &studio);
            window::open(app.handle(), &studio)?;
            listen_for_activation(app.handle(), &lock);
            app.manage(lock);
            Ok(())
        })
        .build(context)
        .map_err(|error| {
            Message::NoWindow {
                error: error.to_string(),
            }
            .to_string()
        })?;
    // Whatever is in progress then is in the library and continues at the next start. Not `run`,
    // which ends the process immediately: the code below would never run.
    app.run_return(|_, event| {
        if let RunEvent::Exit = event {
            tracing::info!("ending");
        }
    });
    drop(entered);
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    drop(web_view);
    Ok(())
}

/// The data of the web view: nothing that is needed at the next start. It is in a separate folder,
/// for this user alone, and is removed when the program ends.
struct WebViewFolder(PathBuf);

impl WebViewFolder {
    fn make(folder: PathBuf) -> Self {
        let made = Self(folder);
        // What a killed process left behind.
        made.remove();
        if let Err(error) = private::make_folder(&made.0) {
            tracing::warn!(%error, "the web view's folder could not be made");
        }
        made
    }

    fn remove(&self) {
        match std::fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "the web view's folder could not be removed");
            }
            _ => {}
        }
    }
}

impl Drop for WebViewFolder {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The right to the library in `folder`; `None` if a program of this user has it and was brought to
/// the front.
fn lock(folder: &Path) -> Result<Option<LibraryLock>, String> {
    let begun = Instant::now();
    loop {
        let error = match LibraryLock::take(folder) {
            Ok(lock) => return Ok(Some(lock)),
            Err(error) => error,
        };
        match &error {
            LockError::Held {
                owner: Some(owner), ..
            } if owner.is_here() => {
                if owner
                    .activation
                    .as_deref()
                    .is_some_and(single_instance::activate)
                {
                    return Ok(None);
                }
                if begun.elapsed() < LOCK_HANDOVER {
                    std::thread::sleep(Duration::from_millis(100));
                    continue;
                }
            }
            _ => {}
        }
        return Err(error.to_string());
    }
}

/// If nothing listens, a second start only reports that the program is running.
fn listen_for_activation(app: &tauri::AppHandle, lock: &LibraryLock) {
    let app = app.clone();
    let come = move || {
        if let Err(error) = window::bring_forward(&app) {
            tracing::warn!(%error, "the window could not be brought forward");
        }
    };
    let opened = ActivationServer::make().and_then(|server| {
        let address = server.address()?;
        server.open(come)?;
        Ok(address)
    });
    match opened {
        Ok(address) => lock.announce(&address),
        Err(error) => tracing::warn!(%error, "nothing listens for a second start"),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}
