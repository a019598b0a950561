//! What outlives the process if it is given a folder.

use std::time::Duration;

use crate::harness::{
    cheap, client, ended, fast, get, job, png, post, status_and_json, submitted, uploaded,
};
use sandbox::Clock;
use serde_json::{Value, json};

#[tokio::test]
async fn jobs_credits_keys_uploads_and_clips_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        fast()
            .credits(100)
            .state_dir(Some(folder.path().to_owned()))
            .start()
    };
    let keyed = |sandbox: &sandbox::Sandbox| {
        status_and_json(
            post(sandbox, "/v2/videos/generate")
                .header("Idempotency-Key", "k")
                .json(&cheap("kept")),
        )
    };

    let sandbox = start().await.unwrap();
    let id = keyed(&sandbox).await.1["jobId"]
        .as_str()
        .unwrap()
        .to_owned();
    ended(&sandbox, &id).await;
    let clip = sandbox.result_bytes(&id).unwrap();
    let picture = uploaded(&sandbox, png(300, 300)).await;
    sandbox.set_credits(50);
    sandbox.stop().await;

    let sandbox = start().await.unwrap();
    assert_eq!(sandbox.credits(), 50);
    assert_eq!(
        keyed(&sandbox).await,
        (202, json!({"jobId": id, "status": "COMPLETED"}))
    );
    let finished = job(&sandbox, &id).await;
    let url = finished["result"]["videoUrl"].as_str().unwrap();
    assert!(
        url.starts_with(sandbox.base_url()),
        "{url} is not on the present port"
    );
    assert_eq!(
        client()
            .get(url)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap(),
        clip
    );
    assert!(sandbox.upload_bytes(&picture).is_some());

    // The picture's old address names a port that is gone; a job accepts it anyway.
    let mut body = cheap("again");
    body["klingParams"]["start_image"] = json!(picture);
    assert_eq!(
        ended(&sandbox, &submitted(&sandbox, &body).await).await["status"],
        "COMPLETED"
    );
    assert_eq!(sandbox.credits(), 41);
}

#[tokio::test]
async fn a_job_that_was_being_made_is_made_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let start = || {
        fast()
            .clock(clock.clone())
            .state_dir(Some(folder.path().to_owned()))
            .start()
    };
    let sandbox = start().await.unwrap();
    let picture = uploaded(&sandbox, png(534, 300)).await;
    let params = json!({"mode": "standard", "duration": 15, "start_image": picture});
    let id = submitted(
        &sandbox,
        &json!({"model": "kling-3.0", "prompt": "long", "klingParams": params}),
    )
    .await;
    sandbox.stop().await;

    // By now the picture's address has expired; it was fetched when the job was accepted.
    clock.advance(Duration::from_hours(2));
    let sandbox = start().await.unwrap();
    let listed = status_and_json(get(&sandbox, "/v2/jobs")).await.1;
    assert_eq!(listed["jobs"][0]["id"], json!(id));
    assert!(
        matches!(
            listed["jobs"][0]["status"].as_str(),
            Some("QUEUED" | "PROCESSING")
        ),
        "{listed}"
    );
    assert_eq!(ended(&sandbox, &id).await["error"], Value::Null);
    assert!(sandbox.result_bytes(&id).is_some());
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("account.json"), "not json").unwrap();
    let error = fast()
        .state_dir(Some(folder.path().to_owned()))
        .start()
        .await
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("The sandbox cannot use its folder"),
        "{error}"
    );
}
