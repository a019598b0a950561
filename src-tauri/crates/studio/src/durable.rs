//! Writing a small file so that a crash or a power cut leaves either the old one or the
//! new one, never half of either.
//!
//! Clips are not written here: they stream into a `.part` for minutes and are checked
//! before they get their name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::private;

/// The names of files that are being written: with the process that does, so that it can be
/// told which of them nobody will finish.
const PREFIX: &str = ".writing-";
const SUFFIX: &str = ".part";

/// The name of a file beside `path` for who writes it by other means than [`write`]: to be
/// renamed to `path` when it is whole, and swept away if its process dies before.
pub(crate) fn unfinished_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{PREFIX}{}-{name}{SUFFIX}", std::process::id()))
}

/// Removes what a killed process left in `folder` half-written.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let own = format!("{PREFIX}{}-", std::process::id());
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) && !name.starts_with(&own) {
            // Left where it can't be removed: it is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes `bytes` to `path`: into a new file beside it, synced, then renamed over it.
/// Missing folders are made, for this user alone as the file is.
///
/// # Errors
/// Whatever the file system answers; `path` is untouched then.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    private::make_folder(folder)?;
    // Beside the target, because a rename is atomic only within one file system.
    let mut file = Builder::new()
        .prefix(&format!("{PREFIX}{}-", std::process::id()))
        .suffix(SUFFIX)
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// Makes the rename itself survive a power cut. Windows has no such call and needs none.
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
