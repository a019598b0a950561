//! Uploads, and how files are served.

use std::time::Duration;

use crate::harness::{
    KEY, cheap, client, ended, fast, file, picture, png, post, status_and_json, submitted, upload,
    uploaded,
};
use image::ImageFormat;
use reqwest::multipart::{Form, Part};
use sandbox::{Clock, Sandbox};
use serde_json::Value;

#[tokio::test]
async fn an_upload_is_judged_by_its_first_bytes_and_served_byte_for_byte() {
    let sandbox = fast().start().await.unwrap();
    let image = picture(320, 300, [90, 200, 250]);
    for (format, kind, ending) in [
        (ImageFormat::Png, "image/png", ".png"),
        (ImageFormat::Jpeg, "image/jpeg", ".jpg"),
        (ImageFormat::WebP, "image/webp", ".webp"),
        (ImageFormat::Gif, "image/gif", ".gif"),
    ] {
        let bytes = file(&image, format);
        // The helper declares text/plain.
        let answer = upload(&sandbox, bytes.clone()).await;
        assert_eq!(answer.status(), 201);
        let parsed: Value = answer.json().await.unwrap();
        assert_eq!(
            (&parsed["contentType"], &parsed["kind"]),
            (&kind.into(), &"image".into())
        );
        assert_eq!(parsed["byteSize"], bytes.len());
        let url = parsed["url"].as_str().unwrap();
        assert!(
            url.starts_with(sandbox.base_url()) && url.ends_with(ending),
            "{url}"
        );
        let served = client().get(url).send().await.unwrap();
        assert_eq!(served.headers()["content-type"], kind);
        assert_eq!(served.bytes().await.unwrap(), bytes);
        assert_eq!(sandbox.upload_bytes(url).unwrap(), bytes);
        assert_eq!(
            sandbox
                .upload_bytes(parsed["id"].as_str().unwrap())
                .unwrap(),
            bytes
        );
    }
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_or_missing_is_refused() {
    let sandbox = fast().start().await.unwrap();
    let refused = async |bytes: Vec<u8>| {
        let answer = upload(&sandbox, bytes).await;
        assert_eq!(answer.status(), 400);
        answer.json::<Value>().await.unwrap()["error"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(
        refused(b"just words".to_vec())
            .await
            .starts_with("Unsupported file type")
    );
    let mut large = png(300, 300);
    large.resize(25 * 1024 * 1024, 0);
    assert_eq!(upload(&sandbox, large.clone()).await.status(), 201);
    large.push(0);
    assert!(refused(large).await.starts_with("File too large"));

    let other = Form::new().part("picture", Part::bytes(png(300, 300)));
    assert_eq!(
        status_and_json(post(&sandbox, "/v2/uploads").multipart(other))
            .await
            .0,
        400
    );
    assert_eq!(
        status_and_json(post(&sandbox, "/v2/uploads").body("no form"))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn an_uploads_address_lives_one_to_two_hours() {
    let clock = Clock::stopped_at("2026-01-02T03:04:05Z".parse().unwrap());
    let sandbox = Sandbox::builder()
        .key(KEY)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let parsed: Value = upload(&sandbox, png(300, 300)).await.json().await.unwrap();
    assert_eq!(parsed["expiresAt"], "2026-01-02T04:34:05Z");
    let url = parsed["url"].as_str().unwrap();
    clock.advance(Duration::from_secs(90 * 60 - 1));
    assert_eq!(client().get(url).send().await.unwrap().status(), 200);
    clock.advance(Duration::from_secs(1));
    assert_eq!(client().get(url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_clip_is_served_whole_in_parts_and_not_at_all_when_nothing_changed() {
    let sandbox = fast().start().await.unwrap();
    let id = submitted(&sandbox, &cheap("ranges")).await;
    let job = ended(&sandbox, &id).await;
    let url = job["result"]["videoUrl"].as_str().unwrap();
    let clip = sandbox.result_bytes(&id).unwrap();
    let length = clip.len();
    let ask = |headers: Vec<(&'static str, String)>| {
        headers
            .into_iter()
            .fold(client().get(url), |request, (name, value)| {
                request.header(name, value)
            })
            .send()
    };

    let whole = ask(vec![]).await.unwrap();
    let head = whole.headers().clone();
    assert_eq!(
        (whole.status().as_u16(), &head["content-type"]),
        (200, &"video/mp4".parse().unwrap())
    );
    assert_eq!(
        (&head["accept-ranges"], &head["content-length"]),
        (&"bytes".parse().unwrap(), &length.into())
    );
    assert_eq!(whole.bytes().await.unwrap(), clip);
    let text = |name: &str| head[name].to_str().unwrap().to_owned();
    let (etag, changed) = (text("etag"), text("last-modified"));

    let part = ask(vec![("range", "bytes=100-199".into())]).await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes 100-199/{length}").as_str()
    );
    assert_eq!(part.headers()["content-length"], "100");
    assert_eq!(part.bytes().await.unwrap(), clip[100..200]);

    let rest = |known: &str| {
        ask(vec![
            ("range", "bytes=1000-".into()),
            ("if-range", known.to_owned()),
        ])
    };
    for known in [&etag, &changed] {
        let answer = rest(known).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.bytes().await.unwrap()),
            (206, clip.slice(1000..))
        );
    }
    let answer = rest("\"another\"").await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.bytes().await.unwrap()),
        (200, clip.clone())
    );

    let beyond = ask(vec![("range", format!("bytes={length}-"))])
        .await
        .unwrap();
    assert_eq!(beyond.status(), 416);
    assert_eq!(
        beyond.headers()["content-range"],
        format!("bytes */{length}").as_str()
    );

    let same = ask(vec![("if-none-match", etag)]).await.unwrap();
    assert_eq!(
        (same.status().as_u16(), same.bytes().await.unwrap().len()),
        (304, 0)
    );
    let head = client().head(url).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &length.into())
    );
}

#[tokio::test]
async fn a_clip_that_was_purged_is_gone_and_its_job_says_so() {
    let sandbox = fast().start().await.unwrap();
    let id = submitted(&sandbox, &cheap("gone")).await;
    let url = ended(&sandbox, &id).await["result"]["videoUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(sandbox.expire(&id));
    assert_eq!(client().get(&url).send().await.unwrap().status(), 404);
    let job = crate::harness::job(&sandbox, &id).await;
    assert_eq!(
        (&job["status"], &job["expired"]),
        (&"COMPLETED".into(), &true.into())
    );
}

#[tokio::test]
async fn a_reference_video_may_be_a_clip_of_the_sandbox_and_nothing_else() {
    let sandbox = fast().start().await.unwrap();
    let first = submitted(&sandbox, &cheap("first")).await;
    let clip = ended(&sandbox, &first).await["result"]["videoUrl"].clone();
    let still = uploaded(&sandbox, png(300, 300)).await;
    for (video, status) in [(clip, "COMPLETED"), (still.into(), "FAILED")] {
        let mut body = cheap("second");
        body["model"] = "kling-3.0-omni".into();
        body["klingParams"]["reference_video"] = video;
        assert_eq!(
            ended(&sandbox, &submitted(&sandbox, &body).await).await["status"],
            status
        );
    }
}
