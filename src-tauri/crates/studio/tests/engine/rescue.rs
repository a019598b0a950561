//! A library whose file is damaged: nothing that can be recovered is missing afterwards, and
//! nothing is paid for twice.

use std::fs;
use std::path::PathBuf;

use studio::generation::Phase;
use studio::library::Filter;
use studio::notice::NoticeKind;

use crate::harness::{Harness, QUICK_PRICE, quick};

fn library_file(harness: &Harness) -> PathBuf {
    harness.folder.path().join("library/library.sqlite")
}

fn backups(harness: &Harness) -> usize {
    let is_finished = |file: &fs::DirEntry| {
        let name = file.file_name();
        name.to_string_lossy().starts_with("library-")
    };
    fs::read_dir(harness.folder.path().join("library/backups"))
        .map_or(0, |files| files.flatten().filter(is_finished).count())
}

/// What a failing disk leaves: the first page is no longer SQLite's.
fn damage(file: &PathBuf) {
    let mut bytes = fs::read(file).unwrap();
    let end = bytes.len().min(4096);
    bytes[..end].fill(0x5a);
    fs::write(file, bytes).unwrap();
    for beside in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{beside}", file.display()));
    }
}

fn rescued(harness: &Harness) -> Option<String> {
    let notice = harness
        .engine
        .notices()
        .list
        .into_iter()
        .find(|one| one.kind == NoticeKind::Rescued)?;
    assert!(notice.can_dismiss);
    Some(notice.message.to_string())
}

#[tokio::test]
async fn a_rescue_that_was_stopped_on_its_way_is_done_by_the_next_start() {
    let harness = Harness::new().await;
    let made = harness.generate(quick("The tide comes in")).await;
    harness.until_ready(&made).await;
    harness.sandbox.hold();
    let paid = harness.generate(quick("The tide goes out")).await;
    harness
        .until(&paid, "rendering", |one| {
            matches!(one.phase, Phase::Rendering { .. })
        })
        .await;
    let rest = harness.kill();
    let _ = fs::remove_dir_all(rest.1.path().join("library/backups"));
    let harness = Harness::start_again(rest);
    harness.until_backed_up().await;
    let file = library_file(&harness);
    let rest = harness.kill();
    // Killed after the damaged file was set aside, or with a backup half copied.
    for empty in [false, true] {
        for beside in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{beside}", file.display()));
        }
        if empty {
            fs::write(&file, b"").unwrap();
        }
        let (library, rescue) = studio::library::Library::open_or_rescue(
            file.parent().unwrap(),
            studio::clock::Clock::system().now(),
            &studio::engine::doubt(),
        )
        .unwrap();
        assert!(rescue.unwrap().backup.is_some());
        drop(library);
    }
    rest.0.release();
    let harness = Harness::start_again(rest);
    harness.until_ready(&paid).await;
    harness.until_ready(&made).await;
    harness.is_settled(2, 2 * QUICK_PRICE).await;
}

#[tokio::test]
async fn of_two_takes_that_were_rendering_neither_is_given_the_others_clip() {
    let harness = Harness::new().await;
    harness.sandbox.hold();
    let mut takes = Vec::new();
    for colour in [[200, 40, 40], [40, 40, 200]] {
        let mut settings = quick("The tide comes in");
        settings.start = Some(harness.frame(colour));
        let id = harness.generate(settings).await;
        harness
            .until(&id, "rendering", |one| {
                matches!(one.phase, Phase::Rendering { .. })
            })
            .await;
        takes.push(id);
    }
    let rest = harness.kill();
    let _ = fs::remove_dir_all(rest.1.path().join("library/backups"));
    let harness = Harness::start_again(rest);
    harness.until_backed_up().await;
    harness.sandbox.release();
    let mut files = Vec::new();
    for id in &takes {
        let Phase::Ready { clip } = harness.until_ready(id).await.phase else {
            unreachable!()
        };
        files.push(PathBuf::from(clip.file));
    }
    let file = library_file(&harness);
    let rest = harness.kill();
    damage(&file);
    // The first take's clip was deleted by hand; the second's is there.
    fs::remove_file(&files[0]).unwrap();
    let harness = Harness::start_again(rest);
    for (number, id) in takes.iter().enumerate() {
        let one = harness.until_ready(id).await;
        let Phase::Ready { clip } = one.phase else {
            unreachable!()
        };
        let job = &harness.sandbox.jobs()[number];
        assert!(
            fs::read(&clip.file).unwrap() == harness.sandbox.result_bytes(&job.id).unwrap(),
            "take {number} has another's clip"
        );
    }
    harness.is_settled(2, 2 * QUICK_PRICE).await;
}

