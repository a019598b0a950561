#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use serde_json::json;

fn headers(pairs: &[(reqwest::header::HeaderName, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.clone(), value.parse().unwrap()))
        .collect()
}

fn read(status: u16, body: &str) -> Rejection {
    Rejection::read(
        StatusCode::from_u16(status).unwrap(),
        &HeaderMap::new(),
        body.as_bytes(),
        None,
        SystemTime::UNIX_EPOCH,
    )
}

fn waits(pairs: &[(reqwest::header::HeaderName, &str)], now: &str) -> Option<u64> {
    let now = httpdate::parse_http_date(now).unwrap();
    retry_after(&headers(pairs), now).map(|wait| wait.as_secs())
}

const NOON: &str = "Thu, 16 Jul 2026 12:00:00 GMT";

#[test]
fn every_status_has_its_meaning() {
    let none = RejectionKind::OutOfCredits {
        required: None,
        available: None,
    };
    for (status, kind) in [
        (301, RejectionKind::Unexpected),
        (400, RejectionKind::Invalid),
        (401, RejectionKind::Unauthorized),
        (402, none),
        (403, RejectionKind::Forbidden),
        (404, RejectionKind::NotFound),
        (405, RejectionKind::Unexpected),
        (408, RejectionKind::Unavailable),
        (409, RejectionKind::Conflict),
        (410, RejectionKind::Gone),
        (413, RejectionKind::Invalid),
        (418, RejectionKind::Unexpected),
        (422, RejectionKind::Invalid),
        (429, RejectionKind::RateLimited),
        (500, RejectionKind::Unavailable),
        (503, RejectionKind::Unavailable),
        (530, RejectionKind::Unavailable),
    ] {
        let rejection = read(status, "{}");
        assert_eq!((rejection.status, rejection.kind), (status, kind));
    }
}

#[test]
fn fields_keep_their_paths_and_their_sentences() {
    let body = json!({"error": "Validation failed", "details": {
        "klingParams.duration": ["Too big: expected number to be <=15", "Not whole"],
        "prompt": "Required", "odd": [1, null, ["nested"]], "empty": [], "number": 5
    }});
    let rejection = read(400, &body.to_string());
    assert_eq!(rejection.message, "Validation failed");
    let details: Vec<_> = rejection.details.into_iter().collect();
    let expected = [
        (
            "klingParams.duration",
            vec!["Too big: expected number to be <=15", "Not whole"],
        ),
        ("odd", vec!["nested"]),
        ("prompt", vec!["Required"]),
    ]
    .map(|(field, said)| {
        (
            field.to_owned(),
            said.into_iter().map(str::to_owned).collect::<Vec<_>>(),
        )
    });
    assert_eq!(details, expected);
}

#[test]
fn missing_credits_come_with_their_numbers() {
    let body = r#"{"error":"Insufficient credits","creditsRequired":70,"creditsAvailable":12}"#;
    assert_eq!(
        read(402, body).kind,
        RejectionKind::OutOfCredits {
            required: Some(70),
            available: Some(12)
        }
    );
}

#[test]
fn a_body_that_is_no_json_is_the_message() {
    assert_eq!(read(403, "error code: 1010\n").message, "error code: 1010");
    let cut = "x".repeat(500) + "…";
    assert_eq!(read(502, &"x".repeat(2000)).message, cut);
}

#[test]
fn json_is_never_shown_as_it_is() {
    assert_eq!(read(500, r#"{"message":"down"}"#).message, "down");
    let details = r#"","details":{"prompt":["#.to_owned() + &r#""no","#.repeat(20_000);
    for body in [
        "[1,2]",
        r#"{"code":5}"#,
        r#"{"message":{"text":"down"}}"#,
        r#" {"error":"Insuff"#,
        &format!(r#"{{"error":"Too many{details}"#),
    ] {
        assert_eq!(
            read(500, body).message,
            "Apiframe answered with an error (500) and did not say why."
        );
    }
}

#[test]
fn what_acts_on_a_screen_is_taken_out_of_message_and_details() {
    let body =
        json!({"error": "\u{202e}No\u{7}", "details": {"pro\u{1b}[1mmpt": ["Too\u{0} long"]}});
    let rejection = read(400, &body.to_string());
    assert_eq!(rejection.message, "No");
    assert_eq!(rejection.details["prompt"], ["Too long"]);
}

#[test]
fn silence_is_put_into_a_sentence() {
    for body in ["", "  \n", "<html><head><title>x</title></head></html>"] {
        assert_eq!(
            read(503, body).message,
            "Apiframe answered with an error (503) and did not say why."
        );
    }
}

#[test]
fn an_odd_error_field_does_not_hide_the_details() {
    let rejection = read(400, r#"{"error":null,"details":{"prompt":["Required"]}}"#);
    assert_eq!(rejection.details["prompt"], ["Required"]);
    let rejection = read(400, r#"{"error":"No","details":["x"]}"#);
    assert_eq!(
        (rejection.message.as_str(), rejection.details.len()),
        ("No", 0)
    );
}

#[test]
fn seconds_to_wait_are_seconds() {
    assert_eq!(waits(&[(RETRY_AFTER, "17")], NOON), Some(17));
    assert_eq!(waits(&[(RETRY_AFTER, " 0 ")], NOON), Some(0));
    assert_eq!(waits(&[], NOON), None);
    for odd in ["", "-5", "soon", "1.5"] {
        assert_eq!(waits(&[(RETRY_AFTER, odd)], NOON), None, "{odd}");
    }
}

#[test]
fn a_date_to_wait_for_counts_from_the_servers_own_clock() {
    let at = (RETRY_AFTER, "Thu, 16 Jul 2026 12:00:30 GMT");
    let own = (DATE, "Thu, 16 Jul 2026 12:00:10 GMT");
    assert_eq!(waits(&[at.clone(), own.clone()], NOON), Some(20));
    assert_eq!(waits(std::slice::from_ref(&at), NOON), Some(30));
    assert_eq!(waits(&[at, (DATE, "yesterday")], NOON), Some(30));
    let past = (RETRY_AFTER, "Thu, 16 Jul 2026 11:00:00 GMT");
    assert_eq!(waits(&[past, own], NOON), Some(0));
}

#[test]
fn an_absurd_wait_is_a_day() {
    assert_eq!(
        waits(&[(RETRY_AFTER, "18446744073709551615")], NOON),
        Some(86_400)
    );
    let far = (RETRY_AFTER, "Thu, 16 Jul 2099 12:00:00 GMT");
    assert_eq!(waits(&[far], NOON), Some(86_400));
}

#[test]
fn an_echoed_key_is_wiped_from_message_and_details() {
    let key = ApiKey::parse("afk_0123456789abcdef").unwrap();
    let body = json!({"error": "Unknown key afk_0123456789abcdef", "details": {
        "afk_0123456789abcdef": ["afk_0123456789abcdef is unknown"]
    }});
    let rejection = Rejection::read(
        StatusCode::UNAUTHORIZED,
        &HeaderMap::new(),
        body.to_string().as_bytes(),
        Some(&key),
        SystemTime::UNIX_EPOCH,
    );
    let shown = format!("{rejection} {rejection:?}");
    assert!(!shown.contains(key.expose()), "{shown}");
    assert_eq!(rejection.message, "Unknown key afk_…cdef");
}
