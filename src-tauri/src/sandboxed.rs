//! The sandbox of the sandbox profile: started when first wanted, kept until the program
//! ends, its state on disk so that a job goes on after a restart.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use apiframe::ApiKey;
use sandbox::Sandbox;
use studio::studio::{SandboxDoor, StartSandbox};
use tokio::sync::OnceCell;

/// How many times faster than Apiframe it works: long enough to see a clip being made,
/// short enough to be a first run.
const SPEED: f64 = 12.0;
/// What a person begins with.
const CREDITS: i64 = 10_000;
/// With fewer left than the dearest clip costs, a start gives as many as in the beginning:
/// nobody can buy any here.
const TOO_FEW: i64 = 225;
/// What a prompt has to hold for its job to fail. Settings tells it.
const FAILING_WORD: &str = "[fail]";
/// Its key. It opens nothing but this simulation on loopback.
const KEY: &str = "afk_sandbox";
/// What a job takes at that speed: Apiframe's published 150 s.
const USUAL: Duration = Duration::from_millis(150_000 / 12);

/// How to start it, and what a job takes in it.
pub(crate) fn starter(state: PathBuf) -> (StartSandbox, Duration) {
    let running: Arc<OnceCell<Sandbox>> = Arc::default();
    let start: StartSandbox = Box::new(move || {
        let (running, state) = (Arc::clone(&running), state.clone());
        Box::pin(async move {
            let sandbox = running
                .get_or_try_init(|| async {
                    studio::private::make_folder(&state).map_err(|error| error.to_string())?;
                    let sandbox = Sandbox::builder()
                        .key(KEY)
                        .credits(CREDITS)
                        .speed(SPEED)
                        .failing_word(FAILING_WORD)
                        .state_dir(Some(state))
                        .start()
                        .await
                        .map_err(|error| error.to_string())?;
                    if sandbox.credits() < TOO_FEW {
                        sandbox.set_credits(CREDITS);
                    }
                    Ok::<_, String>(sandbox)
                })
                .await?;
            Ok(SandboxDoor {
                base: sandbox
                    .base_url()
                    .parse()
                    .map_err(|error: url::ParseError| error.to_string())?,
                key: ApiKey::parse(KEY).map_err(|shape| shape.to_string())?,
            })
        })
    });
    (start, USUAL)
}
