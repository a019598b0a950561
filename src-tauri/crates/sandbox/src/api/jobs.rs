//! `GET /v2/jobs/{id}` and `GET /v2/jobs`

use std::sync::{Arc, PoisonError};

use apiframe::{Job, JobPage, JobStatus};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;
use super::caller::Caller;
use crate::reply::{self, ResultShape};
use crate::schema::Details;
use crate::world::World;

/// Jobs per page, from the schema.
const USUAL: usize = 20;
const MOST: usize = 100;

pub(super) async fn one(
    _caller: Caller,
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
) -> Result<Json<Job>, Refusal> {
    let id = Uuid::parse_str(&id)
        .map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "Invalid job id"))?;
    let state = world.state();
    let job = state
        .jobs
        .get(&id)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "Job not found"))?;
    Ok(Json(reply::job(
        job,
        world.now(),
        &world.clips_base(),
        shape(&world),
    )))
}

/// The query as received; every part is checked by hand, so that all errors are reported.
#[derive(Deserialize)]
pub(super) struct Asked {
    status: Option<String>,
    model: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
    scope: Option<String>,
    search: Option<String>,
    include_models: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Listed {
    #[serde(flatten)]
    page: JobPage,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<Vec<String>>,
}

pub(super) async fn list(
    _caller: Caller,
    State(world): State<Arc<World>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Listed>, Refusal> {
    let page = Page::read(&asked).map_err(|details| Refusal::invalid(&details))?;
    if asked.scope.as_deref() == Some("team") {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Only admins can list the jobs of the team",
        ));
    }
    let now = world.now();
    let state = world.state();
    let jobs = state.newest_first();
    let models = (asked.include_models.as_deref() == Some("true")).then(|| {
        let mut models: Vec<String> = jobs.iter().map(|job| job.model.clone()).collect();
        models.sort_unstable();
        models.dedup();
        models
    });
    let fitting: Vec<_> = jobs
        .into_iter()
        .filter(|job| {
            page.status
                .as_ref()
                .is_none_or(|status| job.standing(now).0 == *status)
        })
        .filter(|job| asked.model.as_ref().is_none_or(|model| job.model == *model))
        .filter(|job| page.search.is_none_or(|id| job.id == id))
        .filter(|job| {
            page.after
                .is_none_or(|last| (job.created_at, job.id) < last)
        })
        .take(page.limit + 1)
        .collect();
    let has_more = fitting.len() > page.limit;
    let shown = &fitting[..fitting.len().min(page.limit)];
    let next_cursor = shown
        .last()
        .filter(|_| has_more)
        .map(|job| cursor(job.created_at, job.id));
    let (shape, base) = (shape(&world), world.clips_base());
    let jobs = shown
        .iter()
        .map(|job| reply::listed(job, now, &base, shape))
        .collect();
    Ok(Json(Listed {
        page: JobPage {
            jobs,
            next_cursor,
            has_more,
            ..JobPage::default()
        },
        models,
    }))
}

fn shape(world: &World) -> ResultShape {
    *world
        .result_shape
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// A valid query.
struct Page {
    status: Option<JobStatus>,
    limit: usize,
    after: Option<(Timestamp, Uuid)>,
    search: Option<Uuid>,
}

impl Page {
    fn read(asked: &Asked) -> Result<Self, Details> {
        let mut details = Details::new();
        let mut wrong = |name: &str, message: &str| {
            details.insert(name.to_owned(), vec![message.to_owned()]);
        };
        let one_of = |value: &Option<String>, words: &[&str]| {
            value.as_deref().is_none_or(|v| words.contains(&v))
        };
        if !one_of(
            &asked.status,
            &["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"],
        ) {
            wrong("status", "Invalid enum value");
        }
        if !one_of(&asked.scope, &["user", "team"]) {
            wrong("scope", "Invalid enum value");
        }
        if !one_of(&asked.include_models, &["true", "false"]) {
            wrong("include_models", "Invalid enum value");
        }
        let limit = asked
            .limit
            .as_ref()
            .map_or(Some(USUAL), |limit| limit.parse().ok());
        if limit.is_none_or(|limit| !(1..=MOST).contains(&limit)) {
            wrong("limit", "Expected an integer from 1 to 100");
        }
        let after = asked.cursor.as_deref().map(parse_cursor);
        if after == Some(None) {
            wrong("cursor", "Invalid cursor");
        }
        let search = asked.search.as_deref().map(|id| Uuid::parse_str(id).ok());
        if search == Some(None) {
            wrong("search", "Invalid uuid");
        }
        if !details.is_empty() {
            return Err(details);
        }
        Ok(Self {
            status: asked.status.as_deref().map(JobStatus::from),
            limit: limit.unwrap_or(USUAL),
            after: after.flatten(),
            search: search.flatten(),
        })
    }
}

/// The end of a page, from which the next one continues.
fn cursor(at: Timestamp, id: Uuid) -> String {
    format!("{}_{}", at.as_millisecond(), id.simple())
}

fn parse_cursor(cursor: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = cursor.split_once('_')?;
    Some((
        Timestamp::from_millisecond(at.parse().ok()?).ok()?,
        Uuid::parse_str(id).ok()?,
    ))
}
