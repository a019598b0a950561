//! Watching: one round over all jobs that are due for a look.
//!
//! With few of them each is asked for, with many the list is read, a hundred a request.
//! A running job is looked after for as long as the server says it runs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use apiframe::{Client, Error, Job, JobQuery, JobStatus, RejectionKind, Unsendable};

use super::actor::{Outcome, library_trouble};
use super::{Event, Shared, submit, words};
use crate::estimate;
use crate::generation::{GenerationId, JobRecord, Record};
use crate::library::LibraryError;

/// From this many jobs on a list costs fewer requests than asking for each.
const LIST_FROM: usize = 5;
/// How long a job that the key may not see waits: a person has to do something.
const REFUSED_PAUSE: Duration = Duration::from_mins(1);

/// Looks at each of these once.
pub(super) async fn watch(
    shared: &Arc<Shared>,
    client: &Client,
    records: Vec<Record>,
) -> Vec<(GenerationId, Outcome)> {
    let mut listed = if records.len() >= LIST_FROM {
        list(client, &records).await
    } else {
        HashMap::new()
    };
    let mut outcomes = Vec::with_capacity(records.len());
    for record in records {
        let Some(job_id) = record.job.as_ref().map(|job| job.id.clone()) else {
            outcomes.push((record.id, Outcome::Done));
            continue;
        };
        let id = record.id.clone();
        let answer = match listed.remove(&job_id) {
            Some(job) => Ok(job),
            None => client.job(&job_id).await,
        };
        let outcome = match answer {
            Ok(job) => take(shared, record, job).await,
            Err(error) => unanswered(shared, &id, error).await,
        };
        outcomes.push((id, outcome.unwrap_or_else(library_trouble)));
    }
    outcomes
}

/// The jobs of these records, from as few pages of the account's list as hold them. What
/// fails here is asked for singly, so errors have one place.
async fn list(client: &Client, records: &[Record]) -> HashMap<String, Job> {
    let mut found = HashMap::new();
    let mut cursor = None;
    for _ in 0..=records.len().div_ceil(100) {
        let query = JobQuery {
            limit: Some(100),
            cursor: cursor.take(),
            ..JobQuery::default()
        };
        let Ok(page) = client.jobs(&query).await else {
            break;
        };
        for job in page.jobs {
            found.insert(job.id.clone(), job);
        }
        let all = records
            .iter()
            .filter_map(|record| record.job.as_ref())
            .all(|job| found.contains_key(&job.id));
        cursor = page.next_cursor;
        if all || cursor.is_none() {
            break;
        }
    }
    found
}

async fn take(shared: &Arc<Shared>, record: Record, job: Job) -> Result<Outcome, LibraryError> {
    let id = record.id.clone();
    match job.status {
        JobStatus::Completed => {
            let Some(url) = job.result_urls().into_iter().next() else {
                book(shared, &id, &job).await?;
                let failure = if job.expired {
                    words::expired()
                } else {
                    words::no_result()
                };
                return submit::fail(shared, &id, failure).await;
            };
            if job.expired {
                book(shared, &id, &job).await?;
                return submit::fail(shared, &id, words::expired()).await;
            }
            let accepted = record.job.map_or(0, |job| job.accepted);
            let done = JobRecord {
                result_url: Some(url.into()),
                // By the server's own clock, which may not be this machine's.
                completed: Some(match (job.created_at, job.completed_at) {
                    (Some(created), Some(completed)) => {
                        accepted + (completed.as_millisecond() - created.as_millisecond()).max(0)
                    }
                    _ => shared.now(),
                }),
                credits: job.credit_cost,
                ..JobRecord::default()
            };
            let wanted = id.clone();
            shared
                .library
                .run(move |library| library.rendered(&wanted, &done))
                .await?;
            shared.changed(&id).await;
            Ok(Outcome::Done)
        }
        JobStatus::Failed | JobStatus::Cancelled => {
            book(shared, &id, &job).await?;
            let cancelled = job.status == JobStatus::Cancelled;
            let failure = words::job_failed(job.error.as_deref(), cancelled);
            submit::fail(shared, &id, failure).await
        }
        JobStatus::Queued | JobStatus::Processing | JobStatus::Other(_) => {
            let queued = job.status == JobStatus::Queued;
            let wanted = id.clone();
            shared
                .library
                .run(move |library| {
                    library.observed(&wanted, queued, job.progress, job.credit_cost)
                })
                .await?;
            shared.changed(&id).await;
            let expected = shared.expected(&record.settings).await;
            let elapsed = shared.now() - record.job.map_or(0, |job| job.accepted);
            Ok(Outcome::Later(estimate::next_look(
                milliseconds(elapsed),
                milliseconds(expected),
            )))
        }
    }
}

/// Takes down what a job that ended without a clip had cost, before it is ended here: what
/// comes back is what was taken. Some servers say nought of what they gave back, which is
/// no price.
async fn book(shared: &Arc<Shared>, id: &GenerationId, job: &Job) -> Result<(), LibraryError> {
    let Some(cost) = job.credit_cost.filter(|cost| *cost > 0) else {
        return Ok(());
    };
    let (wanted, progress) = (id.clone(), job.progress);
    shared
        .library
        .run(move |library| library.observed(&wanted, false, progress, Some(cost)))
        .await
}

fn milliseconds(time: i64) -> Duration {
    Duration::from_millis(u64::try_from(time).unwrap_or(0))
}

async fn unanswered(
    shared: &Arc<Shared>,
    id: &GenerationId,
    error: Error,
) -> Result<Outcome, LibraryError> {
    let rejection = match error {
        Error::Connect(_) | Error::Lost(_) => {
            return Ok(Outcome::Trouble(words::NO_CONNECTION.into()));
        }
        // An id that can't be asked for is no job of Apiframe's.
        Error::Unsendable(Unsendable::JobId) => {
            return submit::fail(shared, id, words::job_unknown()).await;
        }
        Error::Unsendable(why) => return Ok(Outcome::Trouble(why.to_string())),
        Error::Rejected(rejection) => rejection,
    };
    Ok(match rejection.kind {
        RejectionKind::RateLimited => submit::pause(&rejection),
        RejectionKind::Unauthorized | RejectionKind::Forbidden => {
            shared.tell(Event::KeyRefused);
            Outcome::Pause(REFUSED_PAUSE, words::KEY_REFUSED_WHILE_RENDERING.into())
        }
        RejectionKind::NotFound | RejectionKind::Gone => {
            return submit::fail(shared, id, words::job_unknown()).await;
        }
        _ => Outcome::Trouble(words::unavailable(&rejection)),
    })
}
