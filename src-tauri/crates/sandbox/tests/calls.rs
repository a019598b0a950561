//! Every rule of the schema, over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{KEY, cheap, client, ended, fast, get, job, post, submit, submitted, told, uploaded};
use sandbox::{ResultShape, Sandbox};
use serde_json::{Value, json};

/// The paths that a body is refused for.
async fn refused(sandbox: &Sandbox, body: &Value) -> Vec<String> {
    let (status, answer) = told(post(sandbox, "/v2/videos/generate").json(body)).await;
    assert_eq!(status, 400, "{body}");
    assert_eq!(answer["error"], "Validation failed");
    answer["details"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[tokio::test]
async fn a_body_that_breaks_the_schema_is_refused_with_the_path_of_every_fault() {
    let sandbox = fast().start().await.unwrap();
    let with = |params: Value| json!({"model": "kling-3.0", "prompt": "x", "klingParams": params});
    for (body, paths) in [
        (with(json!({"duration": 2})), vec!["klingParams.duration"]),
        (with(json!({"duration": 16})), vec!["klingParams.duration"]),
        (with(json!({"duration": "5"})), vec!["klingParams.duration"]),
        (with(json!({"mode": "std"})), vec!["klingParams.mode"]),
        (
            with(json!({"aspect_ratio": "4:3"})),
            vec!["klingParams.aspect_ratio"],
        ),
        (
            with(json!({"generate_audio": null})),
            vec!["klingParams.generate_audio"],
        ),
        (
            with(json!({"negative_prompt": "n".repeat(2501)})),
            vec!["klingParams.negative_prompt"],
        ),
        (
            with(json!({"start_image": "frame.png"})),
            vec!["klingParams.start_image"],
        ),
        (
            with(json!({"end_image": "https://a.example/b.png"})),
            vec!["klingParams.end_image"],
        ),
        (
            with(json!({"multi_prompt": []})),
            vec!["klingParams.multi_prompt"],
        ),
        (
            with(json!({"cfg_scale": 0.5})),
            vec!["klingParams.cfg_scale"],
        ),
        (
            with(json!({"duration": 2, "mode": "best"})),
            vec!["klingParams.duration", "klingParams.mode"],
        ),
        (json!({"model": "kling-3.0", "prompt": ""}), vec!["prompt"]),
        (
            json!({"model": "kling-3.0", "prompt": "x".repeat(4001)}),
            vec!["prompt"],
        ),
        (json!({"model": "kling-3.0"}), vec!["prompt"]),
        (
            json!({"model": "kling-3.0", "prompt": "x", "webhook_url": "https://a.example"}),
            vec!["webhook_url"],
        ),
        (
            json!({"model": "kling-3.0", "prompt": "x", "webhookEvents": []}),
            vec!["webhookEvents"],
        ),
        (
            json!({"model": "kling-3.0", "prompt": "x", "webhookEvents": ["done"]}),
            vec!["webhookEvents.0"],
        ),
        (json!({"model": "kling-9", "prompt": "x"}), vec!["model"]),
        (json!({"prompt": "x"}), vec!["model"]),
        (json!([]), vec!["model"]),
    ] {
        assert_eq!(refused(&sandbox, &body).await, paths, "{body}");
    }
    assert!(sandbox.jobs().is_empty());
    assert_eq!(sandbox.credits(), 10_000);
}

#[tokio::test]
async fn a_shot_of_omni_that_breaks_the_schema_is_named_by_its_number() {
    let sandbox = fast().start().await.unwrap();
    let shots =
        json!([{"prompt": "fine", "duration": 2}, {"prompt": "", "duration": 0, "mood": "blue"}]);
    let body =
        json!({"model": "kling-3.0-omni", "prompt": "x", "klingParams": {"multi_prompt": shots}});
    assert_eq!(
        refused(&sandbox, &body).await,
        [
            "klingParams.multi_prompt.1.duration",
            "klingParams.multi_prompt.1.mood",
            "klingParams.multi_prompt.1.prompt"
        ]
    );
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let sandbox = fast().start().await.unwrap();
    let send = |kind: &str, text: &'static str| {
        told(
            post(&sandbox, "/v2/videos/generate")
                .header("content-type", kind)
                .body(text),
        )
    };
    assert_eq!(send("application/json", "{").await.0, 400);
    assert_eq!(send("text/plain", "{}").await.0, 400);
}

#[tokio::test]
async fn without_the_right_key_nothing_but_the_prices_is_told() {
    let sandbox = fast().start().await.unwrap();
    for path in [
        "/v2/jobs",
        "/v2/me",
        "/v2/jobs/00000000-0000-4000-8000-000000000000",
    ] {
        let url = format!("{}{path}", sandbox.base_url());
        let (status, answer) = told(client().get(&url)).await;
        assert_eq!(
            (status, answer),
            (401, json!({"error": "Missing API key"})),
            "{path}"
        );
        let (status, answer) = told(client().get(&url).header("X-API-Key", "afk_other")).await;
        assert_eq!(
            (status, answer),
            (401, json!({"error": "Invalid API key"})),
            "{path}"
        );
    }
    let models =
        told(client().get(format!("{}/v2/models?modality=video", sandbox.base_url()))).await;
    assert_eq!(models.0, 200);
    assert_eq!(models.1["models"][0]["id"], "kling-3.0");
    assert_eq!(models.1["models"][1]["id"], "kling-3.0-omni");
    assert_eq!(
        (
            &models.1["models"][0]["costMin"],
            &models.1["models"][0]["costMax"]
        ),
        (&json!(3.0), &json!(15.0))
    );
    assert_eq!(models.1["models"][0]["pricingMode"], "per-second");
    assert_eq!(
        told(get(&sandbox, "/v2/models?modality=smell")).await.0,
        400
    );
    assert_eq!(
        told(get(&sandbox, "/v2/models?modality=music")).await.1,
        json!({"models": []})
    );

    sandbox.set_key_active(false);
    assert_eq!(told(get(&sandbox, "/v2/me")).await.0, 403);
    sandbox.set_key_active(true);
    sandbox.set_key("afk_replaced");
    assert_eq!(told(get(&sandbox, "/v2/me")).await.0, 401);
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
    let (status, me) = told(get(&sandbox, "/v2/me")).await;
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
async fn a_job_costs_its_seconds_and_a_failed_one_nothing() {
    let sandbox = fast().credits(100).start().await.unwrap();
    let done = submitted(&sandbox, &cheap("a hill")).await;
    assert_eq!(sandbox.credits(), 91);
    assert_eq!(job(&sandbox, &done).await["creditCost"], 9);

    let mut lost = cheap("a hill");
    lost["klingParams"]["start_image"] = json!("https://elsewhere.example/a.png");
    lost["klingParams"]["generate_audio"] = json!(true);
    let failed = ended(&sandbox, &submitted(&sandbox, &lost).await).await;
    assert_eq!(failed["status"], "FAILED");
    assert_eq!(failed["result"], Value::Null);
    assert!(
        failed["error"]
            .as_str()
            .unwrap()
            .starts_with("The start image could not be downloaded"),
        "{failed}"
    );
    assert_eq!((&failed["creditCost"], sandbox.credits()), (&json!(12), 91));

    assert_eq!(ended(&sandbox, &done).await["status"], "COMPLETED");
    assert_eq!(sandbox.credits(), 91);
    let jobs = sandbox.jobs();
    assert_eq!(
        jobs.iter()
            .map(|job| (job.charged, job.returned))
            .collect::<Vec<_>>(),
        [(9, 0), (12, 12)]
    );
}

#[tokio::test]
async fn every_mode_has_its_price_with_and_without_sound() {
    let sandbox = fast().start().await.unwrap();
    sandbox.set_credits(0);
    for (mode, sound, a_second) in [
        ("standard", false, 3),
        ("standard", true, 4),
        ("pro", false, 5),
        ("pro", true, 7),
        ("4k", false, 12),
        ("4k", true, 15),
    ] {
        let params = json!({"mode": mode, "generate_audio": sound, "duration": 10});
        let body = json!({"model": "kling-3.0", "prompt": "x", "klingParams": params});
        let (status, answer) = told(post(&sandbox, "/v2/videos/generate").json(&body)).await;
        let expected = json!({"error": "Insufficient credits", "creditsRequired": a_second * 10, "creditsAvailable": 0});
        assert_eq!((status, answer), (402, expected));
    }
    sandbox.set_credits(25);
    assert_eq!(
        submit(
            &sandbox,
            &json!({"model": "kling-3.0", "prompt": "5 s of pro"})
        )
        .await
        .status(),
        202
    );
    assert_eq!(sandbox.credits(), 0);
}

#[tokio::test]
async fn a_job_goes_from_queued_through_rising_progress_to_its_clip() {
    let clock = sandbox::Clock::stopped_at("2026-01-02T03:04:05Z".parse().unwrap());
    let sandbox = Sandbox::builder()
        .key(KEY)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let id = submitted(&sandbox, &cheap("a hill")).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let job = job(&sandbox, &id).await;
        seen.push((
            job["status"].as_str().unwrap().to_owned(),
            job["progress"].as_u64(),
        ));
        clock.advance(std::time::Duration::from_secs(20));
    }
    let stand = |status: &str, progress| (status.to_owned(), Some(progress));
    assert_eq!(
        seen,
        [
            stand("QUEUED", 0),
            stand("PROCESSING", 25),
            stand("PROCESSING", 50),
            stand("PROCESSING", 75)
        ]
    );
    let job = ended(&sandbox, &id).await;
    assert_eq!(
        (&job["status"], &job["progress"], &job["error"]),
        (&json!("COMPLETED"), &json!(100), &Value::Null)
    );
    assert_eq!(job["createdAt"], "2026-01-02T03:04:05Z");
    assert_eq!(job["completedAt"], "2026-01-02T03:05:25Z");
    assert_eq!(job["input"], cheap("a hill"));
    assert_eq!(job["expired"], false);
    assert_eq!(job["webhookStatus"], Value::Null);
    let url = job["result"]["videoUrl"].as_str().unwrap();
    assert_eq!(
        url,
        format!("{}/files/results/{id}.mp4", sandbox.base_url())
    );
    let clip = client()
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(Some(clip), sandbox.result_bytes(&id));

    clock.advance(std::time::Duration::from_hours(24));
    assert_eq!(common::job(&sandbox, &id).await["expired"], true);
    assert_eq!(client().get(url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_result_comes_in_every_shape_that_clients_were_told_of() {
    let sandbox = fast().start().await.unwrap();
    let id = submitted(&sandbox, &cheap("a hill")).await;
    let url = ended(&sandbox, &id).await["result"]["videoUrl"].clone();
    for (shape, result) in [
        (ResultShape::Videos, json!({"videos": [url]})),
        (ResultShape::VideoObjects, json!({"videos": [{"url": url}]})),
        (ResultShape::Bare, url.clone()),
        (ResultShape::List, json!([url])),
    ] {
        sandbox.set_result_shape(shape);
        assert_eq!(job(&sandbox, &id).await["result"], result);
    }
}

#[tokio::test]
async fn jobs_can_be_held_and_let_go() {
    let sandbox = fast().start().await.unwrap();
    sandbox.hold();
    let first = submitted(&sandbox, &cheap("one")).await;
    let second = submitted(&sandbox, &cheap("two")).await;
    assert!(sandbox.finish_now(&first).await);
    assert_eq!(job(&sandbox, &first).await["status"], "COMPLETED");
    assert_eq!(job(&sandbox, &second).await["status"], "PROCESSING");
    assert!(sandbox.fail_now(&second, "The lamp broke."));
    assert_eq!(job(&sandbox, &second).await["error"], "The lamp broke.");
    sandbox.release();
    assert!(!sandbox.finish_now("no such job").await);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let sandbox = fast().start().await.unwrap();
    assert_eq!(told(get(&sandbox, "/v2/jobs/not-a-uuid")).await.0, 400);
    assert_eq!(
        told(get(
            &sandbox,
            "/v2/jobs/00000000-0000-4000-8000-000000000000"
        ))
        .await
        .0,
        404
    );
    assert_eq!(told(get(&sandbox, "/v2/images/generate")).await.0, 404);
    assert_eq!(told(get(&sandbox, "/v2/videos/generate")).await.0, 405);
    assert_eq!(
        told(get(
            &sandbox,
            "/files/results/00000000-0000-4000-8000-000000000000.mp4"
        ))
        .await
        .0,
        404
    );
    assert_eq!(
        told(get(&sandbox, "/files/results/../../account.json"))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn an_expired_upload_fails_the_job_that_names_it() {
    let sandbox = fast().start().await.unwrap();
    let start = uploaded(&sandbox, common::png(400, 400)).await;
    assert!(sandbox.expire_upload(&start));
    let mut body = cheap("x");
    body["klingParams"]["start_image"] = json!(start);
    let job = ended(&sandbox, &submitted(&sandbox, &body).await).await;
    assert_eq!(
        (&job["status"], sandbox.credits()),
        (&json!("FAILED"), 10_000)
    );
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
