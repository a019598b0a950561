//! Writes a file so that a crash or a power cut leaves either the old one or the new one,
//! never half of either.
//!
//! Clips that arrive are not written here: they are streamed into a `.part` for minutes and are
//! checked before they get their name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::{private, regular_file};

/// The prefix of files that are being written. The process id follows it, so that files left behind
/// by another process can be recognised.
const PREFIX: &str = ".writing-";
const SUFFIX: &str = ".part";

/// The name of a temporary file beside `path`, for callers that write it by other means than
/// [`write`]. They rename it to `path` when it is complete; it is swept away if the process dies
/// before that.
pub(crate) fn unfinished_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{PREFIX}{}-{name}{SUFFIX}", std::process::id()))
}

/// Removes half-written files that a killed process left in `folder`.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let own = format!("{PREFIX}{}-", std::process::id());
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) && !name.starts_with(&own) {
            // If it can't be removed, it stays: it does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes `bytes` to `path`: into a new file beside it, which is synced and then renamed over it.
/// Creates missing folders. The file and those folders are accessible to this user only.
///
/// # Errors
/// The error of the file system; `path` is unchanged then.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, |file| file.write_all(bytes))
}

/// Copies a file to `path` in the same way. The copy gets the permissions of the original.
///
/// # Errors
/// The error of the file system; `path` is unchanged then.
pub(crate) fn copy(original: &Path, path: &Path) -> io::Result<()> {
    let (mut original, about) = regular_file::open(original)?;
    replace(path, |file| {
        io::copy(&mut original, file)?;
        // On a file system without permissions, the copy keeps those that it has.
        let _ = file.set_permissions(about.permissions());
        Ok(())
    })
}

fn replace(path: &Path, write_to: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    private::make_folder(folder)?;
    // Beside the target, because a rename is atomic only within one file system.
    let mut file = Builder::new()
        .prefix(&format!("{PREFIX}{}-", std::process::id()))
        .suffix(SUFFIX)
        .tempfile_in(folder)?;
    write_to(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// Makes the rename survive a power cut. Windows has no such call and needs none.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/on/the/way/file.json");
        write(&path, b"first, and longer").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_another_process_left_half_written_is_swept_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let own = format!(".writing-{}-x.part", std::process::id());
        let names = [
            ".writing-0-abc.part",
            own.as_str(),
            "clip.part",
            "kept.json",
        ];
        for name in names {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        sweep(folder.path());
        let there = names.map(|name| folder.path().join(name).exists());
        assert_eq!(there, [false, true, true, true]);
    }

    #[test]
    fn what_stood_there_stays_when_writing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folder");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), b"kept").unwrap();
        assert!(write(&path, b"a file cannot replace a folder").is_err());
        assert_eq!(fs::read(path.join("inside")).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
