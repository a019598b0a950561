//! What no honest server and no tidy computer does: meaningless replies, files and folders that
//! disappear, names that lead elsewhere.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use apiframe::ApiKey;
use sandbox::{Answer, Call, Fault};
use studio::clock::Clock;
use studio::engine::EngineError;
use studio::frames::FrameProblem;
use studio::generation::{GenerationId, Phase};
use studio::library::{Filter, LibraryError};
use studio::message::Message;
use studio::notice::NoticeKind;
use studio::paths::{HOME_VARIABLE, Home, Profile};
use studio::settings::{LONGEST_TEXT, Settings};
use studio::studio::{Studio, StudioConfig};

use crate::harness::{Harness, QUICK_PRICE, quick};

#[tokio::test]
async fn a_reply_that_names_no_job_is_looked_up_in_the_accounts_list() {
    for id in ["", "../me", r"a\u0000b", &"a".repeat(1_000_000)] {
        let harness = Harness::new().await;
        let reply = format!(r#"{{"jobId":"{id}","status":"QUEUED"}}"#);
        harness
            .sandbox
            .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
        harness
            .sandbox
            .fault(Fault::on(Call::Generate).then(Answer::status(202).with_body(reply)));
        let made = harness.generate(quick("A door without a number")).await;
        harness.until_ready(&made).await;
        harness.is_settled(1, QUICK_PRICE).await;
    }
}

fn remove_library(harness: &Harness) {
    fs::remove_dir_all(harness.folder.path().join("library")).unwrap();
}

#[tokio::test]
async fn with_the_library_deleted_meanwhile_nothing_is_sent_and_the_clips_are_there_afterwards() {
    let harness = Harness::new().await;
    let made = harness.generate(quick("The tide comes in")).await;
    harness.until_ready(&made).await;
    remove_library(&harness);
    let refused = harness.engine.generate(quick("The tide goes out")).await;
    let Err(EngineError::Library(error @ LibraryError::Gone(_))) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.to_string().contains("nothing is sent"), "{error}");
    harness.is_settled(1, QUICK_PRICE).await;

    let harness = Harness::start_again(harness.kill());
    let message = harness.until_noticed(NoticeKind::Rescued).await;
    assert!(
        message.contains("One clip from the clips folder was added again"),
        "{message}"
    );
    assert!(!message.contains("damaged"), "{message}");
    let (clips, _, _) = harness.engine.page(Filter::All, None).await.unwrap();
    assert_eq!(clips.len(), 1);
    assert_eq!(clips[0].settings.prompt, "The tide comes in");
}

#[tokio::test]
async fn what_waits_while_the_library_is_deleted_is_not_sent_either() {
    let harness = Harness::new().await;
    harness.sandbox.unplug().await.unwrap();
    let waiting = harness.generate(quick("A gate opens")).await;
    harness.until_waiting(&waiting, "No connection").await;
    remove_library(&harness);
    harness.sandbox.plug().await.unwrap();
    harness.until_waiting(&waiting, "nothing is sent").await;
    assert!(harness.sandbox.jobs().is_empty(), "it was sent");
}

#[tokio::test]
async fn the_first_library_of_all_begins_without_a_word() {
    let harness = Harness::new().await;
    let id = harness.generate(quick("Dawn")).await;
    harness.until_ready(&id).await;
    assert!(harness.engine.notices().list.is_empty());
}

#[tokio::test]
async fn an_empty_file_in_the_librarys_place_is_damage_and_the_clips_are_taken_in() {
    let harness = Harness::new().await;
    let made = harness.generate(quick("Snow falls on the pier")).await;
    harness.until_ready(&made).await;
    let rest = harness.kill();
    let folder = rest.1.path().join("library");
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("library.sqlite"), b"").unwrap();
    let harness = Harness::start_again(rest);
    let message = harness.until_noticed(NoticeKind::Rescued).await;
    assert!(message.contains("there was no backup"), "{message}");
    assert!(message.contains("One clip"), "{message}");
}

