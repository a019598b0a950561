//! One request and its answer, limited in time and size, and never repeated.
//!
//! The network library's own time limits are used only for the connection: its read limit counts a
//! long upload as silence. Here, silence means that no data moved in either direction.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::config::Timeouts;
use crate::error::{Error, LossCause, chain};
use crate::network::Network;

/// Ten times the largest legitimate answer (a page of 100 jobs with their inputs): a faulty server
/// must not fill the memory.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Only a sentence of a refusal is kept; a gateway's error page with its styles fits into this.
const LARGEST_REFUSAL: usize = 64 * 1024;

/// An answer that arrived.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The whole body when the server reported success; what could be read of it when it refused.
    pub(crate) body: Vec<u8>,
}

/// Reports to the exchange that data moved, which postpones the moment at which it gives up.
pub(crate) struct Pulse(watch::Sender<Instant>);

/// The moment at which an exchange stops waiting for the answer to start.
pub(crate) struct Patience(watch::Receiver<Instant>);

impl Pulse {
    /// The deadline for the connection and the first silence after it, and the means to extend it.
    pub(crate) fn start(timeouts: &Timeouts) -> (Self, Patience) {
        let (sender, receiver) = watch::channel(Instant::now() + timeouts.connect + timeouts.idle);
        (Self(sender), Patience(receiver))
    }

    /// Records that data moved; the next sign of life is due within `limit`.
    pub(crate) fn beat(&self, limit: Duration) {
        self.0.send_replace(Instant::now() + limit);
    }
}

impl Patience {
    async fn ends(self) {
        loop {
            let due = *self.0.borrow();
            sleep_until(due).await;
            if *self.0.borrow() <= due {
                return;
            }
        }
    }
}

/// Sends a request and reads its answer. `total` limits the whole exchange.
pub(crate) async fn exchange(
    request: RequestBuilder,
    network: &Network,
    patience: Patience,
    idle: Duration,
    total: Duration,
) -> Result<Answer, Error> {
    let deadline = Instant::now() + total;
    let response = tokio::select! {
        biased;
        sent = request.send() => sent.map_err(|error| Error::unanswered(&error, network))?,
        () = patience.ends() => return Err(Error::lost(LossCause::Silent, "no answer began")),
        () = sleep_until(deadline) => return Err(Error::lost(LossCause::TooSlow, "no answer began")),
    };
    let status = response.status();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    if status.is_success() {
        read(response, &mut body, LARGEST_ANSWER, idle, deadline).await?;
    } else if let Err(loss) = read(response, &mut body, LARGEST_REFUSAL, idle, deadline).await {
        // The status alone is already a refusal; a truncated message does not change that.
        drop(loss);
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

async fn read(
    mut response: Response,
    body: &mut Vec<u8>,
    largest: usize,
    idle: Duration,
    deadline: Instant,
) -> Result<(), Error> {
    loop {
        let silence = Instant::now() + idle;
        let cause = if silence < deadline {
            LossCause::Silent
        } else {
            LossCause::TooSlow
        };
        let chunk = timeout_at(silence.min(deadline), response.chunk())
            .await
            .map_err(|_| Error::lost(cause, "the answer stopped halfway"))?
            .map_err(|error| Error::lost(LossCause::Truncated, chain(&error)))?;
        let Some(chunk) = chunk else { return Ok(()) };
        let room = largest - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            let detail = format!("the answer is over {largest} bytes");
            return Err(Error::lost(LossCause::Unreadable, detail));
        }
    }
}
