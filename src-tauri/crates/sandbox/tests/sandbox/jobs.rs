//! Jobs: what they cost, how they progress, and how they end.

use crate::harness::{
    KEY, cheap, client, ended, fast, job, post, status_and_json, submit, submitted, uploaded,
};
use sandbox::{ResultShape, Sandbox};
use serde_json::{Value, json};

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
        let (status, answer) =
            status_and_json(post(&sandbox, "/v2/videos/generate").json(&body)).await;
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
    assert_eq!(crate::harness::job(&sandbox, &id).await["expired"], true);
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
async fn an_expired_upload_fails_the_job_that_names_it() {
    let sandbox = fast().start().await.unwrap();
    let start = uploaded(&sandbox, crate::harness::png(400, 400)).await;
    assert!(sandbox.expire_upload(&start));
    let mut body = cheap("x");
    body["klingParams"]["start_image"] = json!(start);
    let job = ended(&sandbox, &submitted(&sandbox, &body).await).await;
    assert_eq!(
        (&job["status"], sandbox.credits()),
        (&json!("FAILED"), 10_000)
    );
}
