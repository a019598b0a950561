//! Rounds: which running jobs are looked at next, when, and by which requests.
//!
//! When follows from what is known of the jobs ([`crate::estimate`], [`super::outlook`]).
//! One request for the list shows a hundred of them, so it serves all as soon as that is
//! fewer requests than asking for each; else each job has its own rhythm.

use std::collections::HashMap;
use std::time::Duration;

use apiframe::{Client, Error, Job, JobQuery, JobStatus};

use super::Shared;
use crate::estimate;
use crate::generation::Record;

/// Jobs on one page of the list; the schema allows no more.
const A_PAGE: u8 = 100;

/// What is due.
pub(super) enum Plan {
    /// Nothing before this time has passed.
    Wait(Duration),
    /// These jobs, now.
    Round(Round),
}

/// One round of looks.
pub(super) struct Round {
    pub records: Vec<Record>,
    /// By the list; else each by itself.
    pub listed: bool,
}

/// Which of these running jobs to look at now, or when the first of them is due.
pub(super) async fn plan(shared: &Shared, records: Vec<Record>) -> Plan {
    let now = shared.now();
    let mut jobs = Vec::with_capacity(records.len());
    for record in &records {
        let accepted = record.job.as_ref().map_or(now, |job| job.accepted);
        let usual = shared.usual(&record.settings).await;
        jobs.push(shared.outlook.watched(&record.id, now - accepted, &usual));
    }
    let listed = shared
        .outlook
        .list_cost(records.len(), usize::from(A_PAGE))
        .is_some_and(|cost| cost < records.len());
    if listed {
        let wait = match jobs.into_iter().collect::<Option<Vec<_>>>() {
            Some(jobs) => estimate::next_look(&jobs),
            None => Duration::ZERO,
        };
        return if wait.is_zero() {
            Plan::Round(Round { records, listed })
        } else {
            Plan::Wait(wait)
        };
    }
    let mut due = Vec::new();
    let mut first = estimate::SLOWEST;
    for (record, job) in records.into_iter().zip(jobs) {
        let wait = job.map_or(Duration::ZERO, |job| estimate::next_look(&[job]));
        if wait.is_zero() {
            due.push(record);
        } else {
            first = first.min(wait);
        }
    }
    if due.is_empty() {
        Plan::Wait(first)
    } else {
        Plan::Round(Round {
            records: due,
            listed,
        })
    }
}

/// What the account's list said.
#[derive(Default)]
pub(super) struct List {
    pub jobs: HashMap<String, Job>,
    /// Requests it took.
    pub pages: usize,
}

/// The jobs of these records, from as few pages of the account's list as hold them. It
/// begins with the newest, so other programs' jobs may stand before them; past as many
/// pages as asking for each would cost it stops.
pub(super) async fn list(client: &Client, records: &[Record]) -> Result<List, Error> {
    let mut found = List::default();
    let mut cursor = None;
    let mut left: Vec<&str> = records
        .iter()
        .filter_map(|record| Some(record.job.as_ref()?.id.as_str()))
        .collect();
    while !left.is_empty() && found.pages < records.len() {
        let query = JobQuery {
            limit: Some(A_PAGE),
            cursor: cursor.take(),
            ..JobQuery::default()
        };
        let page = client.jobs(&query).await?;
        found.pages += 1;
        for job in page.jobs {
            // What a listed job leaves out is worth a question of its own.
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
