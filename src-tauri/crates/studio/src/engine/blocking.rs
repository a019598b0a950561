//! Work that waits for a disk, away from the async workers.

use std::io;
use std::time::Duration;

use super::storage::Storage;
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
/// longer than [`DISK_TIMEOUT`]. It has its turn until it ends, however long that takes.
pub(super) async fn on_clips_disk<T: Send + 'static>(
    storage: &Storage,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let turns = storage.clips_disk();
    let done = async move {
        let turn = turns.acquire_owned().await.map_err(io::Error::other)?;
        let work = move || {
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(io::Error::other)
    };
    tokio::time::timeout(DISK_TIMEOUT, done)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
