//! What only this user may read: the program's own folders and their contents, which include
//! prompts, pictures and payments.
//!
//! A folder of the program is created for this user alone (0700), whatever the umask, and a file in
//! it has at most mode 0600. A folder that the user chose for clips keeps its mode, and clips in it
//! are as open as the folder is. On Windows the access list of the user profile does the same.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a folder of the program, with its missing parents. An existing folder is unchanged.
///
/// # Errors
/// The error of the file system.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Closes a folder that others can look into, and everything in it. A folder that they can't look
/// into is left as it is: they can reach nothing in it.
pub fn close_folder(path: &Path) {
    // A link may lead anywhere, even to a folder that is shared on purpose.
    let Ok(about) = fs::symlink_metadata(path) else {
        return;
    };
    if about.is_dir() && is_open(&about) {
        close_tree(path);
    }
}

fn close_tree(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => close_tree(&entry.path()),
            Ok(kind) if kind.is_file() => close_file(&entry.path()),
            _ => {}
        }
    }
    // Last, so that if this run is interrupted, the next start repeats it.
    warn(set_mode(folder, 0o700));
}

/// Closes a file to others, if the file system can do that: a file without modes, one that can't be
/// written to or one that belongs to another user is no reason to stop.
pub fn close_file(path: &Path) {
    warn(set_mode(path, 0o600));
}

fn warn(changed: io::Result<()>) {
    if let Err(error) = changed {
        // The name is not logged: it may contain a prompt.
        tracing::warn!(%error, "a file or a folder of the program stays open to others");
    }
}

#[cfg(unix)]
fn is_open(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_about: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// How to create a file that is no more open than its folder.
pub(crate) fn options_like_folder(folder: &Path) -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
        let mode = fs::metadata(folder).map_or(0o600, |folder| folder.mode());
        options.mode(mode & 0o666);
    }
    #[cfg(not(unix))]
    let _ = folder;
    options
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_is_made_for_this_user_with_those_above_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("made/on/the/way");
        make_folder(&folder).unwrap();
        make_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&root.path().join("made")), 0o700);
    }

    #[test]
    fn an_open_folder_is_closed_with_all_in_it_and_nothing_behind_a_link() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("library");
        let shared = root.path().join("shared");
        for folder in [&own.join("backups"), &shared] {
            fs::create_dir_all(folder).unwrap();
        }
        let files = [own.join("a"), own.join("backups/b"), shared.join("c")];
        for file in &files {
            fs::write(file, b"x").unwrap();
            set(file, 0o644);
        }
        symlink(&shared, own.join("link")).unwrap();
        symlink(&files[2], own.join("file link")).unwrap();
        for folder in [&own, &own.join("backups"), &shared] {
            set(folder, 0o755);
        }
        close_folder(&own);
        close_folder(&own.join("link"));
        assert_eq!((mode(&own), mode(&own.join("backups"))), (0o700, 0o700));
        assert_eq!(
            files.each_ref().map(|file| mode(file)),
            [0o600, 0o600, 0o644]
        );
        assert_eq!(mode(&shared), 0o755);
    }

    #[test]
    fn a_new_file_is_no_more_open_than_its_folder() {
        let root = tempfile::tempdir().unwrap();
        for (folder, file) in [(0o700, 0o600), (0o750, 0o640), (0o500, 0o400)] {
            let place = root.path().join(format!("{folder:o}"));
            fs::create_dir(&place).unwrap();
            set(&place, folder);
            let options = options_like_folder(&place);
            set(&place, 0o700);
            let mut options = options;
            options
                .write(true)
                .create(true)
                .open(place.join("x"))
                .unwrap();
            assert_eq!(mode(&place.join("x")), file);
        }
    }
}
