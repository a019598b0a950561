//! What is wrong with settings.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::field::Field;
use crate::message::Message;

/// A rule that settings break, described so that the user can fix it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    pub field: Field,
    pub message: Message,
}
