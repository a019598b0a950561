//! `POST` and `DELETE /sandbox/faults`: a call of the sandbox itself, for tests in another process.
//!
//! It requires no key: the port is on loopback only, and a page in a browser cannot send JSON to it
//! without a preflight request, which nothing here answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use crate::fault::Fault;
use crate::world::World;

/// One fault or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Told {
    Several(Vec<Value>),
    One(Value),
}

pub(super) async fn add_faults(
    State(world): State<Arc<World>>,
    body: Result<Json<Told>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let Json(faults) =
        body.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, &error.body_text()))?;
    let faults = match faults {
        Told::Several(faults) => faults,
        Told::One(fault) => vec![fault],
    };
    // All faults are read before the first is set: a list with a mistake in it sets none.
    let faults: Vec<Fault> = faults
        .into_iter()
        .map(serde_json::from_value)
        .collect::<Result<_, _>>()
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, &format!("Not a fault: {error}")))?;
    let count = faults.len();
    for fault in faults {
        world.faults.add(fault);
    }
    Ok((StatusCode::CREATED, Json(json!({"faults": count}))))
}

pub(super) async fn clear_faults(State(world): State<Arc<World>>) -> StatusCode {
    world.faults.clear();
    StatusCode::NO_CONTENT
}
