//! Clips whose files the user moved or deleted: noticed, found where the user points to, or fetched
//! again.

use std::path::Path;

use studio::engine::ImportError;
use studio::library::Filter;

use crate::desk::{Desk, QUICK_PRICE};
use crate::recovery::{clip, in_the_library, ready};

#[tokio::test]
async fn a_clip_that_was_moved_is_noticed_and_noticed_again_when_it_is_back() {
    let desk = Desk::new().await;
    let (id, file) = ready(&desk, "Moved").await;
    let (here, _) = ready(&desk, "Here").await;
    let aside = desk.folder.path().join("aside.mp4");
    std::fs::rename(&file, &aside).unwrap();
    let gone = desk.engine.look_for_clips().await.unwrap();
    assert_eq!(gone, std::slice::from_ref(&id));
    // The gallery shows what the check found.
    let (all, ..) = desk.engine.page(Filter::All, None).await.unwrap();
    for one in all {
        let expected = one.id != here;
        assert_eq!(clip(one).missing, expected);
    }
    std::fs::rename(&aside, &file).unwrap();
    assert!(!clip(desk.now(&id).await).missing);
    assert!(desk.engine.look_for_clips().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_moved_clip_is_taken_from_where_the_person_points_and_no_other_file_is() {
    let desk = Desk::new().await;
    let (id, file) = ready(&desk, "Moved").await;
    let (_, other) = ready(&desk, "Another").await;
    let place = desk.folder.path().join("renamed by hand.mp4");
    std::fs::rename(&file, &place).unwrap();
    desk.engine.look_for_clips().await.unwrap();

    let padded = desk.folder.path().join("padded.mp4");
    let mut bytes = std::fs::read(&place).unwrap();
    bytes.push(0);
    std::fs::write(&padded, &bytes).unwrap();
    let noise = desk.folder.path().join("noise.mp4");
    std::fs::write(&noise, vec![7; bytes.len() - 1]).unwrap();
    for wrong in [
        &padded,
        &noise,
        &desk.folder.path().join("nowhere.mp4"),
        &desk.clips(),
    ] {
        let error = desk.engine.found(&id, wrong.clone()).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&*wrong.file_name().unwrap().to_string_lossy()),
            "{error}"
        );
        assert!(clip(desk.now(&id).await).missing);
    }
    let found = desk.engine.found(&id, place.clone()).await.unwrap();
    assert_eq!(found.others, 0);
    let now = clip(found.generation);
    assert_eq!(
        (Path::new(&now.file), now.missing),
        (place.as_path(), false)
    );
    assert_eq!(now.name, "renamed by hand.mp4");
    assert!(other.is_file());
    let desk = Desk::start_again(desk.kill());
    assert_eq!(Path::new(&clip(desk.now(&id).await).file), place);
}

#[tokio::test]
async fn pointing_at_one_clip_of_a_moved_folder_finds_the_others_in_it() {
    let desk = Desk::new().await;
    let (first, file) = ready(&desk, "First").await;
    let (second, _) = ready(&desk, "Second").await;
    let (third, gone) = ready(&desk, "Third").await;
    std::fs::remove_file(gone).unwrap();
    let elsewhere = desk.folder.path().join("films");
    std::fs::rename(desk.clips(), &elsewhere).unwrap();
    assert_eq!(desk.engine.look_for_clips().await.unwrap().len(), 3);
    let place = elsewhere.join(file.file_name().unwrap());
    let found = desk.engine.found(&first, place).await.unwrap();
    assert_eq!(found.others, 1);
    assert!(!clip(desk.now(&second).await).missing);
    assert_eq!(desk.engine.look_for_clips().await.unwrap(), [third]);
}

#[tokio::test]
async fn a_deleted_clip_is_fetched_once_more_without_being_paid_for() {
    let desk = Desk::new().await;
    let (id, file) = ready(&desk, "Deleted").await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    desk.engine.fetch_again(&id).await.unwrap();
    let back = clip(desk.until_ready(&id).await);
    assert!(!back.missing);
    assert!(std::fs::read(back.file).unwrap() == bytes);
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_deleted_clip_that_apiframe_no_longer_has_stays_as_it_is_and_says_why() {
    let desk = Desk::new().await;
    let (id, file) = ready(&desk, "Deleted").await;
    std::fs::remove_file(&file).unwrap();
    let job = desk.sandbox.jobs()[0].id.clone();
    desk.sandbox.expire(&job);
    let error = desk.engine.fetch_again(&id).await.unwrap_err();
    assert!(matches!(error, ImportError::Expired), "{error:?}");
    let still = clip(desk.now(&id).await);
    assert!(still.missing);
    assert_eq!(Path::new(&still.file), file);
}

#[tokio::test]
async fn a_clip_that_is_there_is_not_fetched_again() {
    let desk = Desk::new().await;
    let (id, _) = ready(&desk, "Here").await;
    desk.sandbox.clear_requests();
    desk.engine.fetch_again(&id).await.unwrap();
    assert_eq!(desk.asked("GET", "/"), 0);
    assert_eq!(in_the_library(&desk).await, 1);
}
