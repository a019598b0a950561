//! Disks that are full, read-only, or gone and back again. They are real disks of a few hundred
//! kilobytes in memory, in a mount namespace that only a child process of the test sees.
//!
//! Each test starts this same program again inside such a namespace, to run one case. If the system
//! does not allow such a namespace, the test says so and does not count.

mod small;

use std::process::Command;
use std::time::Duration;

use sandbox::{Answer, Call, Fault};
use studio::generation::{Generation, GenerationId, Phase};
use studio::library::Library;

use crate::harness::{Harness, QUICK_PRICE, Setup, quick};
use crate::matrix::clip;
use small::Disk;

/// Set for the child, so that `--ignored` alone runs no case on the real disk.
const INSIDE: &str = "INBETWEEN_TEST_DISK";

/// Runs a case in a process that may mount.
fn inside(case: &str) {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]);
        command
    };
    let allowed = unshare().arg("true").output();
    if !allowed.is_ok_and(|tried| tried.status.success()) {
        println!("ignored: this system lets no test mount a disk of its own (unshare)");
        return;
    }
    let output = unshare()
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            &format!("disk::{case}"),
            "--ignored",
            "--nocapture",
        ])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{trouble}");
    assert!(text.contains("1 passed"), "{text}");
}

/// A test, and the case that it runs inside the namespace.
macro_rules! cases {
    ($($name:ident => $case:ident;)*) => {
        $(#[test]
        fn $name() {
            inside(concat!("cases::", stringify!($case)));
        })*

        mod cases {
            $(#[tokio::test]
            #[ignore = "the other half of a test, which runs it on a disk of its own"]
            async fn $case() {
                if std::env::var_os(super::INSIDE).is_some() {
                    super::$case().await;
                }
            })*
        }
    };
}

cases! {
    a_clip_waits_for_room_at_each_write_and_then_comes => clips_full;
    a_clip_gets_its_name_on_a_disk_without_room_for_another_file => clips_without_a_name;
    a_read_only_clips_folder_is_said_and_waited_for => clips_read_only;
    a_drive_with_the_clips_that_goes_away_and_comes_back_costs_nothing => clips_gone;
    a_full_library_records_nothing_that_it_cannot_keep => library_full_at_generate;
    a_library_that_fills_up_at_each_write_loses_nothing => library_full_before_sending;
    an_answer_that_a_full_library_cannot_keep_is_asked_for_again => library_full_at_the_answer;
    a_full_library_loses_no_job_that_runs => library_full_while_rendering;
    a_full_library_loses_no_clip_that_comes => library_full_while_downloading;
    a_read_only_library_is_refused_in_words_and_opens_afterwards => library_read_only;
}

const CLIPS_FULL: &str = "is full. Free some space and the download continues";
const LIBRARY_FULL: &str = "The disk with the library is full. Free some space";

/// A harness with its clips on a small disk, and a generation that is rendering.
async fn with_clips_on(disk: &Disk) -> (Harness, GenerationId) {
    let harness = Harness::with(Setup {
        clip: Some(clip().await),
        clips: Some(disk.path().join("clips")),
        ..Setup::hasty()
    })
    .await;
    harness.sandbox.hold();
    let id = harness.generate(quick("No room")).await;
    harness
        .until(&id, "rendering", |one| {
            matches!(one.phase, Phase::Rendering { .. })
        })
        .await;
    (harness, id)
}

/// It continued on its own: the clip is there, once and complete, and was paid for once.
async fn ends_well(harness: &Harness, id: &GenerationId) {
    let done = harness.until_ready(id).await;
    assert_eq!(done.waiting, None);
    harness.is_settled(1, QUICK_PRICE).await;
    let Phase::Ready { clip: kept } = done.phase else {
        unreachable!()
    };
    assert!(std::fs::read(&kept.file).unwrap() == *clip().await);
}

async fn clips_full() {
    let whole = clip().await.len() as u64;
    for free in [0, 4096, whole / 2, whole - 1] {
        let disk = Disk::of("1m");
        let (harness, id) = with_clips_on(&disk).await;
        disk.fill(free);
        harness.sandbox.release();
        harness.until_waiting(&id, CLIPS_FULL).await;
        disk.empty();
        ends_well(&harness, &id).await;
        assert_eq!(std::fs::read_dir(harness.clips()).unwrap().count(), 1);
    }
}

async fn clips_without_a_name() {
    // Inodes for the disk itself, the folder and the `.part`: there is no room for another file.
    let disk = Disk::of("1m,nr_inodes=3");
    let (harness, id) = with_clips_on(&disk).await;
    harness.sandbox.release();
    ends_well(&harness, &id).await;
    assert_eq!(std::fs::read_dir(harness.clips()).unwrap().count(), 1);
}

async fn clips_read_only() {
    let disk = Disk::of("1m");
    let (harness, id) = with_clips_on(&disk).await;
    disk.again("ro");
    harness.sandbox.release();
    let waiting = harness.until_waiting(&id, "not allowed to write to").await;
    let sentence = waiting.waiting.unwrap().to_string();
    assert!(sentence.contains("choose another clips folder in Settings"));
    disk.again("rw");
    ends_well(&harness, &id).await;
}

