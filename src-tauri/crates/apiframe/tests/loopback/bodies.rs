//! What arrives at the server, and how its successful answers are read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use apiframe::{
    Client, Error, GenerateRequest, JobQuery, JobStatus, Kling3, KlingParams, Modality,
    PricingMode, Unsendable,
};
use bytes::Bytes;

use crate::script::{KEY, Server, json};

#[tokio::test]
async fn a_submission_arrives_as_the_stored_bytes_under_its_idempotency_key() {
    let server = Server::with([json(
        "202 Accepted",
        r#"{"jobId":"3f0c","status":"QUEUED","extra":1}"#,
    )])
    .await;
    let body = GenerateRequest {
        prompt: "Zwei Türen öffnen sich".into(),
        params: KlingParams::V3(Kling3::default()),
        webhook: None,
    }
    .body();

    let accepted = server
        .client()
        .generate(Bytes::from(body.clone()), "gen-0197-a")
        .await
        .unwrap();

    assert_eq!(accepted.job_id, "3f0c");
    assert_eq!(accepted.status, JobStatus::Queued);
    let arrived = server.only();
    assert_eq!(arrived.line, "POST /v2/videos/generate HTTP/1.1");
    assert_eq!(arrived.body, body);
    assert_eq!(arrived.header("idempotency-key"), Some("gen-0197-a"));
    assert_eq!(arrived.header("content-type"), Some("application/json"));
    assert_eq!(arrived.header("x-api-key"), Some(KEY));
    assert_eq!(arrived.header("user-agent"), Some("inbetween/0.1.0"));
}

