//! The outcome of one step of a generation.

use std::time::Duration;

use crate::library::LibraryError;
use crate::message::Message;

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The step is done; look at once what comes next.
    Done,
    /// The job is running; its poll plan says when to ask about it again.
    Running,
    /// It was not the generation's turn; it is as due as before.
    Later,
    /// The generation's turn comes after this time; all is well.
    After(Duration),
    /// Something prevents the step: report it and try again, after a longer wait each time.
    Retry(Message),
    /// The server wants all requests to wait, for this long if it gives a length.
    Pause(Option<Duration>),
    /// The key has no access to this job: the user has to act.
    KeyRefused,
}

/// What to do when the library itself fails during a step: the step is repeated. A step that came
/// too late (its generation was cancelled meanwhile) has nothing left to do.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape unwrap_or_else wants"
)]
pub(super) fn library_error(error: LibraryError) -> Outcome {
    match error {
        LibraryError::NotThere => Outcome::Done,
        error => {
            tracing::error!(?error, "a step could not be stored");
            Outcome::Retry((&error).into())
        }
    }
}
