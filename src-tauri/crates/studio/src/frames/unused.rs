//! Removes pictures that nothing refers to any more, after a grace period of a day: a draft that
//! was replaced may come back, and so may a removed clip.

use std::collections::{HashMap, HashSet};
use std::fs;

use super::hash::FrameHash;
use super::store::{Frames, KEPT};
use crate::atomic_write;
use crate::clock::Millis;

/// How long a picture is kept after it was first found unused, in milliseconds.
const GRACE: Millis = 24 * 3_600_000;
/// The file in the folder of frames that records since when each unused picture is unused.
const NOTE: &str = "unused.json";

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Removed {
    /// Pictures.
    pub count: usize,
    /// Bytes freed.
    pub bytes: u64,
}

impl Frames {
    /// Removes every picture that is not among `used` and was already unused a day ago. Blocks.
    pub fn remove_unused(&self, used: &HashSet<FrameHash>, now: Millis) -> Removed {
        let note = self.folder.join(NOTE);
        let before: HashMap<FrameHash, Millis> = fs::read(&note)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        let mut removed = Removed::default();
        let mut unused = HashMap::new();
        for hash in self.all().difference(used) {
            let since = before.get(hash).copied().unwrap_or(now);
            // A clock that was set back restarts the day.
            if now - since < GRACE {
                unused.insert(*hash, since.min(now));
            } else {
                removed.count += 1;
                removed.bytes += self.remove(*hash);
            }
        }
        if unused != before
            && let Ok(text) = serde_json::to_vec(&unused)
            && let Err(error) = atomic_write::write(&note, &text)
        {
            tracing::warn!(%error, "which pictures are unused could not be noted");
        }
        removed
    }

    /// Every picture in the folder.
    fn all(&self) -> HashSet<FrameHash> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return HashSet::new();
        };
        entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let (hash, ending) = name.split_once('.')?;
                let is_picture = KEPT.iter().any(|(_, kept, _)| *kept == ending);
                is_picture
                    .then(|| FrameHash::try_from(hash.to_owned()).ok())
                    .flatten()
            })
            .collect()
    }

    /// Removes a picture with its metadata, and returns the number of bytes freed. Files that can't
    /// be removed do no harm.
    fn remove(&self, hash: FrameHash) -> u64 {
        let mut files = vec![self.thumb_file(hash), self.file(hash, "json")];
        files.extend(KEPT.iter().map(|(_, ending, _)| self.file(hash, ending)));
        let bytes = files.iter().filter_map(|file| {
            let length = fs::metadata(file).ok()?.len();
            fs::remove_file(file).ok().map(|()| length)
        });
        bytes.sum()
    }
}

/// The hashes in a text, whatever else it contains: stored settings that can't be read still keep
/// their pictures.
#[must_use]
pub fn hashes_in(text: &str) -> HashSet<FrameHash> {
    text.split(|letter: char| !letter.is_ascii_hexdigit())
        .filter_map(|word| FrameHash::try_from(word.to_owned()).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const DAY: Millis = GRACE;

    fn frame(frames: &Frames, shade: u8) -> FrameHash {
        let picture = image::RgbImage::from_pixel(400, 400, image::Rgb([shade; 3]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        frames
            .import_bytes("a.png", &bytes.into_inner())
            .unwrap()
            .hash
    }

    #[test]
    fn a_picture_that_nothing_refers_to_is_removed_after_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let frames = Frames::open(folder.path());
        let (used, unused) = (frame(&frames, 10), frame(&frames, 200));
        let in_use = HashSet::from([used]);
        assert_eq!(frames.remove_unused(&in_use, 0), Removed::default());
        assert_eq!(frames.remove_unused(&in_use, DAY - 1), Removed::default());
        assert!(frames.get(unused).is_some());
        let removed = frames.remove_unused(&in_use, DAY);
        assert_eq!(removed.count, 1);
        assert!(removed.bytes > 100, "{removed:?}");
        assert!(frames.get(unused).is_none() && frames.thumb_path(unused).is_none());
        assert!(frames.get(used).is_some() && frames.thumb_path(used).is_some());
    }

    #[test]
    fn a_picture_that_is_used_again_in_between_begins_a_new_day() {
        let folder = tempfile::tempdir().unwrap();
        let frames = Frames::open(folder.path());
        let picture = frame(&frames, 10);
        frames.remove_unused(&HashSet::new(), 0);
        frames.remove_unused(&HashSet::from([picture]), DAY / 2);
        assert_eq!(frames.remove_unused(&HashSet::new(), DAY).count, 0);
        assert_eq!(frames.remove_unused(&HashSet::new(), 2 * DAY).count, 1);
    }

    #[test]
    fn hashes_are_found_in_broken_text_too() {
        let hash = "ab".repeat(32);
        let found = hashes_in(&format!("{{\"start\":\"{hash}\",\"broken"));
        let expected = FrameHash::try_from(hash).unwrap();
        assert_eq!(found, HashSet::from([expected]));
    }
}
