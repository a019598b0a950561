//! Fetches a clip into its `.part`, from where an interrupted attempt stopped.
//!
//! Each call is one attempt: the engine decides what to do after a failure. The key is not known
//! here, so it can't be sent. Redirects are followed here and not by the network library, so that each
//! target is judged first.

use std::error::Error as _;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use apiframe::{Network, UnreachedCause};
use futures_util::StreamExt;
use reqwest::header;
use reqwest::{Response, StatusCode};
use url::Url;

use super::address::{self, Guard, PointsHere};
use super::error::DownloadError;
use super::response_head::{ends_at, refused, rest_of, strong_mark, text};
use crate::generation::Received;
use crate::message::{AddressFault, ClipFault};
use crate::private;

/// The most bytes a clip may have. Fifteen seconds of 4K are a few hundred megabytes at the highest
/// rates in use; this stops a server that sends without end.
pub const LARGEST: u64 = 8 << 30;

/// The most redirects that are followed. Two are in use: one from the API to its storage and one
/// from there to a CDN. The third is a reserve.
const REDIRECTS: usize = 3;
/// How long a whole clip may take to be synced: a slow card writes it at a few megabytes a second.
const SYNC_TIMEOUT: Duration = Duration::from_mins(5);
/// The most chunks that wait for the disk. One is a few hundred kilobytes at most.
const QUEUE: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// The most bytes a clip may have: [`LARGEST`].
    pub largest: u64,
    /// The time to reach the server, 15 s: the system repeats an unanswered first packet after 1, 3
    /// and 7 s.
    pub connect: Duration,
    /// The silence after which a transfer counts as broken, 30 s: silence means that it is stuck,
    /// not slow, and continuing from where it stopped costs little.
    pub idle: Duration,
    /// How long the disk may take for a call, 30 s: a share whose server is gone keeps its callers
    /// waiting forever, and a disk that wakes up takes ten seconds.
    pub disk: Duration,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            largest: LARGEST,
            connect: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            disk: Duration::from_secs(30),
        }
    }
}

/// What an attempt reports while it runs.
#[derive(Clone, Debug)]
pub enum Download {
    /// The server's mark for the file; an attempt that continues a file sends it back.
    Mark(Option<String>),
    /// Bytes so far.
    Received(Received),
}

#[derive(Clone, Debug)]
pub struct Fetcher {
    network: Network,
    outside: reqwest::Client,
    /// For addresses on this computer: a proxy would not reach it.
    inside: reqwest::Client,
    loopback: bool,
    largest: u64,
    disk: Duration,
}

impl Fetcher {
    /// Creates a fetcher. `loopback` allows plain http from this machine, for the sandbox.
    ///
    /// # Errors
    /// If TLS can't be set up on this system.
    pub fn new(user_agent: &str, loopback: bool, network: Network) -> Result<Self, reqwest::Error> {
        Self::with_limits(user_agent, loopback, network, FetchLimits::default())
    }

    /// Creates a fetcher with other limits.
    ///
    /// # Errors
    /// See [`Fetcher::new`].
    pub fn with_limits(
        user_agent: &str,
        loopback: bool,
        network: Network,
        limits: FetchLimits,
    ) -> Result<Self, reqwest::Error> {
        let names = Arc::new(Guard::new(network.names()));
        let client = |builder: reqwest::ClientBuilder| {
            builder
                .user_agent(user_agent)
                .connect_timeout(limits.connect)
                .read_timeout(limits.idle)
                .dns_resolver(Arc::clone(&names))
                .build()
        };
        Ok(Self {
            outside: client(network.outside())?,
            inside: client(network.inside())?,
            network,
            loopback,
            largest: limits.largest,
            disk: limits.disk,
        })
    }

