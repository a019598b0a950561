//! Every fault does to a call what it says, seen from the other end of the wire.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::time::{Duration, Instant};

use common::{
    KEY, cheap, client, ended, fast, get, job, png, post, submit, submitted, told, upload,
};
use sandbox::{Answer, Call, Fault, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a test waits before it takes silence for silence.
const SILENCE: Duration = Duration::from_millis(400);

/// Sends a request as bytes; whatever comes back until the connection closes, or `None` in
/// its place where it was still open after [`SILENCE`].
async fn raw(sandbox: &Sandbox, request: &str) -> (Vec<u8>, bool) {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port()))
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let mut piece = vec![0; 65536];
    loop {
        match tokio::time::timeout(SILENCE, stream.read(&mut piece)).await {
            Err(_) => return (heard, false),
            Ok(Ok(0) | Err(_)) => return (heard, true),
            Ok(Ok(count)) => heard.extend_from_slice(&piece[..count]),
        }
    }
}

fn raw_submit(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /v2/videos/generate HTTP/1.1\r\nhost: x\r\nuser-agent: raw\r\nx-api-key: {KEY}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn raw_get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nuser-agent: raw\r\nx-api-key: {KEY}\r\n\r\n")
}

/// The head and the body of a raw answer.
fn parts(answer: &[u8]) -> (String, &[u8]) {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    (
        String::from_utf8_lossy(&answer[..end]).to_lowercase(),
        &answer[end..],
    )
}

fn promised(head: &str) -> usize {
    let after = head.split("content-length: ").nth(1).unwrap();
    after.split("\r\n").next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_refused_call_is_cut_off_before_its_body_is_read() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::Refuse));
    // The body is promised and never sent: only the head can have been read.
    let head = raw_submit(&cheap("x"))
        .split_inclusive("\r\n\r\n")
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(raw(&sandbox, &head).await, (vec![], true));
    let request = &sandbox.requests()[0];
    assert_eq!(
        (request.path.as_str(), request.body.len(), request.answered),
        ("/v2/videos/generate", 0, None)
    );
    assert!(sandbox.jobs().is_empty());
    assert_eq!(submit(&sandbox, &cheap("x")).await.status(), 202);
}

#[tokio::test]
async fn a_call_dropped_before_it_is_accepted_leaves_no_job() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::DropBefore));
    assert_eq!(
        raw(&sandbox, &raw_submit(&cheap("x"))).await,
        (vec![], true)
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&sandbox.requests()[0].body).unwrap(),
        cheap("x")
    );
    assert_eq!((sandbox.jobs().len(), sandbox.credits()), (0, 10_000));
}

#[tokio::test]
async fn a_call_dropped_after_it_was_accepted_has_its_job_and_the_same_key_finds_it() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
    let keyed = || {
        post(&sandbox, "/v2/videos/generate")
            .header("Idempotency-Key", "k")
            .json(&cheap("x"))
    };
    assert!(keyed().send().await.is_err());
    assert_eq!((sandbox.jobs().len(), sandbox.credits()), (1, 9_991));
    let (status, again) = told(keyed()).await;
    assert_eq!(
        (status, again["jobId"].as_str()),
        (202, Some(sandbox.jobs()[0].id.as_str()))
    );
    assert_eq!((sandbox.jobs().len(), sandbox.credits()), (1, 9_991));
    let answered: Vec<_> = sandbox
        .requests()
        .iter()
        .map(|request| request.answered)
        .collect();
    assert_eq!(answered, [None, Some(202)]);
}

#[tokio::test]
async fn a_stalled_call_gets_silence_and_does_nothing() {
    let sandbox = fast().start().await.unwrap();
    sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::Stall));
    assert_eq!(
        raw(&sandbox, &raw_submit(&cheap("x"))).await,
        (vec![], false)
    );
    assert!(sandbox.jobs().is_empty());
}

