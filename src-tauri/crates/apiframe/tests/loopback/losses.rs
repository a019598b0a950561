//! No answer, or only part of one: what certainly never left, and what may have arrived.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use apiframe::{Accepted, Client, Error, JobQuery, LossCause, UnreachedCause};
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::script::{Act, Server, impatient, json, raw};

async fn submit(client: &Client) -> Result<Accepted, Error> {
    client.generate(Bytes::from("{}"), "k").await
}

/// Checks that the submission arrived exactly once, and returns how its answer was lost.
async fn lost(act: Act) -> LossCause {
    let server = Server::with([act]).await;
    lost_at(&server, &server.client()).await
}

async fn lost_at(server: &Server, client: &Client) -> LossCause {
    let error = submit(client).await.unwrap_err();
    assert_eq!(server.arrived().len(), 1, "asked once and not again");
    assert!(!error.is_safe_to_repeat() && error.is_passing(), "{error}");
    match error {
        Error::Lost(loss) => loss.cause,
        other => panic!("{other:?}"),
    }
}

async fn unreached(base: &str) -> UnreachedCause {
    let mut config = Server::with([]).await.config();
    config.base = base.parse().unwrap();
    config.timeouts = impatient();
    let error = submit(&Client::new(config).unwrap()).await.unwrap_err();
    assert!(error.is_safe_to_repeat() && error.is_passing(), "{error}");
    match error {
        Error::Connect(unreached) => unreached.cause,
        other => panic!("{other:?}"),
    }
}

/// An address with no listener.
async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_refused_connection_never_left() {
    let base = format!("http://{}", closed_port().await);
    assert_eq!(unreached(&base).await, UnreachedCause::NoConnection);
}

#[tokio::test]
async fn a_name_without_an_address_never_left() {
    let cause = unreached("https://no-such-host.invalid").await;
    assert_eq!(cause, UnreachedCause::NoAddress);
}

#[tokio::test]
async fn a_server_that_cannot_prove_itself_gets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    assert_eq!(unreached(&base).await, UnreachedCause::Distrusted);
}

#[tokio::test]
async fn a_handshake_without_an_end_never_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let started = Instant::now();
    assert_eq!(unreached(&base).await, UnreachedCause::TooSlow);
    assert!(started.elapsed() < impatient().call, "the call's own limit");
    drop(listener);
}

#[cfg(target_os = "linux")] // Elsewhere a full backlog may answer with a reset.
#[tokio::test]
async fn a_connection_that_nobody_takes_never_left() {
    use tokio::net::{TcpSocket, TcpStream};

    // A full backlog: the system leaves the next connection unanswered.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    loop {
        let connect = TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(300), connect).await {
            Ok(Ok(stream)) => waiting.push(stream),
            _ => break,
        }
        assert!(waiting.len() < 64, "the backlog never fills here");
    }
    let cause = unreached(&format!("http://{address}")).await;
    assert_eq!(cause, UnreachedCause::TooSlow);
}

