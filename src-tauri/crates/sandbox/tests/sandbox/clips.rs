//! The clips: their length, shape and tracks, and that they show what was sent.

use std::io::Cursor;

use crate::harness::{ended, fast, file, picture, submitted, uploaded};
use image::{ImageFormat, Rgb, RgbImage};
use mp4::{Mp4Reader, TrackType};
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use sandbox::Sandbox;
use serde_json::{Value, json};

/// A clip as a player sees it.
struct Seen {
    width: usize,
    height: usize,
    /// Milliseconds of picture, of sound if there is any, and of the whole.
    picture: u128,
    sound: Option<u128>,
    whole: u128,
    /// The brightness of every frame.
    frames: Vec<Vec<u8>>,
}

fn watch(clip: &[u8]) -> Seen {
    let mut reader = Mp4Reader::read_header(Cursor::new(clip), clip.len() as u64).unwrap();
    let of = |kind| {
        reader
            .tracks()
            .values()
            .find(|track| track.track_type().unwrap() == kind)
    };
    let video = of(TrackType::Video).unwrap();
    let (id, count) = (video.track_id(), video.sample_count());
    let mut seen = Seen {
        width: video.width().into(),
        height: video.height().into(),
        picture: video.duration().as_millis(),
        sound: of(TrackType::Audio).map(|track| track.duration().as_millis()),
        whole: reader.duration().as_millis(),
        frames: Vec::new(),
    };
    let mut stream = Vec::new();
    for unit in [
        video.sequence_parameter_set().unwrap(),
        video.picture_parameter_set().unwrap(),
    ] {
        stream.extend_from_slice(&[0, 0, 0, 1]);
        stream.extend_from_slice(unit);
    }
    let mut decoder = Decoder::new().unwrap();
    assert!(decoder.decode(&stream).unwrap().is_none());
    for sample in 1..=count {
        let sample = reader.read_sample(id, sample).unwrap().unwrap();
        let mut units = sample.bytes.as_ref();
        let mut packet = Vec::new();
        while let Some((length, rest)) = units.split_first_chunk::<4>() {
            let (unit, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
            packet.extend_from_slice(&[0, 0, 0, 1]);
            packet.extend_from_slice(unit);
            units = rest;
        }
        let frame = decoder
            .decode(&packet)
            .unwrap()
            .expect("a frame for every sample");
        let (width, stride) = (frame.dimensions().0, frame.strides().0);
        seen.frames.push(
            frame
                .y()
                .chunks(stride)
                .flat_map(|row| &row[..width])
                .copied()
                .collect(),
        );
    }
    seen
}

/// The brightness of a picture, by BT.709 in the limited range.
fn brightness(image: &RgbImage) -> Vec<u8> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let y = |[r, g, b]: [f64; 3]| {
        (16.0 + (0.2126 * r + 0.7152 * g + 0.0722 * b) * 219.0 / 255.0).round() as u8
    };
    image
        .pixels()
        .map(|pixel| y(pixel.0.map(f64::from)))
        .collect()
}

/// How similar two frames are, in dB; above 36 the eye sees no difference in a moving picture.
fn alike(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2))
        .sum();
    10.0 * (255.0_f64.powi(2) * a.len() as f64 / sum.max(1e-9)).log10()
}

const SAME: f64 = 36.0;

async fn made(sandbox: &Sandbox, params: Value) -> Seen {
    let body = json!({"model": "kling-3.0", "prompt": "A door opens", "klingParams": params});
    let id = submitted(sandbox, &body).await;
    let job = ended(sandbox, &id).await;
    assert_eq!(job["status"], "COMPLETED", "{job}");
    watch(&sandbox.result_bytes(&id).unwrap())
}

#[tokio::test]
async fn a_clip_begins_with_the_start_picture_and_ends_with_the_end_picture() {
    let sandbox = fast().start().await.unwrap();
    let first = picture(1280, 720, [230, 180, 60]);
    let last = image::imageops::rotate180(&picture(1280, 720, [60, 120, 250]));
    let start = uploaded(&sandbox, file(&first, ImageFormat::Png)).await;
    let end = uploaded(&sandbox, file(&last, ImageFormat::Png)).await;
    let params = json!({"mode": "standard", "duration": 4, "start_image": start, "end_image": end, "generate_audio": true});
    let seen = made(&sandbox, params).await;

    assert_eq!((seen.width, seen.height), (1280, 720));
    assert_eq!(
        (seen.picture, seen.whole, seen.frames.len()),
        (4000, 4000, 96)
    );
    let sound = seen.sound.expect("a sound track");
    assert!((3970..=4000).contains(&sound), "{sound} ms of sound");

    let (first, last) = (brightness(&first), brightness(&last));
    let (opening, closing) = (&seen.frames[0], &seen.frames[95]);
    assert!(
        alike(opening, &first) > SAME,
        "{} dB",
        alike(opening, &first)
    );
    assert!(alike(closing, &last) > SAME, "{} dB", alike(closing, &last));
    let middle = &seen.frames[48];
    assert!(alike(middle, &first) < 25.0 && alike(middle, &last) < 25.0);
    for (number, pair) in seen.frames.windows(2).enumerate() {
        assert!(
            alike(&pair[0], &pair[1]) > 24.0,
            "the picture jumps at frame {number}"
        );
    }
}

