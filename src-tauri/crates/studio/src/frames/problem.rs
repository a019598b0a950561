//! Why a picture cannot be a frame.

use std::io;
use std::path::PathBuf;

use super::limits::{MAX_FILE_BYTES, MAX_PIXELS, MIN_SIDE};
use crate::message::{Message, OtherKind};

/// A picture that was refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum FrameProblem {
    /// A folder, a device, or anything else that is not a file.
    NotAFile,
    /// Nothing is there (any more).
    Missing,
    /// A web address instead of a file, as browsers drop it.
    Link,
    /// It exists, but the system does not allow reading it.
    Unreadable(#[source] io::Error),
    Empty,
    /// Something other than a picture, judging by its first bytes.
    NotAPicture(OtherKind),
    /// A picture of a format that is not supported, by name: "HEIC".
    Unsupported(&'static str),
    /// A picture that cannot be decoded completely.
    Broken,
    /// A side shorter than [`MIN_SIDE`]. Width and height in pixels, upright.
    TooSmall {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// A ratio beyond 2.5 to 1. Width and height in pixels, upright.
    TooLong {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// More pixels than [`MAX_PIXELS`], or more memory than decoding may take. Width and
    /// height in pixels, as the header says.
    TooLarge {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// More bytes than [`MAX_FILE_BYTES`].
    FileTooLarge,
    DiskFull(#[source] io::Error),
    /// The library's folder can't be written to.
    NotStored {
        folder: PathBuf,
        source: io::Error,
    },
}

impl From<&FrameProblem> for Message {
    fn from(problem: &FrameProblem) -> Self {
        match *problem {
            FrameProblem::NotAFile => Self::PictureIsFolder,
            FrameProblem::Missing => Self::PictureGone,
            FrameProblem::Link => Self::PictureIsLink,
            FrameProblem::Unreadable(ref error)
                if error.kind() == io::ErrorKind::PermissionDenied =>
            {
                Self::PictureForbidden
            }
            FrameProblem::Unreadable(_) => Self::PictureNotRead,
            FrameProblem::Empty => Self::PictureEmpty,
            FrameProblem::NotAPicture(kind) => Self::PictureIsOther { kind },
            FrameProblem::Unsupported(format) => Self::PictureUnsupported {
                format: format.into(),
            },
            FrameProblem::Broken => Self::PictureBroken,
            FrameProblem::TooSmall { width, height } => Self::PictureTooSmall {
                width,
                height,
                least: MIN_SIDE,
            },
            FrameProblem::TooLong { width, height } if width > height => {
                Self::PictureTooWide { width, height }
            }
            FrameProblem::TooLong { width, height } => Self::PictureTooTall { width, height },
            FrameProblem::TooLarge { width, height } => Self::PictureTooLarge {
                width,
                height,
                megapixels: u32::try_from(MAX_PIXELS / 1_000_000).unwrap_or(u32::MAX),
            },
            FrameProblem::FileTooLarge => Self::PictureFileTooLarge {
                megabytes: u32::try_from(MAX_FILE_BYTES / 1_000_000).unwrap_or(u32::MAX),
            },
            FrameProblem::DiskFull(_) => Self::PictureDiskFull,
            FrameProblem::NotStored { ref folder, .. } => Self::PictureNotStored {
                folder: folder.display().to_string(),
            },
        }
    }
}

impl FrameProblem {
    /// What an error while reading the user's file means.
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
        assert_eq!(Message::from(&full).code(), "pictureDiskFull");
        assert!(full.to_string().starts_with("The disk is full"));
        let other = FrameProblem::storing(folder, io::ErrorKind::PermissionDenied.into());
        assert_eq!(Message::from(&other).code(), "pictureNotStored");
        assert!(other.to_string().contains("/library/frames"));
    }

    #[test]
    fn a_file_that_may_not_be_read_is_told_from_a_drive_that_went_away() {
        let denied = FrameProblem::reading(io::ErrorKind::PermissionDenied.into());
        let gone = FrameProblem::reading(io::ErrorKind::Other.into());
        assert_eq!(
            (Message::from(&denied), Message::from(&gone)),
            (Message::PictureForbidden, Message::PictureNotRead)
        );
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
