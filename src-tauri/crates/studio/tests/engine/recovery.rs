//! Recovery: what the account holds is imported into the library, each job once, and none is paid
//! for again.

use std::path::PathBuf;

use apiframe::GenerateRequest;
use sandbox::{Answer, Call, Fault};
use studio::clock::Clock;
use studio::engine::{EngineError, Event, ImportError};
use studio::generation::{Clip, FailureAction, Generation, GenerationId, Phase};
use studio::library::Filter;
use studio::message::Message;
use studio::remote::{RemoteJob, RemoteStanding};
use studio::settings::{Field, Model, Settings, Shape};

use crate::harness::{Harness, QUICK_PRICE, quick};

/// A job made with the same key by another program, or before this library existed.
async fn elsewhere(harness: &Harness, settings: &Settings) -> String {
    let request: GenerateRequest = settings
        .request(&studio::settings::FrameUrls::new())
        .unwrap();
    let key = format!("elsewhere-{}", harness.sandbox.jobs().len());
    harness
        .client("afk_test")
        .generate(request.body().into(), &key)
        .await
        .unwrap()
        .job_id
}

async fn finished_elsewhere(harness: &Harness, prompt: &str) -> String {
    let job = elsewhere(harness, &quick(prompt)).await;
    assert!(harness.sandbox.finish_now(&job).await);
    job
}

async fn listed(harness: &Harness) -> Vec<RemoteJob> {
    let page = harness.engine.remote_jobs(None).await.unwrap();
    assert_eq!(page.next, None);
    page.jobs
}

pub fn clip(generation: Generation) -> Clip {
    match generation.phase {
        Phase::Ready { clip } => clip,
        other => panic!("{other:?}"),
    }
}

pub async fn ready(harness: &Harness, prompt: &str) -> (GenerationId, PathBuf) {
    let id = harness.generate(quick(prompt)).await;
    let clip = clip(harness.until_ready(&id).await);
    (id, clip.file.into())
}

pub async fn in_the_library(harness: &Harness) -> usize {
    let (all, _, counts) = harness.engine.page(Filter::All, None).await.unwrap();
    assert_eq!(all.len(), counts.all as usize);
    all.len()
}

#[tokio::test]
async fn what_the_account_holds_and_the_library_has_not_is_listed_newest_first() {
    let harness = Harness::new().await;
    let (_, _) = ready(&harness, "Mine").await;
    let old = finished_elsewhere(&harness, "Old").await;
    let failed = elsewhere(&harness, &quick("Failed")).await;
    harness.sandbox.fail_now(&failed, "flagged");
    let gone = finished_elsewhere(&harness, "Gone").await;
    harness.sandbox.expire(&gone);
    harness.sandbox.hold();
    let running = elsewhere(&harness, &quick("Running")).await;
    let jobs = listed(&harness).await;
    let seen: Vec<_> = jobs
        .iter()
        .map(|job| (job.id.as_str(), job.standing))
        .collect();
    assert_eq!(
        seen,
        [
            (running.as_str(), RemoteStanding::Running),
            (gone.as_str(), RemoteStanding::Expired),
            (old.as_str(), RemoteStanding::Finished),
        ]
    );
    assert_eq!(jobs[2].model, "kling-3.0");
    assert_eq!(jobs[2].credits, Some(QUICK_PRICE));
    // The list omits the prompt; the job itself has it.
    assert_eq!(jobs[2].prompt, None);
    let whole = harness.engine.remote_job(&old).await.unwrap().unwrap();
    assert_eq!(whole.prompt.as_deref(), Some("Old"));
}

#[tokio::test]
async fn pages_are_asked_for_a_hundred_at_a_time_and_the_rest_with_the_cursor() {
    let harness = Harness::new().await;
    harness.sandbox.set_credits(10_000);
    harness.sandbox.hold();
    for number in 0..103 {
        elsewhere(&harness, &quick(&format!("Number {number}"))).await;
    }
    let first = harness.engine.remote_jobs(None).await.unwrap();
    assert_eq!(first.jobs.len(), 100);
    let rest = harness.engine.remote_jobs(first.next).await.unwrap();
    assert_eq!((rest.jobs.len(), rest.next), (3, None));
    assert_eq!(harness.asked("GET", "/v2/jobs"), 2);
}

