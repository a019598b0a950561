//! What a person should know about the library as a whole, as long as it is so: a damaged
//! file that was replaced, a clips folder that is gone. What concerns one generation stands
//! on its card instead.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::message::Message;

/// What a notice is about; there is one of each at most.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// The clips folder can't take clips.
    ClipsFolder,
    /// The library is damaged.
    Damaged,
    /// The library was replaced.
    Rescued,
}

/// What stands above the gallery.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// What happened and what to do.
    pub message: Message,
    /// Whether it goes away when the person has read it. Others go when their cause does.
    pub can_dismiss: bool,
}
