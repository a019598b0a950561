//! Who is signed in, as the page sees it. The key itself is never part of it.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::message::Message;
use crate::paths::Profile;
use crate::vault::VaultProblem;

/// Where a key is kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeySource {
    /// In the system's keychain.
    Keychain,
    /// In memory, until the program ends.
    ThisRun,
    /// It was set in the environment of this run.
    Environment,
}

/// Where the user wants a key kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    /// In the system's keychain.
    Keychain,
    /// In memory, until the program ends.
    ThisRun,
}

/// What may be shown of a key.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyHint {
    /// Its last characters, at most four.
    pub last4: String,
    pub source: KeySource,
}

/// Whether Apiframe can be reached.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Connection {
    /// Not asked yet.
    Unknown,
    Online,
    Offline {
        message: Message,
    },
    /// It can be reached, but no longer accepts the key.
    Refused {
        message: Message,
    },
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The profile whose library is shown.
    pub profile: Profile,
    /// The key; `None` in the sandbox.
    pub key: Option<KeyHint>,
    /// Credits left, as last reported.
    #[specta(type = Option<i32>)]
    pub credits: Option<i64>,
    pub plan: Option<String>,
    pub team: Option<String>,
    /// Whether Apiframe can be reached.
    pub connection: Connection,
}

/// Who is signed in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Session {
    /// The session was not opened yet, or the keychain has not answered.
    Opening,
    SignedOut,
    /// It can't be determined whether there is a key.
    VaultProblem {
        problem: VaultProblem,
        message: Message,
    },
    Ready {
        account: Account,
    },
}
