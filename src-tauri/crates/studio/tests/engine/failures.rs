//! Everything that can go wrong on the way: what the user reads, what was charged, and that it ends
//! well if it can.

use sandbox::{Answer, Call, Fault};
use studio::engine::Event;
use studio::generation::{Failure, Generation, Mend, Phase};
use studio::ledger::Limits;
use studio::library::Filter;
use studio::message::Message;
use studio::notice::NoticeKind;
use studio::settings::Field;

use crate::desk::{Desk, QUICK_PRICE, Setup, quick};

fn failure(generation: Generation) -> Failure {
    match generation.phase {
        Phase::Failed { failure } => failure,
        other => panic!("{other:?}"),
    }
}

async fn fails(desk: &Desk) -> Failure {
    let id = desk.generate(quick("Doomed")).await;
    let failed = desk
        .until(&id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    assert_eq!(failed.credits, None);
    failure(failed)
}

/// Makes one clip despite a fault, with one job and one charge, and checks what was shown while it
/// waited.
async fn survives(desk: &Desk, fault: Fault, words: &str) {
    desk.sandbox.fault(fault);
    let id = desk.generate(quick("Survivor")).await;
    desk.until_waiting(&id, words).await;
    desk.sandbox.clear_faults();
    let done = desk.until_ready(&id).await;
    assert_eq!(done.waiting, None);
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn too_few_credits_are_said_with_both_numbers() {
    let desk = Desk::new().await;
    desk.sandbox.set_credits(4);
    let failure = fails(&desk).await;
    assert_eq!(
        failure.message.to_string(),
        "This clip needs 9 credits and 4 are left. Add credits, then try again."
    );
    assert_eq!(failure.charged, Some(false));
    assert_eq!(failure.mends[0], Mend::AddCredits);
    assert_eq!(desk.sandbox.credits(), 4);
}

#[tokio::test]
async fn a_refused_field_is_named() {
    let desk = Desk::new().await;
    let body =
        r#"{"error":"Validation failed","details":{"klingParams.duration":["Must be 5 or 10"]}}"#;
    desk.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::status(400).with_body(body)),
    );
    let failure = fails(&desk).await;
    assert_eq!(
        failure.message.to_string(),
        "Apiframe refused the length: Must be 5 or 10."
    );
    assert_eq!(failure.field, Some(Field::Length));
    assert_eq!(failure.charged, Some(false));
    assert_eq!(failure.mends, [Mend::FixSettings]);
    desk.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_said_and_can_be_replaced() {
    let desk = Desk::new().await;
    desk.engine.set_client(Some(desk.client("afk_wrong")));
    let failure = fails(&desk).await;
    assert!(
        failure
            .message
            .to_string()
            .contains("did not accept the key"),
        "{}",
        failure.message
    );
    assert_eq!(failure.mends[0], Mend::ReplaceKey);
    desk.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_failed_job_says_why_and_was_not_charged() {
    let desk = Desk::new().await;
    desk.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("The prompt was flagged by moderation")),
    );
    let failure = fails(&desk).await;
    assert_eq!(
        failure.message.to_string(),
        "The model could not make this clip: The prompt was flagged by moderation."
    );
    assert_eq!(failure.charged, Some(false));
    desk.is_settled(1, 0).await;
}

#[tokio::test]
async fn no_connection_while_submitting_is_waited_out() {
    let desk = Desk::new().await;
    // A port that nothing listens on: the connection itself fails.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    desk.engine.set_client(Some(
        apiframe::Client::new(apiframe::Config {
            base: base.parse().unwrap(),
            key: Some(apiframe::ApiKey::parse("afk_test").unwrap()),
            user_agent: "inbetween/test".into(),
            network: apiframe::Network::of_this_system(),
            timeouts: apiframe::Timeouts::default(),
        })
        .unwrap(),
    ));
    let id = desk.generate(quick("Offline")).await;
    let waiting = desk.until_waiting(&id, "No connection to Apiframe").await;
    assert!(waiting.can_cancel, "nothing was sent");
    desk.sign_in();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_paid_once() {
    for answer in [Answer::DropAfter, Answer::DropBefore, Answer::Stall] {
        let desk = Desk::new().await;
        let fault = Fault::on(Call::Generate).times(2).then(answer);
        survives(&desk, fault, "can't be charged twice").await;
        let requests = desk.sandbox.requests();
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
        let desk = Desk::new().await;
        let fault = Fault::on(Call::Generate)
            .times(2)
            .then(Answer::status(status).with_body("<html><h1>Bad</h1></html>"));
        survives(&desk, fault, "having trouble").await;
    }
}

