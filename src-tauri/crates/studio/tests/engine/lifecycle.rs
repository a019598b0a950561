//! The normal life of a generation.

use sandbox::{Answer, Call, Fault};
use serde_json::{Value, json};
use studio::engine::Event;
use studio::generation::Phase;
use studio::library::Filter;
use studio::message::Message;
use studio::settings::{Field, Settings};

use crate::harness::{Harness, QUICK_PRICE, quick};

#[tokio::test]
async fn a_prompt_becomes_a_clip_on_the_disk_byte_for_byte() {
    let harness = Harness::new().await;
    let id = harness.generate(quick("A tram turns the corner")).await;
    let done = harness.until_ready(&id).await;
    let Phase::Ready { clip } = done.phase else {
        unreachable!()
    };
    assert!(
        clip.name.ends_with(" A tram turns the corner.mp4"),
        "{}",
        clip.name
    );
    let served = harness.sandbox.result_bytes(&done.job_id.unwrap()).unwrap();
    assert!(std::fs::read(&clip.file).unwrap() == served);
    assert_eq!(clip.bytes, served.len() as u64);
    assert_eq!((clip.width, clip.height), (1280, 720));
    assert!(
        (2900..=3100).contains(&clip.duration_ms),
        "{}",
        clip.duration_ms
    );
    assert!(clip.last_frame_ms < clip.duration_ms);
    assert_eq!(done.credits, Some(QUICK_PRICE));
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn the_pictures_of_a_generation_are_sent_beside_each_other() {
    let harness = Harness::new().await;
    // The first upload gets no answer for as long as the engine waits for one.
    harness
        .sandbox
        .fault(Fault::on(Call::Upload).times(1).then(Answer::Stall));
    let (start, end) = (harness.frame([200, 30, 30]), harness.frame([30, 30, 200]));
    let id = harness
        .generate(Settings {
            start: Some(start),
            end: Some(end),
            ..quick("Red becomes blue")
        })
        .await;
    harness.until_ready(&id).await;
    let requests = harness.sandbox.requests().into_iter();
    let uploads: Vec<String> = requests
        .filter(|request| request.path == "/v2/uploads")
        .map(|request| String::from_utf8_lossy(&request.body).into_owned())
        .collect();
    for frame in [start, end] {
        let name = frame.to_string();
        let sent = uploads[..2].iter().filter(|body| body.contains(&name));
        assert_eq!(sent.count(), 1, "one picture waited for the other");
    }
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn two_frames_are_uploaded_once_and_the_body_names_them() {
    let harness = Harness::new().await;
    let (start, end) = (harness.frame([200, 30, 30]), harness.frame([30, 30, 200]));
    let settings = Settings {
        start: Some(start),
        end: Some(end),
        avoid: "blur".into(),
        sound: true,
        ..quick("Red becomes blue")
    };
    let first = harness.generate(settings.clone()).await;
    harness.until_ready(&first).await;
    let second = harness.generate(settings).await;
    harness.until_ready(&second).await;

    assert_eq!(harness.asked("POST", "/v2/uploads"), 2, "each picture once");
    let requests = harness.sandbox.requests();
    let bodies: Vec<Value> = requests
        .iter()
        .filter(|request| request.path == "/v2/videos/generate")
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    let [body, again] = bodies.as_slice() else {
        panic!("{bodies:?}")
    };
    assert_eq!(body, again);
    for (name, frame) in [("start_image", start), ("end_image", end)] {
        let url = body["klingParams"][name].as_str().unwrap();
        let uploaded = harness.sandbox.upload_bytes(url).unwrap();
        assert!(uploaded == std::fs::read(harness.frames.path(frame).unwrap()).unwrap());
    }
    let mut rest = body.clone();
    let params = rest["klingParams"].as_object_mut().unwrap();
    params.remove("start_image");
    params.remove("end_image");
    assert_eq!(
        rest,
        json!({
            "model": "kling-3.0",
            "prompt": "Red becomes blue",
            "klingParams": {
                "mode": "standard",
                "duration": 3,
                "generate_audio": true,
                "negative_prompt": "blur",
            },
        })
    );
    let keys: Vec<_> = requests
        .iter()
        .filter_map(|request| request.headers.get("idempotency-key"))
        .collect();
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1], "two presses are two purchases");
}