#[tokio::test]
async fn a_lone_start_picture_gives_its_shape_and_is_moved_across() {
    let sandbox = fast().start().await.unwrap();
    let first = picture(400, 500, [200, 200, 200]);
    let start = uploaded(&sandbox, file(&first, ImageFormat::Jpeg)).await;
    let params =
        json!({"mode": "standard", "duration": 3, "start_image": start, "aspect_ratio": "16:9"});
    let seen = made(&sandbox, params).await;
    assert_eq!((seen.width, seen.height), (1024, 1280));
    assert_eq!(
        (seen.picture, seen.sound, seen.frames.len()),
        (3000, None, 72)
    );
    let scaled =
        image::imageops::resize(&first, 1024, 1280, image::imageops::FilterType::CatmullRom);
    assert!(alike(&seen.frames[0], &brightness(&scaled)) > 33.0);
    assert!(alike(&seen.frames[71], &seen.frames[0]) < 30.0);
}

#[tokio::test]
async fn a_4k_clip_has_its_size_and_length_at_half_the_frames() {
    let sandbox = fast().start().await.unwrap();
    let first = picture(1920, 1080, [90, 160, 220]);
    let start = uploaded(&sandbox, file(&first, ImageFormat::Png)).await;
    let seen = made(
        &sandbox,
        json!({"mode": "4k", "duration": 3, "start_image": start}),
    )
    .await;
    assert_eq!((seen.width, seen.height), (3840, 2160));
    assert_eq!(
        (seen.picture, seen.whole, seen.frames.len()),
        (3000, 3000, 36)
    );
}

#[tokio::test]
async fn without_pictures_the_prompt_gives_the_same_one_every_time_in_the_asked_shape() {
    let sandbox = fast().start().await.unwrap();
    let params = || json!({"mode": "standard", "duration": 3, "aspect_ratio": "9:16"});
    let one = made(&sandbox, params()).await;
    let two = made(&sandbox, params()).await;
    assert_eq!((one.width, one.height), (720, 1280));
    assert!(
        one.frames == two.frames,
        "the same prompt made another picture"
    );
}

#[tokio::test]
async fn shots_follow_one_another_with_a_cut() {
    let sandbox = fast().start().await.unwrap();
    let shots = r#"[{"prompt":"a hill","duration":1},{"prompt":"a city","duration":2}]"#;
    let params =
        json!({"mode": "standard", "duration": 3, "aspect_ratio": "1:1", "multi_prompt": shots});
    let seen = made(&sandbox, params).await;
    let jumps: Vec<usize> = (1..seen.frames.len())
        .filter(|&at| alike(&seen.frames[at - 1], &seen.frames[at]) < 22.0)
        .collect();
    assert_eq!(jumps, [24]);
}

#[tokio::test]
async fn a_rotation_noted_in_the_file_is_not_obeyed() {
    let sandbox = fast().start().await.unwrap();
    let upright = RgbImage::from_pixel(640, 320, Rgb([10, 200, 10]));
    let mut jpeg = file(&upright, ImageFormat::Jpeg);
    // An EXIF block that says "rotated by a quarter turn", placed right after the start marker.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    jpeg.splice(2..2, [&[0xff, 0xe1], &length[..], exif].concat());
    let start = uploaded(&sandbox, jpeg).await;
    let seen = made(
        &sandbox,
        json!({"mode": "standard", "duration": 3, "start_image": start}),
    )
    .await;
    assert_eq!((seen.width, seen.height), (1280, 640));
}

#[tokio::test]
async fn the_index_comes_first_so_that_a_clip_plays_while_it_arrives() {
    let sandbox = fast().start().await.unwrap();
    let id = submitted(&sandbox, &crate::harness::cheap("index")).await;
    ended(&sandbox, &id).await;
    let clip = sandbox.result_bytes(&id).unwrap();
    let mut boxes = Vec::new();
    let mut at = 0;
    while at < clip.len() {
        let length = u32::from_be_bytes(clip[at..at + 4].try_into().unwrap()) as usize;
        boxes.push(String::from_utf8_lossy(&clip[at + 4..at + 8]).into_owned());
        at += length;
    }
    assert_eq!(boxes, ["ftyp", "moov", "mdat"]);
}
