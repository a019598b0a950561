#![allow(clippy::unwrap_used)]
//! The library with its real file: what is written is there after it is opened again, and a step
//! that comes too late changes nothing.

mod damaged_rows;
mod ledger;
mod limits;

use super::*;
use crate::generation::{
    Clip, Failure, FailureAction, GenerationId, JobRecord, Millis, Record, State, Submission,
};
use crate::ledger::Limits;
use crate::message::Message;
use crate::settings::{Mode, Settings};

struct Shelf {
    folder: tempfile::TempDir,
    library: Library,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        Self { folder, library }
    }

    fn reopened(self) -> Self {
        drop(self.library);
        let library = Library::open(self.folder.path()).unwrap();
        Self { library, ..self }
    }

    fn insert(&self, created: Millis) -> GenerationId {
        self.insert_with(Settings::default(), created)
    }

    fn insert_with(&self, settings: Settings, created: Millis) -> GenerationId {
        let settings = Settings {
            prompt: format!("Clip of {created}"),
            ..settings
        };
        let record = Record::new(created, settings);
        self.library.insert(&record).unwrap();
        record.id
    }

    fn record(&self, id: &GenerationId) -> Record {
        self.library.record(id).unwrap().unwrap()
    }

    fn submit(&self, id: &GenerationId, key: &str) -> Result<(), LibraryError> {
        self.library.submitting(
            id,
            &Submission {
                key: key.into(),
                body: b"{\"exact\": 1}".to_vec(),
                pictures_until: Some(9),
                first_sent: None,
                doubtful: false,
                sent_by: None,
            },
        )
    }

    fn rendering(&self, created: Millis, job: &str) -> GenerationId {
        self.rendering_with(Settings::default(), created, job)
    }

    fn rendering_with(&self, settings: Settings, created: Millis, job: &str) -> GenerationId {
        let id = self.insert_with(settings, created);
        self.submit(&id, "key").unwrap();
        self.library.sent(&id, created, "key").unwrap();
        self.library.accepted(&id, job, created).unwrap();
        id
    }

    fn finish(&self, id: &GenerationId, completed: Millis, credits: i64) {
        let job = JobRecord {
            result_url: Some("https://cdn.test/a.mp4".into()),
            completed: Some(completed),
            credits: Some(credits),
            ..JobRecord::default()
        };
        self.library.rendered(id, &job).unwrap();
        self.library.ready(id, &clip(), completed + 1).unwrap();
    }
}

fn clip() -> Clip {
    Clip {
        file: "/nowhere/2026 Rain.mp4".into(),
        name: "2026 Rain.mp4".into(),
        bytes: 3_000_000_000,
        width: 1920,
        height: 1080,
        duration_ms: 5000,
        last_frame_ms: 4958,
        has_poster: false,
        missing: false,
    }
}

fn failure(charged: Option<bool>) -> Failure {
    Failure {
        message: Message::JobFailed,
        field: None,
        charged,
        actions: vec![FailureAction::TryAgain],
    }
}

#[test]
fn a_whole_life_is_there_after_the_file_is_opened_again() {
    let shelf = Shelf::new();
    let id = shelf.insert(1000);
    shelf.library.uploading(&id).unwrap();
    shelf.submit(&id, "key-1").unwrap();
    shelf.library.sent(&id, 1500, "key").unwrap();
    let shelf = shelf.reopened();
    let record = shelf.record(&id);
    assert_eq!(record.state, State::Submitting);
    let submission = record.submission.unwrap();
    assert_eq!(submission.key, "key-1");
    assert_eq!(submission.body, b"{\"exact\": 1}");
    assert_eq!(submission.first_sent, Some(1500));
    shelf.library.accepted(&id, "job-1", 2000).unwrap();
    shelf
        .library
        .observed(&id, false, Some(40), Some(35))
        .unwrap();
    shelf.finish(&id, 9000, 35);
    let shelf = shelf.reopened();
    let record = shelf.record(&id);
    assert_eq!(record.state, State::Ready);
    assert_eq!(record.clip, Some(clip()));
    let job = record.job.unwrap();
    assert_eq!((job.id.as_str(), job.credits), ("job-1", Some(35)));
    assert!(shelf.library.unfinished().unwrap().is_empty());
}

