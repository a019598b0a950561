//! Answers whose body stops, ends early, trickles or never ends.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};

/// What happens after the part of the body that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing more is sent, and the connection stays open.
    Silence,
    Close,
}

/// How often a slow body sends a piece.
const BEAT: Duration = Duration::from_millis(50);

/// How long a cut body waits before the connection is closed, so that the bytes sent before have
/// left this machine's buffers.
const FLUSH: Duration = Duration::from_millis(30);

/// One chunk of the endless spaces.
const BLANKS: &[u8] = &[b' '; 64 * 1024];

/// Declares the length of the whole body, sends its first bytes (half of it if `after` is `None`),
/// and ends as `ending` says.
pub(crate) async fn cut(
    answer: Response<Body>,
    after: Option<u64>,
    ending: Ending,
) -> Response<Body> {
    let (mut head, body) = whole(answer).await;
    let sent = part_of(&body, after);
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let first = stream::iter([Ok(body.slice(..sent))]);
    let end = stream::once(async move {
        match ending {
            Ending::Silence => std::future::pending().await,
            Ending::Close => tokio::time::sleep(FLUSH).await,
        }
        Err(io::Error::other("cut off on demand"))
    });
    Response::from_parts(head, Body::from_stream(first.chain(end)))
}

/// Sends the first bytes of the body (half of it if `to` is `None`) as if they were all.
pub(crate) async fn shorten(answer: Response<Body>, to: Option<u64>) -> Response<Body> {
    let (mut head, body) = whole(answer).await;
    let sent = part_of(&body, to);
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(sent));
    Response::from_parts(head, Body::from(body.slice(..sent)))
}

/// Sends the body, and then spaces for as long as the client reads them.
pub(crate) async fn endless(answer: Response<Body>) -> Response<Body> {
    let (mut head, body) = whole(answer).await;
    head.headers.remove(header::CONTENT_LENGTH);
    let blanks = stream::repeat_with(|| Ok(Bytes::from_static(BLANKS)));
    let first = stream::iter([Ok::<_, Infallible>(body)]);
    Response::from_parts(head, Body::from_stream(first.chain(blanks)))
}

fn part_of(body: &Bytes, wanted: Option<u64>) -> usize {
    wanted
        .and_then(|wanted| usize::try_from(wanted).ok())
        .unwrap_or(body.len() / 2)
        .min(body.len())
}

/// Sends the body at this many bytes per second.
pub(crate) async fn slow(answer: Response<Body>, bytes_per_second: u64) -> Response<Body> {
    let (mut head, body) = whole(answer).await;
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let beats = 1000 / u64::try_from(BEAT.as_millis()).unwrap_or(1000);
    let piece = usize::try_from(bytes_per_second / beats)
        .unwrap_or(usize::MAX)
        .max(1);
    Response::from_parts(head, Body::from_stream(trickle(body, piece)))
}

fn trickle(body: Bytes, piece: usize) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(BEAT).await;
        let sent = rest.split_to(piece.min(rest.len()));
        Some((Ok(sent), rest))
    })
}

async fn whole(answer: Response<Body>) -> (axum::http::response::Parts, Bytes) {
    let (head, body) = answer.into_parts();
    // The bodies are the sandbox's own and in memory, so reading one cannot fail.
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    (head, body)
}