#[tokio::test]
async fn several_presses_in_a_row_all_become_clips() {
    let harness = Harness::new().await;
    let mut ids = Vec::new();
    for number in 1..=6 {
        ids.push(harness.generate(quick(&format!("Take {number}"))).await);
    }
    for id in &ids {
        harness.until_ready(id).await;
    }
    let (shown, next, counts) = harness.engine.page(Filter::All, None).await.unwrap();
    ids.reverse();
    assert_eq!(shown.iter().map(|one| one.id).collect::<Vec<_>>(), ids);
    assert_eq!((next, counts.all, counts.running), (None, 6, 0));
    harness.is_settled(6, 6 * QUICK_PRICE).await;
}

#[tokio::test]
async fn settings_that_break_a_rule_are_refused_before_anything_is_recorded_or_sent() {
    let harness = Harness::new().await;
    let unknown = "ab".repeat(32).parse().unwrap();
    let settings = Settings {
        prompt: " ".into(),
        start: Some(unknown),
        length: 20,
        ..quick("")
    };
    let error = harness.engine.generate(settings).await.unwrap_err();
    let studio::engine::EngineError::Settings(violations) = error else {
        panic!("{error:?}")
    };
    let fields: Vec<_> = violations.iter().map(|violation| violation.field).collect();
    assert_eq!(fields, [Field::Prompt, Field::Length, Field::Start]);
    let (shown, ..) = harness.engine.page(Filter::All, None).await.unwrap();
    assert!(shown.is_empty());
    assert_eq!(harness.sandbox.requests().len(), 0);
}

#[tokio::test]
async fn without_a_key_it_waits_and_goes_on_when_there_is_one() {
    let harness = Harness::new().await;
    harness.engine.set_client(None);
    let id = harness.generate(quick("Patience")).await;
    let waiting = harness.until_waiting(&id, "signed in").await;
    assert!(waiting.can_cancel);
    assert_eq!(harness.sandbox.requests().len(), 0);
    harness.sign_in();
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn what_was_not_sent_can_be_called_off_and_costs_nothing() {
    let harness = Harness::new().await;
    harness.engine.set_client(None);
    let id = harness.generate(quick("Never mind")).await;
    let called_off = harness.engine.cancel(&id).await.unwrap();
    let Phase::Failed { failure } = called_off.phase else {
        panic!("{called_off:?}")
    };
    assert_eq!(
        (failure.message, failure.charged),
        (Message::Cancelled, Some(false))
    );
    harness.sign_in();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(harness.sandbox.requests().len(), 0);
    harness.is_settled(0, 0).await;
}

#[tokio::test]
async fn a_clip_whose_name_is_taken_gets_a_number() {
    let harness = Harness::new().await;
    for _ in 0..2 {
        let id = harness.generate(quick("Twice")).await;
        harness.until_ready(&id).await;
    }
    let mut names: Vec<_> = std::fs::read_dir(harness.clips())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names[0].ends_with(" Twice (2).mp4"), "{names:?}");
    assert!(names[1].ends_with(" Twice.mp4"), "{names:?}");
}

#[tokio::test]
async fn a_poster_is_kept_and_goes_with_its_generation() {
    let harness = Harness::new().await;
    let id = harness.generate(quick("Poster")).await;
    harness.until_ready(&id).await;
    harness
        .engine
        .save_poster(&id, b"jpeg".to_vec())
        .await
        .unwrap();
    let path = harness.engine.poster_path(&id);
    assert_eq!(std::fs::read(&path).unwrap(), b"jpeg");
    let Phase::Ready { clip } = harness.now(&id).await.phase else {
        unreachable!()
    };
    assert!(clip.has_poster);
    harness.engine.remove(&id).await.unwrap();
    assert!(!path.exists());
    assert!(harness.engine.generation(&id).await.is_err());
}

#[tokio::test]
async fn of_all_that_was_told_of_a_generation_the_highest_revision_is_how_it_is() {
    let harness = Harness::new().await;
    let mut events = harness.engine.events();
    let asked = harness.engine.generate(quick("In order")).await.unwrap();
    let id = asked.id;
    let mut views = vec![asked];
    while !matches!(views[views.len() - 1].phase, Phase::Ready { .. }) {
        if let Event::Changed(generation) = events.recv().await.unwrap() {
            views.push(*generation);
        }
    }
    assert!(views.len() > 4, "only {views:?}");
    let newest = views.iter().max_by_key(|one| one.revision).unwrap();
    assert!(matches!(newest.phase, Phase::Ready { .. }), "{newest:?}");
    let answer = harness.now(&id).await;
    assert!(
        answer.revision > newest.revision,
        "an answer that came later"
    );
    let (page, ..) = harness.engine.page(Filter::All, None).await.unwrap();
    assert!(page[0].revision > answer.revision, "a page that came later");
}
