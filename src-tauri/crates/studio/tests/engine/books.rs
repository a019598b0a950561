//! The studio's side of the ledger: limits that outlive the program, and the export.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apiframe::ApiKey;
use sandbox::Sandbox;
use studio::clock::Clock;
use studio::generation::Phase;
use studio::ledger::Limits;
use studio::paths::{HOME_VARIABLE, Home};
use studio::studio::{RunningSandbox, Studio, StudioConfig};

use crate::harness::quick;

fn studio(folder: &Path, sandbox: &Arc<Sandbox>) -> Arc<Studio> {
    let home = Home::resolve(&|name| (name == HOME_VARIABLE).then(|| folder.into())).unwrap();
    let sandbox = Arc::clone(sandbox);
    Studio::open(StudioConfig {
        home,
        clock: Clock::system(),
        user_agent: "inbetween/test".into(),
        network: apiframe::Network::of_this_system(),
        base_url: None,
        key: None,
        sandbox: Box::new(move || {
            let base = sandbox.base_url().parse().unwrap();
            let key = ApiKey::parse("afk_test").unwrap();
            Box::pin(async move { Ok(RunningSandbox { base, key }) })
        }),
        sandbox_time: Duration::from_millis(500),
    })
    .unwrap()
}

#[tokio::test]
async fn limits_outlive_the_program_and_the_ledger_can_be_taken_along() {
    let sandbox = Sandbox::builder()
        .key("afk_test")
        .speed(200.0)
        .start()
        .await
        .unwrap();
    let sandbox = Arc::new(sandbox);
    let folder = tempfile::tempdir().unwrap();
    let first = studio(folder.path(), &sandbox);
    first.use_sandbox().await.unwrap();
    let made = first
        .engine()
        .await
        .unwrap()
        .generate(quick("=1+1, said \"the\" clock"))
        .await
        .unwrap();
    let deadline = tokio::time::Instant::now() + crate::harness::HANG;
    loop {
        let now = first
            .engine()
            .await
            .unwrap()
            .generation(&made.id)
            .await
            .unwrap();
        if matches!(now.phase, Phase::Ready { .. }) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{now:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let limits = Limits {
        day: Some(10),
        month: Some(500),
    };
    let books = first.set_limits(limits).await.unwrap();
    assert_eq!(
        (books.today.limit, books.month.limit),
        (Some(10), Some(500))
    );
    assert_eq!((books.today.sum.charged, books.today.used), (9, 9));
    drop(first);

    let again = studio(folder.path(), &sandbox);
    let refused = again
        .engine()
        .await
        .unwrap()
        .generate(quick("One more"))
        .await
        .unwrap_err();
    let problem = studio::problem::Problem::from(refused);
    assert_eq!(problem.message.code(), "spendingReached");
    assert!(
        problem.to_string().contains("9 of today's limit of 10"),
        "{}",
        problem.message
    );

    let name = again.ledger_file_name().await.unwrap();
    assert!(name.starts_with("Inbetween sandbox credits 20"), "{name}");
    let file = folder.path().join(name);
    std::fs::write(&file, "an older export").unwrap();
    again.export_ledger(&file).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("Entry,Time,Day,Kind,Charged"));
    assert!(lines[1].contains(",charge,9,,9,"), "{text}");
    assert!(
        lines[1].ends_with(",\"'=1+1, said \"\"the\"\" clock\""),
        "{text}"
    );
    let nowhere = folder
        .path()
        .join("library/sandbox/library.sqlite/ledger.csv");
    let problem = again.export_ledger(&nowhere).await.unwrap_err();
    assert!(
        problem.to_string().contains("Choose another place"),
        "{problem}"
    );
}
