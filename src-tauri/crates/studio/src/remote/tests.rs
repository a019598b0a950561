#![allow(clippy::unwrap_used)]
use serde_json::json;

use super::*;

fn job(input: &Value) -> Job {
    serde_json::from_value(json!({
        "id": "0b8f6c1e-2d34-4c5a-9e7b-1f2a3b4c5d6e",
        "status": "COMPLETED",
        "model": "kling-3.0",
        "input": input,
    }))
    .unwrap()
}

#[test]
fn what_this_program_sends_is_read_back_as_the_same_settings() {
    let asked = Settings {
        prompt: "The tram turns".into(),
        mode: Mode::FourK,
        length: 12,
        shape: Shape::Tall,
        sound: true,
        avoid: "blur".into(),
        shots: vec![Shot {
            prompt: "The bell".into(),
            seconds: 12,
        }],
        ..Settings::default()
    };
    for model in [Model::Kling3, Model::Kling3Omni] {
        let asked = Settings {
            model,
            ..asked.clone()
        };
        let sent = asked.request(&crate::settings::FrameUrls::new()).unwrap();
        let mut made = job(&serde_json::from_slice(&sent.body()).unwrap());
        made.model = model.id().into();
        let (settings, imported) = read_back(&made);
        assert_eq!(settings, asked);
        assert!(imported.is_whole(), "{imported:?}");
    }
}

#[test]
fn what_was_left_to_the_server_is_its_default_and_sound_is_unknown() {
    let (settings, imported) = read_back(&job(&json!({"prompt": "Rain"})));
    assert_eq!(
        (settings.mode, settings.length, settings.shape),
        (Mode::Pro, 5, Shape::Wide)
    );
    assert_eq!(imported.unknown, [Field::Sound]);
}

#[test]
fn pictures_whose_addresses_expired_are_named_as_not_kept() {
    let (settings, imported) = read_back(&job(&json!({
        "prompt": "Rain",
        "klingParams": {
            "generate_audio": false,
            "start_image": "https://cdn.test/a.png?signature=x",
            "end_image": "https://cdn.test/b.png",
            "reference_images": [],
        },
    })));
    assert_eq!((settings.start, settings.end), (None, None));
    assert_eq!(imported.not_kept, [Field::Start, Field::End]);
    assert!(imported.unknown.is_empty() && !imported.is_whole());
}

#[test]
fn a_job_without_its_input_is_unknown_in_every_setting_but_the_model() {
    let mut bare = job(&json!({}));
    bare.input = None;
    let (settings, imported) = read_back(&bare);
    assert_eq!(settings, Settings::default());
    for field in [
        Field::Prompt,
        Field::Start,
        Field::Quality,
        Field::Length,
        Field::Shape,
        Field::Sound,
        Field::Avoid,
    ] {
        assert!(imported.unknown.contains(&field), "{field:?}");
    }
    assert!(!imported.unknown.contains(&Field::Model));
}

#[test]
fn another_model_keeps_its_name_and_its_prompt() {
    let mut other = job(&json!({"prompt": "Rain", "veoParams": {"duration": 8}}));
    other.model = "veo-3.1".into();
    let (settings, imported) = read_back(&other);
    assert_eq!(settings.prompt, "Rain");
    assert_eq!(imported.model, "veo-3.1");
    assert!(imported.unknown.contains(&Field::Model) && imported.unknown.contains(&Field::Length));
    assert!(!imported.unknown.contains(&Field::Prompt));
}

#[test]
fn values_that_make_no_sense_are_unknown_and_nothing_breaks() {
    for params in [
        json!({"mode": "ultra", "duration": 400, "aspect_ratio": "21:9", "multi_prompt": 7}),
        json!({"mode": 3, "duration": "soon", "aspect_ratio": "", "multi_prompt": "[{\"x\""}),
        json!({"duration": -1, "mode": "", "aspect_ratio": "x", "multi_prompt": [{"prompt": 1}]}),
    ] {
        let (settings, imported) =
            read_back(&job(&json!({"prompt": "Rain", "klingParams": params})));
        assert_eq!(settings.length, 5);
        assert!(settings.shots.is_empty());
        for field in [Field::Length, Field::Shots, Field::Sound] {
            assert!(imported.unknown.contains(&field), "{field:?} of {params}");
        }
    }
    for input in [
        json!(7),
        json!([]),
        json!("text"),
        json!({"klingParams": 1, "prompt": {}}),
    ] {
        assert!(!read_back(&job(&input)).1.is_whole(), "{input}");
    }
}

#[test]
fn a_line_shows_the_beginning_of_a_long_prompt_in_one_line() {
    let long = format!("First\n\n line {}", "ä ".repeat(500));
    let line = RemoteJob::of(&job(&json!({"prompt": long}))).unwrap();
    let shown = line.prompt.unwrap();
    assert!(shown.starts_with("First line ä"), "{shown}");
    assert!(shown.ends_with('…') && shown.chars().count() <= PROMPT_SHOWN + 1);
}

#[test]
fn failed_jobs_have_no_line_and_expired_ones_say_so() {
    let mut one = job(&json!({}));
    assert_eq!(
        RemoteJob::of(&one).unwrap().standing,
        RemoteStanding::Finished
    );
    one.expired = true;
    assert_eq!(
        RemoteJob::of(&one).unwrap().standing,
        RemoteStanding::Expired
    );
    one.status = JobStatus::Other("PAUSED".into());
    assert_eq!(
        RemoteJob::of(&one).unwrap().standing,
        RemoteStanding::Running
    );
    for status in [JobStatus::Failed, JobStatus::Cancelled] {
        one.status = status;
        assert_eq!(RemoteJob::of(&one), None);
    }
}

#[test]
fn pictures_and_music_are_told_from_clips_by_model_or_by_result() {
    let others: HashSet<String> = ["midjourney".to_owned()].into();
    let with = |model: &str, result: Value| {
        let mut one = job(&json!({}));
        one.model = model.into();
        one.result = Some(result);
        is_clip(&one, &others)
    };
    assert!(!with(
        "midjourney",
        json!({"videoUrl": "https://cdn.test/a.mp4"})
    ));
    assert!(!with("new", json!({"images": ["https://cdn.test/a.png"]})));
    assert!(!with("new", json!(["https://cdn.test/a.PNG?x=.mp4"])));
    assert!(with("new", json!({"videoUrl": "https://cdn.test/a"})));
    // Expired jobs have no result left to recognise them by.
    assert!(with("new", Value::Null));
}
