//! The library against the model, for random lives with restarts in between.

use proptest::prelude::*;
use studio::engine::step::{REPLAY_WITHIN, Step, next};
use studio::generation::{
    Clip, Failure, GenerationId, JobRecord, Millis, Record, State, Submission,
};
use studio::library::{Library, LibraryError};
use studio::message::Message;
use studio::settings::Settings;

use crate::model::{Event, Model};

const BEGIN: Millis = 1_700_000_000_000;
const HOUR: Millis = 3_600_000;

fn event() -> impl Strategy<Value = Event> {
    // Weighted towards a successful life, so that its later half is reached often.
    prop_oneof![
        2 => Just(Event::Uploading),
        4 => any::<u8>().prop_map(|key| Event::Submitting { key }),
        4 => Just(Event::Sent),
        1 => Just(Event::Unsent),
        4 => any::<u8>().prop_map(|job| Event::Accepted { job }),
        2 => (proptest::option::of(0..=100_u8), any::<bool>())
            .prop_map(|(progress, queued)| Event::Observed { progress, queued }),
        4 => any::<bool>().prop_map(|url| Event::Rendered { url }),
        2 => Just(Event::LookAgain),
        2 => Just(Event::Ready),
        1 => Just(Event::Failed),
        2 => Just(Event::Uncertain),
        1 => Just(Event::Waiting),
        3 => Just(Event::Resume),
        1 => Just(Event::Cancel),
        1 => Just(Event::Etag),
        1 => Just(Event::Restart),
        2 => (1..30_u8).prop_map(Event::Hours),
    ]
}

fn record(id: &GenerationId) -> Record {
    Record {
        id: *id,
        ..Record::new(BEGIN, Settings::default())
    }
}

fn failure() -> Failure {
    Failure {
        message: Message::JobFailed,
        field: None,
        charged: None,
        actions: Vec::new(),
    }
}

fn write(
    library: &Library,
    id: &GenerationId,
    event: Event,
    now: Millis,
    sent: Millis,
) -> Result<(), LibraryError> {
    match event {
        Event::Uploading => library.uploading(id),
        Event::Submitting { key } => library.submitting(
            id,
            &Submission {
                key: format!("key-{key}"),
                body: vec![key],
                pictures_until: None,
                first_sent: None,
                doubtful: false,
                sent_by: None,
            },
        ),
        Event::Sent => library.sent(id, now, "key"),
        Event::Unsent => library.unsent(id, sent),
        Event::Accepted { job } => library.accepted(id, &format!("job-{job}"), now),
        Event::Observed { progress, queued } => library.observed(id, queued, progress, Some(9)),
        Event::Rendered { url } => library.rendered(
            id,
            &JobRecord {
                result_url: url.then(|| "https://x.test/a.mp4".into()),
                completed: Some(now),
                ..JobRecord::default()
            },
        ),
        Event::LookAgain => library.look_again(id),
        Event::Ready => library.ready(
            id,
            &Clip {
                file: "/nowhere/a.mp4".into(),
                name: "a.mp4".into(),
                bytes: 1,
                width: 1,
                height: 1,
                duration_ms: 1,
                last_frame_ms: 0,
                has_poster: false,
                missing: false,
            },
            now,
        ),
        Event::Failed => library.failed(id, &failure(), now),
        Event::Uncertain => library.uncertain(id, &failure(), now),
        Event::Waiting => library.waiting(id, Some(&Message::ServerTrouble)),
        Event::Resume => library.resume(id),
        Event::Cancel => library.cancel(id, &failure(), now),
        Event::Etag => library.set_etag(id, Some("\"a\"")),
        Event::Restart | Event::Hours(_) => Ok(()),
    }
}

