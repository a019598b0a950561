//! The settings of a generation: everything the user chooses before pressing Generate.
//!
//! Plain values, as the page sends them and the library stores them. Their rules are in [`check`],
//! and the request they become is in [`request`]; nothing here touches a disk or a network, so that
//! the same rules serve the composer, the engine and a test.

mod check;
pub(crate) mod field;
mod request;
mod stored;
mod values;
mod violation;

pub use check::{
    AVOID_CHARS, LENGTH_SECONDS, LONGEST_TEXT, MOST_REFERENCES, MOST_SHOTS, PROMPT_CHARS,
    SHOT_CHARS,
};
pub use field::Field;
pub use request::FrameUrls;
pub use values::{Mode, Model, Settings, Shape, Shot};
pub use violation::Violation;
