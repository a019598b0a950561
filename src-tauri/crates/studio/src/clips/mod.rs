//! Clips on the disk: their names, how they get there, and what is read from them.
//!
//! A clip streams into a `.part` beside its final place, is checked, synced and only then
//! gets its name, so that whatever carries a clip's name is a whole clip.

mod address;
mod allowance;
mod answer;
mod boxes;
mod download;
mod name;
mod tracks;

pub use download::{Download, DownloadError, FetchLimits, Fetcher, LARGEST};
pub use name::file_name;
pub use tracks::{Tracks, tracks};

use std::path::{Path, PathBuf};

use crate::generation::GenerationId;

/// Where the unfinished file of a generation's clip is, in the clips folder.
#[must_use]
pub fn part_path(folder: &Path, id: &GenerationId) -> PathBuf {
    folder.join(format!(".{id}.part"))
}

/// Gives the finished `.part` its name in `folder`, or that name with a number where it is
/// taken, and makes that survive a power cut. Never replaces a file.
///
/// # Errors
/// The file system's.
pub fn settle(part: &Path, folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "mp4"));
    for number in 1.. {
        let path = if number == 1 {
            folder.join(name)
        } else {
            folder.join(format!("{stem} ({number}).{extension}"))
        };
        // Linking claims the name only if it is free, which a rename can't promise; where
        // the file system has no links, the claim is an empty file that the rename replaces.
        match std::fs::hard_link(part, &path) {
            Ok(()) => {
                std::fs::remove_file(part)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(_) => {
                match std::fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&path)
                {
                    Ok(_) => std::fs::rename(part, &path)?,
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
                    Err(error) => return Err(error),
                }
            }
        }
        crate::durable::sync_folder(folder)?;
        return Ok(path);
    }
    unreachable!("a free number is found before numbers end")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["one", "two", "three"] {
            let part = folder.path().join("x.part");
            std::fs::write(&part, content).unwrap();
            settle(&part, folder.path(), "A day.mp4").unwrap();
            assert!(!part.exists());
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("A day.mp4"), "one");
        assert_eq!(read("A day (2).mp4"), "two");
        assert_eq!(read("A day (3).mp4"), "three");
    }
}
