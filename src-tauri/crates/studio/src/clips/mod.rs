//! Clips on disk: their names, how they get there, and what is read from them.
//!
//! A clip is streamed into a `.part` beside its final place, then checked and synced. Only then
//! does it get its name, so that every file with a clip's name is a complete clip.

mod address;
mod bounded_reader;
mod boxes;
mod download;
mod error;
mod folder;
mod name;
mod poster;
mod response_head;
mod tracks;

pub use download::{Download, FetchLimits, Fetcher, LARGEST};
pub use error::DownloadError;
pub use folder::ClipsFolder;
pub use name::{file_name, is_named, prompt_of};
pub use poster::is_poster;
pub use tracks::{Tracks, tracks};

use std::path::{Path, PathBuf};

use crate::generation::GenerationId;

/// The path of the unfinished file of a generation's clip, in the clips folder.
#[must_use]
pub fn part_path(folder: &Path, id: &GenerationId) -> PathBuf {
    folder.join(format!(".{id}.part"))
}

/// The names a clip may get in `folder`: `name`, then `name` with a number.
pub fn names(folder: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "mp4"));
    std::iter::once(folder.join(name))
        .chain((2..).map(move |number| folder.join(format!("{stem} ({number}).{extension}"))))
}

/// Gives the finished `.part` its name and makes that survive a power cut. Never replaces
/// a file.
///
/// # Errors
/// [`std::io::ErrorKind::AlreadyExists`] if the name is taken, or the error of the file system; the
/// `.part` is unchanged then.
pub fn place(part: &Path, file: &Path) -> std::io::Result<()> {
    let moved = tempfile::TempPath::try_from_path(part)?.persist_noclobber(file);
    if let Err(failed) = moved {
        // Only `tempfile` regards it as a temporary file.
        let _ = failed.path.keep();
        if failed.error.kind() == std::io::ErrorKind::AlreadyExists {
            return Err(failed.error);
        }
        claim(part, file)?;
    }
    match file.parent() {
        Some(folder) => crate::atomic_write::sync_folder(folder),
        None => Ok(()),
    }
}

/// For file systems that have neither a move that never replaces nor hard links, such as shares
/// over FUSE: claims the name with an empty file, which the clip then replaces.
fn claim(part: &Path, file: &Path) -> std::io::Result<()> {
    std::fs::File::create_new(file)?;
    std::fs::rename(part, file).inspect_err(|_| {
        // It is empty, and ours.
        let _ = std::fs::remove_file(file);
    })
}

/// Copies a clip to where the user wants it. An existing file is replaced only by a complete copy;
/// if it is the clip itself, under whatever name, nothing is done.
///
/// # Errors
/// The error of the file system; an existing file is unchanged then.
pub fn save_copy(clip: &Path, target: &Path) -> std::io::Result<()> {
    // If the target is a link, the file that it leads to is replaced, not the link.
    let target = std::fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    if is_same_file(clip, &target) {
        return Ok(());
    }
    crate::atomic_write::copy(clip, &target)
}

/// Whether both paths lead to one file, through links of any kind.
fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    let id = |path: &Path| {
        use std::os::unix::fs::MetadataExt;
        let about = std::fs::metadata(path).ok()?;
        Some((about.dev(), about.ino()))
    };
    #[cfg(not(unix))]
    let id = |path: &Path| std::fs::canonicalize(path).ok();
    id(one).is_some_and(|file| id(other) == Some(file))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_copy_replaces_what_is_there_and_leaves_nothing_else_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (clip, copy) = (folder.path().join("A day.mp4"), folder.path().join("copy"));
        std::fs::write(&clip, "clip").unwrap();
        std::fs::write(&copy, "an older and longer file").unwrap();
        save_copy(&clip, &copy).unwrap();
        assert_eq!(std::fs::read_to_string(&copy).unwrap(), "clip");
        assert_eq!(std::fs::read_to_string(&clip).unwrap(), "clip");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_onto_another_name_of_the_clip_leaves_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let clip = path("A day.mp4");
        std::fs::write(&clip, "clip").unwrap();
        std::fs::hard_link(&clip, path("hard")).unwrap();
        std::os::unix::fs::symlink(&clip, path("soft")).unwrap();
        for name in ["A day.mp4", "hard", "soft"] {
            save_copy(&clip, &path(name)).unwrap();
            assert_eq!(std::fs::read_to_string(&clip).unwrap(), "clip", "{name}");
            assert!(is_same_file(&clip, &path(name)), "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_copy_that_breaks_off_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.mp4");
        std::fs::write(&target, "kept").unwrap();
        // A file that opens, and whose first byte can't be read.
        save_copy(Path::new("/proc/self/mem"), &target).unwrap_err();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "kept");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_taken_name_gets_a_number_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["one", "two", "three"] {
            let part = folder.path().join("x.part");
            std::fs::write(&part, content).unwrap();
            let name = names(folder.path(), "A day.mp4")
                .find(|name| !name.exists())
                .unwrap();
            place(&part, &name).unwrap();
            assert!(!part.exists());
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("A day.mp4"), "one");
        assert_eq!(read("A day (2).mp4"), "two");
        assert_eq!(read("A day (3).mp4"), "three");
    }

    #[test]
    fn where_a_name_must_be_claimed_nothing_is_replaced_and_nothing_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("x.part"), "clip").unwrap();
        std::fs::write(path("taken.mp4"), "another").unwrap();
        assert_eq!(
            claim(&path("x.part"), &path("taken.mp4"))
                .unwrap_err()
                .kind(),
            std::io::ErrorKind::AlreadyExists
        );
        assert_eq!(
            std::fs::read_to_string(path("taken.mp4")).unwrap(),
            "another"
        );
        claim(&path("x.part"), &path("free.mp4")).unwrap();
        assert_eq!(std::fs::read_to_string(path("free.mp4")).unwrap(), "clip");
        claim(&path("x.part"), &path("gone.mp4")).unwrap_err();
        assert!(!path("gone.mp4").exists());
    }

    #[test]
    fn a_name_that_is_taken_is_not_given_and_the_part_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (part, taken) = (
            folder.path().join("x.part"),
            folder.path().join("A day.mp4"),
        );
        std::fs::write(&part, "new").unwrap();
        std::fs::write(&taken, "old").unwrap();
        let error = place(&part, &taken).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&taken).unwrap(), "old");
        assert_eq!(std::fs::read_to_string(&part).unwrap(), "new");
    }
}
