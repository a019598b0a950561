//! Watching the clips folder: when it can't store clips, a notice appears above the gallery before
//! a clip is made in vain; when it can again, everything continues at once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::blocking::DISK_TIMEOUT;
use super::messages;
use super::shared::Shared;
use crate::clips::ClipsFolder;
use crate::message::Message;
use crate::notice::{Notice, NoticeKind};

/// How soon the program notices that a folder is back.
const WHILE_TROUBLE: Duration = Duration::from_secs(3);
/// How soon the program notices that a chosen folder is gone. This check writes nothing.
const WHILE_WELL: Duration = Duration::from_secs(30);

/// Watches the folder until the engine ends.
pub(super) async fn look_after(shared: Arc<Shared>) {
    let mut check = Check::default();
    let mut trouble = check.tell(&shared, true).await;
    loop {
        let pause = if trouble { WHILE_TROUBLE } else { WHILE_WELL };
        let changed = tokio::time::timeout(pause, shared.storage.folder_changed.notified()).await;
        if changed.is_ok() {
            // What the old one has to say no longer matters.
            check = Check::default();
        }
        let was = trouble;
        trouble = check.tell(&shared, was || changed.is_ok()).await;
        if was && !trouble {
            shared.retry_now();
        }
    }
}

/// A check of the folder. One on a share whose server is gone never ends, so it is continued, not
/// repeated.
#[derive(Default)]
struct Check(Option<JoinHandle<Option<Message>>>);

impl Check {
    /// Shows what is wrong with the folder, or withdraws that notice. `thoroughly` tries to write.
    async fn tell(&mut self, shared: &Shared, thoroughly: bool) -> bool {
        let folder = shared.storage.clips_folder();
        let path = folder.path().to_owned();
        let running = self
            .0
            .get_or_insert_with(|| tokio::task::spawn_blocking(move || wrong(&folder, thoroughly)));
        let message = match tokio::time::timeout(DISK_TIMEOUT, running).await {
            Ok(done) => {
                self.0 = None;
                done.unwrap_or_default()
            }
            Err(_) => Some(messages::disk(&io::ErrorKind::TimedOut.into(), &path)),
        };
        let trouble = message.is_some();
        match message {
            Some(message) => shared.feed.notice(Notice {
                kind: NoticeKind::ClipsFolder,
                message,
                can_dismiss: false,
            }),
            None => shared.feed.withdraw_notice(NoticeKind::ClipsFolder),
        }
        trouble
    }
}

fn wrong(folder: &ClipsFolder, thoroughly: bool) -> Option<Message> {
    if let Some(chosen) = folder.gone() {
        return Some(messages::folder_gone(chosen));
    }
    let error = thoroughly.then(|| folder.check().err()).flatten()?;
    Some(messages::disk(&error, folder.path()))
}
