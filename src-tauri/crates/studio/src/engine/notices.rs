//! What stands above the gallery: kept here while the program runs, and told on each change.

use std::sync::{Arc, PoisonError};

use super::{Engine, Event, Shared, scan};
use crate::generation::Failure;
use crate::library::Rescue;
use crate::message::Message;
use crate::notice::{Notice, NoticeKind};

impl Engine {
    /// What a person should know about the library as a whole.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.shared
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The person has read it.
    pub fn dismiss_notice(&self, kind: NoticeKind) {
        self.shared
            .change_notices(|notices| notices.retain(|one| !(one.can_dismiss && one.kind == kind)));
    }
}

impl Shared {
    /// Puts a notice in the place of the one with its kind.
    pub(super) fn notice(&self, notice: Notice) {
        self.change_notices(|notices| {
            notices.retain(|one| one.kind != notice.kind);
            notices.push(notice);
        });
    }

    /// Takes away the notice of this kind.
    pub(super) fn withdraw_notice(&self, kind: NoticeKind) {
        self.change_notices(|notices| notices.retain(|one| one.kind != kind));
    }

    fn change_notices(&self, change: impl FnOnce(&mut Vec<Notice>)) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        let before = notices.clone();
        change(&mut notices);
        let after = notices.clone();
        drop(notices);
        if before != after {
            self.tell(Event::Notices(after));
        }
    }
}

/// After a damaged library was replaced or a new one begun: takes in the clips that
/// are on the disk, and says what happened.
pub(super) async fn rescued(shared: &Arc<Shared>, rescue: &Rescue) {
    let found = scan::take_in(shared).await.unwrap_or_else(|error| {
        tracing::error!(?error, "the clips folder could not be looked through");
        0
    });
    if found == 0 && *rescue == BEGUN {
        return;
    }
    tracing::warn!(found, "a damaged or missing library was replaced");
    shared.notice(replaced(rescue, found));
    shared.tell_counts().await;
}

/// The library was found damaged while it was in use.
pub(super) fn damaged() -> Notice {
    Notice {
        kind: NoticeKind::Damaged,
        message: Message::LibraryDamagedInUse,
        can_dismiss: false,
    }
}

/// A library was begun where there was none: mostly the very first.
const BEGUN: Rescue = Rescue {
    set_aside: None,
    backup: None,
};

fn replaced(rescue: &Rescue, found: usize) -> Notice {
    let file = rescue.set_aside.as_deref();
    Notice {
        kind: NoticeKind::Rescued,
        message: Message::LibraryReplaced {
            damaged: file.is_some(),
            backup: rescue.backup,
            found: u32::try_from(found).unwrap_or(u32::MAX),
            file: file.map(|file| file.display().to_string()),
        },
        can_dismiss: true,
    }
}

/// What becomes of a generation that a library from a backup knows as unsent.
#[must_use]
pub fn doubt() -> Failure {
    Failure {
        message: Message::FateUnknownAfterRescue,
        field: None,
        charged: None,
        mends: Vec::new(),
    }
}
