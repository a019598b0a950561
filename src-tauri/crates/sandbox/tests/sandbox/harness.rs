//! What the tests share: a well-behaved client, a few pictures, and a way to wait.

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response};
use sandbox::{Builder, Sandbox};
use serde_json::{Value, json};

pub const KEY: &str = "afk_test_0123456789";

/// A sandbox at high speed: only the rendering itself takes time.
pub fn fast() -> Builder {
    Sandbox::builder().key(KEY).speed(1e6)
}

/// A client with a User-Agent, as the API requires.
pub fn client() -> Client {
    Client::builder()
        .user_agent("tests/1")
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

pub fn post(sandbox: &Sandbox, path: &str) -> RequestBuilder {
    client()
        .post(format!("{}{path}", sandbox.base_url()))
        .header("X-API-Key", KEY)
}

pub fn get(sandbox: &Sandbox, path: &str) -> RequestBuilder {
    client()
        .get(format!("{}{path}", sandbox.base_url()))
        .header("X-API-Key", KEY)
}

pub async fn submit(sandbox: &Sandbox, body: &Value) -> Response {
    post(sandbox, "/v2/videos/generate")
        .json(body)
        .send()
        .await
        .unwrap()
}

/// Submits and returns the job's id.
pub async fn submitted(sandbox: &Sandbox, body: &Value) -> String {
    let answer = submit(sandbox, body).await;
    assert_eq!(answer.status(), 202);
    answer.json::<Value>().await.unwrap()["jobId"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub async fn job(sandbox: &Sandbox, id: &str) -> Value {
    get(sandbox, &format!("/v2/jobs/{id}"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

/// The answer's status and JSON.
pub async fn status_and_json(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Queries a job until it has ended.
pub async fn ended(sandbox: &Sandbox, id: &str) -> Value {
    let patience = Instant::now() + Duration::from_mins(5);
    loop {
        let job = job(sandbox, id).await;
        if matches!(job["status"].as_str(), Some("COMPLETED" | "FAILED")) {
            return job;
        }
        assert!(Instant::now() < patience, "the job does not end: {job}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

pub async fn upload(sandbox: &Sandbox, bytes: Vec<u8>) -> Response {
    let form = Form::new().part(
        "file",
        Part::bytes(bytes)
            .file_name("frame.bin")
            .mime_str("text/plain")
            .unwrap(),
    );
    post(sandbox, "/v2/uploads")
        .multipart(form)
        .send()
        .await
        .unwrap()
}

/// Uploads a picture and returns its address.
pub async fn uploaded(sandbox: &Sandbox, bytes: Vec<u8>) -> String {
    let answer = upload(sandbox, bytes).await;
    assert_eq!(answer.status(), 201);
    answer.json::<Value>().await.unwrap()["url"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The smallest body: 3 seconds of the cheapest quality, 9 credits.
pub fn cheap(prompt: &str) -> Value {
    json!({"model": "kling-3.0", "prompt": prompt, "klingParams": {"mode": "standard", "duration": 3, "aspect_ratio": "1:1"}})
}

/// A picture with visible structure: bars in one direction, a gradient in the other.
pub fn picture(width: u32, height: u32, tint: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let bar = if (x * 8 / width).is_multiple_of(2) {
            255
        } else {
            90
        };
        let light = 60 + y * 195 / height;
        Rgb(tint.map(|channel| u8::try_from(u32::from(channel) * bar * light / 65_025).unwrap()))
    })
}

pub fn file(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    file(&picture(width, height, [200, 120, 40]), ImageFormat::Png)
}

/// A sandbox with a finished clip: its path and its length.
pub async fn with_clip() -> (Sandbox, String, usize) {
    let sandbox = fast().start().await.unwrap();
    let id = submitted(&sandbox, &cheap("x")).await;
    ended(&sandbox, &id).await;
    let length = sandbox.result_bytes(&id).unwrap().len();
    (sandbox, format!("/files/results/{id}.mp4"), length)
}
