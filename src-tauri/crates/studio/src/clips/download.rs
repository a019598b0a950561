//! Fetching a clip to its `.part`, from wherever a broken attempt stopped.
//!
//! One attempt a call: what to do after a failure is the engine's decision. The key is not
//! known here, so it can't be sent along; redirects are not followed, so a clip comes from
//! the address that was judged and from no other.

use std::io::Write;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header;
use reqwest::{Response, StatusCode};
use url::{Host, Url};

use crate::generation::Received;

/// The most bytes a clip may have. Fifteen seconds of 4K are a few hundred megabytes at
/// the highest rates in use; this stops a server that never stops.
pub const LARGEST: u64 = 8 << 30;

/// Time to reach the server.
const CONNECT: Duration = Duration::from_secs(15);
/// Silence after which a transfer counts as broken: silence means wedged, not slow, and
/// going on where it stopped costs little.
const IDLE: Duration = Duration::from_secs(30);
/// Chunks that wait for the disk at most. One is some hundred kilobytes at the most.
const QUEUE: usize = 8;

/// Why an attempt ended without a whole file.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The address may not be fetched from at all.
    #[error("the address of the clip is not one that may be fetched from: {0}")]
    Address(&'static str),
    /// The connection could not be made or broke; what came is kept.
    #[error("the connection broke")]
    Network,
    /// The server answered that it is not there (any more).
    #[error("the server no longer has the clip at that address ({0})")]
    NotThere(StatusCode),
    /// The server answered something else that is not the clip.
    #[error("the server answered {0}")]
    Server(StatusCode),
    /// What came is no clip, or not all of it.
    #[error("what came is not the clip: {0}")]
    NotTheClip(&'static str),
    /// It could not be written.
    #[error("it could not be written: {0}")]
    Disk(#[from] std::io::Error),
}

/// What an attempt tells on its way.
#[derive(Clone, Debug)]
pub enum Download {
    /// The server's mark of the file; an attempt that goes on sends it back.
    Mark(Option<String>),
    /// Bytes so far.
    Received(Received),
}

/// Fetches clips.
#[derive(Clone, Debug)]
pub struct Fetcher {
    http: reqwest::Client,
    loopback: bool,
}

impl Fetcher {
    /// A fetcher. `loopback` allows plain http from this machine, for the sandbox.
    ///
    /// # Errors
    /// When TLS can't be set up on this system.
    pub fn new(user_agent: &str, loopback: bool) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: reqwest::Client::builder()
                .user_agent(user_agent)
                .connect_timeout(CONNECT)
                .read_timeout(IDLE)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .build()?,
            loopback,
        })
    }

    /// One attempt. `mark` is what an earlier attempt was told of the file in `part`.
    ///
    /// # Errors
    /// [`DownloadError`]; what was written so far stays in `part` where it is of use.
    pub async fn fetch(
        &self,
        url: &Url,
        part: &Path,
        mark: Option<&str>,
        mut tell: impl FnMut(Download),
    ) -> Result<u64, DownloadError> {
        self.judge(url)?;
        let have = match mark {
            Some(_) => tokio::fs::metadata(part).await.map_or(0, |file| file.len()),
            None => 0,
        };
        let mut request = self.http.get(url.clone());
        if let (Some(mark), 1..) = (mark, have) {
            request = request
                .header(header::RANGE, format!("bytes={have}-"))
                .header(header::IF_RANGE, mark);
        }
        let response = request.send().await.map_err(|_| DownloadError::Network)?;
        let start = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT if range_start(&response) == Some(have) => have,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                // It is not the file we have a part of: begin anew next time.
                tell(Download::Mark(None));
                return Err(DownloadError::NotTheClip("another part than was asked for"));
            }
            status @ (StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN) => {
                return Err(DownloadError::NotThere(status));
            }
            status => return Err(DownloadError::Server(status)),
        };
        if start == 0 {
            tell(Download::Mark(strong_mark(&response)));
        }
        let total = response.content_length().map(|rest| start + rest);
        if total.is_some_and(|total| total > LARGEST) {
            return Err(DownloadError::NotTheClip("it is too large"));
        }
        let got = write(response, part, start, total, &mut tell).await?;
        match total {
            Some(total) if got < total => Err(DownloadError::Network),
            _ => Ok(got),
        }
    }

    /// Whether an address may be fetched from: https and a public host, or this machine
    /// where that is allowed.
    fn judge(&self, url: &Url) -> Result<(), DownloadError> {
        let host = url.host().ok_or(DownloadError::Address("it has no host"))?;
        let loopback = match host {
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
            Host::Domain(name) => name == "localhost",
        };
        if loopback {
            return if self.loopback {
                Ok(())
            } else {
                Err(DownloadError::Address("it points at this computer"))
            };
        }
        if url.scheme() != "https" {
            return Err(DownloadError::Address("it is not https"));
        }
        let private = match host {
            Host::Ipv4(ip) => is_private(IpAddr::V4(ip)),
            Host::Ipv6(ip) => is_private(IpAddr::V6(ip)),
            Host::Domain(_) => false,
        };
        if private {
            return Err(DownloadError::Address("it points into a private network"));
        }
        Ok(())
    }
}

