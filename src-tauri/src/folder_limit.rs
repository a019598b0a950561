//! A limit on what is done with the files of one folder at the same time. A call to a share whose
//! server is gone never ends and keeps one of the runtime's 512 blocking threads, so those calls
//! must not become many. Other folders are not affected.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use studio::engine::CALLS_AT_ONCE;
use tokio::sync::Semaphore;

/// The turns of each folder that was used so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct FolderLimit(Arc<Mutex<HashMap<PathBuf, Arc<Semaphore>>>>);

impl FolderLimit {
    /// Does `work` with files of `folder` when it is its turn; `None` if it has not ended after
    /// `timeout`, the wait for its turn included. Work that has begun keeps its turn until it ends,
    /// also when nobody waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        folder: &Path,
        timeout: Duration,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let turns = self.turns(folder);
        let done = async move {
            let turn = turns.acquire_owned().await.ok()?;
            let work = async move {
                let _turn = turn;
                work.await
            };
            tokio::spawn(work).await.ok()
        };
        tokio::time::timeout(timeout, done).await.ok().flatten()
    }

    fn turns(&self, folder: &Path) -> Arc<Semaphore> {
        let mut folders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = folders
            .entry(folder.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(CALLS_AT_ONCE)));
        Arc::clone(turns)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// For calls that never end: however short it is, none ends before.
    const SHORT: Duration = Duration::from_millis(20);
    /// For calls that end at once: only ends a test that would hang.
    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn a_folder_that_hangs_keeps_no_more_than_its_turns_and_no_other_folder_waits() {
        let limit = FolderLimit::default();
        let begun = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 * CALLS_AT_ONCE {
            let begun = Arc::clone(&begun);
            let hangs = async move {
                begun.fetch_add(1, Ordering::SeqCst);
                std::future::pending::<()>().await;
            };
            let answer = limit.run(Path::new("/share"), SHORT, hangs).await;
            assert_eq!(answer, None);
        }
        assert_eq!(begun.load(Ordering::SeqCst), CALLS_AT_ONCE);
        let answer = limit.run(Path::new("/home"), LONG, async { 7 }).await;
        assert_eq!(answer, Some(7));
    }

    #[tokio::test]
    async fn a_folder_that_answers_again_is_used_again() {
        let limit = FolderLimit::default();
        let folder = Path::new("/share");
        let back = Arc::new(Semaphore::new(0));
        for _ in 0..CALLS_AT_ONCE {
            let back = Arc::clone(&back);
            let slow = async move { drop(back.acquire_owned().await) };
            assert_eq!(limit.run(folder, SHORT, slow).await, None);
        }
        assert_eq!(limit.run(folder, SHORT, async {}).await, None);
        back.add_permits(1);
        assert_eq!(limit.run(folder, LONG, async {}).await, Some(()));
    }
}
