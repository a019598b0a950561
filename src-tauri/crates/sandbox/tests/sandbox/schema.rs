//! Closed bodies: what the schema does not allow is refused, and the answer says where.

use crate::harness::{fast, post, status_and_json};
use sandbox::Sandbox;
use serde_json::{Value, json};

/// The paths for which a body is refused.
async fn refused(sandbox: &Sandbox, body: &Value) -> Vec<String> {
    let (status, answer) = status_and_json(post(sandbox, "/v2/videos/generate").json(body)).await;
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
        status_and_json(
            post(&sandbox, "/v2/videos/generate")
                .header("content-type", kind)
                .body(text),
        )
    };
    assert_eq!(send("application/json", "{").await.0, 400);
    assert_eq!(send("text/plain", "{}").await.0, 400);
}

/// The smallest value that the schema of a field allows.
fn smallest(schema: &Value) -> Value {
    if let Some(allowed) = schema["enum"].as_array() {
        return allowed[0].clone();
    }
    match schema["type"].as_str().unwrap() {
        "boolean" => json!(true),
        "integer" | "number" => schema["minimum"].clone(),
        "array" => json!([]),
        _ if schema["format"] == "uri" => json!("https://a.example/b.png"),
        _ if schema["pattern"].is_string() => json!("16:9"),
        _ => json!("x"),
    }
}

#[tokio::test]
async fn every_model_takes_each_of_its_fields_and_no_other() {
    let sandbox = fast()
        .clip("no clip")
        .credits(1_000_000)
        .start()
        .await
        .unwrap();
    let mut models = 0;
    for (path, call) in [
        ("/v2/videos/generate", "generate"),
        ("/v2/videos/upscale", "upscale"),
        ("/v2/videos/edit", "edit"),
    ] {
        let listed = crate::harness::client()
            .get(format!("{}/v2/models", sandbox.base_url()))
            .send()
            .await
            .unwrap();
        let listed: Value = listed.json().await.unwrap();
        for model in listed["models"].as_array().unwrap() {
            let id = model["id"].as_str().unwrap();
            let schema = sandbox::body_schema(id).unwrap();
            let properties = schema["properties"].as_object().unwrap();
            let block = properties.keys().find(|name| name.ends_with("Params"));
            let block = block.unwrap();
            let fields = properties[block]["properties"].as_object().unwrap();
            let values: serde_json::Map<String, Value> = fields
                .iter()
                .map(|(name, field)| (name.clone(), smallest(field)))
                .collect();
            let mut body = json!({"model": id, block: values});
            if properties.contains_key("prompt") {
                body["prompt"] = json!("x");
            }
            let (status, answer) = status_and_json(post(&sandbox, path).json(&body)).await;
            if status == 400 {
                assert!(answer["details"]["model"].is_array(), "{id}: {answer}");
                continue;
            }
            assert_eq!(status, 202, "{call} {id}: {answer}");
            models += 1;
            body[block]["another"] = json!(1);
            let (status, answer) = status_and_json(post(&sandbox, path).json(&body)).await;
            assert_eq!(status, 400, "{id}");
            let at = format!("{block}.another");
            assert!(answer["details"][&at].is_array(), "{id}: {answer}");
        }
    }
    assert_eq!(models, 43);
}
