//! Nothing is paid for twice, whatever happened to the answer and whoever is signed in by then.

use sandbox::{Answer, Call, Fault, Sandbox};
use studio::generation::{GenerationId, Phase};

use crate::harness::{Harness, QUICK_PRICE, quick};

async fn until_unknown(harness: &Harness, id: &GenerationId) {
    harness
        .until(id, "uncertain", |one| {
            matches!(one.phase, Phase::Uncertain { .. })
        })
        .await;
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_not_sent_under_another_account() {
    let harness = Harness::new().await;
    let elsewhere = Sandbox::builder()
        .key("afk_somebody_else")
        .start()
        .await
        .unwrap();
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).then(Answer::status(401)));
    let id = harness.generate(quick("Whose?")).await;
    harness
        .until_waiting(&id, "no longer accepts the key")
        .await;

    let other = harness.client_at(elsewhere.base_url(), "afk_somebody_else");
    harness.engine.set_client(Some(other));
    until_unknown(&harness, &id).await;
    assert!(elsewhere.jobs().is_empty(), "the other account paid for it");
    let sent = elsewhere.requests().into_iter();
    assert_eq!(sent.filter(|request| request.method == "POST").count(), 0);

    // With the first key again, the job is found and not paid for again.
    harness.sandbox.clear_faults();
    harness.sign_in();
    harness.engine.resume(&id).await.unwrap();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn to_check_an_unknown_one_never_sends_it_not_even_within_a_day() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropBefore));
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::status(404)));
    let id = harness.generate(quick("Did it arrive?")).await;
    until_unknown(&harness, &id).await;
    harness.sandbox.clear_requests();
    harness.engine.resume(&id).await.unwrap();
    harness
        .until(&id, "looked for", |_| harness.asked("GET", "/v2/jobs") > 0)
        .await;
    until_unknown(&harness, &id).await;
    assert_eq!(harness.asked("POST", "/v2/videos/generate"), 0);
    harness.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_does_not_lose_the_job_that_was_taken() {
    // As a server answers that checks the credits or the request before the key.
    for status in [400, 402, 409] {
        let harness = Harness::new().await;
        harness
            .sandbox
            .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
        harness
            .sandbox
            .fault(Fault::on(Call::Generate).then(Answer::status(status)));
        let id = harness.generate(quick("The last credits")).await;
        harness.until_ready(&id).await;
        harness.is_settled(1, QUICK_PRICE).await;
    }
}

#[tokio::test]
async fn a_refusal_after_an_attempt_that_never_arrived_says_why() {
    let harness = Harness::new().await;
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropBefore));
    harness
        .sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::status(402)));
    let id = harness.generate(quick("Too dear")).await;
    let failed = harness
        .until(&id, "failed", |one| {
            matches!(one.phase, Phase::Failed { .. })
        })
        .await;
    let Phase::Failed { failure } = failed.phase else {
        unreachable!()
    };
    assert!(
        failure.message.to_string().contains("credits"),
        "{}",
        failure.message
    );
    harness.is_settled(0, 0).await;
}
