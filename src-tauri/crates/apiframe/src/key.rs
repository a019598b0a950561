//! The key, as a type that cannot be printed, stored or left in memory by accident.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How every Apiframe key begins, by the schema (`afk_...`).
const PREFIX: &str = "afk_";

/// No key seen is longer than 80 characters; this only keeps a pasted document out.
const LONGEST: usize = 512;

/// An Apiframe API key: a secret.
///
/// It has no `Display` and no `Serialize`, its `Debug` shows the last four characters, and its
/// memory is wiped when it is dropped.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Parses what a user pasted, ignoring whitespace around it.
    ///
    /// # Errors
    /// [`KeyShape`] when it cannot be a key, with a message for the user. Whether the server
    /// accepts the key is not checked.
    pub fn parse(pasted: &str) -> Result<Self, KeyShape> {
        let text = pasted.trim();
        if text.is_empty() {
            return Err(KeyShape::Empty);
        }
        if text.chars().count() > LONGEST {
            return Err(KeyShape::TooLong);
        }
        let Some(secret) = text.strip_prefix(PREFIX) else {
            return Err(KeyShape::NotApiframe);
        };
        if secret.is_empty() {
            return Err(KeyShape::OnlyTheBeginning);
        }
        if !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(KeyShape::StrangeCharacters);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The last four characters, by which a user recognises the key. Fewer if four would be half of
    /// the secret or more.
    #[must_use]
    pub fn last4(&self) -> &str {
        let secret = self.0.len() - PREFIX.len();
        let shown = 4.min(secret / 2);
        &self.0[self.0.len() - shown..]
    }

    /// A number that distinguishes keys but reveals nothing about them: the beginning of the key's
    /// SHA-256.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        let beginning = digest.iter().take(8);
        beginning
            .fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
            .to_string()
    }

    /// The key itself: for the request header and the keychain only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey(…{})", self.last4())
    }
}

/// Why a pasted text cannot be an Apiframe key. Never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyShape {
    /// Nothing but whitespace.
    #[error("Paste your Apiframe API key. It begins with afk_.")]
    Empty,
    /// Another service's key, or something else entirely.
    #[error(
        "This is not an Apiframe key: those begin with afk_. Copy the key from the Apiframe dashboard."
    )]
    NotApiframe,
    /// `afk_` with nothing after it.
    #[error("This is only the beginning of a key. Copy the whole key from the Apiframe dashboard.")]
    OnlyTheBeginning,
    /// A space, a line break or a non-ASCII character inside.
    #[error(
        "A key has no spaces, line breaks or special characters inside. Copy it again from the Apiframe dashboard."
    )]
    StrangeCharacters,
    /// Over 512 characters.
    #[error("This is too long to be a key. Copy just the key from the Apiframe dashboard.")]
    TooLong,
}

#[cfg(test)]
mod tests;