#[tokio::test]
async fn a_damaged_library_is_set_aside_and_every_clip_is_there_again() {
    let harness = Harness::new().await;
    let old = harness.generate(quick("The tide comes in")).await;
    harness.until_ready(&old).await;
    // The day's backup contains this one and not the next.
    let rest = harness.kill();
    let _ = fs::remove_dir_all(rest.1.path().join("library/backups"));
    let harness = Harness::start_again(rest);
    harness.until_backed_up().await;
    assert_eq!(backups(&harness), 1);
    let new = harness.generate(quick("The tide goes out")).await;
    harness.until_ready(&new).await;

    let file = library_file(&harness);
    let rest = harness.kill();
    damage(&file);
    let harness = Harness::start_again(rest);
    let message = harness.until_noticed(NoticeKind::Rescued).await;
    assert!(message.contains("the backup of"), "{message}");
    assert!(
        message.contains("One clip from the clips folder was added again"),
        "{message}"
    );
    let (clips, _, _) = harness.engine.page(Filter::All, None).await.unwrap();
    let mut prompts: Vec<_> = clips
        .iter()
        .map(|one| one.settings.prompt.clone())
        .collect();
    prompts.sort();
    assert_eq!(prompts, ["The tide comes in", "The tide goes out"]);
    assert!(
        clips
            .iter()
            .all(|one| matches!(&one.phase, Phase::Ready { clip } if !clip.missing))
    );
    // The damaged file is kept.
    assert!(message.contains("damaged-"), "{message}");
    let aside = fs::read_dir(file.parent().unwrap())
        .unwrap()
        .filter(|file| {
            let name = file.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("damaged-")
        })
        .count();
    assert_eq!(aside, 1);
    harness.is_settled(2, 2 * QUICK_PRICE).await;

    harness.engine.dismiss_notice(NoticeKind::Rescued);
    assert_eq!(rescued(&harness), None);
}

#[tokio::test]
async fn what_a_backup_knows_as_unsent_is_never_sent_again_by_itself() {
    let harness = Harness::new().await;
    harness.sandbox.unplug().await.unwrap();
    let id = harness.generate(quick("A gate opens")).await;
    harness.until_waiting(&id, "No connection").await;
    let harness = Harness::start_again(harness.kill());
    harness.until_backed_up().await;
    // Since that backup, it was sent and paid for.
    harness.sandbox.plug().await.unwrap();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
    fs::remove_dir_all(harness.clips()).unwrap();

    let file = library_file(&harness);
    let rest = harness.kill();
    damage(&file);
    let harness = Harness::start_again(rest);
    let doubtful = harness
        .until(&id, "uncertain", |one| {
            matches!(one.phase, Phase::Uncertain { .. })
        })
        .await;
    let Phase::Uncertain { message } = doubtful.phase else {
        unreachable!()
    };
    let message = message.to_string();
    assert!(
        message.contains("an older copy of it was used"),
        "{message}"
    );
    // "Check" finds the job and fetches its clip; nothing is paid for again.
    harness.engine.resume(&id).await.unwrap();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn without_a_backup_a_new_library_begins_with_the_clips_on_the_disk() {
    let harness = Harness::new().await;
    let id = harness.generate(quick("Snow falls on the pier")).await;
    harness.until_ready(&id).await;
    fs::write(harness.clips().join("holiday.mp4"), b"not ours").unwrap();
    let file = library_file(&harness);
    let rest = harness.kill();
    let _ = fs::remove_dir_all(file.parent().unwrap().join("backups"));
    damage(&file);
    let harness = Harness::start_again(rest);
    let message = harness.until_noticed(NoticeKind::Rescued).await;
    assert!(message.contains("there was no backup"), "{message}");
    let (clips, _, _) = harness.engine.page(Filter::All, None).await.unwrap();
    assert_eq!(clips.len(), 1, "{clips:#?}");
    assert_eq!(clips[0].settings.prompt, "Snow falls on the pier");
    assert_eq!(clips[0].settings.length, 3);
    assert!(harness.clips().join("holiday.mp4").exists());
}

#[tokio::test]
async fn a_library_has_one_backup_a_day_and_the_newest_three() {
    use studio::library::Library;

    let harness = Harness::new().await;
    let id = harness.generate(quick("Leaves turn")).await;
    harness.until_ready(&id).await;
    let library = harness.engine.library().clone();
    let day = 24 * 3_600_000;
    let start = 1_800_000_000_000;
    let made: Vec<bool> = (0..10)
        .map(|half| library.back_up_daily(start + half * day / 2).unwrap())
        .collect();
    assert_eq!(made.iter().filter(|made| **made).count(), 5, "{made:?}");
    assert_eq!(backups(&harness), 3);
    // Each one is a complete library.
    let newest = fs::read_dir(harness.folder.path().join("library/backups"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .max()
        .unwrap();
    let copy = tempfile::tempdir().unwrap();
    fs::copy(newest, copy.path().join("library.sqlite")).unwrap();
    let copy = Library::open(copy.path()).unwrap();
    assert!(copy.record(&id).unwrap().is_some());
}

#[tokio::test]
async fn a_backup_that_takes_long_keeps_no_request_waiting() {
    let harness = Harness::new().await;
    let first = harness.generate(quick("The first")).await;
    harness.until_ready(&first).await;
    let file = library_file(&harness);
    let left = harness.kill();
    // Its copy pauses after each megabyte.
    rusqlite::Connection::open(file)
        .unwrap()
        .execute_batch(
            "CREATE TABLE ballast (megabyte BLOB); \
             WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
             INSERT INTO ballast SELECT zeroblob(1000000) FROM n;",
        )
        .unwrap();
    for backup in std::fs::read_dir(left.1.path().join("library/backups"))
        .into_iter()
        .flatten()
    {
        std::fs::remove_file(backup.unwrap().path()).unwrap();
    }
    let harness = Harness::start_again(left);
    harness.generate(quick("The next")).await;
    while harness.sandbox.jobs().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(backups(&harness), 0, "it was waited for");
    harness.until_backed_up().await;
}
