//! Clips whose files the user moved or deleted: noticed, found where the user points to, or fetched
//! again.

use std::path::Path;

use studio::engine::ImportError;
use studio::library::Filter;

use crate::harness::{Harness, QUICK_PRICE};
use crate::recovery::{clip, in_the_library, ready};

#[tokio::test]
async fn a_clip_that_was_moved_is_noticed_and_noticed_again_when_it_is_back() {
    let harness = Harness::new().await;
    let (id, file) = ready(&harness, "Moved").await;
    let (here, _) = ready(&harness, "Here").await;
    let aside = harness.folder.path().join("aside.mp4");
    std::fs::rename(&file, &aside).unwrap();
    let gone = harness.engine.look_for_clips().await.unwrap();
    assert_eq!(gone, std::slice::from_ref(&id));
    // The gallery shows what the check found.
    let (all, ..) = harness.engine.page(Filter::All, None).await.unwrap();
    for one in all {
        let expected = one.id != here;
        assert_eq!(clip(one).missing, expected);
    }
    std::fs::rename(&aside, &file).unwrap();
    assert!(!clip(harness.now(&id).await).missing);
    assert!(harness.engine.look_for_clips().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_moved_clip_is_taken_from_where_the_person_points_and_no_other_file_is() {
    let harness = Harness::new().await;
    let (id, file) = ready(&harness, "Moved").await;
    let (_, other) = ready(&harness, "Another").await;
    let place = harness.folder.path().join("renamed by hand.mp4");
    std::fs::rename(&file, &place).unwrap();
    harness.engine.look_for_clips().await.unwrap();

    let padded = harness.folder.path().join("padded.mp4");
    let mut bytes = std::fs::read(&place).unwrap();
    bytes.push(0);
    std::fs::write(&padded, &bytes).unwrap();
    let noise = harness.folder.path().join("noise.mp4");
    std::fs::write(&noise, vec![7; bytes.len() - 1]).unwrap();
    for wrong in [
        &padded,
        &noise,
        &harness.folder.path().join("nowhere.mp4"),
        &harness.clips(),
    ] {
        let error = harness.engine.found(&id, wrong.clone()).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&*wrong.file_name().unwrap().to_string_lossy()),
            "{error}"
        );
        assert!(clip(harness.now(&id).await).missing);
    }
    let found = harness.engine.found(&id, place.clone()).await.unwrap();
    assert_eq!(found.others, 0);
    let now = clip(found.generation);
    assert_eq!(
        (Path::new(&now.file), now.missing),
        (place.as_path(), false)
    );
    assert_eq!(now.name, "renamed by hand.mp4");
    assert!(other.is_file());
    let harness = Harness::start_again(harness.kill());
    assert_eq!(Path::new(&clip(harness.now(&id).await).file), place);
}

#[tokio::test]
async fn pointing_at_one_clip_of_a_moved_folder_finds_the_others_in_it() {
    let harness = Harness::new().await;
    let (first, file) = ready(&harness, "First").await;
    let (second, _) = ready(&harness, "Second").await;
    let (third, gone) = ready(&harness, "Third").await;
    std::fs::remove_file(gone).unwrap();
    let elsewhere = harness.folder.path().join("films");
    std::fs::rename(harness.clips(), &elsewhere).unwrap();
    assert_eq!(harness.engine.look_for_clips().await.unwrap().len(), 3);
    let place = elsewhere.join(file.file_name().unwrap());
    let found = harness.engine.found(&first, place).await.unwrap();
    assert_eq!(found.others, 1);
    assert!(!clip(harness.now(&second).await).missing);
    assert_eq!(harness.engine.look_for_clips().await.unwrap(), [third]);
}

#[tokio::test]
async fn a_deleted_clip_is_fetched_once_more_without_being_paid_for() {
    let harness = Harness::new().await;
    let (id, file) = ready(&harness, "Deleted").await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    harness.engine.fetch_again(&id).await.unwrap();
    let back = clip(harness.until_ready(&id).await);
    assert!(!back.missing);
    assert!(std::fs::read(back.file).unwrap() == bytes);
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_deleted_clip_that_apiframe_no_longer_has_stays_as_it_is_and_says_why() {
    let harness = Harness::new().await;
    let (id, file) = ready(&harness, "Deleted").await;
    std::fs::remove_file(&file).unwrap();
    let job = harness.sandbox.jobs()[0].id.clone();
    harness.sandbox.expire(&job);
    let error = harness.engine.fetch_again(&id).await.unwrap_err();
    assert!(matches!(error, ImportError::Expired), "{error:?}");
    let still = clip(harness.now(&id).await);
    assert!(still.missing);
    assert_eq!(Path::new(&still.file), file);
}

#[tokio::test]
async fn a_clip_that_is_there_is_not_fetched_again() {
    let harness = Harness::new().await;
    let (id, _) = ready(&harness, "Here").await;
    harness.sandbox.clear_requests();
    harness.engine.fetch_again(&id).await.unwrap();
    assert_eq!(harness.asked("GET", "/"), 0);
    assert_eq!(in_the_library(&harness).await, 1);
}
