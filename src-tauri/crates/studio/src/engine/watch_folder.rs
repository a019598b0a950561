//! Watching the clips folder: when it can't store clips, a notice appears above the gallery before
//! a clip is made in vain; when it can again, everything continues at once.

use std::sync::Arc;
use std::time::Duration;

use super::messages;
use super::shared::Shared;
use crate::notice::{Notice, NoticeKind};

/// How soon the program notices that a folder is back.
const WHILE_TROUBLE: Duration = Duration::from_secs(3);
/// How soon the program notices that a chosen folder is gone. This check writes nothing.
const WHILE_WELL: Duration = Duration::from_secs(30);

/// Watches the folder until the engine ends.
pub(super) async fn look_after(shared: Arc<Shared>) {
    let mut trouble = tell(&shared, true).await;
    loop {
        let pause = if trouble { WHILE_TROUBLE } else { WHILE_WELL };
        let changed = tokio::time::timeout(pause, shared.storage.folder_changed.notified()).await;
        let was = trouble;
        trouble = tell(&shared, was || changed.is_ok()).await;
        if was && !trouble {
            shared.retry_now();
        }
    }
}

/// Shows what is wrong with the folder, or withdraws that notice. `thoroughly` tries to write.
async fn tell(shared: &Shared, thoroughly: bool) -> bool {
    let folder = shared.storage.clips_folder();
    let looked = folder.clone();
    let wrong = tokio::task::spawn_blocking(move || {
        if thoroughly || looked.gone().is_some() {
            looked.check().err()
        } else {
            None
        }
    })
    .await
    .unwrap_or_default();
    match &wrong {
        Some(error) => shared.feed.notice(Notice {
            kind: NoticeKind::ClipsFolder,
            message: match folder.gone() {
                Some(chosen) => messages::folder_gone(chosen),
                None => messages::disk(error, folder.path()),
            },
            can_dismiss: false,
        }),
        None => shared.feed.withdraw_notice(NoticeKind::ClipsFolder),
    }
    wrong.is_some()
}
