//! What stands above the gallery: kept here while the program runs, and told on each change.

use std::sync::{Arc, PoisonError};

use super::{Engine, Event, Shared, scan};
use crate::generation::Failure;
use crate::library::Rescue;
use crate::notice::Notice;

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
    pub fn dismiss_notice(&self, code: &str) {
        self.shared
            .change_notices(|notices| notices.retain(|one| !(one.can_dismiss && one.code == code)));
    }
}

impl Shared {
    /// Puts a notice in the place of the one with its code.
    pub(super) fn notice(&self, notice: Notice) {
        self.change_notices(|notices| {
            notices.retain(|one| one.code != notice.code);
            notices.push(notice);
        });
    }

    /// Takes away the notice with this code.
    pub(super) fn withdraw_notice(&self, code: &str) {
        self.change_notices(|notices| notices.retain(|one| one.code != code));
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

/// After a damaged library was replaced or a new one begun: takes in the clips that are on the disk, and says
/// what happened.
pub(super) async fn rescued(shared: &Arc<Shared>, rescue: &Rescue) {
    let found = scan::take_in(shared).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the clips folder could not be looked through");
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
        code: "damaged".into(),
        message: "The library's file is damaged. Quit Inbetween and start it again: it then goes \
                  back to the last good backup, and nothing that was paid for is given up."
            .into(),
        can_dismiss: false,
    }
}
/// A library was begun where there was none: mostly the very first.
const BEGUN: Rescue = Rescue {
    set_aside: None,
    backup: None,
};

fn replaced(rescue: &Rescue, found: usize) -> Notice {
    let instead = match rescue.backup {
        Some(made) => {
            let time = jiff::Timestamp::from_millisecond(made)
                .unwrap_or_default()
                .to_zoned(jiff::tz::TimeZone::system());
            format!("the backup of {} was taken", time.strftime("%-d %B, %H:%M"))
        }
        None => "a new one was begun, since there was no backup".into(),
    };
    let clips = match found {
        0 => String::new(),
        1 => " One clip from the clips folder was added again.".into(),
        many => format!(" {many} clips from the clips folder were added again."),
    };
    let (what, aside) = match &rescue.set_aside {
        Some(file) => (
            "The library's file was damaged",
            format!(" The damaged file is {}.", file.display()),
        ),
        None => ("The library's file was not there", String::new()),
    };
    Notice {
        code: "rescued".into(),
        message: format!(
            "{what}: {instead}.{clips} Clips made since can be imported from Apiframe while it keeps them: Settings, Import.{aside}"
        ),
        can_dismiss: true,
    }
}

/// What becomes of a generation that a library from a backup knows as unsent.
#[must_use]
pub fn doubt() -> Failure {
    Failure {
        code: "doubtful".into(),
        message: "The library was damaged and an older copy of it was taken, from before this was sent. Check whether Apiframe has it, or submit it again.".into(),
        field: None,
        charged: None,
        mends: Vec::new(),
    }
}