#[tokio::test]
async fn a_finished_job_comes_in_with_its_settings_and_its_clip_and_pays_nothing() {
    let harness = Harness::new().await;
    let asked = Settings {
        model: Model::Kling3Omni,
        shape: Shape::Square,
        sound: true,
        avoid: "blur".into(),
        ..quick("From elsewhere")
    };
    let job = elsewhere(&harness, &asked).await;
    assert!(harness.sandbox.finish_now(&job).await);
    let charged = harness.sandbox.credits();
    // As pasted from a table.
    let imported = harness
        .engine
        .import_job(&format!(" {job}\n"))
        .await
        .unwrap();
    assert!(!imported.was_here);
    let shown = harness.until_ready(&imported.generation.id).await;
    assert_eq!(shown.settings, asked);
    assert_eq!(shown.job_id.as_deref(), Some(job.as_str()));
    let there = harness.sandbox.job(&job).unwrap();
    assert_eq!(shown.created, there.created_at.as_millisecond());
    assert_eq!(shown.credits, Some(i64::from(there.charged)));
    assert!(shown.imported.as_ref().unwrap().is_whole());
    let saved = std::fs::read(clip(shown).file).unwrap();
    assert!(saved == harness.sandbox.result_bytes(&job).unwrap());
    assert_eq!(harness.sandbox.credits(), charged);
    assert_eq!(harness.sandbox.jobs().len(), 1);
    assert_eq!(listed(&harness).await, []);
}