    /// Makes one attempt. `mark` is the mark that an earlier attempt received for the file in
    /// `part`.
    ///
    /// # Errors
    /// [`DownloadError`]; what was written so far stays in `part` if it can be used.
    pub async fn fetch(
        &self,
        url: &Url,
        part: &Path,
        mark: Option<&str>,
        mut tell: impl FnMut(Download),
    ) -> Result<u64, DownloadError> {
        let have = match mark {
            Some(_) => within(self.disk, tokio::fs::metadata(part))
                .await?
                .map_or(0, |file| file.len()),
            None => 0,
        };
        let going_on = mark.filter(|_| have > 0);
        let response = self.ask(url, going_on.map(|mark| (have, mark))).await?;
        let (start, total) = match response.status() {
            StatusCode::OK => (0, response.content_length()),
            StatusCode::PARTIAL_CONTENT => match rest_of(&response, have, going_on) {
                Some(total) => (have, Some(total)),
                None => return Err(another_part(&mut tell)),
            },
            // The file ends where our part ends: it is complete.
            StatusCode::RANGE_NOT_SATISFIABLE if ends_at(&response, have) => return Ok(have),
            StatusCode::RANGE_NOT_SATISFIABLE => return Err(another_part(&mut tell)),
            status if status.is_success() => {
                return Err(DownloadError::NotTheClip(ClipFault::Nothing));
            }
            status => return Err(refused(status, &response)),
        };
        if start == 0 {
            // Before the new mark is stored: the existing part belongs to another or an unknown
            // file, and a later attempt must not continue it under the new mark.
            let _ = within(self.disk, tokio::fs::remove_file(part)).await?;
            tell(Download::Mark(strong_mark(&response).map(str::to_owned)));
        }
        if total.is_some_and(|total| total > self.largest) {
            return Err(DownloadError::NotTheClip(ClipFault::TooLarge));
        }
        let got = self.write(response, part, start, total, &mut tell).await?;
        match total {
            Some(total) if got < total => Err(DownloadError::Network),
            Some(total) if got > total => Err(another_part(&mut tell)),
            _ => Ok(got),
        }
    }

    /// Requests a clip, or the rest of one, and follows redirects.
    async fn ask(
        &self,
        url: &Url,
        going_on: Option<(u64, &str)>,
    ) -> Result<Response, DownloadError> {
        let mut url = url.clone();
        let mut loopback = self.loopback;
        for _ in 0..=REDIRECTS {
            address::judge(&url, loopback).map_err(DownloadError::Address)?;
            let inside = url
                .host()
                .is_some_and(|host| address::is_this_machine(&host));
            // No outside server may redirect to this machine.
            loopback &= inside;
            let mut request = if inside {
                self.inside.get(url.clone())
            } else {
                self.network.prepare(&url).await;
                self.outside.get(url.clone())
            };
            if let Some((have, mark)) = going_on {
                request = request
                    .header(header::RANGE, format!("bytes={have}-"))
                    .header(header::IF_RANGE, mark);
            }
            let response = request
                .send()
                .await
                .map_err(|error| self.unanswered(&error))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            url = text(&response, header::LOCATION)
                .and_then(|target| url.join(target).ok())
                .ok_or(DownloadError::Address(AddressFault::Nowhere))?;
        }
        Err(DownloadError::Address(AddressFault::TooManyRedirects))
    }

    /// Asks the server of an address for nothing, to see that clips can come from there: any answer
    /// will do.
    ///
    /// # Errors
    /// Why it can't be reached.
    pub async fn reach(&self, server: &Url) -> Result<(), DownloadError> {
        // This computer can always be reached.
        if server
            .host()
            .is_some_and(|host| address::is_this_machine(&host))
        {
            return Ok(());
        }
        self.network.prepare(server).await;
        match self.outside.head(server.clone()).send().await {
            // It was reached, whatever it made of that request.
            Err(error) if error.is_connect() => Err(self.unanswered(&error)),
            _ => Ok(()),
        }
    }

