//! The ledger compared with the sandbox's own accounts, and limits that hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sandbox::{Answer, Call, Fault};
use studio::clock::Clock;
use studio::engine::EngineError;
use studio::generation::Phase;
use studio::ledger::{Kind, Limits};

use crate::harness::{Harness, QUICK_PRICE, quick};

/// The most that a quick clip may cost while only the catalogue is known: three seconds of the most
/// expensive quality.
const QUICK_AT_MOST: u32 = 45;
const HOUR: i64 = 3_600_000;

/// A clock that starts at noon, so that no test runs across midnight by accident. The second part
/// is the number of hours by which it was put forward.
fn noon() -> (Clock, Arc<AtomicI64>) {
    let noon = jiff::civil::date(2026, 11, 22)
        .at(12, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::system())
        .unwrap()
        .timestamp()
        .as_millisecond();
    let ahead = Arc::new(AtomicI64::new(0));
    let hours = Arc::clone(&ahead);
    let started = std::time::Instant::now();
    let clock = Clock::new(move || {
        let passed = i64::try_from(started.elapsed().as_millis()).unwrap();
        noon + passed + hours.load(Ordering::SeqCst) * HOUR
    });
    (clock, ahead)
}

fn a_day(credits: u32) -> Limits {
    Limits {
        day: Some(credits),
        month: None,
    }
}

/// What the ledger says was spent, with every amount known.
fn spent(harness: &Harness) -> i64 {
    let entries = harness.engine.library().entries().unwrap();
    let sum = |kind| -> i64 {
        entries
            .iter()
            .filter(|entry| entry.kind == kind)
            .map(|entry| entry.credits.expect("a known amount"))
            .sum()
    };
    let spent = sum(Kind::Charge) - sum(Kind::Return);
    assert_eq!(entries.last().map_or(0, |entry| entry.total), spent);
    spent
}

async fn until_failed(harness: &Harness, id: &studio::generation::GenerationId) {
    harness
        .until(id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
}

#[tokio::test]
async fn the_books_agree_with_the_till_after_success_failure_and_loss() {
    let harness = Harness::new().await;
    let good = harness.generate(quick("Good")).await;
    harness.until_ready(&good).await;
    assert_eq!(spent(&harness), QUICK_PRICE);

    harness.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("No.")),
    );
    let doomed = harness.generate(quick("Doomed")).await;
    until_failed(&harness, &doomed).await;
    assert_eq!(spent(&harness), QUICK_PRICE, "returned");

    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(2).then(Answer::DropAfter));
    let lost = harness.generate(quick("Lost and found")).await;
    harness.until_ready(&lost).await;

    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::Expire));
    let expired = harness.generate(quick("Expired")).await;
    until_failed(&harness, &expired).await;

    harness.sandbox.set_credits(4);
    let refused = harness.generate(quick("Refused")).await;
    until_failed(&harness, &refused).await;

    harness.engine.remove(&good).await.unwrap();
    let till: u32 = harness
        .sandbox
        .jobs()
        .iter()
        .map(|job| job.charged - job.returned)
        .sum();
    assert_eq!(spent(&harness), i64::from(till));
    assert_eq!(spent(&harness), 3 * QUICK_PRICE);
    let kinds: Vec<_> = harness
        .engine
        .library()
        .entries()
        .unwrap()
        .iter()
        .map(|entry| (entry.prompt.clone(), entry.kind))
        .collect();
    let row = |prompt: &str, kind| (prompt.to_owned(), kind);
    assert_eq!(
        kinds,
        [
            row("Good", Kind::Charge),
            row("Doomed", Kind::Charge),
            row("Doomed", Kind::Return),
            row("Lost and found", Kind::Charge),
            row("Expired", Kind::Charge),
        ]
    );
}

#[tokio::test]
async fn a_program_killed_between_payment_and_answer_books_the_job_once() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    let id = harness.generate(quick("Killed")).await;
    harness.until_waiting(&id, "can't be charged twice").await;
    assert!(harness.engine.library().entries().unwrap().is_empty());
    let harness = Harness::start_again(harness.kill());
    harness
        .until(&id, "rendering", |one| one.credits.is_some())
        .await;
    let harness = Harness::start_again(harness.kill());
    harness.until_ready(&id).await;
    assert_eq!(spent(&harness), QUICK_PRICE);
    assert_eq!(harness.engine.library().entries().unwrap().len(), 1);
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn presses_in_a_row_cannot_slip_under_the_limit_together() {
    let (clock, _) = noon();
    let harness = Harness::at(clock).await;
    harness.sandbox.hold();
    harness
        .engine
        .set_limits(a_day(2 * QUICK_AT_MOST))
        .await
        .unwrap();
    let presses = (0..5).map(|number| harness.engine.generate(quick(&format!("Press {number}"))));
    let answers = futures_util::future::join_all(presses).await;
    let started: Vec<_> = answers.iter().filter_map(|one| one.as_ref().ok()).collect();
    assert_eq!(started.len(), 2);
    let refused = answers
        .iter()
        .find_map(|one| one.as_ref().err())
        .expect("a refusal");
    assert!(matches!(refused, EngineError::Limit(_)), "{refused:?}");
    assert_eq!(
        refused.to_string(),
        "This clip may cost up to 45 credits, and 90 of today's limit of 90 are spent or reserved \
         for running clips. Nothing was started. The limit resets at midnight; you can raise it \
         in Settings."
    );
    harness.sandbox.release();
    for one in &started {
        harness.until_ready(&one.id).await;
    }
    harness.is_settled(2, 2 * QUICK_PRICE).await;
    assert_eq!(spent(&harness), 2 * QUICK_PRICE);
    // What the clips really cost is known now, and so is the price of the next one.
    let third = harness.generate(quick("There is room again")).await;
    harness.until_ready(&third).await;
    harness.is_settled(3, 3 * QUICK_PRICE).await;
}

