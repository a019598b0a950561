//! Faults of the answer: each affects a call as documented.

use crate::harness::{
    cheap, client, ended, fast, get, job, png, post, status_and_json, submit, submitted, upload,
    with_clip,
};
use sandbox::{Answer, Call, Fault};
use serde_json::json;

#[tokio::test]
async fn a_page_of_html_can_come_in_place_of_a_clip_or_an_answer() {
    let (sandbox, path, _) = with_clip().await;
    sandbox.fault(Fault::on(Call::File).times(1).then(Answer::WrongType));
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::WrongType));
    for request in [
        client().get(format!("{}{path}", sandbox.base_url())),
        post(&sandbox, "/v2/videos/generate"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(
            (
                answer.status().as_u16(),
                answer.headers()["content-type"].to_str().unwrap()
            ),
            (200, "text/html; charset=utf-8")
        );
        assert!(answer.text().await.unwrap().starts_with("<!doctype html>"));
    }
    assert_eq!(sandbox.jobs().len(), 1);
}

#[tokio::test]
async fn any_status_comes_with_the_body_and_headers_that_were_asked_for() {
    let sandbox = fast().start().await.unwrap();
    let date = "Fri, 02 Jan 2026 03:04:05 GMT";
    sandbox.fault(
        Fault::on(Call::Me)
            .times(1)
            .then(Answer::status(429).with_header("Retry-After", "7")),
    );
    sandbox.fault(
        Fault::on(Call::Me)
            .times(1)
            .then(Answer::status(503).with_header("Retry-After", date)),
    );
    sandbox.fault(
        Fault::on(Call::Me).times(1).then(
            Answer::status(502)
                .with_body("<h1>Bad gateway</h1>")
                .with_header("Content-Type", "text/html"),
        ),
    );
    sandbox.fault(Fault::on(Call::Me).times(1).then(Answer::status(500)));
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = get(&sandbox, "/v2/me").send().await.unwrap();
        let wait = answer
            .headers()
            .get("retry-after")
            .map(|wait| wait.to_str().unwrap().to_owned());
        seen.push((answer.status().as_u16(), wait, answer.text().await.unwrap()));
    }
    let limit = json!({"error": "Rate limit exceeded"}).to_string();
    let outage = json!({"error": "Service temporarily unavailable"}).to_string();
    assert_eq!(seen[0], (429, Some("7".into()), limit));
    assert_eq!(seen[1], (503, Some(date.into()), outage));
    assert_eq!(seen[2], (502, None, "<h1>Bad gateway</h1>".into()));
    assert_eq!((seen[3].0, seen[4].0), (500, 200));
}

#[tokio::test]
async fn a_status_at_submit_leaves_no_job_and_no_charge() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::status(503)));
    assert_eq!(submit(&sandbox, &cheap("x")).await.status(), 503);
    assert_eq!((sandbox.jobs().len(), sandbox.credits()), (0, 10_000));
}

#[tokio::test]
async fn a_job_can_be_made_to_fail_from_the_start_or_on_the_way() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::fail_job("Content policy.")),
    );
    let failed = ended(&sandbox, &submitted(&sandbox, &cheap("x")).await).await;
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("FAILED"), &json!("Content policy."))
    );

    sandbox.hold();
    let id = submitted(&sandbox, &cheap("x")).await;
    sandbox.fault(
        Fault::on(Call::Job)
            .path(&id)
            .after(1)
            .times(1)
            .then(Answer::fail_job("The lamp broke.")),
    );
    assert_eq!(job(&sandbox, &id).await["status"], "PROCESSING");
    assert_eq!(job(&sandbox, &id).await["error"], "The lamp broke.");
    assert_eq!(sandbox.credits(), 10_000);
}

#[tokio::test]
async fn a_result_can_expire_before_anyone_fetches_it() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::Expire));
    let early = ended(&sandbox, &submitted(&sandbox, &cheap("x")).await).await;
    assert_eq!(
        (&early["status"], &early["expired"]),
        (&json!("COMPLETED"), &json!(true))
    );

    let id = submitted(&sandbox, &cheap("y")).await;
    let url = ended(&sandbox, &id).await["result"]["videoUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    sandbox.fault(Fault::on(Call::File).times(1).then(Answer::Expire));
    assert_eq!(client().get(&url).send().await.unwrap().status(), 404);
    assert_eq!(job(&sandbox, &id).await["expired"], true);
}

