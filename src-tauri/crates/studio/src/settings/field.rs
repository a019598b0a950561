//! The controls that settings are chosen with.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A control of the composer that a message can point at.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    Model,
    Prompt,
    Start,
    End,
    Shots,
    References,
    /// Standard, pro or 4K.
    Quality,
    /// Seconds.
    Length,
    /// Width to height.
    Shape,
    Sound,
    /// What should not be visible.
    Avoid,
}
