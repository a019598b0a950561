//! Reading a clip's tracks from whatever a server sent instead of it.

use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use sandbox::Sandbox;
use studio::clips::{Tracks, tracks};

use crate::mutate::{in_time, made_wrong, wrongs};

/// A real clip, as the sandbox renders it.
pub fn real() -> &'static [u8] {
    static CLIP: OnceLock<Vec<u8>> = OnceLock::new();
    CLIP.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::builder().speed(1e6).start().await.unwrap();
            let client = apiframe::Client::new(apiframe::Config {
                base: sandbox.base_url().parse().unwrap(),
                key: Some(apiframe::ApiKey::parse("afk_sandbox").unwrap()),
                user_agent: "inbetween/test".into(),
                network: apiframe::Network::of_this_system(),
                timeouts: apiframe::Timeouts::default(),
            })
            .unwrap();
            let body = r#"{"model":"kling-3.0","prompt":"x","klingParams":
                {"mode":"standard","duration":3,"aspect_ratio":"1:1","generate_audio":true}}"#;
            let job = client.generate(body.into(), "key").await.unwrap().job_id;
            assert!(sandbox.finish_now(&job).await);
            sandbox.result_bytes(&job).unwrap().to_vec()
        })
    })
}

/// Where the index of the real clip is: everything that is read except the pictures.
fn index() -> (usize, usize) {
    let clip = real();
    let at = clip.windows(4).position(|four| four == b"moov").unwrap() - 4;
    let length = u32::from_be_bytes(clip[at..at + 4].try_into().unwrap());
    (at, at + length as usize)
}

fn read(bytes: Vec<u8>) -> Result<Tracks, String> {
    in_time(move || {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clip.mp4");
        std::fs::write(&file, bytes).unwrap();
        tracks(Path::new(&file))
    })
}

#[test]
fn a_real_clip_is_read_and_half_of_it_is_not() {
    let clip = real();
    let whole = read(clip.to_vec()).unwrap();
    assert_eq!((whole.width, whole.height), (720, 720));
    assert!((2900..=3100).contains(&whole.duration_ms), "{whole:?}");
    for part in [clip.len() / 2, clip.len() - 1] {
        assert!(read(clip[..part].to_vec()).is_err(), "{part} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_damaged_index_is_read_or_refused_in_words(wrongs in wrongs()) {
        let (from, to) = index();
        let bytes = made_wrong(real(), from, to, &wrongs);
        if let Err(sentence) = read(bytes) {
            prop_assert!(!sentence.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn bytes_that_only_begin_like_a_clip_are_refused(
        rest in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let bytes = [&b"\0\0\0\x10ftypisom\0\0\0\0"[..], &rest].concat();
        prop_assert!(read(bytes).is_err());
    }

    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(bytes).is_err());
    }
}
