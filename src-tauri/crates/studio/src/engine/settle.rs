//! A request whose answer was lost so long ago that its key can't be used again: the
//! account's own list of jobs says whether it arrived, where it can.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use apiframe::{Client, Error, Job, JobQuery, RejectionKind};
use serde_json::Value;

use super::actor::Outcome;
use super::step::REPLAY_WITHIN;
use super::{Shared, submit, words};
use crate::generation::{Failure, GenerationId, Millis, Record};
use crate::library::LibraryError;
use crate::message::Message;

/// How far the server's clock and this machine's may differ.
const CLOCKS: Millis = 10 * 60_000;

/// Looks for the job of a lost request; exactly one that matches is taken as it.
pub(super) async fn settle(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
) -> Result<Outcome, LibraryError> {
    look(shared, client, record, None).await
}

/// As [`settle`], for a request that the server refuses now: where no job matches, it never
/// took it, and `failure` tells why.
pub(super) async fn settle_or_fail(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
    failure: Failure,
) -> Result<Outcome, LibraryError> {
    look(shared, client, record, Some(failure)).await
}

/// How far the searches for lost requests have come, so that one that is interrupted, by a
/// server that asks for a pause for instance, goes on where it stopped.
#[derive(Debug, Default)]
pub(super) struct Searches(Mutex<HashMap<GenerationId, Search>>);

impl Searches {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<GenerationId, Search>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One search through the account's list, newest job first.
#[derive(Debug, Default)]
struct Search {
    /// Where the next page of the list begins; `None` before the first.
    cursor: Option<String>,
    /// The whole window around the sending was listed.
    listed: bool,
    /// Jobs of the window that are still to be looked at.
    left: Vec<String>,
    /// Jobs that ask for the same.
    found: Vec<Job>,
}

async fn look(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
    refused: Option<Failure>,
) -> Result<Outcome, LibraryError> {
    let Some(submission) = &record.submission else {
        return Ok(Outcome::Done);
    };
    let Some(sent) = submission.first_sent else {
        return Ok(Outcome::Done);
    };
    let asked = asked(&record, &submission.body);
    let search = shared.searches.lock().remove(&record.id);
    let mut search = search.unwrap_or_default();
    if let Err(outcome) = search.go_on(client, &record, &asked, sent).await {
        shared.searches.lock().insert(record.id, search);
        return Ok(outcome);
    }
    let mut mine = Vec::new();
    for job in search.found {
        let id = job.id.clone();
        if !shared
            .library
            .run(move |library| library.is_spoken_for(&id))
            .await?
        {
            mine.push(job);
        }
    }
    if mine.len() > 1 {
        // The server may show pictures under addresses of its own, so these only choose among
        // several.
        let same = |job: &Job| agrees(job, &asked, true);
        if mine.iter().filter(|job| same(job)).count() == 1 {
            mine.retain(same);
        }
    }
    let job = match (mine.as_slice(), refused) {
        ([job], _) => job,
        ([], Some(failure)) => return submit::fail(shared, &record.id, failure).await,
        _ => return submit::settle_unknown(shared, &record.id).await,
    };
    let accepted = job.created_at.map_or(sent, jiff::Timestamp::as_millisecond);
    shared.accepted(&record.id, &job.id, accepted).await?;
    Ok(Outcome::Done)
}

impl Search {
    /// Looks at every job that was made around the time at which the request was `sent`.
    async fn go_on(
        &mut self,
        client: &Client,
        record: &Record,
        asked: &Value,
        sent: Millis,
    ) -> Result<(), Outcome> {
        while !self.listed {
            self.list(client, record, sent).await?;
        }
        while let Some(id) = self.left.last() {
            // The list leaves out what was asked for.
            let whole = client.job(id).await.map_err(trouble)?;
            if agrees(&whole, asked, false) {
                self.found.push(whole);
            }
            self.left.pop();
        }
        Ok(())
    }

    async fn list(
        &mut self,
        client: &Client,
        record: &Record,
        sent: Millis,
    ) -> Result<(), Outcome> {
        let page = client
            .jobs(&JobQuery {
                model: Some(record.settings.model.id().to_owned()),
                limit: Some(100),
                cursor: self.cursor.clone(),
                ..JobQuery::default()
            })
            .await
            .map_err(trouble)?;
        let window = sent - CLOCKS..sent + REPLAY_WITHIN + CLOCKS;
        for job in page.jobs {
            let Some(created) = job.created_at.map(jiff::Timestamp::as_millisecond) else {
                continue;
            };
            self.listed |= created < window.start;
            if window.contains(&created) && !self.left.contains(&job.id) {
                self.left.push(job.id);
            }
        }
        // A cursor that leads to itself would never end.
        self.listed |= page.next_cursor.is_none() || page.next_cursor == self.cursor;
        self.cursor = page.next_cursor;
        Ok(())
    }
}

/// What the request asked for, as it was sent.
fn asked(record: &Record, body: &[u8]) -> Value {
    serde_json::from_slice(body)
        .unwrap_or_else(|_| serde_json::json!({ "prompt": record.settings.prompt.trim() }))
}

/// Whether a job's input is that of a request: the same prompt, and the same in everything else
/// that both of them name. Addresses count only where `addresses` says so.
fn agrees(job: &Job, asked: &Value, addresses: bool) -> bool {
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
        // The server may add what it took for granted.
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

fn trouble(error: Error) -> Outcome {
    match error {
        Error::Rejected(rejection) if rejection.kind == RejectionKind::RateLimited => {
            submit::pause(&rejection)
        }
        Error::Rejected(rejection)
            if matches!(
                rejection.kind,
                RejectionKind::Unauthorized | RejectionKind::Forbidden
            ) =>
        {
            Outcome::Trouble(Message::KeyRefusedWhileRendering)
        }
        Error::Rejected(rejection) => Outcome::Trouble(words::unavailable(&rejection)),
        Error::Unsendable(why) => Outcome::Trouble(words::unsendable(&why)),
        Error::Connect(_) | Error::Lost(_) => Outcome::Trouble(Message::Offline),
    }
}
