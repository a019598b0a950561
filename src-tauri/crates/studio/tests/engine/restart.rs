//! The program ends at the worst moments and is started again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use studio::generation::{GenerationId, Phase};

use crate::harness::{HANG, Harness, QUICK_PRICE, Setup, quick};

/// The unfinished downloads in a folder.
fn parts(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "part"))
        .collect()
}

async fn until(what: &str, wanted: impl Fn() -> bool) {
    let hang = tokio::time::Instant::now() + HANG;
    while !wanted() {
        assert!(
            tokio::time::Instant::now() < hang,
            "it was never so: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_job_that_renders_while_the_program_is_killed_still_becomes_a_clip() {
    let harness = Harness::new().await;
    harness.sandbox.hold();
    let id = harness.generate(quick("Survivor")).await;
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
    assert_eq!(harness.asked("POST", "/v2/videos/generate"), 1);
}

#[tokio::test]
async fn a_program_killed_while_it_submits_pays_once() {
    let harness = Harness::new().await;
    // The job is accepted; the answer never comes, and the program dies waiting for it.
    harness.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::Generate)
            .times(1)
            .then(sandbox::Answer::DropAfter),
    );
    let id = harness.generate(quick("Twice?")).await;
    harness.until_waiting(&id, "can't be charged twice").await;
    let harness = Harness::start_again(harness.kill());
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_clip_that_was_whole_when_the_program_ended_needs_no_server_any_more() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::File)
            .times(1)
            .then(sandbox::Answer::StallInside { after: Some(9000) }),
    );
    let id = harness.generate(quick("Whole")).await;
    harness
        .until(
            &id,
            "downloading",
            |one| matches!(one.phase, Phase::Downloading { received, .. } if received >= 9000),
        )
        .await;
    let clips = harness.clips();
    let left = harness.kill();
    let job = left.0.jobs()[0].id.clone();
    let clip = left.0.result_bytes(&job).unwrap();
    let part = std::fs::read_dir(&clips)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|it| it == "part"))
        .unwrap();
    std::fs::write(&part, &clip).unwrap();
    // A day later, Apiframe has deleted it.
    left.0
        .fault(sandbox::Fault::on(sandbox::Call::File).then(sandbox::Answer::Expire));
    left.0.clear_requests();
    let harness = Harness::start_again(left);
    let done = harness.until_ready(&id).await;
    let Phase::Ready { clip: kept } = done.phase else {
        unreachable!()
    };
    assert!(std::fs::read(&kept.file).unwrap() == clip);
    assert_eq!(harness.asked("GET", "/files/"), 0);
}

#[tokio::test]
async fn a_download_cut_by_the_end_of_the_program_goes_on() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::File)
            .times(1)
            .then(sandbox::Answer::StallInside { after: Some(9000) }),
    );
    let id = harness.generate(quick("Cut")).await;
    harness
        .until(
            &id,
            "downloading",
            |one| matches!(one.phase, Phase::Downloading { received, .. } if received >= 9000),
        )
        .await;
    let harness = Harness::start_again(harness.kill());
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn what_was_downloaded_into_a_former_clips_folder_is_removed_once_the_clip_is_there() {
    let harness = Harness::new().await;
    harness.sandbox.fault(
        sandbox::Fault::on(sandbox::Call::File)
            .times(1)
            .then(sandbox::Answer::StallInside { after: Some(9000) }),
    );
    let id = harness.generate(quick("Moved on")).await;
    harness
        .until(
            &id,
            "downloading",
            |one| matches!(one.phase, Phase::Downloading { received, .. } if received >= 9000),
        )
        .await;
    let former = harness.clips();
    let left = harness.kill();
    assert_eq!(parts(&former).len(), 1);

    // The user has chosen another folder in the meantime.
    let setup = Setup {
        clips: Some(left.1.path().join("elsewhere")),
        ..Setup::default()
    };
    let harness = Harness::start_again_with(left, setup);
    let Phase::Ready { clip } = harness.until_ready(&id).await.phase else {
        unreachable!()
    };
    assert_eq!(
        Path::new(&clip.file).parent(),
        Some(harness.clips().as_path())
    );
    until("nothing is left", || parts(&former).is_empty()).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_former_clips_folder_on_a_drive_is_swept_when_the_drive_is_there_again() {
    let harness = Harness::new().await;
    let drive = harness.folder.path().join("drive");
    let library = harness.engine.library().clone();
    library.add_download_folder(&drive).unwrap();
    let harness = Harness::start_again(harness.kill());
    let id = harness.generate(quick("Meanwhile")).await;
    harness.until_ready(&id).await;
    let remembered = || library.download_folders().unwrap().contains(&drive);
    assert!(remembered(), "its drive was not there");

    std::fs::create_dir(&drive).unwrap();
    let part = drive.join(format!(".{}.part", GenerationId::new(1)));
    let stranger = drive.join("Somebody else's.part");
    std::fs::write(&part, "half a clip").unwrap();
    std::fs::write(&stranger, "anything").unwrap();
    let harness = Harness::start_again(harness.kill());
    until("it is swept", || !part.exists()).await;
    until("it is forgotten", || !remembered()).await;
    assert!(stranger.exists());
    drop(harness);
}
