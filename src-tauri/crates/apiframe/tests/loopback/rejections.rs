//! Refusals as they arrive over the wire. How each part is read is tested beside the code; these
//! tests cover the calls that must pass it on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, SystemTime};

use apiframe::{Error, Rejection, RejectionKind};
use bytes::Bytes;

use crate::script::{Act, Server, answer, json, raw};

async fn refused(act: Act) -> Rejection {
    let stalls = matches!(act, Act::SayAndStall(_));
    let server = Server::with([act]).await;
    let client = if stalls {
        server.impatient_client()
    } else {
        server.client()
    };
    let result = client.generate(Bytes::from("{}"), "k").await;
    assert_eq!(server.arrived().len(), 1, "a refusal is not asked twice");
    match result {
        Err(Error::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_status_arrives_with_its_meaning_and_the_servers_own_sentence() {
    for (status, kind) in [
        ("401 Unauthorized", RejectionKind::Unauthorized),
        ("403 Forbidden", RejectionKind::Forbidden),
        ("404 Not Found", RejectionKind::NotFound),
        ("409 Conflict", RejectionKind::Conflict),
        ("410 Gone", RejectionKind::Gone),
        ("418 I'm a teapot", RejectionKind::Unexpected),
        ("429 Too Many Requests", RejectionKind::RateLimited),
        ("500 Internal Server Error", RejectionKind::Unavailable),
        ("503 Service Unavailable", RejectionKind::Unavailable),
    ] {
        let sentence = format!("Sorry: {status}");
        let rejection = refused(json(status, &format!(r#"{{"error":"{sentence}"}}"#))).await;
        assert_eq!(rejection.kind, kind);
        assert_eq!(rejection.message, sentence);
        assert_eq!(rejection.to_string(), sentence);
        assert!(status.starts_with(&rejection.status.to_string()));
    }
}

#[tokio::test]
async fn a_refused_field_is_named() {
    let rejection = refused(json(
        "400 Bad Request",
        r#"{"error":"Validation failed","details":{"klingParams.duration":["Must be at most 15"]}}"#,
    ))
    .await;
    assert_eq!(rejection.kind, RejectionKind::Invalid);
    assert_eq!(
        rejection.details["klingParams.duration"],
        ["Must be at most 15"]
    );
}

#[tokio::test]
async fn missing_credits_come_with_both_numbers() {
    let rejection = refused(json(
        "402 Payment Required",
        r#"{"error":"Insufficient credits","creditsRequired":70,"creditsAvailable":12}"#,
    ))
    .await;
    assert_eq!(
        rejection.kind,
        RejectionKind::OutOfCredits {
            required: Some(70),
            available: Some(12)
        }
    );
    assert_eq!(rejection.message, "Insufficient credits");
}

#[tokio::test]
async fn the_edges_bare_words_are_kept() {
    let rejection = refused(answer(
        "403 Forbidden",
        "Content-Type: text/plain\r\n",
        "error code: 1010",
    ))
    .await;
    assert_eq!(
        (rejection.kind, rejection.message.as_str()),
        (RejectionKind::Forbidden, "error code: 1010")
    );
}

#[tokio::test]
async fn a_gateways_page_is_read_as_text() {
    let rejection = refused(answer(
        "502 Bad Gateway",
        "Content-Type: text/html\r\n",
        "<html><head><title>x</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
    ))
    .await;
    assert_eq!(
        (rejection.kind, rejection.message.as_str()),
        (RejectionKind::Unavailable, "502 Bad Gateway nginx")
    );
}

#[tokio::test]
async fn waiting_times_are_read_in_seconds_and_as_dates() {
    let slow = "429 Too Many Requests";
    let rejection = refused(answer(slow, "Retry-After: 7\r\n", "{}")).await;
    assert_eq!(rejection.retry_after, Some(Duration::from_secs(7)));

    let dates =
        "Date: Thu, 16 Jul 2026 12:00:00 GMT\r\nRetry-After: Thu, 16 Jul 2026 12:01:30 GMT\r\n";
    let rejection = refused(answer(slow, dates, "{}")).await;
    assert_eq!(rejection.retry_after, Some(Duration::from_secs(90)));

    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_mins(10));
    let rejection = refused(answer(slow, &format!("Retry-After: {soon}\r\n"), "{}")).await;
    let wait = rejection.retry_after.unwrap();
    assert!(
        (Duration::from_secs(560)..=Duration::from_mins(10)).contains(&wait),
        "{wait:?}"
    );
    assert_eq!(
        Error::Rejected(rejection).retry_after(),
        Some(wait),
        "the error hands it on"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::with([json("200 OK", r#"{"jobId":"1","status":"QUEUED"}"#)]).await;
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let location = format!("Location: http://{}/\r\n", elsewhere.address);
        let rejection = refused(answer(status, &location, "")).await;
        assert_eq!(rejection.kind, RejectionKind::Unexpected, "{status}");
    }
    assert!(elsewhere.arrived().is_empty());
}

#[tokio::test]
async fn a_refusal_cut_short_is_still_a_refusal() {
    let cut = raw("402 Payment Required", "", r#"{"error":"Insuff"#, 500);
    for act in [Act::Say(cut.clone()), Act::SayAndStall(cut)] {
        let rejection = refused(act).await;
        assert!(matches!(
            rejection.kind,
            RejectionKind::OutOfCredits { required: None, .. }
        ));
        assert_eq!(
            rejection.message,
            "Apiframe answered with an error (402) and did not say why."
        );
    }
}

#[tokio::test]
async fn an_endless_refusal_is_cut_and_kept() {
    let page = "so sorry ".repeat(2_000_000);
    let rejection = refused(answer("500 Oops", "", &page)).await;
    assert_eq!(rejection.message.chars().count(), 501);
    assert!(rejection.message.starts_with("so sorry so sorry"));

    let reply = format!(r#"{{"error":"{page}"}}"#);
    let rejection = refused(json("500 Oops", &reply)).await;
    assert_eq!(
        rejection.message,
        "Apiframe answered with an error (500) and did not say why."
    );
}

#[tokio::test]
async fn only_a_gateway_or_an_unknown_answer_leaves_open_whether_work_began() {
    for (status, safe, passing) in [
        ("400 Bad Request", true, false),
        ("401 Unauthorized", true, false),
        ("402 Payment Required", true, false),
        ("409 Conflict", true, false),
        ("429 Too Many Requests", true, true),
        ("503 Service Unavailable", false, true),
        ("302 Found", false, false),
    ] {
        let error = Error::Rejected(refused(json(status, "{}")).await);
        assert_eq!(
            (error.is_safe_to_repeat(), error.is_passing()),
            (safe, passing),
            "{status}"
        );
    }
}
