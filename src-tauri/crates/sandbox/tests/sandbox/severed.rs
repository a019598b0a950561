//! Faults of the connection, seen from the other end of the wire.

use std::time::{Duration, Instant};

use crate::harness::{KEY, cheap, client, fast, get, post, status_and_json, submit, with_clip};
use sandbox::{Answer, Call, Fault, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a test waits before it counts as silence.
const SILENCE: Duration = Duration::from_millis(400);

/// What happened to a connection.
#[derive(Debug, PartialEq)]
enum End {
    /// Still open after [`SILENCE`].
    Open,
    Closed,
    Reset,
}

/// Sends a request as bytes; returns the answer's bytes, and what then happened to the connection.
async fn raw(sandbox: &Sandbox, request: &str) -> (Vec<u8>, End) {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port()))
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let mut piece = vec![0; 65536];
    loop {
        match tokio::time::timeout(SILENCE, stream.read(&mut piece)).await {
            Err(_) => return (heard, End::Open),
            Ok(Ok(0)) => return (heard, End::Closed),
            Ok(Err(error)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
                return (heard, End::Reset);
            }
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
    // The body is declared but never sent: only the head can have been read.
    let head = raw_submit(&cheap("x"))
        .split_inclusive("\r\n\r\n")
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(raw(&sandbox, &head).await, (vec![], End::Closed));
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
        (vec![], End::Reset)
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
    let (status, again) = status_and_json(keyed()).await;
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
        (vec![], End::Open)
    );
    assert!(sandbox.jobs().is_empty());
}

#[tokio::test]
async fn an_answer_can_stall_in_the_middle_of_its_body() {
    let (sandbox, path, length) = with_clip().await;
    sandbox.fault(
        Fault::on(Call::File)
            .times(1)
            .then(Answer::StallInside { after: Some(1000) }),
    );
    let (answer, end) = raw(&sandbox, &raw_get(&path)).await;
    let (head, body) = parts(&answer);
    assert_eq!(
        (promised(&head), body.len(), end),
        (length, 1000, End::Open)
    );
}

#[tokio::test]
async fn an_answer_can_promise_more_than_it_sends() {
    let (sandbox, path, length) = with_clip().await;
    sandbox.fault(
        Fault::on(Call::File)
            .times(1)
            .then(Answer::Truncate { after: None }),
    );
    let (answer, end) = raw(&sandbox, &raw_get(&path)).await;
    let (head, body) = parts(&answer);
    assert_eq!(
        (promised(&head), body.len(), end),
        (length, length / 2, End::Closed)
    );

    // The rest can then be fetched from where the answer broke off.
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
async fn an_answer_can_be_cut_short_and_say_that_this_is_all() {
    let (sandbox, path, length) = with_clip().await;
    let url = format!("{}{path}", sandbox.base_url());
    for (to, sent) in [(None, length / 2), (Some(1000), 1000)] {
        let fault = Fault::on(Call::File).times(1);
        sandbox.fault(fault.then(Answer::Shorten { to }));
        let answer = client().get(&url).send().await.unwrap();
        assert_eq!(answer.content_length(), Some(sent as u64));
        assert_eq!(answer.bytes().await.unwrap().len(), sent);
    }
}

#[tokio::test]
async fn an_answer_can_go_on_without_an_end() {
    let (sandbox, path, length) = with_clip().await;
    sandbox.fault(Fault::on(Call::File).times(1).then(Answer::Endless));
    let url = format!("{}{path}", sandbox.base_url());
    let mut answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.content_length(), None);
    let mut heard = 0;
    while heard < length + 10_000_000 {
        heard += answer.chunk().await.unwrap().unwrap().len();
    }
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
        let patience = Instant::now() + Duration::from_mins(5);
        while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            assert!(Instant::now() < patience, "{base} still answers");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
