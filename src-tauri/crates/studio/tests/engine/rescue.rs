//! A library whose file is damaged: nothing that can be recovered is missing afterwards, and
//! nothing is paid for twice.

use std::fs;
use std::path::PathBuf;

use studio::generation::Phase;
use studio::library::Filter;
use studio::notice::NoticeKind;

use crate::desk::{Desk, QUICK_PRICE, quick};

fn library_file(desk: &Desk) -> PathBuf {
    desk.folder.path().join("library/library.sqlite")
}

fn backups(desk: &Desk) -> usize {
    let is_finished = |file: &fs::DirEntry| {
        let name = file.file_name();
        name.to_string_lossy().starts_with("library-")
    };
    fs::read_dir(desk.folder.path().join("library/backups"))
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

fn rescued(desk: &Desk) -> Option<String> {
    let notice = desk
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
    let desk = Desk::new().await;
    let made = desk.generate(quick("The tide comes in")).await;
    desk.until_ready(&made).await;
    desk.sandbox.hold();
    let paid = desk.generate(quick("The tide goes out")).await;
    desk.until(&paid, "rendering", |one| {
        matches!(one.phase, Phase::Rendering { .. })
    })
    .await;
    let rest = desk.kill();
    let _ = fs::remove_dir_all(rest.1.path().join("library/backups"));
    let desk = Desk::start_again(rest);
    desk.until_backed_up().await;
    let file = library_file(&desk);
    let rest = desk.kill();
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
    let desk = Desk::start_again(rest);
    desk.until_ready(&paid).await;
    desk.until_ready(&made).await;
    desk.is_settled(2, 2 * QUICK_PRICE).await;
}

#[tokio::test]
async fn of_two_takes_that_were_rendering_neither_is_given_the_others_clip() {
    let desk = Desk::new().await;
    desk.sandbox.hold();
    let mut takes = Vec::new();
    for colour in [[200, 40, 40], [40, 40, 200]] {
        let mut settings = quick("The tide comes in");
        settings.start = Some(desk.frame(colour));
        let id = desk.generate(settings).await;
        desk.until(&id, "rendering", |one| {
            matches!(one.phase, Phase::Rendering { .. })
        })
        .await;
        takes.push(id);
    }
    let rest = desk.kill();
    let _ = fs::remove_dir_all(rest.1.path().join("library/backups"));
    let desk = Desk::start_again(rest);
    desk.until_backed_up().await;
    desk.sandbox.release();
    let mut files = Vec::new();
    for id in &takes {
        let Phase::Ready { clip } = desk.until_ready(id).await.phase else {
            unreachable!()
        };
        files.push(PathBuf::from(clip.file));
    }
    let file = library_file(&desk);
    let rest = desk.kill();
    damage(&file);
    // The first take's clip was deleted by hand; the second's is there.
    fs::remove_file(&files[0]).unwrap();
    let desk = Desk::start_again(rest);
    for (number, id) in takes.iter().enumerate() {
        let one = desk.until_ready(id).await;
        let Phase::Ready { clip } = one.phase else {
            unreachable!()
        };
        let job = &desk.sandbox.jobs()[number];
        assert!(
            fs::read(&clip.file).unwrap() == desk.sandbox.result_bytes(&job.id).unwrap(),
            "take {number} has another's clip"
        );
    }
    desk.is_settled(2, 2 * QUICK_PRICE).await;
}

#[tokio::test]
async fn a_damaged_library_is_set_aside_and_every_clip_is_there_again() {
    let desk = Desk::new().await;
    let old = desk.generate(quick("The tide comes in")).await;
    desk.until_ready(&old).await;
    // The day's backup contains this one and not the next.
    let rest = desk.kill();
    let _ = fs::remove_dir_all(rest.1.path().join("library/backups"));
    let desk = Desk::start_again(rest);
    desk.until_backed_up().await;
    assert_eq!(backups(&desk), 1);
    let new = desk.generate(quick("The tide goes out")).await;
    desk.until_ready(&new).await;

    let file = library_file(&desk);
    let rest = desk.kill();
    damage(&file);
    let desk = Desk::start_again(rest);
    let message = desk.until_noticed(NoticeKind::Rescued).await;
    assert!(message.contains("the backup of"), "{message}");
    assert!(
        message.contains("One clip from the clips folder was added again"),
        "{message}"
    );
    let (clips, _, _) = desk.engine.page(Filter::All, None).await.unwrap();
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
    desk.is_settled(2, 2 * QUICK_PRICE).await;

    desk.engine.dismiss_notice(NoticeKind::Rescued);
    assert_eq!(rescued(&desk), None);
}

#[tokio::test]
async fn what_a_backup_knows_as_unsent_is_never_sent_again_by_itself() {
    let desk = Desk::new().await;
    desk.sandbox.unplug().await.unwrap();
    let id = desk.generate(quick("A gate opens")).await;
    desk.until_waiting(&id, "No connection").await;
    let desk = Desk::start_again(desk.kill());
    desk.until_backed_up().await;
    // Since that backup, it was sent and paid for.
    desk.sandbox.plug().await.unwrap();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
    fs::remove_dir_all(desk.clips()).unwrap();

    let file = library_file(&desk);
    let rest = desk.kill();
    damage(&file);
    let desk = Desk::start_again(rest);
    let doubtful = desk
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
    desk.engine.resume(&id).await.unwrap();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn without_a_backup_a_new_library_begins_with_the_clips_on_the_disk() {
    let desk = Desk::new().await;
    let id = desk.generate(quick("Snow falls on the pier")).await;
    desk.until_ready(&id).await;
    fs::write(desk.clips().join("holiday.mp4"), b"not ours").unwrap();
    let file = library_file(&desk);
    let rest = desk.kill();
    let _ = fs::remove_dir_all(file.parent().unwrap().join("backups"));
    damage(&file);
    let desk = Desk::start_again(rest);
    let message = desk.until_noticed(NoticeKind::Rescued).await;
    assert!(message.contains("there was no backup"), "{message}");
    let (clips, _, _) = desk.engine.page(Filter::All, None).await.unwrap();
    assert_eq!(clips.len(), 1, "{clips:#?}");
    assert_eq!(clips[0].settings.prompt, "Snow falls on the pier");
    assert_eq!(clips[0].settings.length, 3);
    assert!(desk.clips().join("holiday.mp4").exists());
}

#[tokio::test]
async fn a_library_has_one_backup_a_day_and_the_newest_three() {
    use studio::library::Library;

    let desk = Desk::new().await;
    let id = desk.generate(quick("Leaves turn")).await;
    desk.until_ready(&id).await;
    let library = desk.engine.library().clone();
    let day = 24 * 3_600_000;
    let start = 1_800_000_000_000;
    let made: Vec<bool> = (0..10)
        .map(|half| library.back_up_daily(start + half * day / 2).unwrap())
        .collect();
    assert_eq!(made.iter().filter(|made| **made).count(), 5, "{made:?}");
    assert_eq!(backups(&desk), 3);
    // Each one is a complete library.
    let newest = fs::read_dir(desk.folder.path().join("library/backups"))
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
    let desk = Desk::new().await;
    let first = desk.generate(quick("The first")).await;
    desk.until_ready(&first).await;
    let file = library_file(&desk);
    let left = desk.kill();
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
    let desk = Desk::start_again(left);
    desk.generate(quick("The next")).await;
    while desk.sandbox.jobs().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(backups(&desk), 0, "it was waited for");
    desk.until_backed_up().await;
}
