//! What the user should know about the library as a whole, for as long as it is true: a damaged
//! file that was replaced, a missing clips folder. Messages about one generation are on its card
//! instead.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::generation::Revision;
use crate::message::Message;

/// What a notice is about; there is at most one of each kind.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// The clips folder can't be written to.
    ClipsFolder,
    Damaged,
    /// The library was replaced.
    Rescued,
    /// A part of the engine had to be started again.
    Restarted,
}

/// A notice above the gallery.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub kind: NoticeKind,
    pub message: Message,
    /// Whether the user can dismiss it after reading. Other notices disappear with their cause.
    pub can_dismiss: bool,
}

/// The notices at one moment.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notices {
    /// At most one of each kind.
    pub list: Vec<Notice>,
    /// Of two lists, the one with the higher revision is newer.
    #[specta(type = u32)]
    pub revision: Revision,
}
