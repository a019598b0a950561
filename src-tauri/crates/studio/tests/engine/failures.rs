//! Everything that can go wrong on the way: what the user reads, what was charged, and that it ends
//! well if it can.

use sandbox::{Answer, Call, Fault};
use studio::engine::Event;
use studio::generation::{Failure, FailureAction, Generation, Phase};
use studio::ledger::Limits;
use studio::library::Filter;
use studio::message::Message;
use studio::notice::NoticeKind;
use studio::settings::Field;

use crate::harness::{Harness, QUICK_PRICE, Setup, quick};

fn failure(generation: Generation) -> Failure {
    match generation.phase {
        Phase::Failed { failure } => failure,
        other => panic!("{other:?}"),
    }
}

async fn fails(harness: &Harness) -> Failure {
    let id = harness.generate(quick("Doomed")).await;
    let failed = harness
        .until(&id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    assert_eq!(failed.credits, None);
    failure(failed)
}

/// Makes one clip despite a fault, with one job and one charge, and checks what was shown while it
/// waited.
async fn survives(harness: &Harness, fault: Fault, words: &str) {
    harness.sandbox.fault(fault);
    let id = harness.generate(quick("Survivor")).await;
    harness.until_waiting(&id, words).await;
    harness.sandbox.clear_faults();
    let done = harness.until_ready(&id).await;
    assert_eq!(done.waiting, None);
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn too_few_credits_are_said_with_both_numbers() {
    let harness = Harness::new().await;
    harness.sandbox.set_credits(4);
    let failure = fails(&harness).await;
    assert_eq!(
        failure.message.to_string(),
        "This clip needs 9 credits and 4 are left. Add credits, then try again."
    );
    assert_eq!(failure.charged, Some(false));
    assert_eq!(failure.actions[0], FailureAction::AddCredits);
    assert_eq!(harness.sandbox.credits(), 4);
}

#[tokio::test]
async fn a_refused_field_is_named() {
    let harness = Harness::new().await;
    let body =
        r#"{"error":"Validation failed","details":{"klingParams.duration":["Must be 5 or 10"]}}"#;
    harness.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::status(400).with_body(body)),
    );
    let failure = fails(&harness).await;
    assert_eq!(
        failure.message.to_string(),
        "Apiframe refused the length: Must be 5 or 10."
    );
    assert_eq!(failure.field, Some(Field::Length));
    assert_eq!(failure.charged, Some(false));
    assert_eq!(failure.actions, [FailureAction::FixSettings]);
    harness.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_said_and_can_be_replaced() {
    let harness = Harness::new().await;
    harness.engine.set_client(Some(harness.client("afk_wrong")));
    let failure = fails(&harness).await;
    assert!(
        failure
            .message
            .to_string()
            .contains("did not accept the key"),
        "{}",
        failure.message
    );
    assert_eq!(failure.actions[0], FailureAction::ReplaceKey);
    harness.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_failed_job_says_why_and_was_not_charged() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("The prompt was flagged by moderation")),
    );
    let failure = fails(&harness).await;
    assert_eq!(
        failure.message.to_string(),
        "The model could not make this clip: The prompt was flagged by moderation."
    );
    assert_eq!(failure.charged, Some(false));
    harness.is_settled(1, 0).await;
}

#[tokio::test]
async fn no_connection_while_submitting_is_waited_out() {
    let harness = Harness::new().await;
    // A port that nothing listens on: the connection itself fails.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    harness.engine.set_client(Some(
        apiframe::Client::new(apiframe::Config {
            base: base.parse().unwrap(),
            key: Some(apiframe::ApiKey::parse("afk_test").unwrap()),
            user_agent: "inbetween/test".into(),
            network: apiframe::Network::of_this_system(),
            timeouts: apiframe::Timeouts::default(),
        })
        .unwrap(),
    ));
    let id = harness.generate(quick("Offline")).await;
    let waiting = harness
        .until_waiting(&id, "No connection to Apiframe")
        .await;
    assert!(waiting.can_cancel, "nothing was sent");
    harness.sign_in();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_paid_once() {
    for answer in [Answer::DropAfter, Answer::DropBefore, Answer::Stall] {
        let harness = Harness::new().await;
        let fault = Fault::on(Call::Generate).times(2).then(answer);
        survives(&harness, fault, "can't be charged twice").await;
        let requests = harness.sandbox.requests();
        let sent: Vec<_> = requests
            .iter()
            .filter(|request| request.path == "/v2/videos/generate")
            .map(|request| (&request.headers["idempotency-key"], &request.body))
            .collect();
        assert!(sent.len() >= 2);
        assert!(
            sent.iter().all(|one| *one == sent[0]),
            "the very same request"
        );
    }
}

