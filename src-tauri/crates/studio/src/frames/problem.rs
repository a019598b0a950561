//! Why a picture cannot be a frame, each reason with its code and its sentence.

use std::io;
use std::path::PathBuf;

use super::limits::{MAX_FILE_BYTES, MAX_PIXELS, MIN_SIDE};

/// A picture that was not taken. The text is for the person; the page tells reasons apart
/// by [`code`](FrameProblem::code).
#[derive(Debug, thiserror::Error)]
pub enum FrameProblem {
    /// A folder, a device, anything but a file.
    #[error("That is a folder, not a picture. Open it and drop one picture from it.")]
    NotAFile,
    /// Nothing is there (any more).
    #[error("That file is not there any more. Check where it went, then drop it again.")]
    Missing,
    /// An address of the web instead of a file, as browsers drop it.
    #[error(
        "That is a link, not a picture on this computer. Save the picture first, then drop the \
         saved file."
    )]
    Link,
    /// It is there, and the system does not let it be read.
    #[error("{}", unreadable(.0.kind()))]
    Unreadable(#[source] io::Error),
    /// No bytes at all.
    #[error(
        "That file is empty. It may not have been downloaded completely: get it again, then drop \
         it."
    )]
    Empty,
    /// Something else than a picture, named with its article: "a video".
    #[error("That is {0}, not a picture. Drop a JPEG or a PNG.")]
    NotAPicture(&'static str),
    /// A picture of a kind that is not read here, by name: "HEIC".
    #[error("Inbetween can't read {0} pictures. Export it as JPEG or PNG and drop that.")]
    Unsupported(&'static str),
    /// A picture that cannot be decoded to its end.
    #[error(
        "This picture is damaged or incomplete. Open it in another program, save it again as JPEG \
         or PNG, and drop that."
    )]
    Broken,
    /// A side under [`MIN_SIDE`]. Width and height in pixels, upright.
    #[error(
        "This picture is too small: {width} × {height} pixels. It has to be at least {MIN_SIDE} \
         pixels on each side. Drop a larger one."
    )]
    TooSmall {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// A ratio beyond 2.5 to 1. Width and height in pixels, upright.
    #[error(
        "This picture is too {}: {width} × {height} pixels. The longer side may be at most 2.5 \
         times the shorter one. Crop it, then drop it again.",
        if width > height { "wide" } else { "tall" }
    )]
    TooLong {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// More pixels than [`MAX_PIXELS`], or more memory than decoding may take. Width and
    /// height in pixels, as the header says.
    #[error(
        "This picture is too large: {width} × {height} pixels. Inbetween reads up to {} megapixels. \
         Make it smaller, then drop it again.", MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// More bytes than [`MAX_FILE_BYTES`].
    #[error(
        "This file is too large. Inbetween reads pictures of up to {} MB. Save it as a JPEG, then \
         drop that.", MAX_FILE_BYTES / 1_000_000
    )]
    FileTooLarge,
    /// No room to keep it.
    #[error(
        "The disk is full, so the picture could not be kept. Make some room, then drop it again."
    )]
    DiskFull(#[source] io::Error),
    /// The library's folder does not take it.
    #[error(
        "The picture could not be kept in {}. Check that this folder is there and can be written \
         to, then drop it again.", .folder.display()
    )]
    NotStored {
        /// The folder of frames.
        folder: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

fn unreadable(kind: io::ErrorKind) -> &'static str {
    if kind == io::ErrorKind::PermissionDenied {
        "Inbetween is not allowed to read that file. Copy it to a folder of yours and drop the \
         copy."
    } else {
        "That file could not be read. If it is on another drive or on the network, check that it \
         is still connected, then drop it again."
    }
}

impl FrameProblem {
    /// The stable name of the reason. It never changes with the sentence.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAFile => "notAFile",
            Self::Missing => "missing",
            Self::Link => "link",
            Self::Unreadable(_) => "unreadable",
            Self::Empty => "empty",
            Self::NotAPicture(_) => "notAPicture",
            Self::Unsupported(_) => "unsupported",
            Self::Broken => "broken",
            Self::TooSmall { .. } => "tooSmall",
            Self::TooLong { .. } => "tooLong",
            Self::TooLarge { .. } | Self::FileTooLarge => "tooLarge",
            Self::DiskFull(_) => "diskFull",
            Self::NotStored { .. } => "notStored",
        }
    }

    /// What an error while reading the person's file means.
    pub(super) fn reading(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::IsADirectory => Self::NotAFile,
            _ => Self::Unreadable(error),
        }
    }

    /// What an error while writing into `folder` means.
    pub(super) fn storing(folder: &std::path::Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(source),
            _ => Self::NotStored {
                folder: folder.to_path_buf(),
                source,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_folder_that_cannot_be_written() {
        let folder = std::path::Path::new("/library/frames");
        let full = FrameProblem::storing(folder, io::ErrorKind::StorageFull.into());
        assert_eq!(full.code(), "diskFull");
        assert!(full.to_string().starts_with("The disk is full"));
        let other = FrameProblem::storing(folder, io::ErrorKind::PermissionDenied.into());
        assert_eq!(other.code(), "notStored");
        assert!(other.to_string().contains("/library/frames"));
    }

    #[test]
    fn a_file_that_may_not_be_read_is_told_from_a_drive_that_went_away() {
        let denied = FrameProblem::reading(io::ErrorKind::PermissionDenied.into());
        let gone = FrameProblem::reading(io::ErrorKind::Other.into());
        assert_eq!((denied.code(), gone.code()), ("unreadable", "unreadable"));
        assert!(denied.to_string().contains("not allowed"));
        assert!(gone.to_string().contains("still connected"));
    }

    #[test]
    fn the_limits_are_said_in_numbers() {
        let wide = FrameProblem::TooLong {
            width: 1300,
            height: 500,
        };
        assert_eq!(
            wide.to_string(),
            "This picture is too wide: 1300 × 500 pixels. The longer side may be at most 2.5 times \
             the shorter one. Crop it, then drop it again."
        );
        let tall = FrameProblem::TooLong {
            width: 500,
            height: 1300,
        };
        assert!(tall.to_string().starts_with("This picture is too tall: "));
        let small = FrameProblem::TooSmall {
            width: 299,
            height: 400,
        };
        assert_eq!(
            small.to_string(),
            "This picture is too small: 299 × 400 pixels. It has to be at least 300 pixels on each \
             side. Drop a larger one."
        );
        let large = FrameProblem::TooLarge {
            width: 20_000,
            height: 20_000,
        };
        assert!(large.to_string().contains("up to 120 megapixels"));
        assert!(FrameProblem::FileTooLarge.to_string().contains("200 MB"));
    }
}
