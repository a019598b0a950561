//! What the head of a download's response says: which part of the file follows, whether it is the
//! file that was started, and what a refusal means. This module only reads; `download`, and after
//! it the engine, decide what to do.

use std::time::{Duration, SystemTime};

use reqwest::header::{self, HeaderName};
use reqwest::{Response, StatusCode};

use super::error::DownloadError;

/// The longest pause that is observed: a paid clip should not wait because of a mistake in a
/// server's answer.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// What a refusal means. Storage answers an address whose signature has expired with 400, 401 or
/// 403 as well as with 404 or 410, and another address helps with all of them.
pub(super) fn refused(status: StatusCode, response: &Response) -> DownloadError {
    let passing = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
    );
    if passing || status.is_server_error() {
        let wait = retry_after(response, SystemTime::now());
        DownloadError::Busy { status, wait }
    } else {
        DownloadError::NotThere(status)
    }
}

/// A header as text, if it is present and is text.
pub(super) fn text(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok().map(str::trim)
}

/// The length of the whole file, if this response is the rest of it after `have` bytes and does not
/// contradict itself: `Content-Range: bytes 5-9/10`.
pub(super) fn rest_of(response: &Response, have: u64, mark: Option<&str>) -> Option<u64> {
    mark?;
    let range = text(response, header::CONTENT_RANGE)?.strip_prefix("bytes ")?;
    let (place, total) = range.split_once('/')?;
    let (first, last) = place.split_once('-')?;
    let first: u64 = first.parse().ok()?;
    let ends = last.parse::<u64>().ok()?.checked_add(1)?;
    // A star means that the length is not known.
    let total = match total {
        "*" => ends,
        total => total.parse().ok()?,
    };
    let same = strong_mark(response).is_none_or(|now| Some(now) == mark);
    let promised = response
        .content_length()
        .is_none_or(|length| have.checked_add(length) == Some(ends));
    (same && promised && first == have && ends > have && ends == total).then_some(total)
}

/// Whether a refused range says that the file ends at `have`: `Content-Range: bytes */10`.
pub(super) fn ends_at(response: &Response, have: u64) -> bool {
    have > 0
        && text(response, header::CONTENT_RANGE)
            .and_then(|range| range.strip_prefix("bytes */")?.parse().ok())
            == Some(have)
}

/// The mark to continue with: a strong `ETag`. A weak one does not guarantee the same bytes.
pub(super) fn strong_mark(response: &Response) -> Option<&str> {
    text(response, header::ETAG).filter(|mark| mark.starts_with('"'))
}

/// The wait: given in seconds, or as a date, which is compared with the server's own clock if it
/// sends one.
fn retry_after(response: &Response, now: SystemTime) -> Option<Duration> {
    let date = |text| httpdate::parse_http_date(text).ok();
    let asked = text(response, header::RETRY_AFTER)?;
    let wait = if let Ok(seconds) = asked.parse() {
        Duration::from_secs(seconds)
    } else {
        let from = text(response, header::DATE).and_then(date).unwrap_or(now);
        date(asked)?.duration_since(from).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}
