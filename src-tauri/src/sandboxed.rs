//! The sandbox of the sandbox profile: started when first needed, kept until the program ends, with
//! its state on disk so that a job continues after a restart.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use apiframe::ApiKey;
use sandbox::Sandbox;
use studio::studio::{RunningSandbox, StartSandbox};
use tokio::sync::OnceCell;

/// How many times faster than Apiframe it works: slow enough to watch a clip being made, fast
/// enough for a first run.
const SPEED: f64 = 12.0;
/// The credits at the start.
const CREDITS: i64 = 10_000;
/// If fewer credits are left than the most expensive clip costs, a start restores the initial
/// amount: credits can't be bought here.
const TOO_FEW: i64 = 225;
/// What a prompt has to contain for its job to fail. The settings mention it.
const FAILING_WORD: &str = "[fail]";
/// Its key. It gives access only to this simulation on loopback.
const KEY: &str = "afk_sandbox";
/// How long a job takes at that speed: Apiframe's published 150 s, divided by it.
const USUAL: Duration = Duration::from_millis(150_000 / 12);

/// How to start it, and how long a job takes in it.
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
            Ok(RunningSandbox {
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
