//! Work that waits for a disk, away from the async workers.

use std::io;
use std::time::Duration;

use crate::library::LibraryError;

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LibraryError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|stopped| LibraryError::Io(std::io::Error::other(stopped)))
}

/// How long the disk with the clips may take for a look. A share whose server is gone keeps its
/// callers waiting forever, and a disk that wakes up takes ten seconds.
pub(super) const DISK_TIMEOUT: Duration = Duration::from_secs(30);

/// Work on the disk with the clips, which may never end; [`io::ErrorKind::TimedOut`] if it takes
/// longer than [`DISK_TIMEOUT`].
pub(super) async fn on_clips_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    match tokio::time::timeout(DISK_TIMEOUT, tokio::task::spawn_blocking(work)).await {
        Ok(done) => done.map_err(io::Error::other),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