#[test]
fn a_request_that_may_have_left_is_never_replaced() {
    let shelf = Shelf::new();
    let id = shelf.insert(1000);
    shelf.submit(&id, "first").unwrap();
    shelf.submit(&id, "second").unwrap();
    shelf.library.sent(&id, 1500, "key").unwrap();
    assert!(matches!(
        shelf.submit(&id, "third"),
        Err(LibraryError::NotThere)
    ));
    assert_eq!(shelf.record(&id).submission.unwrap().key, "second");
}

#[test]
fn the_first_time_a_request_left_is_kept() {
    let shelf = Shelf::new();
    let id = shelf.insert(1000);
    shelf.submit(&id, "key").unwrap();
    let first_sent = || shelf.record(&id).submission.unwrap().first_sent;
    shelf.library.sent(&id, 1500, "key").unwrap();
    shelf.library.sent(&id, 2500, "key").unwrap();
    assert_eq!(first_sent(), Some(1500));
    // Only the very attempt that was not sent may take its mark back.
    assert!(shelf.library.unsent(&id, 2500).is_err());
    assert_eq!(first_sent(), Some(1500));
    shelf.library.unsent(&id, 1500).unwrap();
    assert_eq!(first_sent(), None);
}

#[test]
fn what_was_sent_cannot_be_called_off() {
    let shelf = Shelf::new();
    let id = shelf.insert(1000);
    shelf.submit(&id, "key").unwrap();
    shelf.library.sent(&id, 1500, "key").unwrap();
    let late = shelf.library.cancel(&id, &failure(Some(false)), 2000);
    assert!(matches!(late, Err(LibraryError::NotThere)));
    assert_eq!(shelf.record(&id).state, State::Submitting);

    let early = shelf.insert(3000);
    shelf
        .library
        .cancel(&early, &failure(Some(false)), 3500)
        .unwrap();
    assert_eq!(shelf.record(&early).state, State::Failed);
    assert!(matches!(
        shelf.submit(&early, "key"),
        Err(LibraryError::NotThere)
    ));
}

#[test]
fn progress_never_goes_back() {
    let shelf = Shelf::new();
    let id = shelf.rendering(1000, "job");
    let progress = || shelf.record(&id).job.unwrap().progress;
    assert_eq!(progress(), None);
    for (said, shown) in [
        (None, None),
        (Some(40), Some(40)),
        (Some(30), Some(40)),
        (None, Some(40)),
    ] {
        shelf.library.observed(&id, false, said, None).unwrap();
        assert_eq!(progress(), shown);
    }
}

#[test]
fn credits_of_a_failed_job_that_was_not_charged_are_not_counted() {
    let shelf = Shelf::new();
    for (charged, left) in [
        (Some(false), None),
        (Some(true), Some(35)),
        (None, Some(35)),
    ] {
        let id = shelf.rendering(1000, &format!("{charged:?}"));
        shelf.library.observed(&id, false, None, Some(35)).unwrap();
        shelf.library.failed(&id, &failure(charged), 2000).unwrap();
        assert_eq!(shelf.record(&id).job.unwrap().credits, left, "{charged:?}");
    }
}

#[test]
fn a_paid_clip_that_failed_to_arrive_goes_on_with_its_job() {
    let shelf = Shelf::new();
    let id = shelf.rendering(1000, "job");
    shelf
        .library
        .failed(&id, &failure(Some(true)), 2000)
        .unwrap();
    shelf.library.resume(&id).unwrap();
    let record = shelf.record(&id);
    assert_eq!((record.state, record.failure), (State::Rendering, None));

    let never_sent = shelf.insert(3000);
    shelf
        .library
        .failed(&never_sent, &failure(Some(false)), 3500)
        .unwrap();
    assert!(shelf.library.resume(&never_sent).is_err());
}

#[test]
fn one_job_belongs_to_one_generation() {
    let shelf = Shelf::new();
    shelf.rendering(1000, "job");
    let other = shelf.insert(2000);
    shelf.submit(&other, "other").unwrap();
    assert!(shelf.library.accepted(&other, "job", 2500).is_err());
    assert_eq!(shelf.record(&other).state, State::Submitting);
    assert!(shelf.library.has_job("job").unwrap());
    assert!(!shelf.library.has_job("another").unwrap());
}

#[test]
fn an_unfinished_generation_stays_in_the_library() {
    let shelf = Shelf::new();
    let id = shelf.rendering(1000, "job");
    assert!(matches!(
        shelf.library.remove(&id),
        Err(LibraryError::NotThere)
    ));
    shelf.finish(&id, 2000, 35);
    shelf.library.remove(&id).unwrap();
    assert!(shelf.library.record(&id).unwrap().is_none());
}

