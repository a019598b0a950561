//! Watching: one round over the jobs that are due for a look, and what the answers mean.
//!
//! When that is, and how the jobs are asked for, is decided in [`super::rounds`]. A running
//! job is looked after for as long as the server says it runs.

use std::sync::Arc;
use std::time::Duration;

use apiframe::{Client, Error, Job, JobStatus, RejectionKind, Unsendable};

use super::actor::{Outcome, library_trouble};
use super::attempts::Then;
use super::rounds::{List, Round, list};
use super::{Event, Shared, submit, words};
use crate::generation::{GenerationId, JobRecord, Record};
use crate::library::LibraryError;
use crate::points;

/// How long a job that the key may not see waits: a person has to do something.
const REFUSED_PAUSE: Duration = Duration::from_mins(1);
/// So many lost answers one after the other are no accident of one job.
const LOST_IN_A_ROW: u32 = 3;
/// A clip expected earlier or later by less than this many milliseconds is no news.
const SHOWN_FROM: u64 = 1000;

/// Looks at each of these once.
pub(super) async fn watch(
    shared: &Arc<Shared>,
    client: &Client,
    Round { records, listed }: Round,
) -> Vec<(GenerationId, Outcome)> {
    let outcomes = if listed {
        match list(client, &records).await {
            Ok(list) => look(shared, client, records, list, true).await,
            Err(error) => {
                let outcome = everybodys(shared, &error).unwrap_or_else(|| {
                    shared.outlook.list_failed();
                    Outcome::Trouble(match &error {
                        Error::Rejected(rejection) => words::unavailable(rejection),
                        _ => words::NO_CONNECTION.into(),
                    })
                });
                records
                    .into_iter()
                    .map(|record| (record.id, outcome.clone()))
                    .collect()
            }
        }
    } else {
        look(shared, client, records, List::default(), false).await
    };
    for (id, outcome) in &outcomes {
        match outcome {
            Outcome::Done => shared.outlook.ended(id),
            Outcome::Trouble(_) | Outcome::Pause(..) => shared.outlook.missed(id),
            Outcome::Running | Outcome::Later | Outcome::After(_) => {}
        }
    }
    outcomes
}

/// Takes in what the list said, and asks for each job that it did not show.
async fn look(
    shared: &Arc<Shared>,
    client: &Client,
    records: Vec<Record>,
    mut list: List,
    listed: bool,
) -> Vec<(GenerationId, Outcome)> {
    let mut outcomes = Vec::with_capacity(records.len());
    let mut asked = 0;
    let mut misses = 0;
    // What keeps one job from being asked for and would keep every other.
    let mut obstacle: Option<Outcome> = None;
    for record in records {
        let id = record.id.clone();
        let Some(job_id) = record.job.as_ref().map(|job| job.id.clone()) else {
            outcomes.push((id, Outcome::Done));
            continue;
        };
        let answer = match (list.jobs.remove(&job_id), &obstacle) {
            (Some(job), _) => Ok(job),
            (None, Some(obstacle)) => {
                outcomes.push((id, obstacle.clone()));
                continue;
            }
            (None, None) => {
                asked += 1;
                client.job(&job_id).await
            }
        };
        let outcome = match answer {
            Ok(job) => {
                misses = 0;
                take(shared, record, job).await
            }
            Err(error) => {
                if let Some(outcome) = everybodys(shared, &error) {
                    obstacle = Some(outcome.clone());
                    Ok(outcome)
                } else {
                    if matches!(error, Error::Lost(_)) {
                        misses += 1;
                        if misses == LOST_IN_A_ROW {
                            obstacle = Some(Outcome::Later);
                        }
                    }
                    unanswered(shared, &id, error).await
                }
            }
        };
        outcomes.push((id, outcome.unwrap_or_else(library_trouble)));
    }
    if listed {
        shared.outlook.listed(list.pages + asked);
    }
    outcomes
}

async fn take(shared: &Arc<Shared>, record: Record, job: Job) -> Result<Outcome, LibraryError> {
    let id = record.id.clone();
    points::reach(points::LOOK_ANSWERED);
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
            points::reach(points::RENDERED_STORED);
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
            runs(shared, record, &job).await?;
            Ok(Outcome::Running)
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

/// Keeps what was seen of a running job, and shows it where a person would see a difference.
async fn runs(shared: &Arc<Shared>, record: Record, job: &Job) -> Result<(), LibraryError> {
    let id = record.id;
    let Some(before) = record.job else {
        return Ok(());
    };
    let queued = job.status == JobStatus::Queued;
    let (progress, credits) = (job.progress, job.credit_cost);
    let age = shared.now() - before.accepted;
    let usual = shared.usual(&record.settings).await;
    let due_before = shared.outlook.due(&id, &usual);
    shared.outlook.saw(&id, age, progress.filter(|_| !queued));
    let news = record.waiting.is_some()
        || before.queued != queued
        || before.progress < progress
        || credits.is_some_and(|credits| before.credits != Some(credits));
    if news {
        let wanted = id.clone();
        shared
            .library
            .run(move |library| library.observed(&wanted, queued, progress, credits))
            .await?;
        points::reach(points::LOOK_STORED);
    }
    if news || due_before.abs_diff(shared.outlook.due(&id, &usual)) >= SHOWN_FROM {
        shared.changed(&id).await;
    }
    Ok(())
}

/// What keeps every job from being looked at, not this one alone; `None` if it is this one.
fn everybodys(shared: &Shared, error: &Error) -> Option<Outcome> {
    match error {
        Error::Connect(_) => Some(Outcome::Trouble(words::NO_CONNECTION.into())),
        Error::Rejected(rejection) => match rejection.kind {
            RejectionKind::RateLimited => Some(submit::pause(rejection)),
            RejectionKind::Unauthorized | RejectionKind::Forbidden => {
                shared.tell(Event::KeyRefused);
                Some(Outcome::Pause(
                    REFUSED_PAUSE,
                    words::KEY_REFUSED_WHILE_RENDERING.into(),
                ))
            }
            _ => None,
        },
        _ => None,
    }
}

async fn unanswered(
    shared: &Arc<Shared>,
    id: &GenerationId,
    error: Error,
) -> Result<Outcome, LibraryError> {
    match error {
        Error::Connect(_) | Error::Lost(_) => Ok(Outcome::Trouble(words::NO_CONNECTION.into())),
        // An id that can't be asked for is no job of Apiframe's.
        Error::Unsendable(Unsendable::JobId) => {
            submit::fail(shared, id, words::job_unknown()).await
        }
        Error::Unsendable(why) => Ok(Outcome::Trouble(why.to_string())),
        Error::Rejected(rejection) => match rejection.kind {
            // One odd answer is no reason to give up a job that is paid for.
            RejectionKind::NotFound | RejectionKind::Gone
                if shared.attempts.unknown(id) != Then::GiveUp =>
            {
                Ok(Outcome::Trouble(words::JOB_NOT_FOUND.into()))
            }
            RejectionKind::NotFound | RejectionKind::Gone => {
                submit::fail(shared, id, words::job_unknown()).await
            }
            _ => Ok(Outcome::Trouble(words::unavailable(&rejection))),
        },
    }
}
