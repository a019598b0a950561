//! What the engine tells whoever listens.

use crate::generation::{Generation, GenerationId};
use crate::library::Counts;
use crate::notice::Notice;

/// Something the gallery shows has changed.
#[derive(Clone, Debug)]
pub enum Event {
    /// A generation is new or different.
    Changed(Box<Generation>),
    /// A generation is gone.
    Removed(GenerationId),
    /// There are more or fewer of a kind.
    Counts(Counts),
    /// What a person should know about the library as a whole is different.
    Notices(Vec<Notice>),
    /// A job was paid for or ended: the balance is no longer what it was.
    Balance,
    /// The server no longer accepts the key.
    KeyRefused,
}