#[tokio::test]
async fn bringing_in_twice_or_at_once_makes_one_generation() {
    let harness = Harness::new().await;
    let job = finished_elsewhere(&harness, "Once").await;
    let (one, other) = tokio::join!(
        harness.engine.import_job(&job),
        harness.engine.import_job(&job)
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.generation.id, other.generation.id);
    assert_ne!(one.was_here, other.was_here);
    harness.until_ready(&one.generation.id).await;
    assert!(harness.engine.import_job(&job).await.unwrap().was_here);
    assert_eq!(in_the_library(&harness).await, 1);
    assert_eq!(std::fs::read_dir(harness.clips()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_running_job_is_watched_like_any_other_and_outlives_the_program() {
    let harness = Harness::new().await;
    harness.sandbox.hold();
    let job = elsewhere(&harness, &quick("Running")).await;
    let id = harness.engine.import_job(&job).await.unwrap().generation.id;
    harness
        .until(&id, "rendering", |one| {
            matches!(one.phase, Phase::Rendering { .. })
        })
        .await;
    let left = harness.kill();
    left.0.release();
    let harness = Harness::start_again(left);
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn everything_comes_in_with_one_press_and_a_second_press_adds_nothing() {
    let harness = Harness::new().await;
    for prompt in ["One", "Two", "Three"] {
        finished_elsewhere(&harness, prompt).await;
    }
    let gone = finished_elsewhere(&harness, "Gone").await;
    harness.sandbox.expire(&gone);
    let result = harness.engine.import_all().await;
    assert_eq!(
        (result.imported, result.expired, result.trouble),
        (3, 1, None)
    );
    let (all, ..) = harness.engine.page(Filter::All, None).await.unwrap();
    let mut prompts: Vec<_> = all.iter().map(|one| one.settings.prompt.as_str()).collect();
    prompts.sort_unstable();
    assert_eq!(prompts, ["One", "Three", "Two"]);
    for one in &all {
        harness.until_ready(&one.id).await;
    }
    let again = harness.engine.import_all().await;
    assert_eq!((again.imported, again.expired), (0, 1));
    assert_eq!(in_the_library(&harness).await, 3);
}

#[tokio::test]
async fn bringing_everything_in_goes_on_after_it_broke_off_and_after_a_restart() {
    let harness = Harness::new().await;
    for prompt in ["One", "Two", "Three"] {
        finished_elsewhere(&harness, prompt).await;
    }
    // The first job answers, the second is refused by the edge.
    harness.sandbox.fault(
        Fault::on(Call::Job)
            .after(1)
            .times(1)
            .then(Answer::status(503)),
    );
    let result = harness.engine.import_all().await;
    assert_eq!(result.imported, 1);
    let trouble = result.trouble.unwrap();
    assert!(trouble.to_string().contains("Nothing is lost"), "{trouble}");
    let harness = Harness::start_again(harness.kill());
    assert_eq!(harness.engine.import_all().await.imported, 2);
    let (all, ..) = harness.engine.page(Filter::All, None).await.unwrap();
    for one in &all {
        harness.until_ready(&one.id).await;
    }
    harness.is_settled(3, 3 * QUICK_PRICE).await;
}

#[tokio::test]
async fn a_short_pause_that_the_server_asks_for_is_waited_out() {
    let harness = Harness::new().await;
    finished_elsewhere(&harness, "One").await;
    harness.sandbox.fault(
        Fault::on(Call::Jobs)
            .times(1)
            .then(Answer::status(429).with_header("Retry-After", "1")),
    );
    let result = harness.engine.import_all().await;
    assert_eq!((result.imported, result.trouble), (1, None));
}

#[tokio::test]
async fn an_expired_job_is_not_imported_and_says_why() {
    let harness = Harness::new().await;
    let job = finished_elsewhere(&harness, "Gone").await;
    harness.sandbox.expire(&job);
    let error = harness.engine.import_job(&job).await.unwrap_err();
    assert!(
        error.to_string().contains("keeps clips for a day"),
        "{error}"
    );
    assert_eq!(in_the_library(&harness).await, 0);
}

#[tokio::test]
async fn a_failed_job_is_not_imported_and_says_why() {
    let harness = Harness::new().await;
    let job = elsewhere(&harness, &quick("Failed")).await;
    harness.sandbox.fail_now(&job, "flagged");
    let error = harness.engine.import_job(&job).await.unwrap_err();
    assert!(matches!(error, ImportError::Failed), "{error:?}");
    assert_eq!(in_the_library(&harness).await, 0);
}

#[tokio::test]
async fn a_job_without_its_input_comes_in_with_what_is_known_and_is_never_paid_for_blindly() {
    let harness = Harness::new().await;
    let job = finished_elsewhere(&harness, "Not told").await;
    let bare = format!(
        r#"{{"id":"{job}","status":"COMPLETED","model":"veo-3.1","creditCost":80,
            "result":{{"videoUrl":"{}/files/results/{job}.mp4"}}}}"#,
        harness.sandbox.base_url()
    );
    harness.sandbox.fault(
        Fault::on(Call::Job)
            .times(1)
            .then(Answer::status(200).with_body(bare)),
    );
    let id = harness.engine.import_job(&job).await.unwrap().generation.id;
    let shown = harness.until_ready(&id).await;
    let imported = shown.imported.clone().unwrap();
    assert_eq!(imported.model, "veo-3.1");
    for field in [Field::Model, Field::Prompt, Field::Quality, Field::Length] {
        assert!(imported.unknown.contains(&field), "{field:?}");
    }
    assert_eq!(shown.settings.prompt, "");
    // Made again as it is, it would be something else, and paid for.
    let error = harness.engine.again(&id).await.unwrap_err();
    assert!(matches!(error, EngineError::Settings(_)), "{error:?}");
    assert_eq!(harness.sandbox.jobs().len(), 1);
    // Nor is its price used to estimate what another clip will cost.
    for model in [Model::Kling3, Model::Kling3Omni] {
        assert_eq!(harness.engine.library().paid(model).unwrap(), []);
    }
}

#[tokio::test]
async fn one_that_expires_after_it_was_imported_offers_its_settings_and_no_blind_retry() {
    let harness = Harness::new().await;
    harness.sandbox.hold();
    let job = elsewhere(&harness, &quick("Late")).await;
    let bare = format!(r#"{{"id":"{job}","status":"PROCESSING","model":"kling-3.0"}}"#);
    harness.sandbox.fault(
        Fault::on(Call::Job)
            .times(1)
            .then(Answer::status(200).with_body(bare)),
    );
    let id = harness.engine.import_job(&job).await.unwrap().generation.id;
    harness.sandbox.expire(&job);
    harness.sandbox.finish_now(&job).await;
    let failed = harness
        .until(&id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    let Phase::Failed { failure } = failed.phase else {
        unreachable!()
    };
    assert_eq!(failure.message, Message::ClipExpired);
    assert_eq!(failure.actions, [FailureAction::FixSettings]);
}

#[tokio::test]
async fn an_id_that_is_none_is_told_in_words_without_asking_anybody() {
    let harness = Harness::new().await;
    harness.sandbox.clear_requests();
    for (pasted, words) in [
        ("", "Paste the id"),
        (" \n", "Paste the id"),
        ("job 12", "It looks like"),
        ("../me", "It looks like"),
    ] {
        let error = harness.engine.import_job(pasted).await.unwrap_err();
        assert!(error.to_string().contains(words), "{pasted:?}: {error}");
        assert!(
            matches!(error, ImportError::NoId | ImportError::NotAnId),
            "{error}"
        );
    }
    assert_eq!(harness.asked("GET", "/"), 0);
    let nobody = "0b8f6c1e-2d34-4c5a-9e7b-1f2a3b4c5d6e";
    let error = harness.engine.import_job(nobody).await.unwrap_err();
    assert!(error.to_string().contains("knows no such job"), "{error}");
}

#[tokio::test]
async fn every_failure_to_list_is_told_in_words() {
    let harness = Harness::new().await;
    for (answer, words) in [
        (Answer::Refuse, "could not be reached"),
        (Answer::Stall, "could not be reached"),
        (Answer::WrongType, "could not be reached"),
        (Answer::status(401), "did not accept the key"),
        (Answer::status(403), "did not accept the key"),
        (
            Answer::status(429).with_header("Retry-After", "90"),
            "a pause of 90 s",
        ),
        (
            Answer::status(502).with_body("<html><h1>Bad gateway</h1></html>"),
            "having trouble",
        ),
    ] {
        harness
            .sandbox
            .fault(Fault::on(Call::Jobs).times(1).then(answer));
        let error = harness.engine.remote_jobs(None).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    harness.engine.set_client(None);
    let error = harness.engine.remote_jobs(None).await.unwrap_err();
    assert!(error.to_string().contains("There is no key"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_whose_job_was_imported_meanwhile_ends_as_one_clip_with_its_settings() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    // Later requests are held back until the job was imported.
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).then(Answer::status(503)));
    let asked = Settings {
        avoid: "haze".into(),
        ..quick("Mine after all")
    };
    let waiting = harness.generate(asked.clone()).await;
    harness.until_waiting(&waiting, "trouble").await;
    let job = harness.sandbox.jobs()[0].id.clone();
    let imported = harness.engine.import_job(&job).await.unwrap().generation.id;
    harness.until_ready(&imported).await;
    assert_eq!(in_the_library(&harness).await, 2);
    let mut events = harness.engine.events();
    harness.sandbox.clear_faults();
    harness.engine.set_client(Some(harness.client("afk_test")));
    // The card of the waiting generation disappears.
    let removed = async {
        loop {
            if let Event::Removed(id) = events.recv().await.unwrap() {
                return id;
            }
        }
    };
    let removed = tokio::time::timeout(crate::harness::HANG, removed);
    assert_eq!(removed.await.unwrap(), waiting);
    let one = harness.now(&imported).await;
    assert_eq!(one.settings, asked);
    assert_eq!(one.imported, None);
    assert_eq!(in_the_library(&harness).await, 1);
    assert_eq!(std::fs::read_dir(harness.clips()).unwrap().count(), 1);
    harness.is_settled(1, QUICK_PRICE).await;
}

/// Starts the program again after the hours in which a request may be repeated.
fn a_day_later(left: (sandbox::Sandbox, tempfile::TempDir)) -> Harness {
    let clock = Clock::new(|| Clock::system().now() + 24 * 3_600_000);
    Harness::start_again_at(left, clock)
}

/// A request whose answer is lost for good.
async fn lost(harness: &Harness, how: Answer) -> GenerationId {
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(how));
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).then(Answer::status(503)));
    let id = harness.generate(quick("Lost")).await;
    harness.until_waiting(&id, "trouble").await;
    id
}

async fn until_unknown(harness: &Harness, id: &GenerationId) -> String {
    let one = harness
        .until(id, "uncertain", |one| {
            matches!(one.phase, Phase::Uncertain { .. })
        })
        .await;
    match one.phase {
        Phase::Uncertain { message } => message.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_imported_while_its_fate_was_unknown_is_recognised_a_day_later() {
    let harness = Harness::new().await;
    let waiting = lost(&harness, Answer::DropAfter).await;
    let job = harness.sandbox.jobs()[0].id.clone();
    let imported = harness.engine.import_job(&job).await.unwrap().generation.id;
    harness.until_ready(&imported).await;
    let left = harness.kill();
    left.0.clear_faults();
    let harness = a_day_later(left);
    harness
        .until(&imported, "recognised", |one| one.imported.is_none())
        .await;
    assert!(harness.engine.generation(&waiting).await.is_err());
    assert_eq!(in_the_library(&harness).await, 1);
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn an_unknown_one_is_looked_for_as_often_as_asked_and_pays_only_by_the_persons_own_press() {
    let harness = Harness::new().await;
    let id = lost(&harness, Answer::DropBefore).await;
    let left = harness.kill();
    left.0.clear_faults();
    let harness = a_day_later(left);
    let message = until_unknown(&harness, &id).await;
    assert!(message.contains("may have been charged"), "{message}");
    harness.sandbox.clear_requests();
    harness.engine.resume(&id).await.unwrap();
    until_unknown(&harness, &id).await;
    assert!(
        harness.asked("GET", "/v2/jobs") > 0,
        "it was not looked for"
    );
    assert_eq!(harness.asked("POST", "/v2/videos/generate"), 0);
    let again = harness.engine.again(&id).await.unwrap().id;
    assert_ne!(again, id);
    harness.until_ready(&again).await;
    until_unknown(&harness, &id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_job_that_the_server_does_not_show_keeps_no_lost_request_from_being_found() {
    for status in [403, 404, 410] {
        let harness = Harness::new().await;
        harness.sandbox.hold();
        let hidden = elsewhere(&harness, &quick("Somebody else's")).await;
        let id = lost(&harness, Answer::DropAfter).await;
        let job = harness.sandbox.jobs()[1].id.clone();
        let left = harness.kill();
        left.0.clear_faults();
        left.0.fault(
            Fault::on(Call::Job)
                .path(hidden)
                .then(Answer::status(status)),
        );
        let harness = a_day_later(left);
        let found = harness
            .until(&id, "found", |one| one.job_id.is_some())
            .await;
        assert_eq!(found.job_id, Some(job), "{status}");
    }
}

#[tokio::test]
async fn a_refused_request_is_uncertain_while_not_every_job_can_be_seen() {
    let harness = Harness::new().await;
    harness.sandbox.hold();
    let hidden = elsewhere(&harness, &quick("Somebody else's")).await;
    for answer in [Answer::DropBefore, Answer::status(402)] {
        harness
            .sandbox
            .fault(Fault::on(Call::Generate).times(1).then(answer));
    }
    let fault = Fault::on(Call::Job).path(hidden);
    harness.sandbox.fault(fault.then(Answer::status(404)));
    let id = harness.generate(quick("Paid for, perhaps")).await;
    until_unknown(&harness, &id).await;
    assert_eq!(harness.sandbox.jobs().len(), 1);
}

#[tokio::test]
async fn a_lost_request_is_found_by_all_it_asked_for_whatever_pauses_are_asked_for() {
    let harness = Harness::new().await;
    harness.sandbox.set_credits(100_000);
    harness.sandbox.hold();
    for number in 0..250 {
        // The same words, but not the same clip.
        let length = 4 + number % 10;
        let settings = Settings {
            length,
            ..quick("Lost")
        };
        elsewhere(&harness, &settings).await;
    }
    let id = lost(&harness, Answer::DropAfter).await;
    harness.sandbox.clear_faults();
    let job = harness.sandbox.jobs()[250].id.clone();
    for number in 0..250 {
        elsewhere(&harness, &quick(&format!("Another, {number}"))).await;
    }
    let left = harness.kill();
    for tenth in 1..=60 {
        let pause = Answer::status(429).with_header("Retry-After", "0");
        left.0.fault(
            Fault::on(Call::Job)
                .after(tenth * 10 - 1)
                .times(1)
                .then(pause),
        );
    }
    left.0.clear_requests();
    let harness = a_day_later(left);
    let found = harness
        .until(&id, "found", |one| one.job_id.is_some())
        .await;
    assert_eq!(found.job_id.as_deref(), Some(job.as_str()));
    let asked = harness.asked("GET", "/v2/jobs/");
    assert!(asked < 600, "{asked} requests for 501 jobs");
    assert_eq!(harness.asked("POST", "/v2/videos/generate"), 0);
}
