//! How a generation ends without a clip.

use std::sync::Arc;

use super::messages;
use super::outcome::Outcome;
use super::shared::Shared;
use crate::crash_points;
use crate::generation::{Failure, GenerationId};
use crate::library::LibraryError;

/// Ends a generation when it is unknown whether its request was accepted.
pub(super) async fn uncertain(
    shared: &Arc<Shared>,
    id: &GenerationId,
) -> Result<Outcome, LibraryError> {
    let (wanted, now) = (*id, shared.now());
    shared
        .storage
        .library
        .run(move |library| library.uncertain(&wanted, &messages::uncertain(), now))
        .await?;
    shared.changed(id).await;
    Ok(Outcome::Done)
}

/// Ends a generation with a failure.
pub(super) async fn fail(
    shared: &Arc<Shared>,
    id: &GenerationId,
    failure: Failure,
) -> Result<Outcome, LibraryError> {
    let (wanted, now) = (*id, shared.now());
    tracing::warn!(generation = %id, code = failure.message.code(), "a generation failed");
    crash_points::reach(crash_points::FAILED_FOUND);
    shared
        .storage
        .library
        .run(move |library| library.failed(&wanted, &failure, now))
        .await?;
    crash_points::reach(crash_points::FAILED_STORED);
    shared.changed(id).await;
    Ok(Outcome::Done)
}
