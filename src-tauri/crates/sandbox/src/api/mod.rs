//! The endpoints of the API, one file each: they read a request, query the world, and write the
//! answer in the API's format.

mod account;
mod caller;
mod control;
mod files;
mod generate;
mod jobs;
mod models;
mod range;
mod refusal;
mod uploads;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};

pub(crate) use refusal::Refusal;

use crate::world::World;

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/v2/videos/generate", post(generate::generate))
        .route("/v2/videos/upscale", post(generate::upscale))
        .route("/v2/videos/edit", post(generate::edit))
        .route("/v2/jobs", get(jobs::list))
        .route("/v2/jobs/{id}", get(jobs::one))
        .route("/v2/uploads", post(uploads::upload))
        .route("/v2/me", get(account::me))
        .route("/v2/models", get(models::models))
        .route("/files/uploads/{file}", get(files::upload))
        .route("/files/results/{file}", get(files::clip))
        .route("/sandbox/faults", post(control::add_faults))
        .route("/sandbox/faults", delete(control::clear_faults))
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "Not found") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        })
        // The edge has already read the body and checked its size.
        .layer(DefaultBodyLimit::disable())
        .with_state(world)
}
