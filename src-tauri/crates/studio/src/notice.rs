//! What a person should know about the library as a whole, as long as it is so: a damaged
//! file that was replaced, a clips folder that is gone. What concerns one generation stands
//! on its card instead.

use serde::Serialize;
use specta::Type;

/// A sentence above the gallery.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// A stable word for what it is about; there is one of each at most.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// Whether it goes away when the person has read it. Others go when their cause does.
    pub can_dismiss: bool,
}
