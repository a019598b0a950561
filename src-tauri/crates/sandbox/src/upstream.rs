//! What the model behind the service requires beyond the schema, checked after a job was accepted:
//! a job that breaks such a rule fails with a message, and its credits are refunded.
//!
//! The limits are those published for Kling 3.0. The sandbox fetches nothing from the network: a
//! picture's address has to be that of one of its own uploads.

use std::io::Cursor;

use bytes::Bytes;
use image::{ImageFormat, ImageReader};
use serde_json::Value;

use crate::render::{Film, Shot, Size};
use crate::schema::{Request, whole};
use crate::upload::Kind;

/// The block of Kling's models.
const KLING: &str = "klingParams";
/// The most characters of a prompt upstream; the schema says 4000.
const LONGEST_PROMPT: usize = 2500;
/// The most bytes of a picture upstream; uploads may be larger.
const LARGEST_PICTURE: usize = 10 * 1024 * 1024;
/// The fewest pixels on either side.
const SMALLEST_SIDE: u32 = 300;
/// The highest ratio of the longer side to the shorter, in tenths.
const LONGEST_RATIO: u64 = 25;
const MOST_SHOTS: usize = 6;
/// The most pictures of all kinds together.
const MOST_PICTURES: usize = 7;
const MOST_BESIDE_A_VIDEO: usize = 4;
const LONGEST_SHOT_PROMPT: usize = 512;

/// What the addresses in a request refer to.
pub(crate) trait Hosted {
    /// The bytes of an upload whose address is still valid.
    fn upload(&self, url: &str) -> Option<Bytes>;
    /// Whether the address is that of a finished clip that still exists.
    fn has_clip(&self, url: &str) -> bool;
}

/// The film that a request describes.
///
/// # Errors
/// The message that the job fails with.
pub(crate) fn film(request: &Request, hosted: &impl Hosted) -> Result<Film, String> {
    if request.block == KLING && request.prompt.chars().count() > LONGEST_PROMPT {
        return Err(format!(
            "The prompt is longer than {LONGEST_PROMPT} characters."
        ));
    }
    let shots = shots(request)?;
    if !shots.is_empty() && request.end.is_some() {
        return Err("Shots and an end image cannot be combined.".to_owned());
    }
    let mut size = Size::asked(request.mode, request.shape);
    let mut start = None;
    if let Some(url) = &request.start {
        let (file, width, height) = picture(url, "start image", hosted)?;
        size = Size::following(request.mode, width, height);
        start = Some(file);
    }
    let end = match &request.end {
        Some(url) => Some(picture(url, "end image", hosted)?.0),
        None => None,
    };
    for url in &request.references {
        picture(url, "reference image", hosted)?;
    }
    let mut between = Vec::new();
    for url in &request.between {
        between.push(picture(url, "picture in between", hosted)?.0);
    }
    for (urls, medium) in [(&request.videos, "video"), (&request.sounds, "audio")] {
        let is_there = |url: &String| {
            let kind = hosted.upload(url).and_then(|file| Kind::of(&file));
            kind.is_some_and(|kind| kind.medium() == medium)
                || (medium == "video" && hosted.has_clip(url))
        };
        if !urls.iter().all(is_there) {
            return Err(unreachable(medium));
        }
    }
    let pictures = request.references.len()
        + usize::from(request.start.is_some())
        + usize::from(request.end.is_some());
    if request.block == KLING && !request.videos.is_empty() && pictures > MOST_BESIDE_A_VIDEO {
        return Err(format!(
            "At most {MOST_BESIDE_A_VIDEO} pictures are possible beside a video."
        ));
    }
    if request.block == KLING && pictures > MOST_PICTURES {
        return Err(format!("At most {MOST_PICTURES} pictures are possible."));
    }
    Ok(Film {
        mode: request.mode,
        size,
        seconds: request.duration,
        sound: request.sound,
        prompt: request.prompt.clone(),
        start,
        between,
        end,
        shots,
    })
}

fn unreachable(what: &str) -> String {
    format!(
        "The {what} could not be downloaded: its address is not one of this sandbox's files, or it has expired."
    )
}

/// A picture's bytes, width and height.
fn picture(url: &str, what: &str, hosted: &impl Hosted) -> Result<(Bytes, u32, u32), String> {
    let file = hosted.upload(url).ok_or_else(|| unreachable(what))?;
    if file.len() > LARGEST_PICTURE {
        return Err(format!("The {what} is larger than 10 MB."));
    }
    let broken = || format!("The {what} could not be read as a picture.");
    let reader = ImageReader::new(Cursor::new(&file))
        .with_guessed_format()
        .map_err(|_| broken())?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(format!("The {what} is neither a JPEG nor a PNG."));
    }
    let (width, height) = reader.into_dimensions().map_err(|_| broken())?;
    if width.min(height) < SMALLEST_SIDE {
        return Err(format!(
            "The {what} is {width}×{height}: both sides need at least {SMALLEST_SIDE} pixels."
        ));
    }
    if u64::from(width.max(height)) * 10 > u64::from(width.min(height)) * LONGEST_RATIO {
        return Err(format!(
            "The {what} is {width}×{height}: its ratio has to be between 1:2.5 and 2.5:1."
        ));
    }
    Ok((file, width, height))
}

