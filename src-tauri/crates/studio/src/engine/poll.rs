//! Polling: asks about the jobs that are due, and handles the answers.
//!
//! [`super::poll_schedule`] decides when that is and which requests are used. A running job is
//! asked about for as long as the server says it runs.

use std::collections::HashMap;
use std::sync::Arc;

use apiframe::{Client, Error, Job, JobQuery, JobStatus, RejectionKind};

use super::attempts::Then;
use super::event::Event;
use super::outcome::{Outcome, library_error};
use super::rejection::{AfterLook, after_look};
use super::shared::Shared;
use super::{ending, messages};
use crate::crash_points;
use crate::generation::{GenerationId, JobRecord, Record};
use crate::library::LibraryError;
use crate::message::Message;

/// Jobs on one page of the list; the schema allows no more.
const PAGE: u8 = 100;
/// This many lost answers in a row are not caused by a single job.
const LOST_IN_A_ROW: u32 = 3;
/// A change of the expected time by less than this many milliseconds is not shown.
const SHOWN_FROM: u64 = 1000;

/// Asks about each of these jobs once.
pub(super) async fn poll(
    shared: &Arc<Shared>,
    client: &Client,
    records: Vec<Record>,
    listed: bool,
) -> Vec<(GenerationId, Outcome)> {
    let outcomes = if listed {
        match list(client, &records).await {
            Ok(list) => look(shared, client, records, list).await,
            Err(error) => {
                shared.remote.schedule.asked(1);
                let outcome = match after_this(shared, client, &error).await {
                    AfterLook::All(outcome) => outcome,
                    after => {
                        shared.remote.schedule.leave_the_list();
                        match after {
                            AfterLook::One(outcome) => outcome,
                            _ => Outcome::Retry(Message::ServerTrouble),
                        }
                    }
                };
                records
                    .into_iter()
                    .map(|record| (record.id, outcome.clone()))
                    .collect()
            }
        }
    } else {
        look(shared, client, records, List::default()).await
    };
    for (id, outcome) in &outcomes {
        match outcome {
            Outcome::Done => shared.remote.schedule.ended(id),
            Outcome::Retry(_) | Outcome::Pause(_) | Outcome::KeyRefused => {
                shared.remote.schedule.missed(id);
            }
            Outcome::Running | Outcome::Later | Outcome::After(_) => {}
        }
    }
    outcomes
}

/// What the account's list said.
#[derive(Default)]
struct List {
    jobs: HashMap<String, Job>,
    pages: usize,
}