#[tokio::test]
async fn bytes_that_are_not_even_json_are_sent_untouched() {
    let server = Server::with([json("202 Accepted", r#"{"jobId":"1","status":"QUEUED"}"#)]).await;
    let stored: &[u8] = b"{ \"prompt\" :\t1e0 }\n\x00\xff";
    let client = server.client();
    client
        .generate(Bytes::from_static(stored), "k")
        .await
        .unwrap();
    assert_eq!(server.only().body, stored);
}

#[tokio::test]
async fn a_replayed_submission_may_be_further_along() {
    let server = Server::with([json("200 OK", r#"{"jobId":"1","status":"COMPLETED"}"#)]).await;
    let accepted = server.client().generate(Bytes::new(), "k").await.unwrap();
    assert_eq!(accepted.status, JobStatus::Completed);
}

#[tokio::test]
async fn an_unusable_idempotency_key_never_leaves() {
    let server = Server::with([]).await;
    let long = "k".repeat(256);
    for key in ["", "a b", "a\r\nX-Evil: 1", "schlüssel", long.as_str()] {
        assert_eq!(
            server.client().generate(Bytes::new(), key).await,
            Err(Error::Unsendable(Unsendable::IdempotencyKey)),
            "{key:?}"
        );
    }
    assert!(server.arrived().is_empty());
}

#[tokio::test]
async fn a_job_is_asked_for_by_its_id() {
    let id = "0197F6A0-0000-7000-8000-00000000000a";
    let reply = r#"{"id":"0197f6a0-0000-7000-8000-00000000000a","status":"PROCESSING","model":"kling-3.0","progress":40}"#;
    let server = Server::with([json("200 OK", reply)]).await;
    let job = server.client().job(id).await.unwrap();
    assert_eq!(job.progress, Some(40));

    let lines: Vec<_> = server.arrived().into_iter().map(|a| a.line).collect();
    assert_eq!(lines, [format!("GET /v2/jobs/{id} HTTP/1.1")]);
    assert_eq!(server.arrived()[0].header("x-api-key"), Some(KEY));
    assert_eq!(server.arrived()[0].header("idempotency-key"), None);
}

#[tokio::test]
async fn an_id_that_would_ask_for_something_else_never_leaves() {
    let server = Server::with([]).await;
    let long = "a".repeat(129);
    for id in [
        "", ".", "..", "../me", "a/b", "a?b=c", "a#b", "%2e", "ü", "a\nb", &long,
    ] {
        assert_eq!(
            server.client().job(id).await,
            Err(Error::Unsendable(Unsendable::JobId)),
            "{id:?}"
        );
    }
    assert!(server.arrived().is_empty());
}

#[tokio::test]
async fn the_job_list_is_asked_with_only_what_is_set() {
    let page = r#"{"jobs":[{"id":"2","status":"QUEUED"},{"id":"1","status":"FAILED","error":"no"}],"nextCursor":"c+/=","hasMore":true}"#;
    let empty = r#"{"jobs":[],"nextCursor":null,"hasMore":false}"#;
    let server = Server::with([json("200 OK", page), json("200 OK", empty)]).await;
    let client = server.client();

    let first = client.jobs(&JobQuery::default()).await.unwrap();
    assert_eq!(first.jobs.len(), 2);
    assert_eq!(first.jobs[1].error.as_deref(), Some("no"));
    assert!(first.has_more);
    let query = JobQuery {
        status: Some(JobStatus::Processing),
        model: Some("kling-3.0".into()),
        limit: Some(100),
        cursor: first.next_cursor,
    };
    let second = client.jobs(&query).await.unwrap();
    assert!(second.jobs.is_empty() && !second.has_more);

    let arrived = server.arrived();
    assert_eq!(arrived[0].line, "GET /v2/jobs HTTP/1.1");
    assert_eq!(
        arrived[1].line,
        "GET /v2/jobs?status=PROCESSING&model=kling-3.0&limit=100&cursor=c%2B%2F%3D HTTP/1.1"
    );
    assert_eq!(arrived[1].header("user-agent"), Some("inbetween/0.1.0"));
}

#[tokio::test]
async fn the_account_may_have_no_team_and_no_key() {
    let full = r#"{"user":{"id":"u","email":"a@b.test","role":"OWNER"},
        "team":{"id":"t","name":"Studio","credits":1200,"plan":"pro","customerId":null},
        "apiKey":{"id":"k","name":"laptop","prefix":"afk_te"}}"#;
    let bare = r#"{"user":{"id":"u","email":"a@b.test","role":"GUEST"},"team":null,"apiKey":null}"#;
    let server = Server::with([json("200 OK", full), json("200 OK", bare)]).await;
    let client = server.client();

    let me = client.me().await.unwrap();
    let team = me.team.unwrap();
    assert_eq!(
        (team.credits, team.plan.as_str(), team.name.as_str()),
        (Some(1200), "pro", "Studio")
    );
    assert_eq!(me.api_key.unwrap().prefix, "afk_te");
    let me = client.me().await.unwrap();
    assert_eq!((me.team, me.api_key), (None, None));
    assert_eq!(me.user.email, "a@b.test");
    assert_eq!(server.arrived()[0].line, "GET /v2/me HTTP/1.1");
    assert_eq!(server.arrived()[0].header("x-api-key"), Some(KEY));
}

#[tokio::test]
async fn prices_are_asked_for_without_the_key() {
    let catalog = r#"{"models":[
        {"id":"kling-3.0","label":"Kling 3.0","modality":"video","costMin":3,"costMax":7.5,"pricingMode":"per-second","controls":{"a":[1]}},
        {"label":"nameless"},
        {"id":"odd","label":"Odd","modality":"smell","costMin":"3","pricingMode":"per-mood"}]}"#;
    let server = Server::with([json("200 OK", catalog)]).await;

    let models = server.client().models(Modality::Video).await.unwrap();

    let kling = models.find("kling-3.0").unwrap();
    assert_eq!((kling.cost_min, kling.cost_max), (Some(3.0), Some(7.5)));
    assert_eq!(kling.pricing_mode, Some(PricingMode::PerSecond));
    let odd = models.find("odd").unwrap();
    assert_eq!(
        (odd.cost_min, odd.pricing_mode, odd.modality),
        (None, None, None)
    );
    assert_eq!(models.models.len(), 2);
    let arrived = server.only();
    assert_eq!(arrived.line, "GET /v2/models?modality=video HTTP/1.1");
    assert_eq!(arrived.header("user-agent"), Some("inbetween/0.1.0"));
    assert_eq!(arrived.header("x-api-key"), None);
    assert!(!format!("{arrived:?}").contains(KEY));
}

#[tokio::test]
async fn without_a_key_only_the_prices_can_be_asked_for() {
    let server = Server::with([json("200 OK", r#"{"models":[]}"#)]).await;
    let mut config = server.config();
    config.key = None;
    let client = Client::new(config).unwrap();
    let no_key = Error::Unsendable(Unsendable::NoKey);
    assert_eq!(client.me().await, Err(no_key.clone()));
    assert_eq!(
        client.generate(Bytes::new(), "k").await,
        Err(no_key.clone())
    );
    assert_eq!(client.jobs(&JobQuery::default()).await, Err(no_key));
    assert!(client.models(Modality::Video).await.is_ok());
    assert_eq!(server.only().line, "GET /v2/models?modality=video HTTP/1.1");
}

#[tokio::test]
async fn an_api_beneath_a_path_is_called_there() {
    let reply = || json("200 OK", r#"{"models":[]}"#);
    let server = Server::with([reply(), reply()]).await;
    for path in ["/gateway/apiframe", "/gateway/apiframe/"] {
        let mut config = server.config();
        config.base.set_path(path);
        let client = Client::new(config).unwrap();
        client.models(Modality::Image).await.unwrap();
    }
    for arrived in server.arrived() {
        assert_eq!(
            arrived.line,
            "GET /gateway/apiframe/v2/models?modality=image HTTP/1.1"
        );
    }
    assert_eq!(server.arrived().len(), 2);
}
