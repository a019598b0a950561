//! A request whose answer was lost so long ago that its key can't be used again: if possible, the
//! account's own list of jobs shows whether it arrived.

use std::sync::Arc;

use apiframe::{Client, Job};

use super::outcome::Outcome;
use super::search::{agrees, asked};
use super::shared::Shared;
use super::{ending, rejection};
use crate::generation::{Failure, Record};
use crate::library::LibraryError;

/// Looks for the job of a lost request; if exactly one job matches, it is the one.
pub(super) async fn reconcile(
    shared: &Arc<Shared>,
    client: &Client,
    record: Record,
) -> Result<Outcome, LibraryError> {
    look(shared, client, record, None).await
}

/// As [`reconcile`], for a request that the server now refuses: if no job matches and all
/// were seen, the server never accepted it, and `failure` gives the reason.
pub(super) async fn reconcile_or(
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
    let Some(submission) = &record.submission else {
        return Ok(Outcome::Done);
    };
    let Some(sent) = submission.first_sent else {
        return Ok(Outcome::Done);
    };
    let asked = asked(&record, &submission.body);
    let mut search = shared.remote.searches.take(&record.id);
    if let Err(error) = search.go_on(client, &record, &asked, sent).await {
        shared.remote.searches.keep(record.id, search);
        return Ok(rejection::after_search(&error));
    }
    let incomplete = search.incomplete;
    let mut mine = Vec::new();
    for job in search.found {
        let id = job.id.clone();
        if !shared
            .storage
            .library
            .run(move |library| library.is_spoken_for(&id))
            .await?
        {
            mine.push(job);
        }
    }
    if mine.len() > 1 {
        // The server may show pictures under its own addresses, so the addresses are only used to
        // choose among several jobs.
        let same = |job: &Job| agrees(job, &asked, true);
        if mine.iter().filter(|job| same(job)).count() == 1 {
            mine.retain(same);
        }
    }
    let job = match (mine.as_slice(), refused) {
        ([job], _) => job,
        ([], Some(failure)) if !incomplete => {
            return ending::fail(shared, &record.id, failure).await;
        }
        _ => return ending::uncertain(shared, &record.id).await,
    };
    let accepted = job.created_at.map_or(sent, jiff::Timestamp::as_millisecond);
    shared.accepted(&record.id, &job.id, accepted).await?;
    Ok(Outcome::Done)
}