#[tokio::test]
async fn a_server_in_trouble_is_waited_for_under_the_same_key() {
    for status in [500, 502, 503] {
        let harness = Harness::new().await;
        let fault = Fault::on(Call::Generate)
            .times(2)
            .then(Answer::status(status).with_body("<html><h1>Bad</h1></html>"));
        survives(&harness, fault, "having trouble").await;
    }
}

#[tokio::test]
async fn a_wish_for_a_pause_is_obeyed() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::status(429).with_header("Retry-After", "1")),
    );
    let id = harness.generate(quick("Slowly")).await;
    harness.until_waiting(&id, "pause of 1 s").await;
    harness.until_ready(&id).await;
    let times: Vec<_> = harness
        .sandbox
        .requests()
        .iter()
        .filter(|request| request.path == "/v2/videos/generate")
        .map(|request| request.at)
        .collect();
    let waited = times[1].as_millisecond() - times[0].as_millisecond();
    assert!(waited >= 1000, "{waited} ms");
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn trouble_while_polling_never_loses_a_paid_job() {
    for answer in [
        Answer::Refuse,
        Answer::DropBefore,
        Answer::Stall,
        Answer::Truncate { after: None },
        Answer::WrongType,
    ] {
        let harness = Harness::new().await;
        let fault = Fault::on(Call::Job).times(3).then(answer);
        survives(&harness, fault, "No connection to Apiframe").await;
    }
}

