//! `GET /v2/me`

use std::sync::Arc;

use apiframe::{Me, MeKey, Team, User};
use axum::Json;
use axum::extract::State;

use super::caller::Caller;
use crate::world::World;

/// The sandbox's only user is a plain member of their team, so `scope=team` is not allowed.
pub(super) async fn me(_caller: Caller, State(world): State<Arc<World>>) -> Json<Me> {
    let credits = world.state().credits();
    Json(Me {
        user: User {
            id: "5a4db0c5-0000-4000-8000-000000000001".to_owned(),
            email: "you@sandbox.invalid".to_owned(),
            role: "MEMBER".to_owned(),
        },
        team: Some(Team {
            id: "5a4db0c5-0000-4000-8000-000000000002".to_owned(),
            name: "Sandbox".to_owned(),
            credits: Some(credits.max(0)),
            plan: "sandbox".to_owned(),
            customer_id: None,
        }),
        api_key: Some(MeKey {
            id: "5a4db0c5-0000-4000-8000-000000000003".to_owned(),
            name: "Sandbox key".to_owned(),
            prefix: world.gate.prefix(),
        }),
    })
}