/// The jobs of these records, from as few pages of the account's list as possible. The list starts
/// with the newest jobs, so jobs of other programs may come first; the search stops after as many
/// pages as there are jobs, since asking for each job would then cost no more.
async fn list(client: &Client, records: &[Record]) -> Result<List, Error> {
    let mut found = List::default();
    let mut cursor = None;
    let mut left: Vec<&str> = records
        .iter()
        .filter_map(|record| Some(record.job.as_ref()?.id.as_str()))
        .collect();
    while !left.is_empty() && found.pages < records.len() {
        let query = JobQuery {
            limit: Some(PAGE),
            cursor: cursor.take(),
            ..JobQuery::default()
        };
        let page = client.jobs(&query).await?;
        found.pages += 1;
        for job in page.jobs {
            // If a listed job lacks something, it is worth a request of its own.
            let whole =
                job.status != JobStatus::Completed || job.expired || !job.result_urls().is_empty();
            if let Some(place) = left.iter().position(|id| *id == job.id) {
                left.swap_remove(place);
                if whole {
                    found.jobs.insert(job.id.clone(), job);
                }
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Handles the jobs that the list contained, and asks for each job that it did not.
async fn look(
    shared: &Arc<Shared>,
    client: &Client,
    records: Vec<Record>,
    mut list: List,
) -> Vec<(GenerationId, Outcome)> {
    let mut outcomes = Vec::with_capacity(records.len());
    let count = records.len();
    let mut requests = list.pages;
    let mut misses = 0;
    // An error with one job that would also occur with every other job.
    let mut obstacle: Option<Outcome> = None;
    for record in records {
        let id = record.id;
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
                requests += 1;
                client.job(&job_id).await
            }
        };
        let outcome = match answer {
            Ok(job) => {
                misses = 0;
                take(shared, record, job).await
            }
            Err(error) => {
                if matches!(error, Error::Lost(_)) {
                    misses += 1;
                    if misses == LOST_IN_A_ROW {
                        obstacle = Some(Outcome::Later);
                    }
                }
                let after = after_this(shared, client, &error).await;
                if let AfterLook::All(outcome) = &after {
                    obstacle = Some(outcome.clone());
                }
                unanswered(shared, &id, after).await
            }
        };
        outcomes.push((id, outcome.unwrap_or_else(library_error)));
    }
    shared.remote.schedule.asked(requests);
    if list.pages > 0 && requests >= count {
        shared.remote.schedule.leave_the_list();
    }
    outcomes
}

async fn take(shared: &Arc<Shared>, record: Record, job: Job) -> Result<Outcome, LibraryError> {
    let id = record.id;
    crash_points::reach(crash_points::LOOK_ANSWERED);
    match job.status {
        JobStatus::Completed => {
            let Some(url) = job.result_urls().into_iter().next() else {
                book(shared, &id, &job).await?;
                let failure = if job.expired {
                    messages::expired()
                } else {
                    messages::no_result()
                };
                return ending::fail(shared, &id, failure).await;
            };
            if job.expired {
                book(shared, &id, &job).await?;
                return ending::fail(shared, &id, messages::expired()).await;
            }
            let accepted = record.job.map_or(0, |job| job.accepted);
            let done = JobRecord {
                result_url: Some(url.into()),
                // By the server's own clock, which may differ from this machine's.
                completed: Some(match (job.created_at, job.completed_at) {
                    (Some(created), Some(completed)) => {
                        let took = completed.as_millisecond() - created.as_millisecond();
                        accepted.saturating_add(took.max(0))
                    }
                    _ => shared.now(),
                }),
                credits: job.credit_cost,
                ..JobRecord::default()
            };
            let wanted = id;
            shared
                .storage
                .library
                .run(move |library| library.rendered(&wanted, &done))
                .await?;
            crash_points::reach(crash_points::RENDERED_STORED);
            shared.changed(&id).await;
            Ok(Outcome::Done)
        }
        JobStatus::Failed | JobStatus::Cancelled => {
            book(shared, &id, &job).await?;
            let cancelled = job.status == JobStatus::Cancelled;
            let failure = messages::job_failed(job.error.as_deref(), cancelled);
            ending::fail(shared, &id, failure).await
        }
        JobStatus::Queued | JobStatus::Processing | JobStatus::Other(_) => {
            runs(shared, record, &job).await?;
            Ok(Outcome::Running)
        }
    }
}

/// Records what a job that ended without a clip had cost, before the generation is ended: the
/// amount returned is the amount charged. Some servers report a cost of zero for credits that they
/// returned, which is not a price.
async fn book(shared: &Arc<Shared>, id: &GenerationId, job: &Job) -> Result<(), LibraryError> {
    let Some(cost) = job.credit_cost.filter(|cost| *cost > 0) else {
        return Ok(());
    };
    let (wanted, progress) = (*id, job.progress);
    shared
        .storage
        .library
        .run(move |library| library.observed(&wanted, false, progress, Some(cost)))
        .await
}

/// Stores the progress of a running job, and shows it if the user would see a difference.
async fn runs(shared: &Arc<Shared>, record: Record, job: &Job) -> Result<(), LibraryError> {
    let id = record.id;
    let Some(before) = record.job else {
        return Ok(());
    };
    let queued = job.status == JobStatus::Queued;
    let (progress, credits) = (job.progress, job.credit_cost);
    let age = shared.now().saturating_sub(before.accepted);
    let due_before = shared.remote.schedule.due(&id);
    shared
        .remote
        .schedule
        .saw(&id, age, progress.filter(|_| !queued));
    let news = record.waiting.is_some()
        || before.queued != queued
        || before.progress < progress
        || credits.is_some_and(|credits| before.credits != Some(credits));
    if news {
        let wanted = id;
        shared
            .storage
            .library
            .run(move |library| library.observed(&wanted, queued, progress, credits))
            .await?;
        crash_points::reach(crash_points::LOOK_STORED);
    }
    let due_changed = match (due_before, shared.remote.schedule.due(&id)) {
        (Some(before), Some(now)) => before.abs_diff(now) >= SHOWN_FROM,
        (before, now) => before != now,
    };
    if news || due_changed {
        shared.changed(&id).await;
    }
    Ok(())
}

/// What to do about an error, after checking whether the key is refused for all jobs.
async fn after_this(shared: &Shared, client: &Client, error: &Error) -> AfterLook {
    match after_look(error) {
        // The job may belong to another account.
        AfterLook::AskMe if is_refused(client).await => {
            shared.feed.tell(Event::KeyRefused);
            AfterLook::All(Outcome::KeyRefused)
        }
        AfterLook::AskMe => AfterLook::One(Outcome::Retry(Message::JobForbidden)),
        after => after,
    }
}

/// Whether the server refuses this key for everything.
pub(super) async fn is_refused(client: &Client) -> bool {
    matches!(
        client.me().await,
        Err(Error::Rejected(rejection))
            if matches!(rejection.kind, RejectionKind::Unauthorized | RejectionKind::Forbidden)
    )
}

async fn unanswered(
    shared: &Arc<Shared>,
    id: &GenerationId,
    after: AfterLook,
) -> Result<Outcome, LibraryError> {
    match after {
        AfterLook::All(outcome) | AfterLook::One(outcome) => Ok(outcome),
        // A single odd answer is no reason to give up a job that is paid for.
        AfterLook::NotFound if shared.remote.attempts.unknown(id) != Then::GiveUp => {
            Ok(Outcome::Retry(Message::JobNotFound))
        }
        AfterLook::NotFound | AfterLook::NotAJob => {
            ending::fail(shared, id, messages::job_unknown()).await
        }
        AfterLook::AskMe => Ok(Outcome::Retry(Message::JobForbidden)),
    }
}
