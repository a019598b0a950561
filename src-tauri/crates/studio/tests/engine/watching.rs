//! Polling: how many requests it makes, what it does when it may not or can't poll, and that it
//! resumes when the machine wakes up.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sandbox::{Answer, Call, Fault};
use studio::clock::Clock;
use studio::generation::{GenerationId, Phase};

use crate::harness::{Harness, QUICK_PRICE, Setup, quick};

/// A harness where jobs are expected to take `usual_time`, and whose time of day is `ahead`
/// milliseconds ahead of the system's.
async fn harness(usual_time: Duration, ahead: &Arc<AtomicI64>) -> Harness {
    let (ahead, system) = (Arc::clone(ahead), Clock::system());
    Harness::with(Setup {
        clock: Clock::new(move || system.now() + ahead.load(Ordering::SeqCst)),
        usual_time,
        ..Setup::default()
    })
    .await
}

async fn rendering(harness: &Harness, ids: &[GenerationId]) {
    for id in ids {
        harness
            .until(id, "rendering", |one| {
                matches!(one.phase, Phase::Rendering { .. })
            })
            .await;
    }
}

async fn several(harness: &Harness, count: usize) -> Vec<GenerationId> {
    let mut ids = Vec::new();
    for number in 1..=count {
        ids.push(harness.generate(quick(&format!("Take {number}"))).await);
    }
    rendering(harness, &ids).await;
    ids
}

#[tokio::test]
async fn after_sleep_every_job_is_looked_at_at_once() {
    let ahead = Arc::default();
    // The next look would be minutes away.
    let harness = harness(Duration::from_hours(1), &ahead).await;
    let id = harness.generate(quick("Asleep")).await;
    rendering(&harness, std::slice::from_ref(&id)).await;
    while harness.sandbox.jobs()[0].completed_at.is_none() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(harness.asked("GET", "/v2/jobs"), 0, "nothing was due");
    ahead.store(8 * 3_600_000, Ordering::SeqCst);
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn several_jobs_are_seen_in_one_list_and_none_is_asked_for_alone() {
    let harness = harness(Duration::from_millis(500), &Arc::default()).await;
    harness.sandbox.hold();
    let ids = several(&harness, 5).await;
    harness.sandbox.clear_requests();
    while harness.asked("GET", "/v2/jobs") < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        harness.asked("GET", "/v2/jobs/"),
        0,
        "one was asked for alone"
    );
    harness.sandbox.release();
    for id in &ids {
        harness.until_ready(id).await;
    }
    harness.is_settled(5, 5 * QUICK_PRICE).await;
}

#[tokio::test]
async fn a_pause_that_the_list_asks_for_holds_for_every_job() {
    let harness = harness(Duration::from_millis(500), &Arc::default()).await;
    harness.sandbox.hold();
    let ids = several(&harness, 3).await;
    harness.sandbox.clear_requests();
    harness.sandbox.fault(
        Fault::on(Call::Jobs)
            .times(1)
            .then(Answer::status(429).with_header("Retry-After", "2")),
    );
    for id in &ids {
        harness.until_waiting(id, "pause of 2 s").await;
    }
    harness.sandbox.release();
    for id in &ids {
        harness.until_ready(id).await;
    }
    let looks: Vec<_> = harness
        .sandbox
        .requests()
        .iter()
        .filter(|request| request.path.starts_with("/v2/jobs"))
        .map(|request| (request.at.as_millisecond(), request.answered == Some(429)))
        .collect();
    let refused = looks.iter().position(|(_, refused)| *refused).unwrap();
    let waited = looks[refused + 1].0 - looks[refused].0;
    assert!(waited >= 2000, "{waited} ms");
    harness.is_settled(3, 3 * QUICK_PRICE).await;
}

/// Moves the clock of a harness forward, as after sleep.
fn sleep(ahead: &AtomicI64, minutes: i64) {
    ahead.fetch_add(minutes * 60_000, Ordering::SeqCst);
}

fn pause_of(seconds: &str) -> Answer {
    Answer::status(429).with_header("Retry-After", seconds)
}

/// Long enough for everything that is due at once to be requested.
async fn a_moment() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

