//! Which file a path refers to. If the file of an open library is deleted, SQLite keeps using a
//! file that can't be found again.

use std::path::Path;

/// A file's identity: it stays the same when the file is moved and differs from that of any other
/// file.
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

/// Windows does not delete or replace a file that is open.
#[cfg(not(unix))]
pub(super) fn of(_path: &Path) -> Option<Identity> {
    Some(Identity {
        device: 0,
        number: 0,
    })
}
