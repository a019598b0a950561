//! What the engine reports to its listeners.

use crate::generation::{Generation, GenerationId};
use crate::library::Counts;
use crate::notice::Notices;

/// Something the gallery shows has changed.
#[derive(Clone, Debug)]
pub enum Event {
    /// A generation is new or has changed.
    Changed(Box<Generation>),
    /// A generation was removed.
    Removed(GenerationId),
    /// The number of generations of some kind has changed.
    Counts(Counts),
    /// The notices about the library as a whole have changed.
    Notices(Notices),
    /// A job was paid for or ended: the balance has changed.
    Balance,
    /// The server no longer accepts the key.
    KeyRefused,
}
