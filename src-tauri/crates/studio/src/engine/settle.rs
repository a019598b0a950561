//! A request whose answer was lost so long ago that its key can't be used again: the
//! account's own list of jobs says whether it arrived, where it can.

use std::sync::Arc;

use apiframe::{Client, Error, Job, JobQuery, RejectionKind};

use super::actor::Outcome;
use super::{Shared, submit, words};
use crate::generation::{Failure, Millis, Record};
use crate::library::LibraryError;

/// How far the server's clock and this machine's may differ.
const CLOCKS: Millis = 10 * 60_000;
/// Pages of a hundred jobs that are searched.
const PAGES: usize = 20;

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

async fn look(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
    refused: Option<Failure>,
) -> Result<Outcome, LibraryError> {
    let Some(sent) = record
        .submission
        .as_ref()
        .and_then(|submission| submission.first_sent)
    else {
        return Ok(Outcome::Done);
    };
    let candidates = match candidates(client, &record, sent).await {
        Ok(candidates) => candidates,
        Err(outcome) => return Ok(outcome),
    };
    let mut mine = Vec::new();
    for job in candidates {
        let id = job.id.clone();
        if !shared
            .library
            .run(move |library| library.is_spoken_for(&id))
            .await?
        {
            mine.push(job);
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

/// Jobs that were made when the request was sent and ask for the same thing.
async fn candidates(client: &Client, record: &Record, sent: Millis) -> Result<Vec<Job>, Outcome> {
    let mut found = Vec::new();
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = client
            .jobs(&JobQuery {
                model: Some(record.settings.model.id().to_owned()),
                limit: Some(100),
                cursor,
                ..JobQuery::default()
            })
            .await
            .map_err(trouble)?;
        let mut older = false;
        for job in page.jobs {
            let Some(created) = job.created_at.map(jiff::Timestamp::as_millisecond) else {
                continue;
            };
            if created < sent - CLOCKS {
                older = true;
            } else if created < sent + crate::engine::step::REPLAY_WITHIN + CLOCKS {
                // The list leaves out what was asked for.
                let whole = client.job(&job.id).await.map_err(trouble)?;
                if asks_for(&whole, record) {
                    found.push(whole);
                }
            }
        }
        cursor = page.next_cursor;
        if older || cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Whether a job's input, where the server gives it, holds this request's prompt.
fn asks_for(job: &Job, record: &Record) -> bool {
    job.input
        .as_ref()
        .and_then(|input| input.get("prompt"))
        .and_then(|prompt| prompt.as_str())
        == Some(record.settings.prompt.trim())
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
            Outcome::Trouble(words::KEY_REFUSED_WHILE_RENDERING.into())
        }
        Error::Rejected(rejection) => Outcome::Trouble(words::unavailable(&rejection)),
        Error::Unsendable(why) => Outcome::Trouble(why.to_string()),
        Error::Connect(_) | Error::Lost(_) => Outcome::Trouble(words::NO_CONNECTION.into()),
    }
}
