//! Which file a name leads to. Where the file of an open library is deleted, SQLite goes on
//! with what nobody will find again.

use std::path::Path;

/// A file, by what stays the same while it is moved about and differs from any other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Identity {
    device: u64,
    number: u64,
}

/// The file at `path`; `None` if there is none.
#[cfg(unix)]
pub(super) fn of(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some(Identity {
        device: file.dev(),
        number: file.ino(),
    })
}

/// Windows deletes and replaces no file that is open.
#[cfg(not(unix))]
pub(super) fn of(_path: &Path) -> Option<Identity> {
    Some(Identity {
        device: 0,
        number: 0,
    })
}