#[tokio::test]
async fn a_key_refused_while_rendering_does_not_lose_the_job() {
    let harness = Harness::new().await;
    for call in [Call::Job, Call::Me] {
        harness
            .sandbox
            .fault(Fault::on(call).then(Answer::status(401)));
    }
    let id = harness.generate(quick("Revoked")).await;
    harness
        .until_waiting(&id, "no longer accepts the key")
        .await;
    harness.sandbox.clear_faults();
    harness.sign_in();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn one_job_that_is_forbidden_keeps_no_other_from_its_clip() {
    for status in [401, 403] {
        let harness = Harness::new().await;
        let mut events = harness.engine.events();
        harness.sandbox.hold();
        let forbidden = harness.generate(quick("Somebody else's")).await;
        let job = harness
            .until(&forbidden, "taken", |one| one.job_id.is_some())
            .await
            .job_id
            .unwrap();
        let fault = Fault::on(Call::Job).path(job);
        harness.sandbox.fault(fault.then(Answer::status(status)));
        harness
            .until_waiting(&forbidden, "does not show this job")
            .await;
        let other = harness.generate(quick("Mine")).await;
        harness.sandbox.release();
        harness.until_ready(&other).await;
        while let Ok(event) = events.try_recv() {
            assert!(!matches!(event, Event::KeyRefused), "{status}");
        }
        harness.sandbox.clear_faults();
        harness.until_ready(&forbidden).await;
        harness.is_settled(2, 2 * QUICK_PRICE).await;
    }
}

#[tokio::test]
async fn a_key_that_one_call_refuses_and_the_account_does_not_is_not_refused() {
    for call in [Call::Upload, Call::Generate] {
        let harness = Harness::new().await;
        let mut events = harness.engine.events();
        harness
            .sandbox
            .fault(Fault::on(call).times(1).then(Answer::status(401)));
        let mut settings = quick("Refused once");
        settings.start = Some(harness.frame([9, 9, 9]));
        let id = harness.generate(settings).await;
        harness
            .until(&id, "failed", |one| {
                matches!(one.phase, Phase::Failed { .. })
            })
            .await;
        while let Ok(event) = events.try_recv() {
            assert!(!matches!(event, Event::KeyRefused), "{call:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_key_is_told_at_whichever_call_it_shows() {
    for call in [Call::Upload, Call::Generate, Call::Job] {
        let harness = Harness::new().await;
        let mut events = harness.engine.events();
        for call in [call, Call::Me] {
            harness
                .sandbox
                .fault(Fault::on(call).then(Answer::status(401)));
        }
        let mut settings = quick("Revoked");
        settings.start = Some(harness.frame([9, 9, 9]));
        harness.generate(settings).await;
        let refused = async { while !matches!(events.recv().await.unwrap(), Event::KeyRefused) {} };
        assert!(
            tokio::time::timeout(crate::harness::HANG, refused)
                .await
                .is_ok(),
            "nothing reported the key refused at {call:?}"
        );
    }
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_stopped() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        Fault::on(Call::File)
            .times(1)
            .then(Answer::Truncate { after: Some(9000) }),
    );
    let id = harness.generate(quick("Two halves")).await;
    let done = harness.until_ready(&id).await;
    let requests = harness.sandbox.requests();
    let fetches: Vec<_> = requests
        .iter()
        .filter(|request| request.path.starts_with("/files/"))
        .collect();
    assert_eq!(fetches.len(), 2);
    assert_eq!(fetches[1].headers["range"], "bytes=9000-");
    assert!(fetches[1].headers.contains_key("if-range"));
    assert!(
        fetches
            .iter()
            .all(|fetch| !fetch.headers.contains_key("x-api-key"))
    );
    let Phase::Ready { clip } = done.phase else {
        unreachable!()
    };
    let served = harness.sandbox.result_bytes(&done.job_id.unwrap()).unwrap();
    assert!(std::fs::read(&clip.file).unwrap() == served);
}

#[tokio::test]
async fn no_connection_while_downloading_is_waited_out() {
    let harness = Harness::new().await;
    let fault = Fault::on(Call::File).times(4).then(Answer::Refuse);
    survives(&harness, fault, "continues where it stopped").await;
}

#[tokio::test]
async fn an_address_that_fails_is_asked_for_again() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::File).times(2).then(Answer::status(404)));
    let id = harness.generate(quick("Moved")).await;
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn an_expired_clip_is_called_that() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::Expire));
    let id = harness.generate(quick("Too late")).await;
    let failed = harness
        .until(&id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    let failure = failure(failed);
    assert_eq!(failure.message, Message::ClipExpired);
    assert!(
        failure.message.to_string().contains("deleted this clip"),
        "{}",
        failure.message
    );
    assert_eq!(failure.charged, Some(true));
}

