//! The ledger compared with the sandbox's own accounts, and limits that hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sandbox::{Answer, Call, Fault};
use studio::clock::Clock;
use studio::engine::EngineError;
use studio::generation::Phase;
use studio::ledger::{Kind, Limits};

use crate::desk::{Desk, QUICK_PRICE, quick};

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
fn spent(desk: &Desk) -> i64 {
    let entries = desk.engine.library().entries().unwrap();
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

async fn until_failed(desk: &Desk, id: &studio::generation::GenerationId) {
    desk.until(id, "failed", |one| {
        matches!(one.phase, Phase::Failed { .. })
    })
    .await;
}

#[tokio::test]
async fn the_books_agree_with_the_till_after_success_failure_and_loss() {
    let desk = Desk::new().await;
    let good = desk.generate(quick("Good")).await;
    desk.until_ready(&good).await;
    assert_eq!(spent(&desk), QUICK_PRICE);

    desk.sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("No.")),
    );
    let doomed = desk.generate(quick("Doomed")).await;
    until_failed(&desk, &doomed).await;
    assert_eq!(spent(&desk), QUICK_PRICE, "returned");

    desk.sandbox
        .fault(Fault::on(Call::Generate).times(2).then(Answer::DropAfter));
    let lost = desk.generate(quick("Lost and found")).await;
    desk.until_ready(&lost).await;

    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::Expire));
    let expired = desk.generate(quick("Expired")).await;
    until_failed(&desk, &expired).await;

    desk.sandbox.set_credits(4);
    let refused = desk.generate(quick("Refused")).await;
    until_failed(&desk, &refused).await;

    desk.engine.remove(&good).await.unwrap();
    let till: u32 = desk
        .sandbox
        .jobs()
        .iter()
        .map(|job| job.charged - job.returned)
        .sum();
    assert_eq!(spent(&desk), i64::from(till));
    assert_eq!(spent(&desk), 3 * QUICK_PRICE);
    let kinds: Vec<_> = desk
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
    let desk = Desk::new().await;
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    let id = desk.generate(quick("Killed")).await;
    desk.until_waiting(&id, "can't be charged twice").await;
    assert!(desk.engine.library().entries().unwrap().is_empty());
    let desk = Desk::start_again(desk.kill());
    desk.until(&id, "rendering", |one| one.credits.is_some())
        .await;
    let desk = Desk::start_again(desk.kill());
    desk.until_ready(&id).await;
    assert_eq!(spent(&desk), QUICK_PRICE);
    assert_eq!(desk.engine.library().entries().unwrap().len(), 1);
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn presses_in_a_row_cannot_slip_under_the_limit_together() {
    let (clock, _) = noon();
    let desk = Desk::at(clock).await;
    desk.sandbox.hold();
    desk.engine
        .set_limits(a_day(2 * QUICK_AT_MOST))
        .await
        .unwrap();
    let presses = (0..5).map(|number| desk.engine.generate(quick(&format!("Press {number}"))));
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
    desk.sandbox.release();
    for one in &started {
        desk.until_ready(&one.id).await;
    }
    desk.is_settled(2, 2 * QUICK_PRICE).await;
    assert_eq!(spent(&desk), 2 * QUICK_PRICE);
    // What the clips really cost is known now, and so is the price of the next one.
    let third = desk.generate(quick("There is room again")).await;
    desk.until_ready(&third).await;
    desk.is_settled(3, 3 * QUICK_PRICE).await;
}

#[tokio::test]
async fn what_waits_for_room_goes_on_when_the_limit_is_raised_and_not_before() {
    let (clock, _) = noon();
    let desk = Desk::at(clock.clone()).await;
    desk.engine.set_client(None);
    let settings = studio::settings::Settings {
        start: Some(desk.frame([9, 9, 9])),
        ..quick("Patience")
    };
    let id = desk.generate(settings).await;
    desk.engine
        .set_limits(a_day(QUICK_AT_MOST - 1))
        .await
        .unwrap();
    desk.sign_in();
    let waiting = desk.until_waiting(&id, "raise the limit").await;
    assert_eq!(
        waiting.waiting.unwrap().to_string(),
        "Waiting: this clip may cost 45 credits, more than your limit of 44 a day. It continues \
             when you raise the limit in Settings."
    );
    assert!(waiting.can_cancel);

    // The limit also holds after a restart.
    let desk = Desk::start_again_at(desk.kill(), clock);
    desk.until_waiting(&id, "raise the limit").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(desk.asked("POST", "/v2/"), 0, "neither picture nor request");

    desk.engine.set_limits(a_day(QUICK_AT_MOST)).await.unwrap();
    let done = desk.until_ready(&id).await;
    assert_eq!(done.waiting, None);
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn what_waits_for_room_goes_on_by_itself_when_the_day_ends() {
    let (clock, hours) = noon();
    let desk = Desk::at(clock).await;
    let first = desk.generate(quick("First")).await;
    desk.until_ready(&first).await;
    desk.engine.set_client(None);
    let second = desk.generate(quick("Second")).await;
    let limit = u32::try_from(QUICK_PRICE).unwrap();
    desk.engine.set_limits(a_day(limit)).await.unwrap();
    desk.sign_in();
    let waiting = desk.until_waiting(&second, "today's limit").await;
    assert_eq!(
        waiting.waiting.unwrap().to_string(),
        "Waiting: today's limit of 9 credits is reached. It continues tomorrow, or when you raise \
             the limit."
    );
    hours.store(13, Ordering::SeqCst);
    desk.until_ready(&second).await;
    desk.is_settled(2, 2 * QUICK_PRICE).await;
    let days: Vec<_> = desk
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
    let desk = Desk::at(clock).await;
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    let id = desk.generate(quick("Paid already")).await;
    desk.until_waiting(&id, "can't be charged twice").await;
    desk.engine.set_limits(a_day(0)).await.unwrap();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn with_a_limit_nothing_is_started_at_an_unknown_price() {
    let (clock, _) = noon();
    let desk = Desk::at(clock).await;
    desk.sandbox
        .fault(Fault::on(Call::Models).then(Answer::status(503)));
    desk.engine.set_client(None);
    let before = desk.generate(quick("From before the limit")).await;
    desk.engine.set_limits(a_day(1000)).await.unwrap();
    desk.sign_in();
    desk.until_waiting(&before, "the price of this clip is not known")
        .await;
    let refused = desk.engine.generate(quick("After it")).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("is not known yet, so your spending limit can't be checked"),
        "{refused}"
    );
    assert_eq!(desk.sandbox.jobs().len(), 0);
    desk.sandbox.clear_faults();
    // The user requests prices by pressing again; the waiting generation continues with them.
    desk.generate(quick("After it")).await;
    desk.until_ready(&before).await;
}