/// A sandbox with a finished clip: its path and its length.
async fn with_clip() -> (Sandbox, String, usize) {
    let sandbox = fast().start().await.unwrap();
    let id = submitted(&sandbox, &cheap("x")).await;
    ended(&sandbox, &id).await;
    let length = sandbox.result_bytes(&id).unwrap().len();
    (sandbox, format!("/files/results/{id}.mp4"), length)
}

#[tokio::test]
async fn an_answer_can_stall_in_the_middle_of_its_body() {
    let (sandbox, path, length) = with_clip().await;
    sandbox.fault(
        Fault::on(Call::File)
            .times(1)
            .then(Answer::StallInside { after: Some(1000) }),
    );
    let (answer, closed) = raw(&sandbox, &raw_get(&path)).await;
    let (head, body) = parts(&answer);
    assert_eq!((promised(&head), body.len(), closed), (length, 1000, false));
}

#[tokio::test]
async fn an_answer_can_promise_more_than_it_sends() {
    let (sandbox, path, length) = with_clip().await;
    sandbox.fault(
        Fault::on(Call::File)
            .times(1)
            .then(Answer::Truncate { after: None }),
    );
    let (answer, closed) = raw(&sandbox, &raw_get(&path)).await;
    let (head, body) = parts(&answer);
    assert_eq!(
        (promised(&head), body.len(), closed),
        (length, length / 2, true)
    );

    // The rest can then be fetched from where it broke off.
    let url = format!("{}{path}", sandbox.base_url());
    let rest = client()
        .get(url)
        .header("range", format!("bytes={}-", length / 2))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (rest.status().as_u16(), rest.bytes().await.unwrap().len()),
        (206, length - length / 2)
    );
}

#[tokio::test]
async fn a_slow_answer_trickles_and_is_whole_in_the_end() {
    let (sandbox, path, length) = with_clip().await;
    let a_second = u64::try_from(length).unwrap() * 2;
    sandbox.fault(Fault::on(Call::File).times(1).then(Answer::Slow {
        bytes_per_second: a_second,
    }));
    let begun = Instant::now();
    let answer = client()
        .get(format!("{}{path}", sandbox.base_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.content_length(), Some(length as u64));
    assert_eq!(answer.bytes().await.unwrap().len(), length);
    assert!(
        begun.elapsed() > SILENCE,
        "half a second was due, it took {:?}",
        begun.elapsed()
    );
}

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
    let (status, answer) = told(post(&sandbox, "/v2/videos/generate").json(&cheap("x"))).await;
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
    assert_eq!(told(get(&sandbox, "/v2/jobs")).await.0, 500);
    assert_eq!(told(get(&sandbox, "/v2/me")).await.0, 200);
    assert_eq!(told(get(&sandbox, "/v2/models")).await.0, 200);
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
        told(client().post(&control).json(&faults)).await,
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
    assert_eq!(told(client().post(&control).json(&one)).await.0, 201);
    assert!(get(&sandbox, "/v2/me").send().await.is_err());
    for wrong in [
        json!({"call": "coffee", "answer": {"kind": "refuse"}}),
        json!([{"call": "me"}]),
        json!(1),
    ] {
        assert_eq!(
            told(client().post(&control).json(&wrong)).await.0,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn an_unplugged_sandbox_cannot_be_connected_to_and_comes_back_on_the_same_port() {
    let sandbox = fast().start().await.unwrap();
    sandbox.unplug().await.unwrap();
    assert!(
        get(&sandbox, "/v2/me")
            .send()
            .await
            .unwrap_err()
            .is_connect()
    );
    sandbox.plug().await.unwrap();
    assert_eq!(get(&sandbox, "/v2/me").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_stopped_sandbox_and_a_dropped_one_let_go_of_their_port() {
    for stop in [true, false] {
        let sandbox = fast().start().await.unwrap();
        let (port, base) = (sandbox.port(), sandbox.base_url().to_owned());
        if stop {
            sandbox.stop().await;
        } else {
            drop(sandbox);
        }
        let patience = Instant::now() + Duration::from_secs(5);
        while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            assert!(Instant::now() < patience, "{base} still answers");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