#[tokio::test]
async fn credits_can_run_out_at_one_call() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(
        Fault::on(Call::Generate)
            .times(1)
            .then(Answer::OutOfCredits { available: 4 }),
    );
    let (status, answer) =
        status_and_json(post(&sandbox, "/v2/videos/generate").json(&cheap("x"))).await;
    assert_eq!(status, 402);
    assert_eq!(
        (&answer["creditsRequired"], &answer["creditsAvailable"]),
        (&json!(9), &json!(4))
    );
    assert_eq!(submit(&sandbox, &cheap("x")).await.status(), 202);
}

#[tokio::test]
async fn a_redirect_leads_where_it_was_told_to() {
    let (sandbox, path, _) = with_clip().await;
    let location = "http://10.0.0.1/secret".to_owned();
    sandbox.fault(Fault::on(Call::File).times(1).then(Answer::Redirect {
        location: location.clone(),
        status: 307,
    }));
    let answer = client()
        .get(format!("{}{path}", sandbox.base_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["location"].to_str().unwrap()
        ),
        (307, location.as_str())
    );
}

#[tokio::test]
async fn a_fault_meets_only_the_calls_it_is_meant_for() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Upload).then(Answer::status(502)));
    sandbox.fault(Fault::on(Call::Jobs).then(Answer::status(500)));
    assert_eq!(upload(&sandbox, png(300, 300)).await.status(), 502);
    assert_eq!(upload(&sandbox, png(300, 300)).await.status(), 502);
    assert_eq!(status_and_json(get(&sandbox, "/v2/jobs")).await.0, 500);
    assert_eq!(status_and_json(get(&sandbox, "/v2/me")).await.0, 200);
    assert_eq!(status_and_json(get(&sandbox, "/v2/models")).await.0, 200);
    sandbox.clear_faults();
    assert_eq!(upload(&sandbox, png(300, 300)).await.status(), 201);
}

#[tokio::test]
async fn faults_are_set_and_taken_back_over_the_control_call() {
    let sandbox = fast().start().await.unwrap();
    let control = format!("{}/sandbox/faults", sandbox.base_url());
    let faults = json!([
        {"call": "me", "times": 1, "answer": {"kind": "status", "status": 418, "body": "{}", "headers": {"X-Tea": "1"}}},
        {"call": "jobs", "answer": {"kind": "redirect", "location": "/elsewhere"}},
        {"call": "models", "answer": {"kind": "slow", "bytesPerSecond": 100_000}},
    ]);
    assert_eq!(
        status_and_json(client().post(&control).json(&faults)).await,
        (201, json!({"faults": 3}))
    );
    assert_eq!(
        get(&sandbox, "/v2/me").send().await.unwrap().headers()["x-tea"],
        "1"
    );
    assert_eq!(
        get(&sandbox, "/v2/jobs").send().await.unwrap().status(),
        302
    );
    assert_eq!(
        client().delete(&control).send().await.unwrap().status(),
        204
    );
    assert_eq!(
        get(&sandbox, "/v2/jobs").send().await.unwrap().status(),
        200
    );

    let one = json!({"call": "me", "times": 1, "answer": {"kind": "refuse"}});
    assert_eq!(
        status_and_json(client().post(&control).json(&one)).await.0,
        201
    );
    assert!(get(&sandbox, "/v2/me").send().await.is_err());
    for wrong in [
        json!({"call": "coffee", "answer": {"kind": "refuse"}}),
        json!([{"call": "me"}]),
        json!(1),
    ] {
        assert_eq!(
            status_and_json(client().post(&control).json(&wrong))
                .await
                .0,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_prompt_with_the_failing_word_fails_and_costs_nothing() {
    let sandbox = fast().failing_word("[fail]").start().await.unwrap();
    let before = sandbox.credits();
    for (prompt, fails) in [("Rain, [FAIL]", true), ("The lights fail", false)] {
        let id = submitted(&sandbox, &cheap(prompt)).await;
        let job = ended(&sandbox, &id).await;
        assert_eq!(job["error"].is_string(), fails, "{job}");
        if fails {
            assert_eq!(sandbox.credits(), before);
        }
    }
}
