//! Whether a clip could come back, seen before the first request of a run is paid for: a network may
//! let requests to Apiframe through and not those to the server that holds the clips.

use apiframe::{Client, UnreachedCause};
use url::Url;

use super::messages;
use super::outcome::Outcome;
use super::shared::Shared;
use crate::clips::DownloadError;
use crate::library::{Library, LibraryError};
use crate::message::Message;

/// Checks it once in a run: at the server that the last clip came from, or, before the first clip,
/// at Apiframe's. Returns why a request has to wait.
pub(super) async fn hold_back(
    shared: &Shared,
    client: &Client,
) -> Result<Option<Outcome>, LibraryError> {
    if shared.remote.clips_arrive() {
        return Ok(None);
    }
    let known = shared.storage.library.run(Library::clip_server).await?;
    let reached = match known {
        None => reach(shared, client.base()).await,
        Some(server) => match reach(shared, &server).await {
            // The server was given up, or has another name by now.
            Err(DownloadError::Unreached(why)) if why.cause == UnreachedCause::NoAddress => {
                reach(shared, client.base()).await
            }
            other => other,
        },
    };
    let Err(error) = reached else {
        shared.remote.set_clips_arrive();
        return Ok(None);
    };
    tracing::warn!(%error, "a request waits until its clip could be fetched");
    let message = match error {
        DownloadError::Unreached(why) if client.base().host_str() == Some(&why.host) => {
            messages::unreached(&why)
        }
        DownloadError::Unreached(why) => {
            Message::of_connection(&why).unwrap_or(Message::ClipServerUnreached { host: why.host })
        }
        _ => Message::Offline,
    };
    Ok(Some(Outcome::Retry(message)))
}

async fn reach(shared: &Shared, server: &Url) -> Result<(), DownloadError> {
    let mut root = server.clone();
    root.set_path("/");
    shared.remote.fetcher.reach(&root).await
}