async fn clips_gone() {
    let disk = Disk::of("1m");
    let (harness, id) = with_clips_on(&disk).await;
    // The disk goes away in the middle of the clip.
    let slow = Answer::StallInside { after: Some(9000) };
    harness
        .sandbox
        .fault(Fault::on(Call::File).times(1).then(slow));
    harness.sandbox.release();
    harness
        .until(
            &id,
            "half here",
            |one| matches!(one.phase, Phase::Downloading { received, .. } if received >= 9000),
        )
        .await;
    disk.unplug();
    harness.until_waiting(&id, "not allowed to write to").await;
    disk.plug();
    ends_well(&harness, &id).await;
    assert_eq!(std::fs::read_dir(harness.clips()).unwrap().count(), 1);
}

/// A harness with its library on a small disk, with no one signed in.
async fn with_library_on(disk: &Disk) -> Harness {
    let harness = Harness::with(Setup {
        clip: Some(clip().await),
        library: Some(disk.path().join("library")),
        ..Setup::hasty()
    })
    .await;
    // Today's backup already exists: a backup made while the disk fills up would free its space
    // again and let the next step through.
    let name = jiff::Timestamp::now().strftime("library-%Y-%m-%dT%H-%M-%S.000Z.sqlite");
    let backups = disk.path().join("library/backups");
    std::fs::create_dir_all(&backups).unwrap();
    std::fs::write(backups.join(name.to_string()), b"").unwrap();
    harness.engine.set_client(None);
    harness
}

async fn library_full_at_generate() {
    let disk = Disk::of("2m");
    let harness = with_library_on(&disk).await;
    disk.fill(0);
    let error = harness.engine.generate(quick("No room")).await.unwrap_err();
    assert!(error.to_string().contains(LIBRARY_FULL), "{error}");
    disk.empty();
    harness.is_settled(0, 0).await;
    let id = harness.generate(quick("Room")).await;
    harness.sign_in();
    ends_well(&harness, &id).await;
}

async fn library_full_before_sending() {
    // Each additional page allows a little more to be written before the disk is full, until the
    // whole life fits.
    let mut stopped = 0;
    for pages in 0.. {
        let disk = Disk::of("2m");
        let harness = with_library_on(&disk).await;
        let id = harness.generate(quick("No room")).await;
        harness.until_waiting(&id, "signed in").await;
        disk.fill(pages * 4096);
        harness.sign_in();
        let full = |one: &Generation| {
            let waiting = one.waiting.as_ref().map(ToString::to_string);
            waiting.is_some_and(|waiting| waiting.contains(LIBRARY_FULL))
        };
        let ready = |one: &Generation| matches!(one.phase, Phase::Ready { .. });
        let reached = harness
            .until(&id, "stopped by the disk, or ready", |one| {
                full(one) || ready(one)
            })
            .await;
        if ready(&reached) {
            break;
        }
        stopped += 1;
        if pages == 0 {
            assert_eq!(harness.asked("POST", "/v2/videos/generate"), 0);
        }
        assert!(harness.sandbox.jobs().len() <= 1);
        disk.empty();
        ends_well(&harness, &id).await;
    }
    assert!(stopped >= 5, "it was stopped at {stopped} places only");
}

async fn library_full_at_the_answer() {
    let disk = Disk::of("2m");
    let harness = with_library_on(&disk).await;
    // The answer takes a while, and meanwhile the disk fills up.
    let slow = Answer::Slow {
        bytes_per_second: 60,
    };
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(slow));
    let id = harness.generate(quick("No room")).await;
    harness.sign_in();
    while harness.sandbox.jobs().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    disk.fill(0);
    harness.until_waiting(&id, LIBRARY_FULL).await;
    disk.empty();
    ends_well(&harness, &id).await;
}

async fn library_full_while_rendering() {
    let disk = Disk::of("2m");
    let harness = with_library_on(&disk).await;
    harness.sandbox.hold();
    let id = harness.generate(quick("No room")).await;
    harness.sign_in();
    harness
        .until(&id, "rendering", |one| {
            matches!(one.phase, Phase::Rendering { .. })
        })
        .await;
    disk.fill(0);
    harness.sandbox.release();
    harness.until_waiting(&id, LIBRARY_FULL).await;
    disk.empty();
    ends_well(&harness, &id).await;
}

async fn library_full_while_downloading() {
    let disk = Disk::of("2m");
    let harness = with_library_on(&disk).await;
    let slow = Answer::Slow {
        bytes_per_second: 200_000,
    };
    harness
        .sandbox
        .fault(Fault::on(Call::File).times(1).then(slow));
    let id = harness.generate(quick("No room")).await;
    harness.sign_in();
    harness
        .until(
            &id,
            "on its way",
            |one| matches!(one.phase, Phase::Downloading { received, .. } if received > 0),
        )
        .await;
    disk.fill(0);
    harness.until_waiting(&id, LIBRARY_FULL).await;
    disk.empty();
    ends_well(&harness, &id).await;
}

async fn library_read_only() {
    let disk = Disk::of("2m");
    disk.again("ro");
    let folder = disk.path().join("library");
    let error = Library::open(&folder).unwrap_err();
    assert!(
        error.to_string().contains("folder could not be used"),
        "{error}"
    );
    disk.again("rw");
    drop(Library::open(&folder).unwrap());
    disk.again("ro");
    let error = Library::open(&folder).unwrap_err();
    assert!(error.to_string().contains("automatically"), "{error}");
    disk.again("rw");
    Library::open(&folder).unwrap();
}