#[tokio::test]
async fn a_poster_is_kept_of_a_finished_clip_only() {
    let harness = Harness::new().await;
    let ready = harness.generate(quick("Lamps")).await;
    harness.until_ready(&ready).await;
    harness.sandbox.hold();
    let running = harness.generate(quick("More lamps")).await;
    for id in [&running, &GenerationId::new(1000)] {
        let refused = harness.engine.save_poster(id, vec![0xff]).await;
        assert!(
            matches!(refused, Err(EngineError::Library(LibraryError::NotThere))),
            "{refused:?}"
        );
        assert!(!harness.engine.poster_path(id).exists());
    }
    harness
        .engine
        .save_poster(&ready, vec![0xff])
        .await
        .unwrap();
    assert!(harness.engine.poster_path(&ready).exists());
    harness.sandbox.release();
}

fn studio(home: &Path, harness: &Harness) -> Arc<Studio> {
    studio_at(home, harness, Clock::system())
}

fn studio_at(home: &Path, harness: &Harness, clock: Clock) -> Arc<Studio> {
    let home = Home::resolve(&|name| (name == HOME_VARIABLE).then(|| home.into())).unwrap();
    Studio::open(StudioConfig {
        home,
        clock,
        user_agent: "inbetween/test".into(),
        network: apiframe::Network::of_this_system(),
        base_url: Some(harness.sandbox.base_url().parse().unwrap()),
        key: Some(ApiKey::parse("afk_test").unwrap()),
        sandbox: Box::new(|| Box::pin(async { Err("not in this test".into()) })),
        sandbox_time: Duration::from_millis(500),
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_pictures_are_taken_in_at_the_same_time_and_all_in_the_end() {
    let harness = Harness::new().await;
    let home = tempfile::tempdir().unwrap();
    let studio = studio(home.path(), &harness);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let imports = (0..40).map(|_| {
        let (studio, now, most) = (Arc::clone(&studio), Arc::clone(&now), Arc::clone(&most));
        tokio::spawn(async move {
            studio
                .import(move |_| {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(20));
                    now.fetch_sub(1, Ordering::SeqCst);
                    Err(FrameProblem::Empty)
                })
                .await
        })
    });
    for import in imports.collect::<Vec<_>>() {
        assert_eq!(
            import.await.unwrap().unwrap_err().message,
            Message::PictureEmpty
        );
    }
    let most = most.load(Ordering::SeqCst);
    assert!((1..=4).contains(&most), "{most} at once");
}

#[tokio::test]
async fn a_draft_has_an_end_and_the_one_before_stays() {
    let harness = Harness::new().await;
    let home = tempfile::tempdir().unwrap();
    let studio = studio(home.path(), &harness);
    let with = |prompt: String| Settings {
        prompt,
        ..Settings::default()
    };
    let longest = with("ä".repeat(LONGEST_TEXT));
    studio.save_draft(&longest).unwrap();
    let refused = studio.save_draft(&with("ä".repeat(LONGEST_TEXT + 1)));
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("20000 characters")
    );
    assert_eq!(studio.draft(), Some(longest));

    // One from an older version, and a pipe.
    let file = home.path().join("draft.json");
    let endless = serde_json::to_vec(&with("x".repeat(20_000_000))).unwrap();
    fs::write(&file, endless).unwrap();
    assert_eq!(studio.draft(), None);
    #[cfg(unix)]
    {
        fs::remove_file(&file).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&file).status();
        assert!(made.unwrap().success());
        assert_eq!(studio.draft(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_a_draft_that_can_not_be_read_stay() {
    let harness = Harness::new().await;
    let home = tempfile::tempdir().unwrap();
    let day = Arc::new(AtomicUsize::new(20_000));
    let today = Arc::clone(&day);
    let clock = Clock::new(move || today.load(Ordering::SeqCst) as i64 * 86_400_000);
    let studio = studio_at(home.path(), &harness, clock);
    let picture = harness.frame([1, 2, 3]);
    let file = harness.frames.path(picture).unwrap();
    let hash = studio
        .import(move |frames| frames.import_bytes("a.png", &fs::read(file).unwrap()))
        .await
        .unwrap()
        .hash;
    let draft = home.path().join("draft.json");
    fs::write(&draft, vec![b' '; 20_000_000]).unwrap();
    for _ in 0..2 {
        studio.remove_unused_frames().await.unwrap_err();
        day.fetch_add(2, Ordering::SeqCst);
    }
    assert!(studio.frames().path(hash).is_some());

    // Without a draft, nothing refers to it.
    fs::remove_file(&draft).unwrap();
    assert_eq!(studio.remove_unused_frames().await.unwrap().count, 0);
    day.fetch_add(2, Ordering::SeqCst);
    assert_eq!(studio.remove_unused_frames().await.unwrap().count, 1);
}

#[cfg(unix)]
mod privacy {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn all(folder: &Path) -> Vec<PathBuf> {
        let mut found = vec![folder.to_owned()];
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                found.extend(all(&entry.path()));
            } else {
                found.push(entry.path());
            }
        }
        found
    }

    fn open_to_others(folder: &Path) -> Vec<String> {
        let open = all(folder)
            .into_iter()
            .filter(|path| mode(path) & 0o077 != 0);
        open.map(|path| format!("{:o} {}", mode(&path), path.display()))
            .collect()
    }

    async fn make_a_clip(studio: &Arc<Studio>) {
        studio.open_session().await.unwrap();
        assert_eq!(studio.profile(), Some(Profile::Apiframe));
        let engine = studio.engine().await.unwrap();
        let id = engine.generate(quick("Private")).await.unwrap().id;
        let deadline = tokio::time::Instant::now() + crate::harness::HANG;
        loop {
            let now = engine.generation(&id).await.unwrap();
            if matches!(now.phase, Phase::Ready { .. }) {
                break;
            }
            assert!(tokio::time::Instant::now() < deadline, "{now:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        engine.save_poster(&id, vec![0xff]).await.unwrap();
        let library = engine.library().clone();
        assert!(
            library
                .back_up_daily(Clock::system().now() + 100_000_000)
                .unwrap()
        );
    }

    #[tokio::test]
    async fn library_backups_clips_and_drafts_are_this_users_alone() {
        let harness = Harness::new().await;
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let studio = studio(&home, &harness);
        studio.save_draft(&quick("Private")).unwrap();
        make_a_clip(&studio).await;
        assert_eq!(open_to_others(&home), [""; 0]);
        let made = all(&home);
        for name in ["library.sqlite", "library.sqlite-wal", "posters", "clips"] {
            assert!(
                made.iter().any(|path| path.ends_with(name)),
                "{name} is not looked at: {made:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_an_older_version_left_open_is_closed_at_the_start() {
        let harness = Harness::new().await;
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let first = studio(&home, &harness);
        make_a_clip(&first).await;
        drop(first);
        for path in all(&home) {
            set(&path, if path.is_dir() { 0o755 } else { 0o644 });
        }
        let again = studio(&home, &harness);
        again.open_session().await.unwrap();
        // The folder that the user named is the user's own concern; nothing of value in it is open
        // to others.
        for folder in ["library", "clips"] {
            assert_eq!(open_to_others(&home.join(folder)), [""; 0]);
        }
    }

    #[tokio::test]
    async fn a_chosen_clips_folder_keeps_its_mode_and_clips_in_it_have_that() {
        let harness = Harness::new().await;
        let root = tempfile::tempdir().unwrap();
        let chosen = root.path().join("shared");
        fs::create_dir(&chosen).unwrap();
        set(&chosen, 0o750);
        let studio = studio(&root.path().join("home"), &harness);
        studio.set_clips_folder(Some(chosen.clone())).unwrap();
        make_a_clip(&studio).await;
        assert_eq!(mode(&chosen), 0o750);
        let clip = all(&chosen)
            .into_iter()
            .find(|path| path.extension().is_some_and(|it| it == "mp4"))
            .unwrap();
        assert_eq!(mode(&clip), 0o640, "{}", clip.display());
    }
}