#[tokio::test]
async fn a_call_too_short_for_its_connection_never_left_either() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Server::with([]).await.config();
    config.base = format!("https://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    config.timeouts.connect = Duration::from_mins(1);
    config.timeouts.call = Duration::from_millis(300);
    let error = submit(&Client::new(config).unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
}

#[tokio::test]
async fn a_reset_after_the_request_leaves_the_answer_unknown() {
    assert_eq!(lost(Act::Reset).await, LossCause::Broken);
}

#[tokio::test]
async fn a_connection_closed_without_a_word_leaves_the_answer_unknown() {
    assert_eq!(lost(Act::Say(Vec::new())).await, LossCause::Broken);
    let half_a_head = b"HTTP/1.1 202 Acc".to_vec();
    assert_eq!(lost(Act::Say(half_a_head)).await, LossCause::Broken);
}

#[tokio::test]
async fn words_that_are_not_http_leave_the_answer_unknown() {
    let ssh = b"SSH-2.0-OpenSSH_9.2\r\n".to_vec();
    assert_eq!(lost(Act::Say(ssh)).await, LossCause::Broken);
}

#[tokio::test]
async fn silence_is_given_up_after_the_idle_limit() {
    let accepted = r#"{"jobId":"1""#;
    for said in [Vec::new(), raw("202 Accepted", "", accepted, 100)] {
        let server = Server::with([Act::SayAndStall(said)]).await;
        let started = Instant::now();
        let cause = lost_at(&server, &server.impatient_client()).await;
        assert_eq!(cause, LossCause::Silent);
        let waited = started.elapsed();
        let limits = impatient();
        assert!(waited >= limits.idle, "{waited:?}");
        assert!(waited < limits.call, "{waited:?}");
    }
}

#[tokio::test]
async fn an_answer_that_drips_is_not_silent_but_ends_with_the_call() {
    let drip = |pause| {
        let body = r#"{"jobId":"1","status":"QUEUED"}"#;
        Act::Drip(raw("202 Accepted", "", body, body.len()), pause)
    };
    let pause = Duration::from_millis(50);
    let server = Server::with([drip(pause), drip(pause)]).await;
    let mut config = server.config();
    // Shorter than the whole drip, much longer than any pause in it.
    config.timeouts.idle = Duration::from_secs(5);
    let accepted = submit(&Client::new(config.clone()).unwrap()).await.unwrap();
    assert_eq!(accepted.job_id, "1");

    config.timeouts.call = Duration::from_millis(1500);
    let error = submit(&Client::new(config).unwrap()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Lost(loss) if loss.cause == LossCause::TooSlow),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_yes_cut_short_leaves_the_job_unknown() {
    let cut = raw("202 Accepted", "", r#"{"jobId":"1","sta"#, 100);
    assert_eq!(lost(Act::Say(cut)).await, LossCause::Truncated);
}

#[tokio::test]
async fn a_yes_that_makes_no_sense_leaves_the_job_unknown() {
    for (body, cause) in [
        ("", LossCause::Unreadable),
        ("OK", LossCause::Unreadable),
        ("<html>Welcome to the hotel</html>", LossCause::Unreadable),
        ("null", LossCause::Invalid),
        ("[]", LossCause::Invalid),
        ("{}", LossCause::Invalid),
        (r#"{"jobId":null,"status":"QUEUED"}"#, LossCause::Invalid),
        (r#"{"jobId":"","status":"QUEUED"}"#, LossCause::Invalid),
        (r#"{"jobId":"../me","status":"QUEUED"}"#, LossCause::Invalid),
        (
            r#"{"jobId":"a\u0000b","status":"QUEUED"}"#,
            LossCause::Invalid,
        ),
        (r#"{"id":"1"}"#, LossCause::Invalid),
    ] {
        assert_eq!(lost(json("200 OK", body)).await, cause, "{body}");
    }
    let endless = format!(r#"{{"jobId":"{}"}}"#, "a".repeat(1_000_000));
    assert_eq!(lost(json("200 OK", &endless)).await, LossCause::Invalid);
}

#[tokio::test]
async fn what_is_told_of_another_job_is_not_taken_for_an_answer() {
    let server = Server::with([
        json("200 OK", r#"{"id":"mine","status":"QUEUED"}"#),
        json("200 OK", r#"{"id":"another","status":"COMPLETED"}"#),
    ])
    .await;
    assert_eq!(server.client().job("mine").await.unwrap().id, "mine");
    let error = server.client().job("mine").await.unwrap_err();
    assert!(
        matches!(&error, Error::Lost(loss) if loss.cause == LossCause::Invalid),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_a_job_says_went_wrong_is_fit_to_be_shown() {
    let job = r#"{"id":"mine","status":"FAILED","error":"\u202eNo\u0007 \u001b[31mface"}"#;
    let list = format!(r#"{{"jobs":[{job}]}}"#);
    let server = Server::with([json("200 OK", job), json("200 OK", &list)]).await;
    let job = server.client().job("mine").await.unwrap();
    let listed = server.client().jobs(&JobQuery::default()).await.unwrap();
    for job in [&job, &listed.jobs[0]] {
        assert_eq!(job.error.as_deref(), Some("No face"));
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_taken_into_memory() {
    let body = " ".repeat(9 * 1024 * 1024);
    assert_eq!(
        lost(json("202 Accepted", &body)).await,
        LossCause::Unreadable
    );
}