#[tokio::test]
async fn a_pause_of_a_day_keeps_a_paid_clip_for_minutes_and_says_until_when() {
    let ahead = Arc::default();
    let harness = harness(Duration::from_millis(500), &ahead).await;
    harness.sandbox.hold();
    let id = harness.generate(quick("Paid for")).await;
    rendering(&harness, std::slice::from_ref(&id)).await;
    harness
        .sandbox
        .fault(Fault::on(Call::Job).times(1).then(pause_of("86400")));
    let waiting = harness
        .until_waiting(&id, "It continues automatically at ")
        .await;
    let waiting = waiting.waiting.unwrap().to_string();
    assert!(!waiting.contains("86400"), "{waiting}");
    harness.sandbox.release();
    harness.sandbox.clear_requests();
    // A request to continue does not end a pause of a few minutes.
    let none = studio::ledger::Limits::default();
    harness.engine.set_limits(none).await.unwrap();
    a_moment().await;
    assert_eq!(harness.asked("GET", "/v2/jobs"), 0, "a pause was cut short");
    sleep(&ahead, 6);
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn a_long_pause_before_a_request_ends_when_somebody_presses_generate() {
    let ahead = Arc::default();
    let harness = harness(Duration::from_millis(500), &ahead).await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(pause_of("86400")));
    let id = harness.generate(quick("Told to wait")).await;
    harness
        .until_waiting(&id, "It continues automatically at ")
        .await;
    sleep(&ahead, 6);
    a_moment().await;
    assert_eq!(
        harness.asked("POST", "/v2/videos"),
        1,
        "the wish was not obeyed"
    );
    let second = harness.generate(quick("Asked now")).await;
    // The first minutes of the pause are over.
    harness.until_ready(&id).await;
    harness.until_ready(&second).await;
    harness.is_settled(2, 2 * QUICK_PRICE).await;
}

/// One clip that is paid for and one whose request is not accepted yet, both held back by a pause of
/// a day that Apiframe asks for when it is polled.
async fn paused_for_a_day(harness: &Harness) -> [GenerationId; 2] {
    harness.sandbox.hold();
    let running = harness.generate(quick("Paid for")).await;
    rendering(harness, std::slice::from_ref(&running)).await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).then(Answer::status(503)));
    let waiting = harness.generate(quick("Not accepted yet")).await;
    harness.until_waiting(&waiting, "trouble").await;
    harness
        .sandbox
        .fault(Fault::on(Call::Job).times(1).then(pause_of("86400")));
    harness
        .until_waiting(&running, "It continues automatically at ")
        .await;
    // A request that left before the pause is answered by then.
    a_moment().await;
    harness.sandbox.clear_faults();
    harness.sandbox.release();
    harness.sandbox.clear_requests();
    [running, waiting]
}

#[tokio::test]
async fn asking_now_leaves_five_minutes_of_a_pause_of_a_day() {
    let ahead = Arc::default();
    let harness = harness(Duration::from_millis(500), &ahead).await;
    let [running, waiting] = paused_for_a_day(&harness).await;
    harness.engine.ask_now();
    a_moment().await;
    assert!(harness.sandbox.requests().is_empty(), "cut shorter");
    sleep(&ahead, 6);
    harness.until_ready(&running).await;
    harness.until_ready(&waiting).await;
    harness.is_settled(2, 2 * QUICK_PRICE).await;
}

#[tokio::test]
async fn asking_now_after_five_minutes_of_a_pause_of_a_day_asks_at_once() {
    let ahead = Arc::default();
    let harness = harness(Duration::from_millis(500), &ahead).await;
    let [running, waiting] = paused_for_a_day(&harness).await;
    sleep(&ahead, 6);
    harness.until_ready(&running).await;
    a_moment().await;
    assert_eq!(harness.asked("POST", "/v2/videos"), 0, "sent in the pause");
    harness.engine.ask_now();
    harness.until_ready(&waiting).await;
    harness.is_settled(2, 2 * QUICK_PRICE).await;
}

#[tokio::test]
async fn a_list_that_is_broken_keeps_no_clip_back() {
    for answer in [Answer::status(500), Answer::status(404), Answer::DropBefore] {
        let harness = harness(Duration::from_millis(500), &Arc::default()).await;
        harness.sandbox.fault(Fault::on(Call::Jobs).then(answer));
        harness.sandbox.hold();
        let ids = several(&harness, 3).await;
        harness.sandbox.release();
        for id in &ids {
            harness.until_ready(id).await;
        }
        assert!(harness.asked("GET", "/v2/jobs/") >= 3);
        harness.is_settled(3, 3 * QUICK_PRICE).await;
    }
}

#[tokio::test]
async fn when_the_network_is_back_for_one_it_is_back_for_all() {
    let harness = harness(Duration::from_millis(500), &Arc::default()).await;
    harness.sandbox.hold();
    let first = harness.generate(quick("Waits long")).await;
    rendering(&harness, std::slice::from_ref(&first)).await;
    harness.sandbox.unplug().await.unwrap();
    harness.until_waiting(&first, "No connection").await;
    // Pauses double: the one that follows now lasts 12.8 s and ends after 25 s in total.
    let unplugged = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(14)).await;
    let second = harness.generate(quick("Just begun")).await;
    harness.until_waiting(&second, "No connection").await;
    harness.sandbox.plug().await.unwrap();
    rendering(&harness, std::slice::from_ref(&second)).await;
    harness
        .until(&first, "at work again", |one| one.waiting.is_none())
        .await;
    let waited = unplugged.elapsed();
    assert!(waited < Duration::from_secs(24), "{waited:?}");
    harness.sandbox.release();
    harness.until_ready(&first).await;
    harness.until_ready(&second).await;
    harness.is_settled(2, 2 * QUICK_PRICE).await;
}