    /// The error for a request without an answer.
    fn unanswered(&self, error: &reqwest::Error) -> DownloadError {
        if !error.is_connect() {
            return DownloadError::Network;
        }
        let why = self.network.unreached(error);
        let mut cause = error.source();
        while let Some(inner) = cause {
            // The name of a proxy is no address of a clip.
            if inner.is::<PointsHere>() && why.cause == UnreachedCause::NoAddress {
                return DownloadError::Address(AddressFault::ThisComputer);
            }
            cause = inner.source();
        }
        DownloadError::Unreached(why)
    }

    /// Streams the answer to the disk. A separate thread writes each chunk as it arrived, while the
    /// next ones are on their way: nothing is copied, and the network waits for the disk only when
    /// [`QUEUE`] chunks do.
    async fn write(
        &self,
        response: Response,
        part: &Path,
        start: u64,
        total: Option<u64>,
        tell: &mut impl FnMut(Download),
    ) -> Result<u64, DownloadError> {
        let mut file = within(self.disk, open(part, start)).await??;
        let (to_disk, mut arrived) = tokio::sync::mpsc::channel::<bytes::Bytes>(QUEUE);
        // Set when this attempt is dropped midway: chunks that are still queued must not be written
        // into a file that another attempt may already be continuing.
        let dropped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&dropped);
        let writing = tokio::task::spawn_blocking(move || {
            while let Some(chunk) = arrived.blocking_recv() {
                if stop.load(Ordering::Acquire) {
                    return Ok(());
                }
                file.write_all(&chunk)?;
            }
            file.sync_all()
        });
        let guard = StopOnDrop(dropped);
        let mut bytes = start;
        let mut beginning: Vec<u8> = Vec::with_capacity(8);
        let mut stream = response.bytes_stream();
        let ended = loop {
            match stream.next().await {
                Some(Ok(chunk)) => {
                    if start == 0 && beginning.len() < 8 {
                        beginning.extend(chunk.iter().take(8 - beginning.len()));
                        if beginning.len() == 8 && &beginning[4..] != b"ftyp" {
                            break Err(DownloadError::NotTheClip(ClipFault::NotMp4));
                        }
                    }
                    bytes += chunk.len() as u64;
                    if bytes > self.largest {
                        break Err(DownloadError::NotTheClip(ClipFault::TooLarge));
                    }
                    // Only a writer that failed accepts no more; its error is what counts.
                    if within(self.disk, to_disk.send(chunk)).await?.is_err() {
                        break Ok(());
                    }
                    tell(Download::Received(Received { bytes, total }));
                }
                Some(Err(_)) => break Err(DownloadError::Network),
                None if start == 0 && beginning.len() < 8 => {
                    break Err(DownloadError::NotTheClip(ClipFault::Empty));
                }
                None => break Ok(()),
            }
        };
        drop(to_disk);
        // What is queued is written, and all of it is synced: more than one call.
        let written = within(SYNC_TIMEOUT.max(self.disk), writing)
            .await?
            .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)));
        drop(guard);
        written?;
        ended.map(|()| bytes)
    }
}

/// The server's file is not the one that we have a part of: the next attempt starts over.
fn another_part(tell: &mut impl FnMut(Download)) -> DownloadError {
    tell(Download::Mark(None));
    DownloadError::NotTheClip(ClipFault::AnotherPart)
}

/// The result of a call to the disk, or an error if it takes too long.
async fn within<T>(limit: Duration, call: impl Future<Output = T>) -> std::io::Result<T> {
    tokio::time::timeout(limit, call)
        .await
        .map_err(|_| std::io::ErrorKind::TimedOut.into())
}

/// Opens the file to write to, from `start` on. It is no more open to others than its folder.
async fn open(part: &Path, start: u64) -> std::io::Result<std::fs::File> {
    let part = part.to_owned();
    let opening = tokio::task::spawn_blocking(move || {
        let folder = part.parent().unwrap_or(Path::new("."));
        private::make_folder(folder)?;
        private::options_like_folder(folder)
            .create(true)
            .write(true)
            .append(start > 0)
            .truncate(start == 0)
            .open(part)
    });
    opening
        .await
        .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)))
}

/// Signals on drop that an attempt is over, however it ended.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
