#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn sent(params: KlingParams) -> String {
    let request = GenerateRequest {
        prompt: "A door opens".into(),
        params,
        webhook: None,
    };
    String::from_utf8(request.body()).unwrap()
}

fn shots() -> Vec<Shot> {
    vec![
        Shot {
            prompt: "He says \"hi\"".into(),
            duration: 2,
        },
        Shot {
            prompt: "Zwei Türen".into(),
            duration: 3,
        },
    ]
}

#[test]
fn what_is_not_set_is_absent_and_sound_is_always_said() {
    assert_eq!(
        sent(KlingParams::V3(Kling3::default())),
        r#"{"prompt":"A door opens","model":"kling-3.0","klingParams":{"generate_audio":false}}"#
    );
    assert_eq!(
        sent(KlingParams::Omni(KlingOmni::default())),
        r#"{"prompt":"A door opens","model":"kling-3.0-omni","klingParams":{"generate_audio":false}}"#
    );
}

#[test]
fn every_field_of_kling_3_goes_out_under_its_name_with_the_shots_as_a_string() {
    let params = Kling3 {
        mode: Some(Mode::FourK),
        duration: Some(5),
        aspect_ratio: Some(AspectRatio::Portrait),
        generate_audio: true,
        negative_prompt: Some("blur\nnoise".into()),
        start_image: Some(url("https://cdn.test/a.png")),
        end_image: Some(url("https://cdn.test/b.png?sig=x%2Fy&e=1")),
        multi_prompt: shots(),
    };
    assert_eq!(
        sent(KlingParams::V3(params)),
        concat!(
            r#"{"prompt":"A door opens","model":"kling-3.0","klingParams":{"mode":"4k","duration":5,"#,
            r#""aspect_ratio":"9:16","generate_audio":true,"negative_prompt":"blur\nnoise","#,
            r#""start_image":"https://cdn.test/a.png","end_image":"https://cdn.test/b.png?sig=x%2Fy&e=1","#,
            r#""multi_prompt":"[{\"prompt\":\"He says \\\"hi\\\"\",\"duration\":2},{\"prompt\":\"Zwei Türen\",\"duration\":3}]"}}"#,
        )
    );
}

#[test]
fn every_field_of_omni_goes_out_under_its_name_with_the_shots_as_a_list() {
    let params = KlingOmni {
        mode: Some(Mode::Standard),
        duration: Some(15),
        aspect_ratio: Some(AspectRatio::Square),
        generate_audio: true,
        negative_prompt: Some("blur".into()),
        start_image: Some(url("https://cdn.test/a.png")),
        end_image: Some(url("https://cdn.test/b.png")),
        multi_prompt: shots(),
        reference_images: vec![url("https://cdn.test/c.png"), url("https://cdn.test/d.png")],
        reference_video: Some(url("https://cdn.test/e.mp4")),
        video_reference_type: Some(VideoReferenceType::Feature),
        keep_original_sound: Some(false),
    };
    assert_eq!(
        sent(KlingParams::Omni(params)),
        concat!(
            r#"{"prompt":"A door opens","model":"kling-3.0-omni","klingParams":{"mode":"standard","duration":15,"#,
            r#""aspect_ratio":"1:1","generate_audio":true,"negative_prompt":"blur","#,
            r#""start_image":"https://cdn.test/a.png","end_image":"https://cdn.test/b.png","#,
            r#""multi_prompt":[{"prompt":"He says \"hi\"","duration":2},{"prompt":"Zwei Türen","duration":3}],"#,
            r#""reference_images":["https://cdn.test/c.png","https://cdn.test/d.png"],"#,
            r#""reference_video":"https://cdn.test/e.mp4","video_reference_type":"feature","keep_original_sound":false}}"#,
        )
    );
}

#[test]
fn the_enums_speak_the_schemas_words() {
    let words = |value| serde_json::to_string(&value).unwrap();
    assert_eq!(
        [Mode::Standard, Mode::Pro, Mode::FourK].map(|mode| serde_json::to_string(&mode).unwrap()),
        [r#""standard""#, r#""pro""#, r#""4k""#]
    );
    assert_eq!(
        [
            AspectRatio::Landscape,
            AspectRatio::Portrait,
            AspectRatio::Square
        ]
        .map(words),
        [r#""16:9""#, r#""9:16""#, r#""1:1""#]
    );
    assert_eq!(
        serde_json::to_string(&VideoReferenceType::Base).unwrap(),
        r#""base""#
    );
    for model in [Model::V3, Model::Omni] {
        assert_eq!(
            serde_json::to_value(model).unwrap(),
            serde_json::Value::from(model.id())
        );
    }
}

#[test]
fn a_webhook_goes_out_in_camel_case_beside_the_prompt() {
    let mut request = GenerateRequest {
        prompt: "A".into(),
        params: KlingParams::V3(Kling3::default()),
        webhook: Some(Webhook {
            url: url("https://me.test/hook"),
            events: vec![
                WebhookEvent::Progress,
                WebhookEvent::Completed,
                WebhookEvent::Failed,
            ],
        }),
    };
    assert_eq!(
        String::from_utf8(request.body()).unwrap(),
        r#"{"prompt":"A","model":"kling-3.0","klingParams":{"generate_audio":false},"webhookUrl":"https://me.test/hook","webhookEvents":["progress","completed","failed"]}"#
    );
    request.webhook.as_mut().unwrap().events.clear();
    assert_eq!(
        String::from_utf8(request.body()).unwrap(),
        r#"{"prompt":"A","model":"kling-3.0","klingParams":{"generate_audio":false},"webhookUrl":"https://me.test/hook"}"#
    );
}

#[test]
fn the_same_request_gives_the_same_bytes_every_time() {
    let params = || {
        KlingParams::Omni(KlingOmni {
            duration: Some(7),
            multi_prompt: shots(),
            ..KlingOmni::default()
        })
    };
    let first = sent(params());
    assert!((0..50).all(|_| sent(params()) == first));
}

#[test]
fn sent_parameters_read_back_as_they_were() {
    let v3 = Kling3 {
        mode: Some(Mode::Pro),
        generate_audio: true,
        multi_prompt: shots(),
        ..Kling3::default()
    };
    let omni = KlingOmni {
        multi_prompt: shots(),
        keep_original_sound: Some(true),
        ..KlingOmni::default()
    };
    let read: Kling3 = serde_json::from_value(serde_json::to_value(&v3).unwrap()).unwrap();
    assert_eq!(read, v3);
    let read: KlingOmni = serde_json::from_value(serde_json::to_value(&omni).unwrap()).unwrap();
    assert_eq!(read, omni);
}

#[test]
fn each_models_parameters_refuse_what_only_the_other_one_has() {
    let refused = [
        r#"{"multi_prompt":[{"prompt":"a","duration":3}]}"#,
        r#"{"reference_images":["https://cdn.test/a.png"]}"#,
        r#"{"reference_video":"https://cdn.test/a.mp4"}"#,
        r#"{"keep_original_sound":true}"#,
    ];
    for text in refused {
        assert!(serde_json::from_str::<Kling3>(text).is_err(), "{text}");
        assert!(serde_json::from_str::<KlingOmni>(text).is_ok(), "{text}");
    }
    let string = r#"{"multi_prompt":"[{\"prompt\":\"a\",\"duration\":3}]"}"#;
    assert!(serde_json::from_str::<Kling3>(string).is_ok());
    assert!(serde_json::from_str::<KlingOmni>(string).is_err());
}
