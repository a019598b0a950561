//! The requests that arrived, kept so that a test can inspect them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use axum::http::request::Parts;
use bytes::Bytes;
use jiff::Timestamp;

/// How many requests are kept: far more than a test makes, and a limit for a program that runs for
/// days.
const KEPT: usize = 2000;

/// A request as it arrived.
#[derive(Clone)]
pub struct Recorded {
    /// When it arrived, by the sandbox's clock.
    pub at: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The part after the question mark.
    pub query: Option<String>,
    /// By lower-case name. The values of a repeated header are joined with `", "`.
    pub headers: BTreeMap<String, String>,
    /// The body; empty where a fault cut the request off before it.
    pub body: Bytes,
    /// The status of the answer; `None` if none was sent, or none yet.
    pub answered: Option<u16>,
}

impl fmt::Debug for Recorded {
    /// Shows everything but the key and the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !is_secret(name))
            .collect();
        f.debug_struct("Recorded")
            .field("at", &self.at)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("answered", &self.answered)
            .finish()
    }
}

fn is_secret(header: &str) -> bool {
    matches!(header, "x-api-key" | "authorization")
}

/// The latest requests, oldest first.
#[derive(Default)]
pub(crate) struct Records(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The number of the oldest request.
    first: u64,
    requests: VecDeque<Recorded>,
}

impl Records {
    /// Records a request whose head has arrived, and gives it a number.
    pub fn arrived(&self, head: &Parts, at: Timestamp) -> u64 {
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers
                .entry(name.as_str().to_owned())
                .and_modify(|all| {
                    all.push_str(", ");
                    all.push_str(&value);
                })
                .or_insert_with(|| value.into_owned());
        }
        let mut kept = self.lock();
        kept.requests.push_back(Recorded {
            at,
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers,
            body: Bytes::new(),
            answered: None,
        });
        if kept.requests.len() > KEPT {
            kept.requests.pop_front();
            kept.first += 1;
        }
        kept.first + kept.requests.len() as u64 - 1
    }

    /// Changes a recorded request.
    pub fn change(&self, number: u64, change: impl FnOnce(&mut Recorded)) {
        let mut kept = self.lock();
        let index = number
            .checked_sub(kept.first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| kept.requests.get_mut(index)) {
            change(request);
        }
    }

    pub fn all(&self) -> Vec<Recorded> {
        self.lock().requests.iter().cloned().collect()
    }

    pub fn clear(&self) {
        let mut kept = self.lock();
        kept.first += kept.requests.len() as u64;
        kept.requests.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
