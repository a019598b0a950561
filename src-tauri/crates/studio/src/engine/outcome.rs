//! What became of one step of a generation.

use std::time::Duration;

use crate::library::LibraryError;
use crate::message::Message;

/// What became of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// It is done; look at once what comes next.
    Done,
    /// The job runs; its poll plan says when it is looked at again.
    Running,
    /// It was not its turn; it is as due as before.
    Later,
    /// Its turn comes after this time; all is well.
    After(Duration),
    /// Something is in the way: say so and try again, later each time.
    Trouble(Message),
    /// The server wants all of us to wait, for this time where it says so.
    Pause(Option<Duration>),
    /// The key may not see this job: the user has to do something.
    KeyRefused,
}

/// What to do when the library itself fails under a step: the step is taken again. One
/// that came too late (called off meanwhile) has nothing left to do.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape unwrap_or_else wants"
)]
pub(super) fn library_trouble(error: LibraryError) -> Outcome {
    match error {
        LibraryError::NotThere => Outcome::Done,
        error => {
            tracing::error!(?error, "a step could not be stored");
            Outcome::Trouble((&error).into())
        }
    }
}
