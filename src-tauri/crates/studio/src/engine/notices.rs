//! The notices about the library that are shown above the gallery.

use std::sync::Arc;

use super::orphan_clips;
use super::shared::Shared;
use crate::generation::Failure;
use crate::library::Rescue;
use crate::message::Message;
use crate::notice::{Notice, NoticeKind};

/// After a damaged library was replaced or a new one was created: imports the clips that are on the
/// disk, and reports what happened.
pub(super) async fn rescued(shared: &Arc<Shared>, rescue: &Rescue) {
    let found = orphan_clips::take_in(shared).await.unwrap_or_else(|error| {
        tracing::error!(?error, "the clips folder could not be looked through");
        0
    });
    if found == 0 && *rescue == BEGUN {
        return;
    }
    tracing::warn!(found, "a damaged or missing library was replaced");
    shared.feed.notice(replaced(rescue, found));
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

/// A part of the engine broke off, which only a mistake in the program can cause.
pub(super) fn restarted() -> Notice {
    Notice {
        kind: NoticeKind::Restarted,
        message: Message::StepBroke,
        can_dismiss: true,
    }
}

/// A library was created where there was none: usually the very first one.
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

/// The failure of a generation that is unsent according to a library restored from a backup.
#[must_use]
pub fn doubt() -> Failure {
    Failure {
        message: Message::FateUnknownAfterRescue,
        field: None,
        charged: None,
        actions: Vec::new(),
    }
}
