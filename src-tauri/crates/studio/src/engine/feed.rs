//! The state of the engine's work that is shown but not stored in the library, and the listeners.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use super::event::Event;
use crate::generation::{GenerationId, Received, next_revision};
use crate::message::Message;
use crate::notice::{Notice, NoticeKind, Notices};

/// How many events a listener may be behind: enough for a burst of a hundred jobs with ten events
/// each.
const BACKLOG: usize = 1024;

#[derive(Debug)]
pub(super) struct Feed {
    events: broadcast::Sender<Event>,
    notices: Mutex<Vec<Notice>>,
    /// The progress of downloads.
    received: Mutex<HashMap<GenerationId, Received>>,
    /// Why generations wait, where the library could not store the reason because the library is
    /// itself the cause.
    unstored: Mutex<HashMap<GenerationId, Message>>,
}

impl Feed {
    pub fn new() -> Self {
        Self {
            events: broadcast::channel(BACKLOG).0,
            notices: Mutex::default(),
            received: Mutex::default(),
            unstored: Mutex::default(),
        }
    }

    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Having no listeners is not an error.
    pub fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    pub fn notices(&self) -> Notices {
        as_of_now(&self.lock_notices())
    }

    /// Adds a notice, replacing the one of the same kind.
    pub fn notice(&self, notice: Notice) {
        self.change_notices(|notices| {
            notices.retain(|one| one.kind != notice.kind);
            notices.push(notice);
        });
    }

    /// Removes the notice of this kind.
    pub fn withdraw_notice(&self, kind: NoticeKind) {
        self.change_notices(|notices| notices.retain(|one| one.kind != kind));
    }

    /// The user has read this notice.
    pub fn dismiss_notice(&self, kind: NoticeKind) {
        self.change_notices(|notices| notices.retain(|one| !(one.can_dismiss && one.kind == kind)));
    }

    fn change_notices(&self, change: impl FnOnce(&mut Vec<Notice>)) {
        let mut notices = self.lock_notices();
        let before = notices.clone();
        change(&mut notices);
        let after = (*notices != before).then(|| as_of_now(&notices));
        drop(notices);
        if let Some(after) = after {
            self.tell(Event::Notices(after));
        }
    }

    fn lock_notices(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The progress of a clip's download.
    pub fn received(&self, id: &GenerationId) -> Received {
        self.lock_received().get(id).copied().unwrap_or_default()
    }

    pub fn set_received(&self, id: &GenerationId, received: Received) {
        self.lock_received().insert(*id, received);
    }

    /// The download has ended, successfully or not.
    pub fn forget_received(&self, id: &GenerationId) {
        self.lock_received().remove(id);
    }

    fn lock_received(&self) -> MutexGuard<'_, HashMap<GenerationId, Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a generation waits, where the reason could not be stored.
    pub fn unstored(&self, id: &GenerationId) -> Option<Message> {
        self.lock_unstored().get(id).cloned()
    }

    pub fn set_unstored(&self, id: &GenerationId, message: Message) {
        self.lock_unstored().insert(*id, message);
    }

    pub fn forget_unstored(&self, id: &GenerationId) {
        self.lock_unstored().remove(id);
    }

    fn lock_unstored(&self) -> MutexGuard<'_, HashMap<GenerationId, Message>> {
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The revision is taken while the list is locked, so that none is given to an older list.
fn as_of_now(notices: &MutexGuard<'_, Vec<Notice>>) -> Notices {
    Notices {
        list: notices.to_vec(),
        revision: next_revision(),
    }
}
