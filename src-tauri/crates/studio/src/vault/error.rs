//! What can go wrong with a keychain, and what the user can do about it.

use keyring::Error;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::message::Message;

/// The kinds of trouble, by what the user has to do about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum VaultProblem {
    /// There is a keychain, but it does not open.
    Locked,
    /// There is no keychain.
    Absent,
    /// The keychain did not do what it should.
    Failed,
}

/// A keychain in trouble. Never says anything about the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct VaultError {
    pub problem: VaultProblem,
    pub message: Message,
}

/// What D-Bus answers when no service is there to answer, or it left while answering.
const NOBODY: [&str; 5] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.Disconnected",
    "org.freedesktop.DBus.Error.Spawn",
];

impl VaultError {
    fn new(problem: VaultProblem, message: Message) -> Self {
        Self { problem, message }
    }

    /// It did not answer in time, for example because it waits to be unlocked.
    pub(super) fn unanswered() -> Self {
        Self::new(VaultProblem::Locked, Message::KeychainSilent)
    }

    pub(super) fn failed() -> Self {
        Self::new(VaultProblem::Failed, Message::KeychainFailed)
    }

    /// The value that is kept there is not a key.
    pub(super) fn not_a_key() -> Self {
        Self::new(VaultProblem::Failed, Message::KeychainNotAKey)
    }

    /// There is no keychain to connect to. Every failure before a session is established counts as
    /// this: no D-Bus, no secret service, a service that does not start.
    pub(super) fn absent(error: &Error) -> Self {
        log(VaultProblem::Absent, error);
        Self::new(VaultProblem::Absent, Message::KeychainAbsent)
    }

    /// What an error of a keychain that was connected to means.
    pub(super) fn from_keychain(error: &Error) -> Self {
        let (problem, message) = match error {
            Error::NoStorageAccess(_) => (VaultProblem::Locked, Message::KeychainLocked),
            Error::PlatformFailure(cause) if platform::is_locked(cause.as_ref()) => {
                (VaultProblem::Locked, Message::KeychainLocked)
            }
            Error::PlatformFailure(cause) if says(cause.as_ref(), &NOBODY) => {
                (VaultProblem::Absent, Message::KeychainAbsent)
            }
            Error::Ambiguous(_) => (VaultProblem::Failed, Message::KeychainSeveral),
            // These two contain what was read, and it was not text.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => return Self::not_a_key(),
            _ => (VaultProblem::Failed, Message::KeychainFailed),
        };
        log(problem, error);
        Self::new(problem, message)
    }
}

/// Only the causes that come from the system are logged: other errors contain what was read from
/// the keychain.
fn log(problem: VaultProblem, error: &Error) {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => {
            tracing::warn!(?problem, %cause, "the keychain is in problem");
        }
        _ => tracing::warn!(?problem, "the keychain is in problem"),
    }
}

fn says(cause: &(dyn std::error::Error + Send + Sync), names: &[&str]) -> bool {
    let text = cause.to_string();
    names.iter().any(|name| text.contains(name))
}

#[cfg(not(target_os = "macos"))]
mod platform {
    /// What the Secret Service answers when a collection is locked, in the text of its errors.
    const IS_LOCKED: &str = "org.freedesktop.Secret.Error.IsLocked";

    pub(super) fn is_locked(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
        cause.to_string().contains(IS_LOCKED)
    }
}

#[cfg(target_os = "macos")]
mod platform {
    /// From Apple's SecBase.h: errSecAuthFailed, errSecInteractionNotAllowed,
    /// errSecUserCanceled.
    const LOCKED: [i32; 3] = [-25293, -25308, -128];

    pub(super) fn is_locked(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
        cause
            .downcast_ref::<security_framework::base::Error>()
            .is_some_and(|error| LOCKED.contains(&error.code()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn problem(text: &str) -> VaultProblem {
        let cause = std::io::Error::other(text.to_owned());
        VaultError::from_keychain(&Error::PlatformFailure(Box::new(cause))).problem
    }

    #[test]
    fn each_kind_of_trouble_is_told_from_the_others() {
        let prompt = std::io::Error::other("prompt dismissed");
        let closed = VaultError::from_keychain(&Error::NoStorageAccess(Box::new(prompt)));
        assert_eq!(closed.problem, VaultProblem::Locked);
        assert_eq!(VaultError::unanswered().problem, VaultProblem::Locked);
        assert_eq!(
            problem("org.freedesktop.DBus.Error.ServiceUnknown: no such name"),
            VaultProblem::Absent
        );
        assert_eq!(problem("something else"), VaultProblem::Failed);
        assert_eq!(
            VaultError::from_keychain(&Error::Ambiguous(Vec::new())).problem,
            VaultProblem::Failed
        );
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn a_locked_collection_is_known_by_the_name_of_its_error() {
        assert_eq!(
            problem("org.freedesktop.Secret.Error.IsLocked: the collection is locked"),
            VaultProblem::Locked
        );
    }

    #[test]
    fn what_was_read_is_never_part_of_the_error() {
        let secret = b"afk_secret\xff".to_vec();
        let cause = std::io::Error::other("afk_secret");
        for error in [
            Error::BadEncoding(secret.clone()),
            Error::BadDataFormat(secret, Box::new(cause)),
        ] {
            let said = VaultError::from_keychain(&error);
            assert_eq!(said.problem, VaultProblem::Failed);
            assert!(!format!("{said} {said:?}").contains("secret"));
        }
    }

    #[test]
    fn the_page_knows_the_kinds_by_name() {
        let all = [
            VaultProblem::Locked,
            VaultProblem::Absent,
            VaultProblem::Failed,
        ];
        assert_eq!(
            serde_json::to_string(&all).unwrap(),
            r#"["locked","absent","failed"]"#
        );
    }
}
