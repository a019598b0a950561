//! Nothing is paid for twice, whatever happened to the answer and whoever is signed in by then.

use sandbox::{Answer, Call, Fault, Sandbox};
use studio::generation::{GenerationId, Phase};

use crate::desk::{Desk, QUICK_PRICE, quick};

async fn until_unknown(desk: &Desk, id: &GenerationId) {
    desk.until(id, "uncertain", |one| {
        matches!(one.phase, Phase::Uncertain { .. })
    })
    .await;
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_not_sent_under_another_account() {
    let desk = Desk::new().await;
    let elsewhere = Sandbox::builder()
        .key("afk_somebody_else")
        .start()
        .await
        .unwrap();
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    desk.sandbox
        .fault(Fault::on(Call::Generate).then(Answer::status(401)));
    let id = desk.generate(quick("Whose?")).await;
    desk.until_waiting(&id, "no longer accepts the key").await;

    let other = desk.client_at(elsewhere.base_url(), "afk_somebody_else");
    desk.engine.set_client(Some(other));
    until_unknown(&desk, &id).await;
    assert!(elsewhere.jobs().is_empty(), "the other account paid for it");
    let sent = elsewhere.requests().into_iter();
    assert_eq!(sent.filter(|request| request.method == "POST").count(), 0);

    // With the first key again, the job is found and not paid for again.
    desk.sandbox.clear_faults();
    desk.sign_in();
    desk.engine.resume(&id).await.unwrap();
    desk.until_ready(&id).await;
    desk.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn to_check_an_unknown_one_never_sends_it_not_even_within_a_day() {
    let desk = Desk::new().await;
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropBefore));
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::status(404)));
    let id = desk.generate(quick("Did it arrive?")).await;
    until_unknown(&desk, &id).await;
    desk.sandbox.clear_requests();
    desk.engine.resume(&id).await.unwrap();
    desk.until(&id, "looked for", |_| desk.asked("GET", "/v2/jobs") > 0)
        .await;
    until_unknown(&desk, &id).await;
    assert_eq!(desk.asked("POST", "/v2/videos/generate"), 0);
    desk.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_does_not_lose_the_job_that_was_taken() {
    // As a server answers that checks the credits or the request before the key.
    for status in [400, 402, 409] {
        let desk = Desk::new().await;
        desk.sandbox
            .fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
        desk.sandbox
            .fault(Fault::on(Call::Generate).then(Answer::status(status)));
        let id = desk.generate(quick("The last credits")).await;
        desk.until_ready(&id).await;
        desk.is_settled(1, QUICK_PRICE).await;
    }
}

#[tokio::test]
async fn a_refusal_after_an_attempt_that_never_arrived_says_why() {
    let desk = Desk::new().await;
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::DropBefore));
    desk.sandbox
        .fault(Fault::on(Call::Generate).times(1).then(Answer::status(402)));
    let id = desk.generate(quick("Too dear")).await;
    let failed = desk
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
    desk.is_settled(0, 0).await;
}
