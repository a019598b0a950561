//! Anyone who calls with an accepted key. A handler that takes a `Caller` refuses all others,
//! before it looks at the rest of the request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::Refusal;
use crate::gate::Turned;
use crate::world::World;

pub(super) struct Caller;

impl FromRequestParts<Arc<World>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(head: &mut Parts, world: &Arc<World>) -> Result<Self, Refusal> {
        let key = head
            .headers
            .get("x-api-key")
            .map(|key| String::from_utf8_lossy(key.as_bytes()));
        world
            .gate
            .admit(key.as_deref(), world.now())
            .map(|()| Self)
            .map_err(|turned| match turned {
                Turned::NoKey => Refusal::new(StatusCode::UNAUTHORIZED, "Missing API key"),
                Turned::WrongKey => Refusal::usual(StatusCode::UNAUTHORIZED),
                Turned::Inactive => Refusal::usual(StatusCode::FORBIDDEN),
                Turned::TooOften(seconds) => Refusal::too_often(seconds),
            })
    }
}
