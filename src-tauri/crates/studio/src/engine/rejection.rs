//! What to do about a request that got no answer, or a refusal: pure functions of the error, and of
//! whether an earlier answer to the same request may have been lost.

use apiframe::{Error, LossCause, RejectionKind, Unsendable};

use super::messages;
use super::outcome::Outcome;
use crate::generation::Failure;
use crate::message::Message;
use crate::settings::Field;

/// What to do about a submission that produced no job.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AfterSubmit {
    /// It did not reach the server: its mark is taken back, if it was the first.
    NotSent(Outcome),
    /// The same request is sent again, with the same key.
    SendAgain(Outcome),
    /// The account's own list shows whether an earlier attempt became a job.
    Reconcile,
    /// As `Reconcile`; if there is no job, this is why there never will be one.
    ReconcileOr(Failure),
    /// The generation has failed.
    Fail(Failure),
}

/// `lost_before` says whether an earlier answer to this request may have been lost: in that case a
/// refusal of this attempt says nothing about the earlier one.
pub(super) fn after_submit(error: &Error, lost_before: bool) -> AfterSubmit {
    match error {
        Error::Unsendable(why) => AfterSubmit::NotSent(Outcome::Retry(messages::unsendable(why))),
        Error::Connect(why) => AfterSubmit::NotSent(Outcome::Retry(messages::unreached(why))),
        // The server accepted the request but named no usable job, and again named none on the
        // second attempt.
        Error::Lost(loss) if lost_before && loss.cause == LossCause::Invalid => {
            AfterSubmit::Reconcile
        }
        Error::Lost(_) => AfterSubmit::SendAgain(Outcome::Retry(Message::AnswerLost)),
        Error::Rejected(rejection) => match rejection.kind {
            RejectionKind::RateLimited => {
                AfterSubmit::NotSent(Outcome::Pause(rejection.retry_after))
            }
            // A gateway's 502 can follow a job that was accepted.
            RejectionKind::Unavailable => {
                AfterSubmit::SendAgain(Outcome::Retry(messages::unavailable(rejection)))
            }
            // A proxy answers instead of the server.
            RejectionKind::Unexpected if messages::is_in_between(rejection) => {
                AfterSubmit::SendAgain(Outcome::Retry(messages::unavailable(rejection)))
            }
            // The server has seen this key with another body, which this program never sends.
            RejectionKind::Conflict => AfterSubmit::Reconcile,
            RejectionKind::Unauthorized | RejectionKind::Forbidden if lost_before => {
                AfterSubmit::SendAgain(Outcome::Retry(Message::KeyRefusedWhileRendering))
            }
            RejectionKind::NotFound | RejectionKind::Gone | RejectionKind::Unexpected
                if lost_before =>
            {
                AfterSubmit::Reconcile
            }
            // Before it checks the idempotency key, a server may check the credits, which the
            // earlier attempt used, or pictures that no longer exist.
            _ if lost_before => AfterSubmit::ReconcileOr(messages::refused(rejection)),
            _ => AfterSubmit::Fail(messages::refused(rejection)),
        },
    }
}

/// Whether the key may be refused for every request: `GET /v2/me` shows it.
pub(super) fn refuses_key(error: &Error, lost_before: bool) -> bool {
    matches!(error, Error::Rejected(rejection) if match rejection.kind {
        RejectionKind::Unauthorized => true,
        RejectionKind::Forbidden => lost_before,
        _ => false,
    })
}

/// What to do about a picture that could not be uploaded.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AfterUpload {
    /// An upload costs nothing, so it is tried again.
    Again(Outcome),
    /// The generation has failed.
    Fail(Failure),
}

/// `field` is the field that the picture is in.
pub(super) fn after_upload(error: &Error, field: Field) -> AfterUpload {
    match error {
        Error::Unsendable(Unsendable::File { .. }) => {
            AfterUpload::Fail(messages::frame_missing(field))
        }
        Error::Unsendable(why) => AfterUpload::Again(Outcome::Retry(messages::unsendable(why))),
        Error::Connect(why) => AfterUpload::Again(Outcome::Retry(messages::unreached(why))),
        Error::Lost(_) => AfterUpload::Again(Outcome::Retry(Message::Offline)),
        Error::Rejected(rejection) => match rejection.kind {
            RejectionKind::RateLimited => AfterUpload::Again(Outcome::Pause(rejection.retry_after)),
            RejectionKind::Unavailable => {
                AfterUpload::Again(Outcome::Retry(messages::unavailable(rejection)))
            }
            RejectionKind::Unexpected if messages::is_in_between(rejection) => {
                AfterUpload::Again(Outcome::Retry(messages::unavailable(rejection)))
            }
            _ => AfterUpload::Fail(messages::upload_refused(field, rejection)),
        },
    }
}

/// What to do about a request for a job that got no answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AfterLook {
    /// Every other request would fail in the same way.
    All(Outcome),
    /// Only this request fails, as far as is known.
    One(Outcome),
    /// The key is refused, for this job or for all jobs: `GET /v2/me` shows which.
    AskMe,
    /// The server does not know the job, or no longer knows it.
    NotFound,
    /// The id is not one that a server could have assigned.
    NotAJob,
}

