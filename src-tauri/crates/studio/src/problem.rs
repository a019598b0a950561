//! What a person is told when something they asked for could not be done: a stable word
//! for the screen to act on and a sentence to read.

use serde::Serialize;
use specta::Type;

use crate::engine::{EngineError, FindError, RecoveryError};
use crate::frames::FrameProblem;
use crate::library::LibraryError;
use crate::settings::{Field, Violation};
use crate::vault::{VaultError, VaultTrouble};

/// Something that could not be done.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Problem {
    /// A stable word; the screen never matches the sentence.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// The control at fault.
    pub field: Option<Field>,
    /// Every rule that settings break.
    pub violations: Vec<Violation>,
}

impl Problem {
    /// A problem that is no control's fault.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: None,
            violations: Vec::new(),
        }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Settings(violations) => Self {
                code: "settings".into(),
                message: violations
                    .first()
                    .map_or_else(String::new, |first| first.message.clone()),
                field: violations.first().map(|first| first.field),
                violations,
            },
            EngineError::Limit(overrun) => Self::new("limit", overrun.refusal()),
            EngineError::Library(error) => error.into(),
        }
    }
}

impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        let code = match error {
            LibraryError::NotThere => "notThere",
            LibraryError::Gone(_) => "libraryGone",
            LibraryError::Newer => "newerLibrary",
            LibraryError::Sqlite(_)
            | LibraryError::Damaged(_)
            | LibraryError::Io(_)
            | LibraryError::Unreadable(_) => "library",
        };
        Self::new(code, error.to_string())
    }
}

impl From<RecoveryError> for Problem {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Library(error) => error.into(),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Library(error) => error.into(),
            error => Self::new("anotherFile", error.to_string()),
        }
    }
}

impl From<FrameProblem> for Problem {
    fn from(problem: FrameProblem) -> Self {
        Self::new(problem.code(), problem.to_string())
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let code = match error.trouble {
            VaultTrouble::Locked => "vaultLocked",
            VaultTrouble::Absent => "vaultAbsent",
            VaultTrouble::Failed => "vaultFailed",
        };
        Self::new(code, error.sentence)
    }
}
