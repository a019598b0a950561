//! What to do next with a generation: a pure function of what is stored and the time.

use crate::generation::{Millis, Record, State};

/// How long the server keeps an idempotency key, minus an hour: a repeated request must arrive
/// while the key is kept, or it would be a second purchase.
pub const REPLAY_WITHIN: Millis = 23 * 3_600_000;

/// How long an uploaded picture must remain available for a request that names it to be sent: the
/// job may wait in a queue before the picture is fetched.
pub const PICTURE_MARGIN: Millis = 10 * 60_000;

/// How far a clock may be set back when it is corrected by the network's time.
const SETTLING: Millis = 10 * 60_000;

/// The next thing to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Send the pictures and record the request.
    Prepare,
    /// Send the stored request with its stored key.
    Submit,
    /// Find out from the account whether a request that was sent long ago arrived.
    Reconcile,
    /// Ask how the job is doing.
    Look,
    /// Fetch the clip.
    Fetch,
    /// Do nothing until the user asks for something.
    Rest,
}

/// The next thing to do for a generation, as it is stored, at `now`.
#[must_use]
pub fn next(record: &Record, now: Millis) -> Step {
    match record.state {
        State::Recorded | State::Uploading => Step::Prepare,
        State::Submitting => match &record.submission {
            None => Step::Prepare,
            Some(submission) => match submission.first_sent {
                None if submission
                    .pictures_until
                    .is_some_and(|until| until < now.saturating_add(PICTURE_MARGIN)) =>
                {
                    Step::Prepare
                }
                Some(sent) if submission.doubtful || !is_young(sent, now) => Step::Reconcile,
                None | Some(_) => Step::Submit,
            },
        },
        State::Rendering => match &record.job {
            Some(_) => Step::Look,
            None => Step::Rest,
        },
        State::Downloading => match &record.job {
            Some(job) if job.result_url.is_some() => Step::Fetch,
            Some(_) => Step::Look,
            None => Step::Rest,
        },
        State::Ready | State::Failed | State::Uncertain => Step::Rest,
    }
}

/// Whether the server still knows a key first used at `sent`. A time in the future means that the
/// clock was wrong then: the age of the key can't be known.
fn is_young(sent: Millis, now: Millis) -> bool {
    sent <= now.saturating_add(SETTLING) && now < sent.saturating_add(REPLAY_WITHIN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::generation::{JobRecord, Submission};
    use crate::settings::Settings;

    const NOW: Millis = 1_700_000_000_000;

    fn record(state: State) -> Record {
        Record {
            state,
            ..Record::new(NOW, Settings::default())
        }
    }

    fn submitted(first_sent: Option<Millis>, pictures_until: Option<Millis>) -> Record {
        Record {
            submission: Some(Submission {
                key: "key".into(),
                body: Vec::new(),
                pictures_until,
                first_sent,
                doubtful: false,
                sent_by: None,
            }),
            ..record(State::Submitting)
        }
    }

    #[test]
    fn a_request_that_may_have_arrived_is_only_ever_sent_again_as_the_same_one() {
        // Even if its pictures have expired meanwhile: a new request could be a second purchase.
        assert_eq!(
            next(&submitted(Some(NOW - 7_200_000), Some(NOW - 1)), NOW),
            Step::Submit
        );
    }

    #[test]
    fn a_key_the_server_may_have_forgotten_is_not_used_again() {
        assert_eq!(
            next(&submitted(Some(NOW - REPLAY_WITHIN), None), NOW),
            Step::Reconcile
        );
        assert_eq!(
            next(&submitted(Some(NOW - REPLAY_WITHIN + 1), None), NOW),
            Step::Submit
        );
    }

    #[test]
    fn a_key_first_used_in_the_future_is_not_used_again() {
        let sent = |at| next(&submitted(Some(at), None), NOW);
        assert_eq!(sent(NOW + 2 * 86_400_000), Step::Reconcile);
        // Network time sets a clock back by seconds, which is no reason for doubt.
        assert_eq!(sent(NOW + 5_000), Step::Submit);
    }

    #[test]
    fn a_request_of_a_lost_library_is_never_sent_again() {
        let mut doubtful = submitted(Some(NOW - 1), None);
        doubtful.submission.as_mut().unwrap().doubtful = true;
        assert_eq!(next(&doubtful, NOW), Step::Reconcile);
    }

    #[test]
    fn an_unsent_request_with_dying_pictures_is_made_anew() {
        assert_eq!(
            next(&submitted(None, Some(NOW + PICTURE_MARGIN - 1)), NOW),
            Step::Prepare
        );
        assert_eq!(
            next(&submitted(None, Some(NOW + PICTURE_MARGIN)), NOW),
            Step::Submit
        );
        assert_eq!(next(&submitted(None, None), NOW), Step::Submit);
    }

    #[test]
    fn a_paid_job_is_looked_after_whatever_the_time() {
        let mut paid = record(State::Rendering);
        paid.job = Some(JobRecord::default());
        assert_eq!(next(&paid, NOW + 1_000 * 86_400_000), Step::Look);
        paid.state = State::Downloading;
        assert_eq!(next(&paid, NOW), Step::Look);
        paid.job = Some(JobRecord {
            result_url: Some("https://x.test/a.mp4".into()),
            ..JobRecord::default()
        });
        assert_eq!(next(&paid, NOW), Step::Fetch);
    }

    #[test]
    fn what_has_ended_rests() {
        for state in [State::Ready, State::Failed, State::Uncertain] {
            assert_eq!(next(&record(state), NOW), Step::Rest);
        }
    }
}
