//! The report of a real studio: what it says to the people who help, and what it keeps private.

use std::sync::Arc;
use std::time::Duration;

use apiframe::ApiKey;
use sandbox::{Answer, Call, Fault, Sandbox};
use studio::clock::Clock;
use studio::generation::Phase;
use studio::paths::{HOME_VARIABLE, Home, Profile};
use studio::report::Surroundings;
use studio::studio::{Studio, StudioConfig};

use crate::harness::quick;

const KEY: &str = "afk_live_9d2c51f0e8";
const PROMPT: &str = "A walk that stays between us";

async fn opened(sandbox: &Sandbox, folder: &std::path::Path) -> Arc<Studio> {
    let home = folder.as_os_str().to_owned();
    let home = Home::resolve(&|name| (name == HOME_VARIABLE).then(|| home.clone())).unwrap();
    let studio = Studio::open(StudioConfig {
        home,
        clock: Clock::system(),
        user_agent: "inbetween/test".into(),
        network: apiframe::Network::of_this_system(),
        base_url: Some(sandbox.base_url().parse().unwrap()),
        // The key comes from the environment: no keychain is asked.
        key: Some(ApiKey::parse(KEY).unwrap()),
        sandbox: Box::new(|| Box::pin(async { Err("not in this test".into()) })),
        sandbox_time: Duration::from_secs(1),
    })
    .unwrap();
    studio.open_session().await.unwrap();
    assert_eq!(studio.profile(), Some(Profile::Apiframe));
    studio
}

#[tokio::test]
async fn a_report_counts_the_library_and_holds_neither_key_nor_prompt() {
    let sandbox = Sandbox::builder()
        .key(KEY)
        .speed(500.0)
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let studio = opened(&sandbox, folder.path()).await;
    let engine = studio.engine().await.unwrap();
    let ready = engine.generate(quick(PROMPT)).await.unwrap().id;
    let file = loop {
        if let Phase::Ready { clip } = engine.generation(&ready).await.unwrap().phase {
            break clip.file;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    std::fs::remove_file(file).unwrap();
    sandbox.fault(Fault::on(Call::Generate).then(Answer::status(400)));
    let failed = engine.generate(quick(PROMPT)).await.unwrap().id;
    while !matches!(
        engine.generation(&failed).await.unwrap().phase,
        Phase::Failed { .. }
    ) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let log = folder.path().join("log");
    std::fs::create_dir_all(&log).unwrap();
    std::fs::write(
        log.join("inbetween.2026-11-22.log"),
        format!(
            "2026-11-22T10:00:00Z  INFO studio: starting\n\
             2026-11-22T10:00:01Z  WARN studio: it said {KEY} at https://cdn.test/a?sig=SIGNED\n"
        ),
    )
    .unwrap();
    let report = studio
        .report(Surroundings {
            version: "9.8.7".into(),
            web_view: Some("2.50.6".into()),
            plays: None,
        })
        .await;
    for line in [
        "Version     9.8.7",
        "Web view    2.50.6",
        "Plays       not known",
        "Profile     Apiframe",
        "Key         set, from the environment",
        "Library     2 generations (1 failed, 1 ready), 1 clip files missing, version ",
        "file sound",
        "WARN studio: it said afk_… at https://cdn.test/a?…",
        "GB free",
    ] {
        assert!(report.contains(line), "{line:?} is not in\n{report}");
    }
    for secret in [KEY, &KEY[KEY.len() - 6..], PROMPT, "SIGNED", "starting"] {
        assert!(!report.contains(secret), "the report holds {secret}");
    }
}

#[tokio::test]
async fn a_damaged_library_is_told_in_the_report() {
    let sandbox = Sandbox::builder().key(KEY).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let studio = opened(&sandbox, folder.path()).await;
    let engine = studio.engine().await.unwrap();
    assert!(engine.library().integrity().unwrap().is_empty());
    // A row that the table does not allow, as a failing disk leaves it.
    let file = engine.library().folder().join("library.sqlite");
    let other = rusqlite::Connection::open(file).unwrap();
    other
        .execute_batch(
            "PRAGMA ignore_check_constraints = ON; \
             INSERT INTO ledger (at, day, generation, prompt, job, kind) \
             VALUES (1, '2026-11-22', 'x', '', 'x', 'gift');",
        )
        .unwrap();
    drop(other);
    let report = studio.report(Surroundings::default()).await;
    assert!(report.contains("FILE DAMAGED"), "{report}");
    assert!(
        report.contains("CHECK constraint failed in ledger"),
        "{report}"
    );
}