#[tokio::test]
async fn a_page_in_place_of_a_clip_is_not_kept_and_the_clip_comes_by_itself() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::File).times(2).then(Answer::WrongType));
    let id = harness.generate(quick("Portal")).await;
    let done = harness.until_ready(&id).await;
    let Phase::Ready { clip } = done.phase else {
        unreachable!()
    };
    let served = harness.sandbox.result_bytes(&done.job_id.unwrap()).unwrap();
    assert!(std::fs::read(&clip.file).unwrap() == served);
    assert!(
        harness.asked("GET", "/v2/jobs/") >= 3,
        "asked for an address"
    );
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_clips_folder_that_cannot_be_written_is_said_and_waited_for() {
    let harness = Harness::new().await;
    std::fs::write(harness.clips(), "a file where the folder should be").unwrap();
    let id = harness.generate(quick("No room")).await;
    let waiting = harness.until_waiting(&id, "can't be written to").await;
    assert!(
        waiting
            .waiting
            .unwrap()
            .to_string()
            .contains("choose another in Settings")
    );
    std::fs::remove_file(harness.clips()).unwrap();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_chosen_folder_that_is_gone_is_said_at_once_and_never_made_and_waited_for() {
    let drives = tempfile::tempdir().unwrap();
    let drive = drives.path().join("films");
    let harness = Harness::with(Setup {
        clips: Some(drive.join("Sandbox")),
        drive: Some(drive.clone()),
        ..Setup::default()
    })
    .await;
    let said = harness.until_noticed(NoticeKind::ClipsFolder).await;
    assert!(said.contains("films is not there"), "{said}");
    let id = harness.generate(quick("Unplugged")).await;
    harness.until_waiting(&id, "Connect its drive").await;
    assert!(!drive.exists());
    std::fs::create_dir(&drive).unwrap();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
    harness.until_unnoticed(NoticeKind::ClipsFolder).await;
}

#[tokio::test]
async fn a_refused_picture_names_its_slot() {
    let harness = Harness::new().await;
    let body = r#"{"error":"Unsupported file type"}"#;
    harness.sandbox.fault(
        Fault::on(Call::Upload)
            .times(1)
            .then(Answer::status(400).with_body(body)),
    );
    let settings = studio::settings::Settings {
        start: Some(harness.frame([1, 2, 3])),
        ..quick("Refused")
    };
    let id = harness.generate(settings).await;
    let failed = harness
        .until(&id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    let failure = failure(failed);
    assert_eq!(
        failure.message.to_string(),
        "Apiframe did not take the picture of the start frame: Unsupported file type."
    );
    assert_eq!(failure.field, Some(Field::Start));
    harness.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_retry_takes_the_place_of_one_that_was_not_charged() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("The prompt was flagged")),
    );
    let failed = harness.generate(quick("Second try")).await;
    harness
        .until(&failed, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    let new = harness.engine.retry(&failed).await.unwrap();
    harness.until_ready(&new.id).await;
    let (shown, _, counts) = harness.engine.page(Filter::All, None).await.unwrap();
    let ids: Vec<_> = shown.into_iter().map(|one| one.id).collect();
    assert_eq!((ids, counts.failed), (vec![new.id], 0));
}

#[tokio::test]
async fn one_that_can_not_be_retried_stays() {
    let harness = Harness::new().await;
    harness.sandbox.set_credits(4);
    let failed = harness.generate(quick("Too dear")).await;
    harness
        .until(&failed, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    let limits = Limits {
        day: Some(1),
        month: None,
    };
    harness.engine.set_limits(limits).await.unwrap();
    harness.engine.retry(&failed).await.unwrap_err();
    let (shown, ..) = harness.engine.page(Filter::All, None).await.unwrap();
    assert_eq!(shown.len(), 1);
}

/// A pipe without another end: whoever opens it waits, as on a share whose server is gone.
fn hang_at(file: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(file).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
}

/// Lets go whoever waits at such a file, and removes it.
fn let_go(file: &std::path::Path) {
    let both_ends = std::fs::File::options().read(true).write(true).open(file);
    std::fs::remove_file(file).unwrap();
    drop(both_ends);
}

#[tokio::test]
async fn files_on_a_share_that_hangs_keep_no_other_clip_waiting() {
    let harness = Harness::new().await;
    harness.sandbox.hold();
    std::fs::create_dir_all(harness.clips()).unwrap();
    let mut hung = Vec::new();
    // As many as are fetched at the same time.
    for prompt in ["One", "Two", "Three"] {
        let id = harness.generate(quick(prompt)).await;
        let file = studio::clips::part_path(&harness.clips(), &id);
        hang_at(&file);
        hung.push((id, file));
    }
    let other = harness.generate(quick("On a disk that answers")).await;
    harness
        .until(&other, "rendering", |one| {
            matches!(one.phase, Phase::Rendering { .. })
        })
        .await;
    harness.sandbox.release();
    harness.until_ready(&other).await;
    for (id, _) in &hung {
        harness.until_waiting(id, "does not answer").await;
    }

    // The server is back.
    for (_, file) in &hung {
        let_go(file);
    }
    for (id, file) in &hung {
        harness.until_ready(id).await;
        assert!(!file.exists());
    }
    harness.is_settled(4, 4 * QUICK_PRICE).await;
}
