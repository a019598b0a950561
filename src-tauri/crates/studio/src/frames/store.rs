//! The folder of frames.

use std::fs;
use std::path::{Path, PathBuf};

use image::{ImageFormat, ImageReader};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::hash::FrameHash;
use super::prepare::{self, Prepared};
use super::problem::FrameProblem;
use super::{crop, limits, source};
use crate::atomic_write;
use crate::catalogue::words;
use crate::message::{self, Message};

/// A picture that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    /// Its name everywhere.
    pub hash: FrameHash,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// The size of the kept file, at most [`limits::MAX_STORED_BYTES`].
    #[specta(type = u32)]
    pub bytes: u64,
    /// The name of the user's file when it was last imported.
    pub name: String,
    /// What differs from the user's file.
    #[serde(deserialize_with = "message::all_stored")]
    #[specta(type = Vec<Message>)]
    pub changes: Vec<Message>,
}

/// The folder of frames: `HASH.jpg` or `HASH.png`, beside it `HASH.json` with what is known about
/// it, and `thumbs/HASH.jpg`.
#[derive(Clone, Debug)]
pub struct Frames {
    pub(super) folder: PathBuf,
}

/// The formats that are kept, with their file extensions and their content types.
pub(super) const KEPT: [(ImageFormat, &str, &str); 2] = [
    (ImageFormat::Jpeg, "jpg", "image/jpeg"),
    (ImageFormat::Png, "png", "image/png"),
];

impl Frames {
    /// The frames in this folder, which is created when the first one is kept.
    #[must_use]
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Removes what a killed process left half-written.
    pub(crate) fn sweep(&self) {
        atomic_write::sweep(&self.folder);
        atomic_write::sweep(&self.folder.join("thumbs"));
    }

    /// Keeps the picture at a path that comes from a drop or a dialog.
    ///
    /// # Errors
    /// Why it cannot be a frame, in words for the user.
    pub fn import_path(&self, path: &Path) -> Result<Frame, FrameProblem> {
        let (name, file) = source::read(path)?;
        self.import_bytes(&name, &file)
    }

    /// Keeps a picture that is not a file, such as one from the clipboard. `name` is the name that
    /// the user will see.
    ///
    /// # Errors
    /// See [`Frames::import_path`].
    pub fn import_bytes(&self, name: &str, file: &[u8]) -> Result<Frame, FrameProblem> {
        if file.len() as u64 > limits::MAX_FILE_BYTES {
            return Err(FrameProblem::FileTooLarge);
        }
        self.keep(name, prepare::prepare(name, file)?)
    }

    /// Keeps the centre of a kept frame in the shape of another, as a separate frame.
    ///
    /// # Errors
    /// If one of them is not kept any more, or too little would be left.
    pub fn crop_like(&self, hash: FrameHash, like: FrameHash) -> Result<Frame, FrameProblem> {
        let (frame, shape) = self
            .get(hash)
            .zip(self.get(like))
            .ok_or(FrameProblem::Missing)?;
        let (path, format) = self.kept(hash).ok_or(FrameProblem::Missing)?;
        let file = fs::read(path).map_err(FrameProblem::reading)?;
        let mut prepared = crop::crop(format, &file, (shape.width, shape.height))?;
        prepared.changes.splice(0..0, frame.changes);
        self.keep(&frame.name, prepared)
    }

    fn keep(&self, name: &str, prepared: Prepared) -> Result<Frame, FrameProblem> {
        let frame = Frame {
            hash: FrameHash::of(&prepared.bytes),
            width: prepared.width,
            height: prepared.height,
            bytes: prepared.bytes.len() as u64,
            name: name.to_owned(),
            changes: prepared.changes,
        };
        let ending = KEPT
            .iter()
            .find_map(|(format, ending, _)| (*format == prepared.format).then_some(*ending))
            .unwrap_or("jpg");
        let picture = self.file(frame.hash, ending);
        // The picture last: once it is there, everything else is.
        atomic_write::write(&self.thumb_file(frame.hash), &prepared.thumb)
            .and_then(|()| {
                let text = serde_json::to_vec_pretty(&frame)?;
                atomic_write::write(&self.file(frame.hash, "json"), &text)
            })
            .and_then(|()| {
                if is_there(&picture, frame.hash) {
                    return Ok(());
                }
                atomic_write::write(&picture, &prepared.bytes)
            })
            .map_err(|error| FrameProblem::storing(&self.folder, error))?;
        Ok(frame)
    }

    /// What is known about a frame; `None` if it is not kept (any more).
    #[must_use]
    pub fn get(&self, hash: FrameHash) -> Option<Frame> {
        let picture = self.path(hash)?;
        let known = fs::read(self.file(hash, "json"))
            .ok()
            .and_then(|text| serde_json::from_slice::<Frame>(&text).ok())
            .filter(|frame| frame.hash == hash);
        // Only the picture is essential; the rest can be derived from it.
        known.or_else(|| described(hash, &picture))
    }

    /// The file of a frame; `None` if it is not kept (any more).
    #[must_use]
    pub fn path(&self, hash: FrameHash) -> Option<PathBuf> {
        self.kept(hash).map(|(path, _)| path)
    }

    /// `image/jpeg` or `image/png`; `None` if it is not kept (any more).
    #[must_use]
    pub fn content_type(&self, hash: FrameHash) -> Option<&'static str> {
        self.kept(hash).and_then(|(_, kept)| {
            KEPT.iter()
                .find_map(|(format, _, content_type)| (*format == kept).then_some(*content_type))
        })
    }

    /// The file of a frame's thumbnail, a JPEG of at most [`limits::THUMB_SIDE`] pixels a
    /// side; `None` if there is none.
    #[must_use]
    pub fn thumb_path(&self, hash: FrameHash) -> Option<PathBuf> {
        Some(self.thumb_file(hash)).filter(|path| path.is_file())
    }

    fn kept(&self, hash: FrameHash) -> Option<(PathBuf, ImageFormat)> {
        KEPT.iter()
            .map(|(format, ending, _)| (self.file(hash, ending), *format))
            .find(|(path, _)| path.is_file())
    }

    pub(super) fn file(&self, hash: FrameHash, ending: &str) -> PathBuf {
        self.folder.join(format!("{hash}.{ending}"))
    }

    pub(super) fn thumb_file(&self, hash: FrameHash) -> PathBuf {
        self.folder.join("thumbs").join(format!("{hash}.jpg"))
    }
}

/// Whether a complete picture with this hash is already at `path`. A damaged one does not count, so
/// importing the picture again repairs it.
fn is_there(path: &Path, hash: FrameHash) -> bool {
    fs::read(path).is_ok_and(|bytes| FrameHash::of(&bytes) == hash)
}

fn described(hash: FrameHash, picture: &Path) -> Option<Frame> {
    let (width, height) = ImageReader::open(picture).ok()?.into_dimensions().ok()?;
    Some(Frame {
        hash,
        width,
        height,
        bytes: fs::metadata(picture).ok()?.len(),
        name: words("frame-unnamed"),
        changes: Vec::new(),
    })
}
