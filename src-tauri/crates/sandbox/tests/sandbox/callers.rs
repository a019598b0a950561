//! Which callers are accepted, what they are told about themselves, and what is recorded of them.

use crate::harness::{KEY, cheap, client, fast, get, status_and_json, submitted};
use serde_json::{Value, json};

#[tokio::test]
async fn without_the_right_key_nothing_but_the_prices_is_told() {
    let sandbox = fast().start().await.unwrap();
    for path in [
        "/v2/jobs",
        "/v2/me",
        "/v2/jobs/00000000-0000-4000-8000-000000000000",
    ] {
        let url = format!("{}{path}", sandbox.base_url());
        let (status, answer) = status_and_json(client().get(&url)).await;
        assert_eq!(
            (status, answer),
            (401, json!({"error": "Missing API key"})),
            "{path}"
        );
        let (status, answer) =
            status_and_json(client().get(&url).header("X-API-Key", "afk_other")).await;
        assert_eq!(
            (status, answer),
            (401, json!({"error": "Invalid API key"})),
            "{path}"
        );
    }
    let models =
        status_and_json(client().get(format!("{}/v2/models?modality=video", sandbox.base_url())))
            .await;
    assert_eq!(models.0, 200);
    let listed = models.1["models"].as_array().unwrap();
    assert_eq!(listed.len(), 43);
    let kling = listed.iter().find(|one| one["id"] == "kling-3.0").unwrap();
    assert_eq!(
        (&kling["costMin"], &kling["costMax"]),
        (&json!(3.0), &json!(15.0))
    );
    assert_eq!(kling["pricingMode"], "per-second");
    assert_eq!(
        status_and_json(get(&sandbox, "/v2/models?modality=smell"))
            .await
            .0,
        400
    );
    assert_eq!(
        status_and_json(get(&sandbox, "/v2/models?modality=music"))
            .await
            .1,
        json!({"models": []})
    );

    sandbox.set_key_active(false);
    assert_eq!(status_and_json(get(&sandbox, "/v2/me")).await.0, 403);
    sandbox.set_key_active(true);
    sandbox.set_key("afk_replaced");
    assert_eq!(status_and_json(get(&sandbox, "/v2/me")).await.0, 401);
}

#[tokio::test]
async fn without_a_user_agent_the_edge_refuses_in_plain_text() {
    let sandbox = fast().start().await.unwrap();
    let nameless = reqwest::Client::builder().build().unwrap();
    let answer = nameless
        .get(format!("{}/v2/me", sandbox.base_url()))
        .header("X-API-Key", KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    assert_eq!(answer.text().await.unwrap(), "error code: 1010");
}

#[tokio::test]
async fn me_tells_the_credits_and_only_the_beginning_of_the_key() {
    let sandbox = fast().credits(77).start().await.unwrap();
    let (status, me) = status_and_json(get(&sandbox, "/v2/me")).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&me["team"]["credits"], &me["apiKey"]["prefix"]),
        (&json!(77), &json!("afk_test"))
    );
    assert!(!me.to_string().contains(KEY));
}

#[tokio::test]
async fn too_many_calls_are_told_when_to_come_back() {
    let sandbox = fast().rate_limit(2).start().await.unwrap();
    for _ in 0..2 {
        assert_eq!(get(&sandbox, "/v2/me").send().await.unwrap().status(), 200);
    }
    let answer = get(&sandbox, "/v2/me").send().await.unwrap();
    assert_eq!(answer.status(), 429);
    let wait: u64 = answer.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn requests_are_kept_as_they_arrived_and_never_show_the_key() {
    let sandbox = fast().start().await.unwrap();
    submitted(&sandbox, &cheap("look")).await;
    get(&sandbox, "/v2/jobs?limit=1").send().await.unwrap();
    let requests = sandbox.requests();
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path.as_str()),
        ("POST", "/v2/videos/generate")
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&requests[0].body).unwrap(),
        cheap("look")
    );
    assert_eq!(requests[0].headers["x-api-key"], KEY);
    assert_eq!(requests[0].headers["user-agent"], "tests/1");
    assert_eq!(requests[0].answered, Some(202));
    assert_eq!(requests[1].query.as_deref(), Some("limit=1"));
    assert!(!format!("{requests:?}").contains(KEY));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let sandbox = fast().start().await.unwrap();
    assert_eq!(
        status_and_json(get(&sandbox, "/v2/jobs/not-a-uuid"))
            .await
            .0,
        400
    );
    assert_eq!(
        status_and_json(get(
            &sandbox,
            "/v2/jobs/00000000-0000-4000-8000-000000000000"
        ))
        .await
        .0,
        404
    );
    assert_eq!(
        status_and_json(get(&sandbox, "/v2/images/generate"))
            .await
            .0,
        404
    );
    assert_eq!(
        status_and_json(get(&sandbox, "/v2/videos/generate"))
            .await
            .0,
        405
    );
    assert_eq!(
        status_and_json(get(
            &sandbox,
            "/files/results/00000000-0000-4000-8000-000000000000.mp4"
        ))
        .await
        .0,
        404
    );
    assert_eq!(
        status_and_json(get(&sandbox, "/files/results/../../account.json"))
            .await
            .0,
        404
    );
}
