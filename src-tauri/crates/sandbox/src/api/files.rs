//! The files: uploaded pictures and finished clips, as a CDN would serve them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Refusal;
use super::range::{Selection, select};
use crate::address::named_id;
use crate::world::World;

struct Served {
    bytes: Bytes,
    content_type: &'static str,
    changed: Timestamp,
}

pub(super) async fn upload(
    State(world): State<Arc<World>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    serve(headers, move || {
        let (upload, bytes) = world.find_upload(named_id(&file)?)?;
        (!upload.is_expired(world.now())).then_some(Served {
            bytes,
            content_type: upload.kind.content_type(),
            changed: upload.created_at,
        })
    })
    .await
}

pub(super) async fn clip(
    State(world): State<Arc<World>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    serve(headers, move || {
        let (job, bytes) = world.find_clip(named_id(&file)?)?;
        Some(Served {
            bytes,
            content_type: "video/mp4",
            changed: job.ended_at?,
        })
    })
    .await
}

/// Finds a file outside the async workers, and serves it.
async fn serve(
    headers: HeaderMap,
    find: impl FnOnce() -> Option<Served> + Send + 'static,
) -> Result<Response<Body>, Refusal> {
    tokio::task::spawn_blocking(move || find().map(|file| answer(&file, &headers)))
        .await
        .map_err(|error| Refusal::unavailable(&error))?
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "File not found or expired"))
}

/// The file, the requested part of it, or the answer that nothing has changed.
fn answer(file: &Served, asked: &HeaderMap) -> Response<Body> {
    let etag = etag(&file.bytes);
    let seconds = u64::try_from(file.changed.as_second()).unwrap_or_default();
    let changed = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());

    let same = text(header::IF_NONE_MATCH)
        .is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag));
    // A part is only useful to a client that has the rest of the same file.
    let unchanged = text(header::IF_RANGE).is_none_or(|known| known == etag || known == changed);
    let length = file.bytes.len() as u64;
    let selection = if unchanged {
        select(text(header::RANGE), length)
    } else {
        Selection::Whole
    };

    let mut answer = match selection {
        _ if same => StatusCode::NOT_MODIFIED.into_response(),
        Selection::Whole => file.bytes.clone().into_response(),
        Selection::Part { first, last } => {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let part = file.bytes.slice(place(first)..=place(last));
            let range = format!("bytes {first}-{last}/{length}");
            (
                StatusCode::PARTIAL_CONTENT,
                [(header::CONTENT_RANGE, range)],
                part,
            )
                .into_response()
        }
        Selection::Beyond => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            [(header::CONTENT_RANGE, format!("bytes */{length}"))],
        )
            .into_response(),
    };
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(file.content_type),
    );
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    for (name, value) in [(header::ETAG, etag), (header::LAST_MODIFIED, changed)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    answer
}

/// Identical for identical bytes, in quotes as the header requires.
fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let (half, _) = digest.split_at(16);
    let mut hex = String::with_capacity(32);
    for byte in half {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    format!("\"{hex}\"")
}
