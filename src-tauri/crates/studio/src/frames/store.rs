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
use crate::catalogue::words;
use crate::durable;
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
    /// What the person's file was called when it was last brought in.
    pub name: String,
    /// What is different from the user's file.
    #[serde(deserialize_with = "message::all_stored")]
    #[specta(type = Vec<Message>)]
    pub changes: Vec<Message>,
}

/// The folder of frames: `HASH.jpg` or `HASH.png`, beside it `HASH.json` with what is known
/// of it, and `thumbs/HASH.jpg`.
#[derive(Clone, Debug)]
pub struct Frames {
    pub(super) folder: PathBuf,
}

/// The formats that are kept, with their endings and their content types.
pub(super) const KEPT: [(ImageFormat, &str, &str); 2] = [
    (ImageFormat::Jpeg, "jpg", "image/jpeg"),
    (ImageFormat::Png, "png", "image/png"),
];

impl Frames {
    /// The frames in this folder, which is made when the first one is kept.
    #[must_use]
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Removes what a killed program left half-written.
    pub(crate) fn sweep(&self) {
        durable::sweep(&self.folder);
        durable::sweep(&self.folder.join("thumbs"));
    }

    /// Keeps the picture that a path points at, as a drop or a dialog gives it.
    ///
    /// # Errors
    /// Why it cannot be a frame, in words for the person.
    pub fn import_path(&self, path: &Path) -> Result<Frame, FrameProblem> {
        let (name, file) = source::read(path)?;
        self.import_bytes(&name, &file)
    }

    /// Keeps a picture that is no file, such as one from the clipboard. `name` is what the
    /// person will see it called.
    ///
    /// # Errors
    /// As [`Frames::import_path`].
    pub fn import_bytes(&self, name: &str, file: &[u8]) -> Result<Frame, FrameProblem> {
        if file.len() as u64 > limits::MAX_FILE_BYTES {
            return Err(FrameProblem::FileTooLarge);
        }
        self.keep(name, prepare::prepare(name, file)?)
    }

    /// Keeps the middle of a kept frame in the shape of another, as a frame of its own.
    ///
    /// # Errors
    /// When one of them is not kept any more, or too little would be left.
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
        // The picture last: once it is there, so is everything else.
        durable::write(&self.thumb_file(frame.hash), &prepared.thumb)
            .and_then(|()| {
                let text = serde_json::to_vec_pretty(&frame)?;
                durable::write(&self.file(frame.hash, "json"), &text)
            })
            .and_then(|()| {
                if is_there(&picture, frame.hash) {
                    return Ok(());
                }
                durable::write(&picture, &prepared.bytes)
            })
            .map_err(|error| FrameProblem::storing(&self.folder, error))?;
        Ok(frame)
    }

    /// What is known of a frame; `None` if it is not kept (any more).
    #[must_use]
    pub fn get(&self, hash: FrameHash) -> Option<Frame> {
        let picture = self.path(hash)?;
        let known = fs::read(self.file(hash, "json"))
            .ok()
            .and_then(|text| serde_json::from_slice::<Frame>(&text).ok())
            .filter(|frame| frame.hash == hash);
        // The picture is what matters; the rest can be asked of it.
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

/// Whether a whole picture of this hash is already at `path`. A damaged one is not, so
/// bringing the picture in again mends it.
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
