//! Why the engine did not do what the user asked for.

use crate::ledger::Overrun;
use crate::library::LibraryError;
use crate::message::Message;
use crate::settings::Violation;

/// Why the engine did not do what the user asked for.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum EngineError {
    /// The settings break at least one rule; nothing was recorded.
    Settings(Vec<Violation>),
    /// A spending limit prevents it; nothing was recorded.
    Limit(Overrun),
    /// The library could not do it.
    Library(#[from] LibraryError),
}

impl From<&EngineError> for Message {
    fn from(error: &EngineError) -> Self {
        match error {
            EngineError::Settings(violations) => violations
                .first()
                .map_or(Self::EntryUnreadable, |first| first.message.clone()),
            EngineError::Limit(overrun) => overrun.refusal(),
            EngineError::Library(error) => error.into(),
        }
    }
}
