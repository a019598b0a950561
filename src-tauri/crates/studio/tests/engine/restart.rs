//! The program ends at the worst moments and is started again.

use studio::generation::Phase;

use crate::desk::{Desk, QUICK_PRICE, quick};

#[tokio::test]
async fn a_job_that_renders_while_the_program_is_killed_still_becomes_a_clip() {
    let desk = Desk::new().await;
    desk.sandbox.hold();
    let id = desk.generate(quick("Survivor")).await;
    desk.until(&id, "rendering", |one| {
        matches!(one.phase, Phase::Rendering { .. })
    })
    .await;
    let left = desk.kill();
    left.0.release();
    let desk = Desk::start_again(left);
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
    assert_eq!(desk.asked("POST", "/v2/videos/generate"), 1);
}

#[tokio::test]
async fn a_program_killed_while_it_submits_pays_once() {
    let desk = Desk::new().await;
    // The job is taken; the answer never comes, and the program dies waiting for it.
    desk.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::Generate)
            .times(1)
            .then(sandbox::Answer::DropAfter),
    );
    let id = desk.generate(quick("Twice?")).await;
    desk.until_waiting(&id, "can't be charged twice").await;
    let desk = Desk::start_again(desk.kill());
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_clip_that_was_whole_when_the_program_ended_needs_no_server_any_more() {
    let desk = Desk::new().await;
    desk.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::File)
            .times(1)
            .then(sandbox::Answer::StallInside { after: Some(9000) }),
    );
    let id = desk.generate(quick("Whole")).await;
    desk.until(
        &id,
        "downloading",
        |one| matches!(one.phase, Phase::Downloading { received, .. } if received >= 9000),
    )
    .await;
    let clips = desk.clips();
    let left = desk.kill();
    let job = left.0.jobs()[0].id.clone();
    let clip = left.0.result_bytes(&job).unwrap();
    let part = std::fs::read_dir(&clips)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|it| it == "part"))
        .unwrap();
    std::fs::write(&part, &clip).unwrap();
    // A day later Apiframe has deleted it.
    left.0
        .fault(sandbox::Fault::on(sandbox::Call::File).then(sandbox::Answer::Expire));
    left.0.clear_requests();
    let desk = Desk::start_again(left);
    let done = desk.until_ready(&id).await;
    let Phase::Ready { clip: kept } = done.phase else {
        unreachable!()
    };
    assert!(std::fs::read(&kept.file).unwrap() == clip);
    assert_eq!(desk.asked("GET", "/files/"), 0);
}

#[tokio::test]
async fn a_download_cut_by_the_end_of_the_program_goes_on() {
    let desk = Desk::new().await;
    desk.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::File)
            .times(1)
            .then(sandbox::Answer::StallInside { after: Some(9000) }),
    );
    let id = desk.generate(quick("Cut")).await;
    desk.until(
        &id,
        "downloading",
        |one| matches!(one.phase, Phase::Downloading { received, .. } if received >= 9000),
    )
    .await;
    let desk = Desk::start_again(desk.kill());
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}
