//! Uploaded files: their kind by their first bytes, and how long their address is valid.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const MEGABYTE: usize = 1024 * 1024;

/// The kinds of file that the service accepts, recognised by magic bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Png,
    Jpeg,
    Webp,
    Gif,
    Mp4,
    Mov,
    Webm,
    Mp3,
    Wav,
    M4a,
    Ogg,
    Flac,
}

impl Kind {
    /// The kind according to the first bytes; the declared type is ignored.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let at =
            |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|it| it.starts_with(magic));
        let brand = |names: &[&[u8]]| at(4, b"ftyp") && names.iter().any(|name| at(8, name));
        Some(match bytes {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Self::Png,
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Self::Webm,
            [b'I', b'D', b'3', ..] => Self::Mp3,
            [0xff, second, ..] if second & 0xe6 == 0xe2 => Self::Mp3,
            _ if at(0, b"RIFF") && at(8, b"WEBP") => Self::Webp,
            _ if at(0, b"RIFF") && at(8, b"WAVE") => Self::Wav,
            _ if at(0, b"OggS") => Self::Ogg,
            _ if at(0, b"fLaC") => Self::Flac,
            _ if brand(&[b"qt  "]) => Self::Mov,
            _ if brand(&[b"M4A ", b"M4B "]) => Self::M4a,
            _ if brand(&[b"avif", b"avis", b"heic", b"heix", b"mif1"]) => return None,
            _ if at(4, b"ftyp") => Self::Mp4,
            _ => return None,
        })
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
        }
    }

    /// `image`, `video` or `audio`.
    pub const fn medium(self) -> &'static str {
        match self {
            Self::Png | Self::Jpeg | Self::Webp | Self::Gif => "image",
            Self::Mp4 | Self::Mov | Self::Webm => "video",
            Self::Mp3 | Self::Wav | Self::M4a | Self::Ogg | Self::Flac => "audio",
        }
    }

    /// The most bytes that the service accepts, from its schema ("max 25 MB image or audio, 50 MB
    /// video").
    pub const fn largest(self) -> usize {
        match self {
            Self::Mp4 | Self::Mov | Self::Webm => 50 * MEGABYTE,
            _ => 25 * MEGABYTE,
        }
    }
}

/// An upload as it is stored, beside its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UploadRecord {
    pub id: Uuid,
    pub kind: Kind,
    pub size: u64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl UploadRecord {
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\nrest"), Some(Kind::Png));
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0"), Some(Kind::Jpeg));
        assert_eq!(Kind::of(b"RIFF\x10\0\0\0WEBPVP8 "), Some(Kind::Webp));
        assert_eq!(Kind::of(b"GIF89a"), Some(Kind::Gif));
        assert_eq!(Kind::of(b"RIFF\x10\0\0\0WAVEfmt "), Some(Kind::Wav));
        assert_eq!(Kind::of(b"\0\0\0\x14ftypisom"), Some(Kind::Mp4));
        assert_eq!(Kind::of(b"\0\0\0\x14ftypqt  "), Some(Kind::Mov));
        assert_eq!(Kind::of(b"\0\0\0\x14ftypheic"), None);
        assert_eq!(Kind::of(b"\xff\xfb\x90\0"), Some(Kind::Mp3));
        assert_eq!(Kind::of(b"<svg/>"), None);
        assert_eq!(Kind::of(b""), None);
    }
}