/// The shots of a request: a JSON document in a string, or the list itself.
fn shots(request: &Request) -> Result<Vec<Shot>, String> {
    let unreadable =
        || "multi_prompt is not a JSON list of shots with a prompt and a duration.".to_owned();
    let parsed;
    let value = match &request.shots {
        None => return Ok(Vec::new()),
        Some(Value::String(text)) => {
            parsed = serde_json::from_str::<Value>(text).map_err(|_| unreadable())?;
            &parsed
        }
        Some(value) => value,
    };
    let list = value.as_array().ok_or_else(unreadable)?;
    let shots: Option<Vec<Shot>> = list
        .iter()
        .map(|shot| {
            let prompt = shot.get("prompt")?.as_str()?.to_owned();
            let seconds = u32::try_from(whole(shot.get("duration")?)?).ok()?;
            Some(Shot { prompt, seconds })
        })
        .collect();
    let shots = shots.ok_or_else(unreadable)?;
    if shots.len() > MOST_SHOTS {
        return Err(format!(
            "There are {} shots, at most {MOST_SHOTS} are possible.",
            shots.len()
        ));
    }
    if shots.iter().any(|shot| shot.seconds == 0) {
        return Err("Every shot needs at least one second.".to_owned());
    }
    if shots
        .iter()
        .any(|shot| shot.prompt.is_empty() || shot.prompt.chars().count() > LONGEST_SHOT_PROMPT)
    {
        return Err(format!(
            "Every shot needs a prompt of 1 to {LONGEST_SHOT_PROMPT} characters."
        ));
    }
    let total: u64 = shots.iter().map(|shot| u64::from(shot.seconds)).sum();
    if !shots.is_empty() && total != u64::from(request.duration) {
        return Err(format!(
            "The shots last {total} s together, the clip {} s.",
            request.duration
        ));
    }
    Ok(shots)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::schema::{Call, Table, judge};
    use image::{DynamicImage, RgbImage};
    use serde_json::json;

    /// An uploader with one picture for every address.
    struct Picture(Vec<u8>);

    impl Hosted for Picture {
        fn upload(&self, _: &str) -> Option<Bytes> {
            Some(self.0.clone().into())
        }
        fn has_clip(&self, _: &str) -> bool {
            false
        }
    }

    fn file(width: u32, height: u32, format: ImageFormat) -> Picture {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(width, height))
            .write_to(&mut bytes, format)
            .unwrap();
        Picture(bytes.into_inner())
    }

    fn outcome(params: &Value, hosted: &Picture) -> Result<Size, String> {
        let body = json!({"model": "kling-3.0", "prompt": "x", "klingParams": params});
        let request = judge(&body, Call::Generate, Table::service()).unwrap();
        film(&request, hosted).map(|film| film.size)
    }

    #[test]
    fn pictures_outside_the_models_limits_fail_the_job_in_words() {
        let start = json!({"start_image": "http://127.0.0.1/x"});
        let said = |picture: Picture| outcome(&start, &picture).unwrap_err();
        assert_eq!(
            said(file(299, 400, ImageFormat::Png)),
            "The start image is 299×400: both sides need at least 300 pixels."
        );
        assert_eq!(
            said(file(760, 300, ImageFormat::Png)),
            "The start image is 760×300: its ratio has to be between 1:2.5 and 2.5:1."
        );
        assert_eq!(
            said(file(400, 400, ImageFormat::Gif)),
            "The start image is neither a JPEG nor a PNG."
        );
        assert_eq!(
            said(Picture(b"\x89PNG\r\n\x1a\n".to_vec())),
            "The start image could not be read as a picture."
        );
        assert!(outcome(&start, &file(750, 300, ImageFormat::Jpeg)).is_ok());
    }

    #[test]
    fn shots_have_to_fill_the_clip_exactly() {
        let shots = |text: &str| {
            outcome(
                &json!({"duration": 5, "multi_prompt": text}),
                &file(1, 1, ImageFormat::Png),
            )
        };
        assert!(shots(r#"[{"prompt":"a","duration":2},{"prompt":"b","duration":3}]"#).is_ok());
        assert_eq!(
            shots(r#"[{"prompt":"a","duration":2}]"#).unwrap_err(),
            "The shots last 2 s together, the clip 5 s."
        );
        assert_eq!(
            shots("two shots please").unwrap_err(),
            "multi_prompt is not a JSON list of shots with a prompt and a duration."
        );
        let both = json!({"start_image": "http://x/", "end_image": "http://x/", "multi_prompt": r#"[{"prompt":"a","duration":5}]"#});
        assert_eq!(
            outcome(&both, &file(400, 400, ImageFormat::Png)).unwrap_err(),
            "Shots and an end image cannot be combined."
        );
    }
}
