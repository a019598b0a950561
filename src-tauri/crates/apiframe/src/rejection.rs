//! The server's refusal: its message, the fields it names, and when to try again.
//!
//! Not every refusal comes from the API itself. The edge in front of it answers in HTML or plain
//! text (`error code: 1010`), so the message is made readable in any case, and cleaned of any
//! secret that a server might echo.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::key::ApiKey;
use crate::lenient;
use crate::plain;

/// The body of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReply {
    /// What went wrong, in the server's words.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub error: String,
    /// The errors of each field, keyed by JSON path (`klingParams.duration`).
    #[serde(
        default,
        deserialize_with = "sentences_by_field",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub details: BTreeMap<String, Vec<String>>,
    /// Credits the job would have cost; only with 402.
    #[serde(
        default,
        deserialize_with = "lenient::cost",
        skip_serializing_if = "Option::is_none"
    )]
    pub credits_required: Option<i64>,
    /// Credits available; only with 402.
    #[serde(
        default,
        deserialize_with = "lenient::whole",
        skip_serializing_if = "Option::is_none"
    )]
    pub credits_available: Option<i64>,
}

/// A refusal by the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The HTTP status.
    pub status: u16,
    /// What it means for the caller.
    pub kind: RejectionKind,
    /// The server's own message, at most 500 characters and safe to show; never empty.
    pub message: String,
    /// The errors of each field, keyed by JSON path.
    pub details: BTreeMap<String, Vec<String>>,
    /// How long to wait before the next request.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionKind {
    /// 400, and its relatives 413, 415 and 422: the request itself is wrong, see `details`.
    Invalid,
    /// 401: no key, or not a valid one.
    Unauthorized,
    /// 402: too few credits. The numbers are the server's, if it gave them.
    OutOfCredits {
        /// What the job would cost.
        required: Option<i64>,
        /// What is left.
        available: Option<i64>,
    },
    /// 403: the key is inactive or may not do this, or the edge refused.
    Forbidden,
    /// 404: no such job, or a job of another account.
    NotFound,
    /// 409: the idempotency key was used with another body.
    Conflict,
    /// 410: it existed once.
    Gone,
    /// 429: too many requests; see `retry_after`.
    RateLimited,
    /// 5xx, and 408: the server cannot answer right now. A gateway in between may still have passed
    /// the request on.
    Unavailable,
    /// Any other status, including a redirect.
    Unexpected,
}

impl RejectionKind {
    fn of(status: StatusCode, reply: &ErrorReply) -> Self {
        match status.as_u16() {
            400 | 413 | 415 | 422 => Self::Invalid,
            401 => Self::Unauthorized,
            402 => Self::OutOfCredits {
                required: reply.credits_required,
                available: reply.credits_available,
            },
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 | 500..=599 => Self::Unavailable,
            409 => Self::Conflict,
            410 => Self::Gone,
            429 => Self::RateLimited,
            _ => Self::Unexpected,
        }
    }
}

impl Rejection {
    /// Reads a refusal. `now` is this machine's clock, used for a `Retry-After` date in an answer
    /// that does not state its own time; `key` is removed from whatever the server echoes.
    pub(crate) fn read(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        key: Option<&ApiKey>,
        now: SystemTime,
    ) -> Self {
        let clean = |text: &str| plain::sentence(text, key);
        let reply: ErrorReply = serde_json::from_slice(body).unwrap_or_default();
        let said = if reply.error.trim().is_empty() {
            unlabelled(body, is_html(headers))
        } else {
            reply.error.clone()
        };
        let message = match clean(&said) {
            nothing if nothing.is_empty() => format!(
                "Apiframe answered with an error ({}) and did not say why.",
                status.as_u16()
            ),
            sentence => sentence,
        };
        Self {
            status: status.as_u16(),
            kind: RejectionKind::of(status, &reply),
            message,
            retry_after: retry_after(headers, now),
            details: reply
                .details
                .iter()
                .map(|(field, said)| (clean(field), said.iter().map(|s| clean(s)).collect()))
                .collect(),
        }
    }
}

/// The message of a body without `error`. Raw JSON is not shown: it is not meant for users, and
/// truncated JSON can end anywhere.
fn unlabelled(body: &[u8], is_html: bool) -> String {
    let text = String::from_utf8_lossy(body);
    if !text.trim_start().starts_with(['{', '[']) {
        return plain::text_of(&text, is_html);
    }
    serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|body| Some(body.get("message")?.as_str()?.to_owned()))
        .unwrap_or_default()
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|media| media.to_ascii_lowercase().contains("html"))
}

/// No server means longer than a day, which is also the lifetime of an idempotency key. The cap
/// keeps an absurd number from overflowing a caller's clock.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Seconds, or an HTTP date relative to the answer's own `Date`, or else to `now`.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text| httpdate::parse_http_date(text).ok();
    let asked = text(RETRY_AFTER)?;
    let wait = if let Ok(seconds) = asked.parse() {
        Duration::from_secs(seconds)
    } else {
        let from = text(DATE).and_then(date).unwrap_or(now);
        date(asked)?.duration_since(from).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

fn sentences_by_field<'de, D>(from: D) -> Result<BTreeMap<String, Vec<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    let Value::Object(fields) = Value::deserialize(from)? else {
        return Ok(BTreeMap::new());
    };
    Ok(fields
        .into_iter()
        .map(|(field, value)| (field, sentences(value)))
        .filter(|(_, sentences)| !sentences.is_empty())
        .collect())
}

fn sentences(value: Value) -> Vec<String> {
    match value {
        Value::String(sentence) => vec![sentence],
        Value::Array(items) => items.into_iter().flat_map(sentences).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
