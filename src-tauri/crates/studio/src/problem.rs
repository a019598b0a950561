//! What the user is shown when an action failed.

use serde::Serialize;
use specta::Type;

use crate::engine::{EngineError, FindError, ImportError};
use crate::frames::FrameProblem;
use crate::library::LibraryError;
use crate::message::Message;
use crate::settings::{Field, Violation};
use crate::vault::VaultError;

/// An action that failed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Problem {
    pub message: Message,
    /// The control at fault.
    pub field: Option<Field>,
    /// Every rule that settings break.
    pub violations: Vec<Violation>,
}

impl Problem {
    /// What should not happen, in the words of the code that noticed it.
    #[must_use]
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        let error = error.to_string();
        tracing::error!(error, "something went wrong inside");
        Message::Internal { error }.into()
    }
}

impl From<tokio::task::JoinError> for Problem {
    /// A task that panicked. The panic message may quote a prompt, so only the panic hook of the
    /// log reports it.
    fn from(_: tokio::task::JoinError) -> Self {
        Message::BrokeOff.into()
    }
}

impl From<Message> for Problem {
    /// A problem that no control caused.
    fn from(message: Message) -> Self {
        Self {
            message,
            field: None,
            violations: Vec::new(),
        }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let message = Message::from(&error);
        let violations = match error {
            EngineError::Settings(violations) => violations,
            EngineError::Limit(_) | EngineError::Library(_) => Vec::new(),
        };
        Self {
            message,
            field: violations.first().map(|first| first.field),
            violations,
        }
    }
}

impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        Message::from(&error).into()
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        Message::from(&error).into()
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        Message::from(&error).into()
    }
}

impl From<FrameProblem> for Problem {
    fn from(problem: FrameProblem) -> Self {
        Message::from(&problem).into()
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        error.message.into()
    }
}
