//! Idempotency keys and the job list: how a client finds its jobs again.

use std::time::Duration;

use crate::harness::{KEY, cheap, ended, fast, get, post, status_and_json, submitted};
use sandbox::{Clock, Sandbox};
use serde_json::{Value, json};

async fn keyed(sandbox: &Sandbox, key: &str, body: &Value) -> (u16, Value) {
    status_and_json(
        post(sandbox, "/v2/videos/generate")
            .header("Idempotency-Key", key)
            .json(body),
    )
    .await
}

#[tokio::test]
async fn the_same_key_and_body_give_the_same_job_with_its_present_status_and_are_charged_once() {
    let sandbox = fast().start().await.unwrap();
    let (status, first) = keyed(&sandbox, "k1", &cheap("x")).await;
    assert_eq!((status, sandbox.credits()), (202, 9_991));
    let id = first["jobId"].as_str().unwrap();
    ended(&sandbox, id).await;
    let (status, again) = keyed(&sandbox, "k1", &cheap("x")).await;
    assert_eq!(
        (status, again),
        (202, json!({"jobId": id, "status": "COMPLETED"}))
    );
    assert_eq!((sandbox.jobs().len(), sandbox.credits()), (1, 9_991));
}

#[tokio::test]
async fn the_order_of_fields_does_not_make_another_body() {
    let sandbox = fast().start().await.unwrap();
    let send = |text: &'static str| {
        let request = post(&sandbox, "/v2/videos/generate").header("Idempotency-Key", "k");
        status_and_json(
            request
                .header("content-type", "application/json")
                .body(text),
        )
    };
    let one = send(
        r#"{"model":"kling-3.0","prompt":"x","klingParams":{"mode":"standard","duration":3}}"#,
    )
    .await;
    let other = send(
        r#"{"klingParams":{"duration":3, "mode":"standard"},"prompt":"x","model":"kling-3.0"}"#,
    )
    .await;
    assert_eq!(
        (one.0, one.1["jobId"].clone()),
        (202, other.1["jobId"].clone())
    );
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict() {
    let sandbox = fast().start().await.unwrap();
    keyed(&sandbox, "k1", &cheap("x")).await;
    let (status, answer) = keyed(&sandbox, "k1", &cheap("y")).await;
    assert_eq!(status, 409);
    assert!(answer["error"].is_string());
    assert_eq!((sandbox.jobs().len(), sandbox.credits()), (1, 9_991));
    assert_eq!(keyed(&sandbox, "k2", &cheap("y")).await.0, 202);
}

#[tokio::test]
async fn after_24_hours_the_same_key_makes_a_new_job() {
    let clock = Clock::system();
    let sandbox = fast().clock(clock.clone()).start().await.unwrap();
    let first = keyed(&sandbox, "k1", &cheap("x")).await.1["jobId"].clone();
    clock.advance(Duration::from_mins(24 * 60 - 1));
    assert_eq!(keyed(&sandbox, "k1", &cheap("x")).await.1["jobId"], first);
    clock.advance(Duration::from_mins(1));
    let (status, second) = keyed(&sandbox, "k1", &cheap("x")).await;
    assert_eq!(status, 202);
    assert_ne!(second["jobId"], first);
    assert_eq!(sandbox.credits(), 9_982);
}

#[tokio::test]
async fn a_key_that_is_too_long_is_refused_and_without_a_key_every_call_is_a_job() {
    let sandbox = fast().start().await.unwrap();
    assert_eq!(keyed(&sandbox, &"k".repeat(256), &cheap("x")).await.0, 400);
    assert_eq!(keyed(&sandbox, &"k".repeat(255), &cheap("x")).await.0, 202);
    submitted(&sandbox, &cheap("x")).await;
    submitted(&sandbox, &cheap("x")).await;
    assert_eq!(sandbox.jobs().len(), 3);
}

/// Five jobs, two of them in the same millisecond; their ids newest first.
async fn five(sandbox: &Sandbox, clock: &Clock) -> Vec<String> {
    let mut ids = Vec::new();
    for (number, pause) in [0, 1, 0, 1000, 5].into_iter().enumerate() {
        clock.advance(Duration::from_millis(pause));
        let mut body = cheap(&number.to_string());
        if number == 1 {
            body["model"] = json!("kling-3.0-omni");
        }
        ids.push(submitted(sandbox, &body).await);
    }
    if ids[1] > ids[2] {
        ids.swap(1, 2);
    }
    ids.reverse();
    ids
}

#[tokio::test]
async fn the_list_is_newest_first_and_a_cursor_goes_on_where_the_page_ended() {
    let clock = Clock::stopped_at("2026-01-02T03:04:05Z".parse().unwrap());
    let sandbox = Sandbox::builder()
        .key(KEY)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let ids = five(&sandbox, &clock).await;
    let mut seen = Vec::new();
    let mut path = "/v2/jobs?limit=2".to_owned();
    let mut sizes = Vec::new();
    loop {
        let (status, page) = status_and_json(get(&sandbox, &path)).await;
        assert_eq!(status, 200);
        let jobs = page["jobs"].as_array().unwrap();
        sizes.push(jobs.len());
        for job in jobs {
            assert!(job.get("input").is_none(), "a listed job has no input");
            assert_eq!(job["expired"], false);
            seen.push(job["id"].as_str().unwrap().to_owned());
        }
        if page["hasMore"] == false {
            assert_eq!(page["nextCursor"], Value::Null);
            break;
        }
        path = format!(
            "/v2/jobs?limit=2&cursor={}",
            page["nextCursor"].as_str().unwrap()
        );
        // A job that arrives in the meantime does not shift the later pages.
        clock.advance(Duration::from_secs(1));
        submitted(&sandbox, &cheap("late")).await;
    }
    assert_eq!(sizes, [2, 2, 1]);
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn the_list_can_be_narrowed_and_its_query_is_judged() {
    let clock = Clock::stopped_at("2026-01-02T03:04:05Z".parse().unwrap());
    let sandbox = Sandbox::builder()
        .key(KEY)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let ids = five(&sandbox, &clock).await;
    let count = async |query: &str| {
        let (status, page) = status_and_json(get(&sandbox, &format!("/v2/jobs?{query}"))).await;
        assert_eq!(status, 200, "{query}");
        page["jobs"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 5);
    assert_eq!(count("model=kling-3.0-omni").await, 1);
    assert_eq!(count("status=QUEUED").await, 5);
    assert_eq!(count("status=COMPLETED").await, 0);
    assert_eq!(count(&format!("search={}", ids[3])).await, 1);
    let models = status_and_json(get(&sandbox, "/v2/jobs?include_models=true&limit=1"))
        .await
        .1["models"]
        .clone();
    assert_eq!(models, json!(["kling-3.0", "kling-3.0-omni"]));

    for (query, part) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("status=DONE", "status"),
        ("cursor=abc", "cursor"),
        ("search=abc", "search"),
    ] {
        let (status, answer) = status_and_json(get(&sandbox, &format!("/v2/jobs?{query}"))).await;
        assert_eq!(status, 400, "{query}");
        assert!(answer["details"][part].is_array(), "{answer}");
    }
    assert_eq!(
        status_and_json(get(&sandbox, "/v2/jobs?scope=team"))
            .await
            .0,
        403
    );
}