#[tokio::test]
async fn what_waits_for_room_goes_on_when_the_limit_is_raised_and_not_before() {
    let (clock, _) = noon();
    let harness = Harness::at(clock.clone()).await;
    harness.engine.set_client(None);
    let settings = studio::settings::Settings {
        start: Some(harness.frame([9, 9, 9])),
        ..quick("Patience")
    };
    let id = harness.generate(settings).await;
    harness
        .engine
        .set_limits(a_day(QUICK_AT_MOST - 1))
        .await
        .unwrap();
    harness.sign_in();
    let waiting = harness.until_waiting(&id, "raise the limit").await;
    assert_eq!(
        waiting.waiting.unwrap().to_string(),
        "Waiting: this clip may cost 45 credits, more than your limit of 44 a day. It continues \
             when you raise the limit in Settings."
    );
    assert!(waiting.can_cancel);

    // The limit also holds after a restart.
    let harness = Harness::start_again_at(harness.kill(), clock);
    harness.until_waiting(&id, "raise the limit").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        harness.asked("POST", "/v2/"),
        0,
        "neither picture nor request"
    );

    harness
        .engine
        .set_limits(a_day(QUICK_AT_MOST))
        .await
        .unwrap();
    let done = harness.until_ready(&id).await;
    assert_eq!(done.waiting, None);
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn what_waits_for_room_goes_on_by_itself_when_the_day_ends() {
    let (clock, hours) = noon();
    let harness = Harness::at(clock).await;
    let first = harness.generate(quick("First")).await;
    harness.until_ready(&first).await;
    harness.engine.set_client(None);
    let second = harness.generate(quick("Second")).await;
    let limit = u32::try_from(QUICK_PRICE).unwrap();
    harness.engine.set_limits(a_day(limit)).await.unwrap();
    harness.sign_in();
    let waiting = harness.until_waiting(&second, "today's limit").await;
    assert_eq!(
        waiting.waiting.unwrap().to_string(),
        "Waiting: today's limit of 9 credits is reached. It continues tomorrow, or when you raise \
             the limit."
    );
    hours.store(13, Ordering::SeqCst);
    harness.until_ready(&second).await;
    harness.is_settled(2, 2 * QUICK_PRICE).await;
    let days: Vec<_> = harness
        .engine
        .library()
        .entries()
        .unwrap()
        .into_iter()
        .map(|entry| entry.day)
        .collect();
    assert_eq!(days, ["2026-11-22", "2026-11-23"]);
}

#[tokio::test]
async fn a_request_that_may_be_paid_is_asked_for_again_whatever_the_limit() {
    let (clock, _) = noon();
    let harness = Harness::at(clock).await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    let id = harness.generate(quick("Paid already")).await;
    harness.until_waiting(&id, "can't be charged twice").await;
    harness.engine.set_limits(a_day(0)).await.unwrap();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn with_a_limit_nothing_is_started_at_an_unknown_price() {
    let (clock, _) = noon();
    let harness = Harness::at(clock).await;
    harness
        .sandbox
        .fault(Fault::on(Call::Models).then(Answer::status(503)));
    harness.engine.set_client(None);
    let before = harness.generate(quick("From before the limit")).await;
    harness.engine.set_limits(a_day(1000)).await.unwrap();
    harness.sign_in();
    harness
        .until_waiting(&before, "the price of this clip is not known")
        .await;
    let refused = harness
        .engine
        .generate(quick("After it"))
        .await
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("is not known yet, so your spending limit can't be checked"),
        "{refused}"
    );
    assert_eq!(harness.sandbox.jobs().len(), 0);
    harness.sandbox.clear_faults();
    // The user requests prices by pressing again; the waiting generation continues with them.
    harness.generate(quick("After it")).await;
    harness.until_ready(&before).await;
}
