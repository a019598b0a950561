//! The name of a frame: the SHA-256 of its stored bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use specta::Type;

/// The name of a frame everywhere: in settings, in the library, in the page and on disk. As text it
/// is exactly 64 lower-case hexadecimal digits, so that a hash from outside can never name another
/// file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct FrameHash([u8; 32]);

/// A text that is not the hash of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame's hash is 64 lower-case hexadecimal digits")]
pub struct NotAHash;

impl FrameHash {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl FromStr for FrameHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotAHash);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(hash))
    }
}

/// Lower case only, so that a frame has exactly one name.
fn digit(character: u8) -> Result<u8, NotAHash> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        _ => Err(NotAHash),
    }
}

impl TryFrom<String> for FrameHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

impl From<FrameHash> for String {
    fn from(hash: FrameHash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for FrameHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for FrameHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The published SHA-256 of an empty input.
    const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_hash_is_written_and_read_as_hexadecimal_digits() {
        assert_eq!(FrameHash::of(b"").to_string(), NOTHING);
        assert_eq!(NOTHING.parse(), Ok(FrameHash::of(b"")));
        let json = serde_json::to_string(&FrameHash::of(b"")).unwrap();
        assert_eq!(json, format!("\"{NOTHING}\""));
        assert_eq!(
            serde_json::from_str::<FrameHash>(&json).unwrap(),
            FrameHash::of(b"")
        );
    }

    #[test]
    fn nothing_that_could_name_another_file_is_a_hash() {
        let upper = NOTHING.to_uppercase();
        let path = format!("../{}", &NOTHING[3..]);
        let dotted = format!("{}.", &NOTHING[1..]);
        let accented = "é".repeat(32);
        for text in ["", "e3b0", &upper, &path, &dotted, &accented, &NOTHING[1..]] {
            assert_eq!(text.parse::<FrameHash>(), Err(NotAHash), "{text}");
            assert!(serde_json::from_value::<FrameHash>(text.into()).is_err());
        }
    }
}