#[test]
fn the_gallery_is_paged_newest_first_without_gaps_or_repeats() {
    let shelf = Shelf::new();
    let mut ids: Vec<_> = (0..150).map(|i| shelf.insert(1000 + i / 3)).collect();
    ids.sort_by_key(|id| (shelf.record(id).created, *id));
    ids.reverse();
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = shelf.library.page(Filter::All, cursor.as_deref()).unwrap();
        seen.extend(page.records.into_iter().map(|record| record.id));
        // A new row at the top must not push anything onto the next page.
        shelf.insert(5000);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
}

#[test]
fn filters_and_counts_agree() {
    let shelf = Shelf::new();
    shelf.insert(1000);
    shelf.rendering(2000, "a");
    let failed = shelf.rendering(3000, "b");
    shelf
        .library
        .failed(&failed, &failure(Some(false)), 3500)
        .unwrap();
    let done = shelf.rendering(4000, "c");
    shelf.finish(&done, 4500, 35);
    let counts = shelf.library.counts().unwrap();
    assert_eq!((counts.all, counts.running, counts.failed), (4, 2, 1));
    for (filter, count) in [(Filter::All, 4), (Filter::Running, 2), (Filter::Failed, 1)] {
        let page = shelf.library.page(filter, None).unwrap();
        assert_eq!((page.records.len(), page.next), (count, None), "{filter:?}");
    }
}

#[test]
fn times_come_from_jobs_as_much_alike_as_there_are_enough_of() {
    let shelf = Shelf::new();
    let settings = Settings::default();
    let longer = Settings {
        length: settings.length + 5,
        ..settings.clone()
    };
    let other = Settings {
        mode: Mode::FourK,
        ..settings.clone()
    };
    let median = |of: &Settings| {
        let times = shelf.library.render_times(of).unwrap();
        times.map(|times| times.median)
    };
    let finish = |settings: &Settings, seconds: &[Millis]| {
        for seconds in seconds {
            let job = format!("job {}", shelf.library.counts().unwrap().all);
            let id = shelf.rendering_with(settings.clone(), 1000, &job);
            shelf.finish(&id, 1000 + seconds * 1000, 25);
        }
    };
    finish(&settings, &[90, 70]);
    assert_eq!(median(&settings), None, "two say too little");
    // The last one comes from a clock that was wrong.
    finish(&settings, &[80, 3_000_000]);
    assert_eq!(median(&settings), Some(80.0));
    assert_eq!(median(&longer), Some(80.0), "of its mode");
    assert_eq!(median(&other), Some(80.0), "of its model");
    finish(&longer, &[160, 160, 160]);
    assert_eq!(median(&longer), Some(160.0));
    assert_eq!(median(&settings), Some(80.0));
}

#[test]
fn prices_come_from_finished_jobs_of_the_same_kind() {
    let shelf = Shelf::new();
    let settings = Settings::default();
    assert_eq!(shelf.library.paid(settings.model).unwrap(), []);
    for (i, took) in [90_000, 70_000, 80_000].into_iter().enumerate() {
        let created = 1000 + i as Millis;
        let id = shelf.rendering(created, &format!("job {i}"));
        shelf.finish(&id, created + took, 25 + i as i64);
    }
    let paid = shelf.library.paid(settings.model).unwrap();
    assert_eq!(
        paid.iter()
            .map(|one| (one.mode, one.sound, one.credits, one.seconds))
            .collect::<Vec<_>>(),
        [(settings.mode, settings.sound, 27, 5)]
    );
}

#[test]
fn a_row_that_cannot_be_read_keeps_no_other_from_its_clip() {
    let shelf = Shelf::new();
    let broken = shelf.insert(1000);
    let good = shelf.insert(2000);
    shelf
        .library
        .write(|connection| {
            connection.execute(
                "UPDATE generations SET settings = 'not json' WHERE id = ?1",
                [broken],
            )?;
            Ok(())
        })
        .unwrap();
    let ids: Vec<_> = shelf
        .library
        .unfinished()
        .unwrap()
        .into_iter()
        .map(|record| record.id)
        .collect();
    assert_eq!(ids, [broken, good], "its job is watched too");
    assert_eq!(
        shelf.library.page(Filter::All, None).unwrap().records.len(),
        2
    );
}