#[tokio::test]
async fn a_wish_for_a_pause_is_obeyed() {
    let desk = Desk::new().await;
    desk.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::status(429).with_header("Retry-After", "1")),
    );
    let id = desk.generate(quick("Slowly")).await;
    desk.until_waiting(&id, "pause of 1 s").await;
    desk.until_ready(&id).await;
    let times: Vec<_> = desk
        .sandbox
        .requests()
        .iter()
        .filter(|request| request.path == "/v2/videos/generate")
        .map(|request| request.at)
        .collect();
    let waited = times[1].as_millisecond() - times[0].as_millisecond();
    assert!(waited >= 1000, "{waited} ms");
    desk.is_settled(1, QUICK_PRICE).await;
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
        let desk = Desk::new().await;
        let fault = Fault::on(Call::Job).times(3).then(answer);
        survives(&desk, fault, "No connection to Apiframe").await;
    }
}

#[tokio::test]
async fn a_key_refused_while_rendering_does_not_lose_the_job() {
    let desk = Desk::new().await;
    for call in [Call::Job, Call::Me] {
        desk.sandbox
            .fault(Fault::on(call).then(Answer::status(401)));
    }
    let id = desk.generate(quick("Revoked")).await;
    desk.until_waiting(&id, "no longer accepts the key").await;
    desk.sandbox.clear_faults();
    desk.sign_in();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn one_job_that_is_forbidden_keeps_no_other_from_its_clip() {
    for status in [401, 403] {
        let desk = Desk::new().await;
        let mut events = desk.engine.events();
        desk.sandbox.hold();
        let forbidden = desk.generate(quick("Somebody else's")).await;
        let job = desk
            .until(&forbidden, "taken", |one| one.job_id.is_some())
            .await
            .job_id
            .unwrap();
        let fault = Fault::on(Call::Job).path(job);
        desk.sandbox.fault(fault.then(Answer::status(status)));
        desk.until_waiting(&forbidden, "does not show this job")
            .await;
        let other = desk.generate(quick("Mine")).await;
        desk.sandbox.release();
        desk.until_ready(&other).await;
        while let Ok(event) = events.try_recv() {
            assert!(!matches!(event, Event::KeyRefused), "{status}");
        }
        desk.sandbox.clear_faults();
        desk.until_ready(&forbidden).await;
        desk.is_settled(2, 2 * QUICK_PRICE).await;
    }
}

#[tokio::test]
async fn a_key_that_one_call_refuses_and_the_account_does_not_is_not_refused() {
    for call in [Call::Upload, Call::Generate] {
        let desk = Desk::new().await;
        let mut events = desk.engine.events();
        desk.sandbox
            .fault(Fault::on(call).times(1).then(Answer::status(401)));
        let mut settings = quick("Refused once");
        settings.start = Some(desk.frame([9, 9, 9]));
        let id = desk.generate(settings).await;
        desk.until(&id, "failed", |one| {
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
        let desk = Desk::new().await;
        let mut events = desk.engine.events();
        for call in [call, Call::Me] {
            desk.sandbox
                .fault(Fault::on(call).then(Answer::status(401)));
        }
        let mut settings = quick("Revoked");
        settings.start = Some(desk.frame([9, 9, 9]));
        desk.generate(settings).await;
        let told = async { while !matches!(events.recv().await.unwrap(), Event::KeyRefused) {} };
        assert!(
            tokio::time::timeout(crate::desk::HANG, told).await.is_ok(),
            "nothing told of the key refused at {call:?}"
        );
    }
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_stopped() {
    let desk = Desk::new().await;
    desk.sandbox.fault(
        Fault::on(Call::File)
            .times(1)
            .then(Answer::Truncate { after: Some(9000) }),
    );
    let id = desk.generate(quick("Two halves")).await;
    let done = desk.until_ready(&id).await;
    let requests = desk.sandbox.requests();
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
    let served = desk.sandbox.result_bytes(&done.job_id.unwrap()).unwrap();
    assert!(std::fs::read(&clip.file).unwrap() == served);
}

#[tokio::test]
async fn no_connection_while_downloading_is_waited_out() {
    let desk = Desk::new().await;
    let fault = Fault::on(Call::File).times(4).then(Answer::Refuse);
    survives(&desk, fault, "continues where it stopped").await;
}

#[tokio::test]
async fn an_address_that_fails_is_asked_for_again() {
    let desk = Desk::new().await;
    desk.sandbox
        .fault(Fault::on(Call::File).times(2).then(Answer::status(404)));
    let id = desk.generate(quick("Moved")).await;
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn an_expired_clip_is_called_that() {
    let desk = Desk::new().await;
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::Expire));
    let id = desk.generate(quick("Too late")).await;
    let failed = desk
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
    let desk = Desk::new().await;
    desk.sandbox
        .fault(Fault::on(Call::File).times(2).then(Answer::WrongType));
    let id = desk.generate(quick("Portal")).await;
    let done = desk.until_ready(&id).await;
    let Phase::Ready { clip } = done.phase else {
        unreachable!()
    };
    let served = desk.sandbox.result_bytes(&done.job_id.unwrap()).unwrap();
    assert!(std::fs::read(&clip.file).unwrap() == served);
    assert!(desk.asked("GET", "/v2/jobs/") >= 3, "asked for an address");
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_clips_folder_that_cannot_be_written_is_said_and_waited_for() {
    let desk = Desk::new().await;
    std::fs::write(desk.clips(), "a file where the folder should be").unwrap();
    let id = desk.generate(quick("No room")).await;
    let waiting = desk.until_waiting(&id, "can't be written to").await;
    assert!(
        waiting
            .waiting
            .unwrap()
            .to_string()
            .contains("choose another in Settings")
    );
    std::fs::remove_file(desk.clips()).unwrap();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_chosen_folder_that_is_gone_is_said_at_once_and_never_made_and_waited_for() {
    let drives = tempfile::tempdir().unwrap();
    let drive = drives.path().join("films");
    let desk = Desk::with(Setup {
        clips: Some(drive.join("Sandbox")),
        drive: Some(drive.clone()),
        ..Setup::default()
    })
    .await;
    let said = desk.until_noticed(NoticeKind::ClipsFolder).await;
    assert!(said.contains("films is not there"), "{said}");
    let id = desk.generate(quick("Unplugged")).await;
    desk.until_waiting(&id, "Connect its drive").await;
    assert!(!drive.exists());
    std::fs::create_dir(&drive).unwrap();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
    desk.until_unnoticed(NoticeKind::ClipsFolder).await;
}

#[tokio::test]
async fn a_refused_picture_names_its_slot() {
    let desk = Desk::new().await;
    let body = r#"{"error":"Unsupported file type"}"#;
    desk.sandbox.fault(
        Fault::on(Call::Upload)
            .times(1)
            .then(Answer::status(400).with_body(body)),
    );
    let settings = studio::settings::Settings {
        start: Some(desk.frame([1, 2, 3])),
        ..quick("Refused")
    };
    let id = desk.generate(settings).await;
    let failed = desk
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
    desk.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_retry_takes_the_place_of_one_that_was_not_charged() {
    let desk = Desk::new().await;
    desk.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("The prompt was flagged")),
    );
    let failed = desk.generate(quick("Second try")).await;
    desk.until(&failed, "failed", |one| {
        matches!(one.phase, Phase::Failed { .. })
    })
    .await;
    let new = desk.engine.retry(&failed).await.unwrap();
    desk.until_ready(&new.id).await;
    let (shown, _, counts) = desk.engine.page(Filter::All, None).await.unwrap();
    let ids: Vec<_> = shown.into_iter().map(|one| one.id).collect();
    assert_eq!((ids, counts.failed), (vec![new.id], 0));
}

#[tokio::test]
async fn one_that_can_not_be_retried_stays() {
    let desk = Desk::new().await;
    desk.sandbox.set_credits(4);
    let failed = desk.generate(quick("Too dear")).await;
    desk.until(&failed, "failed", |one| {
        matches!(one.phase, Phase::Failed { .. })
    })
    .await;
    let limits = Limits {
        day: Some(1),
        month: None,
    };
    desk.engine.set_limits(limits).await.unwrap();
    desk.engine.retry(&failed).await.unwrap_err();
    let (shown, ..) = desk.engine.page(Filter::All, None).await.unwrap();
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
    let desk = Desk::new().await;
    desk.sandbox.hold();
    std::fs::create_dir_all(desk.clips()).unwrap();
    let mut hung = Vec::new();
    // As many as are fetched at the same time.
    for prompt in ["One", "Two", "Three"] {
        let id = desk.generate(quick(prompt)).await;
        let file = studio::clips::part_path(&desk.clips(), &id);
        hang_at(&file);
        hung.push((id, file));
    }
    let other = desk.generate(quick("On a disk that answers")).await;
    desk.until(&other, "rendering", |one| {
        matches!(one.phase, Phase::Rendering { .. })
    })
    .await;
    desk.sandbox.release();
    desk.until_ready(&other).await;
    for (id, _) in &hung {
        desk.until_waiting(id, "does not answer").await;
    }

    // The server is back.
    for (_, file) in &hung {
        let_go(file);
    }
    for (id, file) in &hung {
        desk.until_ready(id).await;
        assert!(!file.exists());
    }
    desk.is_settled(4, 4 * QUICK_PRICE).await;
}