pub(super) fn after_look(error: &Error) -> AfterLook {
    match error {
        Error::Connect(why) => AfterLook::All(Outcome::Retry(messages::unreached(why))),
        Error::Lost(_) => AfterLook::One(Outcome::Retry(Message::Offline)),
        Error::Unsendable(Unsendable::JobId) => AfterLook::NotAJob,
        Error::Unsendable(why) => AfterLook::One(Outcome::Retry(messages::unsendable(why))),
        Error::Rejected(rejection) => match rejection.kind {
            RejectionKind::RateLimited => AfterLook::All(Outcome::Pause(rejection.retry_after)),
            RejectionKind::Unauthorized | RejectionKind::Forbidden => AfterLook::AskMe,
            RejectionKind::NotFound | RejectionKind::Gone => AfterLook::NotFound,
            _ => AfterLook::One(Outcome::Retry(messages::unavailable(rejection))),
        },
    }
}

/// What to do when the search for a lost request is interrupted: it continues later.
pub(super) fn after_search(error: &Error) -> Outcome {
    match error {
        Error::Connect(why) => Outcome::Retry(messages::unreached(why)),
        Error::Lost(_) => Outcome::Retry(Message::Offline),
        Error::Unsendable(why) => Outcome::Retry(messages::unsendable(why)),
        Error::Rejected(rejection) => match rejection.kind {
            RejectionKind::RateLimited => Outcome::Pause(rejection.retry_after),
            RejectionKind::Unauthorized | RejectionKind::Forbidden => {
                Outcome::Retry(Message::KeyRefusedWhileRendering)
            }
            _ => Outcome::Retry(messages::unavailable(rejection)),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use apiframe::{Loss, Rejection, Unreached, UnreachedCause};

    use super::*;

    const WAIT: Duration = Duration::from_secs(7);

    fn rejected(status: u16, kind: RejectionKind) -> Error {
        Error::Rejected(Rejection {
            status,
            kind,
            message: "No.".into(),
            details: std::collections::BTreeMap::default(),
            retry_after: Some(WAIT),
        })
    }

    fn lost(cause: LossCause) -> Error {
        Error::Lost(Loss {
            cause,
            detail: String::new(),
        })
    }

    /// Every kind of error.
    fn errors() -> Vec<(&'static str, Error)> {
        let no_credits = RejectionKind::OutOfCredits {
            required: Some(9),
            available: Some(3),
        };
        vec![
            ("no key", Error::Unsendable(Unsendable::NoKey)),
            ("job id", Error::Unsendable(Unsendable::JobId)),
            (
                "file",
                Error::Unsendable(Unsendable::File {
                    detail: String::new(),
                }),
            ),
            (
                "connect",
                Error::Connect(Unreached {
                    cause: UnreachedCause::NoConnection,
                    host: "api.test".into(),
                    proxy: String::new(),
                    detail: String::new(),
                }),
            ),
            (
                "proxy",
                Error::Connect(Unreached {
                    cause: UnreachedCause::ProxyRefused,
                    host: "api.test".into(),
                    proxy: "proxy.test:3128".into(),
                    detail: String::new(),
                }),
            ),
            ("broken", lost(LossCause::Broken)),
            ("invalid", lost(LossCause::Invalid)),
            ("400", rejected(400, RejectionKind::Invalid)),
            ("401", rejected(401, RejectionKind::Unauthorized)),
            ("402", rejected(402, no_credits)),
            ("403", rejected(403, RejectionKind::Forbidden)),
            ("404", rejected(404, RejectionKind::NotFound)),
            ("409", rejected(409, RejectionKind::Conflict)),
            ("410", rejected(410, RejectionKind::Gone)),
            ("429", rejected(429, RejectionKind::RateLimited)),
            ("503", rejected(503, RejectionKind::Unavailable)),
            ("302", rejected(302, RejectionKind::Unexpected)),
            ("418", rejected(418, RejectionKind::Unexpected)),
        ]
    }

    fn outcome(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Retry(message) => message.code(),
            Outcome::Pause(wait) => format!("pause {wait:?}"),
            other => format!("{other:?}"),
        }
    }

    fn failure(failure: &Failure) -> String {
        assert_eq!(failure.charged, Some(false), "{failure:?}");
        format!("fail: {}", failure.message.code())
    }

    fn table(react: impl Fn(&Error) -> String) -> String {
        let rows = errors().into_iter();
        let rows = rows.map(|(name, error)| format!("{name}: {}\n", react(&error)));
        rows.collect::<Vec<_>>().concat()
    }

    fn submit(lost_before: bool) -> String {
        table(|error| {
            let key = if refuses_key(error, lost_before) {
                ", key refused"
            } else {
                ""
            };
            let reaction = match after_submit(error, lost_before) {
                AfterSubmit::NotSent(then) => format!("not sent, {}", outcome(&then)),
                AfterSubmit::SendAgain(then) => format!("again, {}", outcome(&then)),
                AfterSubmit::Reconcile => "reconcile".into(),
                AfterSubmit::ReconcileOr(then) => format!("reconcile, or {}", failure(&then)),
                AfterSubmit::Fail(then) => failure(&then),
            };
            reaction + key
        })
    }

    #[test]
    fn a_first_submission_ends_where_the_server_says_no_and_else_goes_again() {
        assert_eq!(
            submit(false),
            "no key: not sent, stepBroke\n\
             job id: not sent, stepBroke\n\
             file: not sent, stepBroke\n\
             connect: not sent, offline\n\
             proxy: not sent, proxyRefused\n\
             broken: again, answerLost\n\
             invalid: again, answerLost\n\
             400: fail: requestRefused\n\
             401: fail: keyRefused, key refused\n\
             402: fail: noCredits\n\
             403: fail: keyForbidden\n\
             404: fail: requestNotTaken\n\
             409: reconcile\n\
             410: fail: requestNotTaken\n\
             429: not sent, pause Some(7s)\n\
             503: again, serverTrouble\n\
             302: again, answeredInBetween\n\
             418: fail: requestNotTaken\n"
        );
    }

    #[test]
    fn where_an_answer_was_lost_before_no_refusal_ends_it_unseen() {
        assert_eq!(
            submit(true),
            "no key: not sent, stepBroke\n\
             job id: not sent, stepBroke\n\
             file: not sent, stepBroke\n\
             connect: not sent, offline\n\
             proxy: not sent, proxyRefused\n\
             broken: again, answerLost\n\
             invalid: reconcile\n\
             400: reconcile, or fail: requestRefused\n\
             401: again, keyRefusedWhileRendering, key refused\n\
             402: reconcile, or fail: noCredits\n\
             403: again, keyRefusedWhileRendering, key refused\n\
             404: reconcile\n\
             409: reconcile\n\
             410: reconcile\n\
             429: not sent, pause Some(7s)\n\
             503: again, serverTrouble\n\
             302: again, answeredInBetween\n\
             418: reconcile\n"
        );
    }

    #[test]
    fn an_upload_goes_again_unless_the_picture_or_the_key_is_refused() {
        let upload = table(|error| match after_upload(error, Field::End) {
            AfterUpload::Again(then) => outcome(&then),
            AfterUpload::Fail(then) => failure(&then),
        });
        assert_eq!(
            upload,
            "no key: stepBroke\n\
             job id: stepBroke\n\
             file: fail: frameMissing\n\
             connect: offline\n\
             proxy: proxyRefused\n\
             broken: offline\n\
             invalid: offline\n\
             400: fail: pictureRefused\n\
             401: fail: keyRefused\n\
             402: fail: pictureRefused\n\
             403: fail: keyForbidden\n\
             404: fail: pictureRefused\n\
             409: fail: pictureRefused\n\
             410: fail: pictureRefused\n\
             429: pause Some(7s)\n\
             503: serverTrouble\n\
             302: answeredInBetween\n\
             418: fail: pictureRefused\n"
        );
    }

    #[test]
    fn a_job_that_can_not_be_seen_is_never_given_up_for_what_may_pass() {
        let look = table(|error| match after_look(error) {
            AfterLook::All(then) => format!("all: {}", outcome(&then)),
            AfterLook::One(then) => outcome(&then),
            AfterLook::AskMe => "ask me".into(),
            AfterLook::NotFound => "not found".into(),
            AfterLook::NotAJob => "not a job".into(),
        });
        assert_eq!(
            look,
            "no key: stepBroke\n\
             job id: not a job\n\
             file: stepBroke\n\
             connect: all: offline\n\
             proxy: all: proxyRefused\n\
             broken: offline\n\
             invalid: offline\n\
             400: serverTrouble\n\
             401: ask me\n\
             402: serverTrouble\n\
             403: ask me\n\
             404: not found\n\
             409: serverTrouble\n\
             410: not found\n\
             429: all: pause Some(7s)\n\
             503: serverTrouble\n\
             302: answeredInBetween\n\
             418: serverTrouble\n"
        );
    }

    #[test]
    fn a_search_that_is_interrupted_goes_on() {
        assert_eq!(
            table(|error| outcome(&after_search(error))),
            "no key: stepBroke\n\
             job id: stepBroke\n\
             file: stepBroke\n\
             connect: offline\n\
             proxy: proxyRefused\n\
             broken: offline\n\
             invalid: offline\n\
             400: serverTrouble\n\
             401: keyRefusedWhileRendering\n\
             402: serverTrouble\n\
             403: keyRefusedWhileRendering\n\
             404: serverTrouble\n\
             409: serverTrouble\n\
             410: serverTrouble\n\
             429: pause Some(7s)\n\
             503: serverTrouble\n\
             302: answeredInBetween\n\
             418: serverTrouble\n"
        );
    }
}
