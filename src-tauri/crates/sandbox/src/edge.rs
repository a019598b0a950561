//! What happens to every request on its way in and every answer on its way out: it is recorded,
//! faults that wait for it are applied, and a request without a User-Agent is refused as the real
//! service's edge refuses it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use crate::address::named_id;
use crate::api::Refusal;
use crate::distort::{self, Ending};
use crate::fault::{Answer, Call};
use crate::job::JobRecord;
use crate::world::{Wish, World};

/// No request is read beyond this size. It is more than twice the largest upload, so that an upload
/// that is too large still gets an answer that says so.
const LARGEST_REQUEST: usize = 64 * 1024 * 1024;

/// The connection must end without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// Closed in order, as by a server that declines to answer.
    Closed,
    /// Broken by a TCP reset, as by a router or a crash.
    Reset,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dropped on demand")
    }
}

impl std::error::Error for Dropped {}

/// Answers a request, or drops its connection.
pub(crate) async fn answer(
    world: &Arc<World>,
    router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let (head, body) = request.into_parts();
    let number = world.records.arrived(&head, world.now());
    let path = head.uri.path().to_owned();
    let fault = Call::of(&path).and_then(|call| world.faults.take(call, &path));

    if fault == Some(Answer::Refuse) {
        return Err(Dropped::Closed);
    }
    let arrived = to_bytes(Body::new(body), LARGEST_REQUEST).await;
    if let Ok(body) = &arrived {
        world
            .records
            .change(number, |request| request.body = body.clone());
    }
    let answer = match (fault, arrived) {
        (_, Err(_)) => {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large").into_response()
        }
        (Some(fault), Ok(body)) => {
            faulty(
                world,
                router,
                Request::from_parts(head, Body::from(body)),
                fault,
            )
            .await?
        }
        (None, Ok(body)) => right(router, Request::from_parts(head, Body::from(body))).await?,
    };
    world.records.change(number, |request| {
        request.answered = Some(answer.status().as_u16());
    });
    Ok(answer)
}

/// The correct answer.
async fn right(router: Router, request: Request<Body>) -> Result<Response<Body>, Dropped> {
    if request.uri().path().starts_with("/v2/")
        && !request.headers().contains_key(header::USER_AGENT)
    {
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=UTF-8")];
        return Ok((StatusCode::FORBIDDEN, plain, "error code: 1010").into_response());
    }
    Ok(TowerToHyperService::new(router).call(request).await?)
}

/// Answers a request as a fault demands.
async fn faulty(
    world: &Arc<World>,
    router: Router,
    mut request: Request<Body>,
    fault: Answer,
) -> Result<Response<Body>, Dropped> {
    match fault {
        Answer::Refuse | Answer::DropBefore => return Err(Dropped::Reset),
        Answer::Stall => std::future::pending().await,
        Answer::WrongType => {
            let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            let page =
                "<!doctype html><title>Just a moment...</title><h1>Checking your browser</h1>";
            return Ok((html, page).into_response());
        }
        Answer::Status {
            status,
            body,
            headers,
        } => return Ok(plain(status, body, &headers)),
        Answer::Redirect { location, status } => {
            return Ok(plain(
                status,
                Some(String::new()),
                &BTreeMap::from([("Location".to_owned(), location)]),
            ));
        }
        Answer::FailJob { error } => match job_in(&request) {
            Some(id) => {
                let now = world.now();
                world.change_job(id, |job| {
                    job.doom(error, now);
                    job.let_go(now);
                });
            }
            None => wish(
                &mut request,
                Wish {
                    fail_with: Some(error),
                    ..Wish::default()
                },
            ),
        },
        Answer::Expire => match job_in(&request) {
            Some(id) => {
                world.change_job(id, JobRecord::purge);
            }
            None => wish(
                &mut request,
                Wish {
                    purge_at_end: true,
                    ..Wish::default()
                },
            ),
        },
        Answer::OutOfCredits { available } => {
            wish(
                &mut request,
                Wish {
                    credits: Some(available.into()),
                    ..Wish::default()
                },
            );
        }
        Answer::DropAfter => {
            right(router, request).await?;
            return Err(Dropped::Reset);
        }
        Answer::StallInside { after } => {
            return Ok(distort::cut(right(router, request).await?, after, Ending::Silence).await);
        }
        Answer::Truncate { after } => {
            return Ok(distort::cut(right(router, request).await?, after, Ending::Close).await);
        }
        Answer::Shorten { to } => {
            return Ok(distort::shorten(right(router, request).await?, to).await);
        }
        Answer::Endless => return Ok(distort::endless(right(router, request).await?).await),
        Answer::Slow { bytes_per_second } => {
            return Ok(distort::slow(right(router, request).await?, bytes_per_second).await);
        }
    }
    right(router, request).await
}

fn wish(request: &mut Request<Body>, wish: Wish) {
    request.extensions_mut().insert(wish);
}

/// The job that a request names in its path.
fn job_in(request: &Request<Body>) -> Option<uuid::Uuid> {
    request.uri().path().rsplit('/').next().and_then(named_id)
}

/// An answer with any status, body and headers.
fn plain(status: u16, body: Option<String>, headers: &BTreeMap<String, String>) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = match body {
        Some(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        None => Refusal::usual(status).into_response(),
    };
    *answer.status_mut() = status;
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}
