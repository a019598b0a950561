//! `POST /v2/videos/generate`, and the same for `upscale` and `edit`

use std::sync::Arc;

use apiframe::Accepted;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use bytes::Bytes;
use serde_json::Value;

use super::Refusal;
use super::caller::Caller;
use crate::schema::{Call, judge};
use crate::world::{Declined, Wish, World};

/// The longest idempotency key, from the schema.
const LONGEST_KEY: usize = 255;

type Submitted = Result<(StatusCode, Json<Accepted>), Refusal>;

pub(super) async fn generate(
    _caller: Caller,
    State(world): State<Arc<World>>,
    wish: Option<Extension<Wish>>,
    headers: HeaderMap,
    body: Bytes,
) -> Submitted {
    submit(Call::Generate, world, wish, headers, body).await
}

pub(super) async fn upscale(
    _caller: Caller,
    State(world): State<Arc<World>>,
    wish: Option<Extension<Wish>>,
    headers: HeaderMap,
    body: Bytes,
) -> Submitted {
    submit(Call::Upscale, world, wish, headers, body).await
}

pub(super) async fn edit(
    _caller: Caller,
    State(world): State<Arc<World>>,
    wish: Option<Extension<Wish>>,
    headers: HeaderMap,
    body: Bytes,
) -> Submitted {
    submit(Call::Edit, world, wish, headers, body).await
}

async fn submit(
    call: Call,
    world: Arc<World>,
    wish: Option<Extension<Wish>>,
    headers: HeaderMap,
    body: Bytes,
) -> Submitted {
    let key = idempotency_key(&headers)?;
    if !is_json(&headers) {
        return Err(Refusal::invalid_at(
            "",
            "The body must be sent as application/json",
        ));
    }
    let body: Value = serde_json::from_slice(&body)
        .map_err(|error| Refusal::invalid_at("", format!("Invalid JSON: {error}")))?;
    let request =
        judge(&body, call, &world.models).map_err(|details| Refusal::invalid(&details))?;
    let wish = wish.map(|Extension(wish)| wish).unwrap_or_default();
    let submitted =
        tokio::task::spawn_blocking(move || world.submit(body, &request, key.as_deref(), wish))
            .await;
    let (id, status) = submitted
        .map_err(|error| Refusal::unavailable(&error))?
        .map_err(|declined| match declined {
            Declined::Conflict => Refusal::new(
                StatusCode::CONFLICT,
                "Idempotency-Key was already used with a different request body",
            ),
            Declined::Credits {
                required,
                available,
            } => Refusal::credits(required, available),
            Declined::Disk(error) => Refusal::unavailable(&error),
        })?;
    Ok((
        StatusCode::ACCEPTED,
        Json(Accepted {
            job_id: id.to_string(),
            status,
        }),
    ))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
    if key.chars().count() > LONGEST_KEY {
        let message = format!("Idempotency-Key must contain at most {LONGEST_KEY} character(s)");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, &message));
    }
    Ok(Some(key).filter(|key| !key.is_empty()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    declared
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