/// Whether an address belongs to this machine or a private network.
fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                // Carrier-grade NAT, RFC 6598.
                || (ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]))
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

/// The first byte of a partial answer, from `Content-Range: bytes 5-9/10`.
fn range_start(response: &Response) -> Option<u64> {
    let text = response
        .headers()
        .get(header::CONTENT_RANGE)?
        .to_str()
        .ok()?;
    text.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// The mark to go on with: a strong `ETag`. A weak one does not promise the same bytes.
fn strong_mark(response: &Response) -> Option<String> {
    let mark = response.headers().get(header::ETAG)?.to_str().ok()?;
    mark.starts_with('"').then(|| mark.to_owned())
}

/// Streams the answer to the disk. A thread of its own writes what arrives, chunk by chunk
/// as it came, while the next ones are on their way: nothing is copied, and the network
/// waits for the disk only when [`QUEUE`] chunks do.
async fn write(
    response: Response,
    part: &Path,
    start: u64,
    total: Option<u64>,
    tell: &mut impl FnMut(Download),
) -> Result<u64, DownloadError> {
    if let Some(folder) = part.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let mut file = tokio::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .append(start > 0)
        .truncate(start == 0)
        .open(part)
        .await?
        .into_std()
        .await;
    let (to_disk, mut arrived) = tokio::sync::mpsc::channel::<bytes::Bytes>(QUEUE);
    // Set when this attempt is dropped half-way: what is still queued must not be written
    // into a file that another attempt may already go on with.
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
                        break Err(DownloadError::NotTheClip("it does not begin like an mp4"));
                    }
                }
                bytes += chunk.len() as u64;
                if bytes > LARGEST {
                    break Err(DownloadError::NotTheClip("it is too large"));
                }
                // Only a writer that failed takes no more; its error is what counts.
                if to_disk.send(chunk).await.is_err() {
                    break Ok(());
                }
                tell(Download::Received(Received { bytes, total }));
            }
            Some(Err(_)) => break Err(DownloadError::Network),
            None if start == 0 && beginning.len() < 8 => {
                break Err(DownloadError::NotTheClip("it is empty"));
            }
            None => break Ok(()),
        }
    };
    drop(to_disk);
    let written = writing
        .await
        .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)));
    drop(guard);
    written?;
    ended.map(|()| bytes)
}

/// Says that an attempt is over, however it ended.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_public_https_is_fetched_from_and_loopback_where_allowed() {
        let judge = |loopback, url: &str| {
            Fetcher::new("test", loopback)
                .unwrap()
                .judge(&Url::parse(url).unwrap())
                .is_ok()
        };
        assert!(judge(false, "https://cdn.example.com/a.mp4?sig=1"));
        for refused in [
            "http://cdn.example.com/a.mp4",
            "https://192.168.1.1/a.mp4",
            "https://10.1.2.3/a.mp4",
            "https://169.254.169.254/latest",
            "https://[fe80::1]/a.mp4",
            "https://[fd00::1]/a.mp4",
            "https://[::ffff:10.0.0.1]/a.mp4",
            "https://100.64.0.1/a.mp4",
            "https://0.0.0.0/a.mp4",
            "http://127.0.0.1:9/a.mp4",
            "https://localhost/a.mp4",
            "file:///etc/passwd",
            "data:video/mp4,xxxx",
        ] {
            assert!(!judge(false, refused), "{refused}");
        }
        assert!(judge(true, "http://127.0.0.1:9/a.mp4"));
        assert!(!judge(true, "http://192.168.1.1/a.mp4"));
    }
}
