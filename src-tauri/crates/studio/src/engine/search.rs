//! Searching the account's own list for the job of a request whose answer was lost.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use apiframe::{Client, Error, Job, JobQuery, RejectionKind, Unsendable};
use serde_json::Value;

use super::step::REPLAY_WITHIN;
use crate::generation::{GenerationId, Millis, Record};

/// How far the server's clock and this machine's clock may differ.
const CLOCKS: Millis = 10 * 60_000;

/// The progress of the searches for lost requests, so that a search that is interrupted, for
/// example by a server that asks for a pause, continues where it stopped.
#[derive(Debug, Default)]
pub(super) struct Searches(Mutex<HashMap<GenerationId, Search>>);

impl Searches {
    /// The search for the job of a generation: the one that was kept, or a new one.
    pub fn take(&self, id: &GenerationId) -> Search {
        self.lock().remove(id).unwrap_or_default()
    }

    /// Keeps a search that was interrupted.
    pub fn keep(&self, id: GenerationId, search: Search) {
        self.lock().insert(id, search);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<GenerationId, Search>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One search through the account's list, newest job first.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Where the next page of the list starts; `None` before the first page.
    cursor: Option<String>,
    /// Every cursor that a page has led to.
    cursors: HashSet<String>,
    /// Whether nothing is left to list.
    listed: bool,
    /// Jobs of that period may be missing: the list leads back to a page that was read, or does not
    /// say where it continues; a job can't be read, has no time, or the server does not show it.
    pub incomplete: bool,
    /// Jobs of that period that have not been checked yet.
    left: Vec<String>,
    /// Jobs whose input matches the request.
    pub found: Vec<Job>,
}

impl Search {
    /// Checks every job that was created around the time at which the request was `sent`.
    ///
    /// # Errors
    /// The error that interrupted it; the next call continues from there.
    pub async fn go_on(
        &mut self,
        client: &Client,
        record: &Record,
        asked: &Value,
        sent: Millis,
    ) -> Result<(), Error> {
        while !self.listed {
            self.list(client, record, sent).await?;
        }
        while let Some(id) = self.left.last() {
            // The list omits the jobs' input.
            match client.job(id).await {
                Ok(whole) if agrees(&whole, asked, false) => self.found.push(whole),
                Ok(_) => {}
                Err(error) if is_hidden(&error) => self.incomplete = true,
                Err(error) => return Err(error),
            }
            self.left.pop();
        }
        Ok(())
    }

    async fn list(&mut self, client: &Client, record: &Record, sent: Millis) -> Result<(), Error> {
        let page = client
            .jobs(&JobQuery {
                model: Some(record.settings.model.id().to_owned()),
                limit: Some(100),
                cursor: self.cursor.clone(),
                ..JobQuery::default()
            })
            .await?;
        self.incomplete |= page.unreadable > 0;
        let window = sent - CLOCKS..sent + REPLAY_WITHIN + CLOCKS;
        for job in page.jobs {
            let Some(created) = job.created_at.map(jiff::Timestamp::as_millisecond) else {
                self.incomplete = true;
                continue;
            };
            self.listed |= created < window.start;
            if window.contains(&created) && !self.left.contains(&job.id) {
                self.left.push(job.id);
            }
        }
        // A page that was read before would make an endless loop.
        let leads_on = match &page.next_cursor {
            Some(next) => self.cursors.insert(next.clone()),
            None => false,
        };
        let ends = page.next_cursor.is_none() && !page.has_more;
        self.incomplete |= !self.listed && !leads_on && !ends;
        self.listed |= !leads_on;
        self.cursor = page.next_cursor;
        Ok(())
    }
}

/// Whether the server does not show this one job, which may be another team's or deleted.
fn is_hidden(error: &Error) -> bool {
    match error {
        Error::Unsendable(why) => matches!(why, Unsendable::JobId),
        Error::Rejected(rejection) => matches!(
            rejection.kind,
            RejectionKind::Forbidden | RejectionKind::NotFound | RejectionKind::Gone
        ),
        Error::Connect(_) | Error::Lost(_) => false,
    }
}

/// What the request asked for, as it was sent.
pub(super) fn asked(record: &Record, body: &[u8]) -> Value {
    serde_json::from_slice(body)
        .unwrap_or_else(|_| serde_json::json!({ "prompt": record.settings.prompt.trim() }))
}

/// Whether a job's input matches a request: the same prompt, and the same values for everything
/// else that both contain. Addresses are compared only if `addresses` is true.
pub(super) fn agrees(job: &Job, asked: &Value, addresses: bool) -> bool {
    let Some(input) = job.input.as_ref().and_then(Value::as_object) else {
        return false;
    };
    input.get("prompt").is_some_and(Value::is_string)
        && input
            .iter()
            .all(|(name, value)| same(value, asked.get(name), addresses))
}

fn same(value: &Value, asked: Option<&Value>, addresses: bool) -> bool {
    match (value, asked) {
        // The server may add its defaults.
        (_, None) | (Value::Null, _) => true,
        (Value::Object(value), Some(Value::Object(asked))) => value
            .iter()
            .all(|(name, value)| same(value, asked.get(name), addresses)),
        (Value::String(value), Some(Value::String(asked))) if is_address(asked) => {
            !addresses || value == asked
        }
        (value, Some(asked)) => value == asked,
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