/// What must hold for any two consecutive records.
fn follows(before: &Record, after: &Record, event: Event) -> Result<(), TestCaseError> {
    let sent = |record: &Record| record.submission.as_ref().and_then(|one| one.first_sent);
    let job = |record: &Record| record.job.as_ref().map(|job| job.id.clone());
    // Once the clip is here, its request is no longer needed.
    if let Some(first) = sent(before)
        && after.state != State::Ready
    {
        let taken_back = matches!(event, Event::Unsent) && before.state == State::Submitting;
        prop_assert!(
            sent(after) == Some(first) || taken_back,
            "the time of the first attempt was lost by {event:?}"
        );
        let (old, new) = (before.submission.as_ref(), after.submission.as_ref());
        prop_assert!(
            old.map(|one| (&one.key, &one.body)) == new.map(|one| (&one.key, &one.body)),
            "a request that may have arrived was replaced by {event:?}"
        );
    }
    if job(before).is_some() {
        prop_assert_eq!(job(before), job(after), "the job changed by {:?}", event);
    }
    if let (Some(old), Some(new)) = (&before.job, &after.job) {
        prop_assert!(new.progress >= old.progress, "progress went back");
    }
    prop_assert!(
        before.state != State::Ready || after.state == State::Ready,
        "a clip that is here was given up by {event:?}"
    );
    Ok(())
}

/// The next step never pays twice, and for anything unfinished there is either something to do or
/// nothing to wait for.
fn goes_on(record: &Record, now: Millis) -> Result<(), TestCaseError> {
    let step = next(record, now);
    let sent = record.submission.as_ref().and_then(|one| one.first_sent);
    if let (State::Submitting, Some(sent)) = (record.state, sent) {
        prop_assert_ne!(
            step,
            Step::Prepare,
            "a new key after one that may have arrived"
        );
        prop_assert!(
            now < sent + REPLAY_WITHIN || step == Step::Reconcile,
            "a key that is too old was used again"
        );
    }
    prop_assert_eq!(
        step == Step::Rest,
        !record.state.is_unfinished(),
        "{:?}",
        step
    );
    if record.job.is_some() {
        prop_assert!(
            !matches!(step, Step::Submit | Step::Prepare),
            "{step:?} for a paid job"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_life_follows_the_model(events in proptest::collection::vec(event(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let id = GenerationId::new(BEGIN);
        library.insert(&record(&id)).unwrap();
        let mut model = Model::new();
        let (mut now, mut sent) = (BEGIN, BEGIN);
        let mut before = library.record(&id).unwrap().unwrap();
        for event in events {
            now += 1;
            match event {
                Event::Restart => {
                    drop(library);
                    library = Library::open(folder.path()).unwrap();
                }
                Event::Hours(hours) => now += Millis::from(hours) * HOUR,
                Event::Sent => sent = now,
                _ => {}
            }
            let stored = write(&library, &id, event, now, sent);
            let allowed = model.take(event, now, sent);
            match stored {
                Ok(()) => prop_assert!(allowed, "{event:?} in {:?}", before.state),
                Err(LibraryError::NotThere) => prop_assert!(!allowed, "{event:?} in {:?}", before.state),
                Err(error) => prop_assert!(false, "{error}"),
            }
            let after = library.record(&id).unwrap().unwrap();
            if let Err(difference) = model.is(&after) {
                prop_assert!(false, "after {event:?}: {difference}");
            }
            follows(&before, &after, event)?;
            goes_on(&after, now)?;
            let listed = library.unfinished().unwrap().iter().any(|one| one.id == id);
            prop_assert_eq!(listed, after.state.is_unfinished());
            let counts = library.counts().unwrap();
            let failed = matches!(after.state, State::Failed | State::Uncertain);
            prop_assert_eq!(
                (counts.all, counts.running, counts.failed),
                (1, u32::from(listed), u32::from(failed))
            );
            before = after;
        }
    }

    #[test]
    fn every_record_has_a_next_step_at_every_time(
        state in proptest::sample::select(State::ALL.to_vec()),
        submission in any::<Option<(Option<Millis>, Option<Millis>)>>(),
        job in any::<Option<Option<bool>>>(),
        now in any::<Millis>(),
    ) {
        let mut record = record(&GenerationId::new(BEGIN));
        record.state = state;
        record.submission = submission.map(|(pictures_until, first_sent)| Submission {
            key: "key".into(),
            body: Vec::new(),
            pictures_until,
            first_sent,
            doubtful: false,
                sent_by: None,
        });
        record.job = job.map(|url| JobRecord {
            result_url: url.map(|_| "https://x.test/a.mp4".into()),
            ..JobRecord::default()
        });
        // It answers, whatever it is asked: times far from now do not overflow.
        let step = next(&record, now);
        prop_assert!(state.is_unfinished() || step == Step::Rest);
    }
}
