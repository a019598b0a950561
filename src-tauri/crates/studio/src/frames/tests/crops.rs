//! An end frame cut to the shape of the start frame.

use super::samples::*;
use crate::message::Message;

#[test]
fn the_middle_is_kept_in_the_shape_of_the_other_frame() {
    let bench = Bench::new();
    let start = bench.taken("start.png", &png(800, 450));
    let end = bench.taken(
        "end.png",
        &encoded(&quarters(900, 1600), image::ImageFormat::Png),
    );
    let cropped = bench.frames.crop_like(end.hash, start.hash).unwrap();
    assert_eq!((cropped.width, cropped.height), (900, 506));
    assert_eq!(cropped.name, "end.png");
    assert_eq!(changes(&cropped), ["Cropped to 900 × 506 pixels."]);
    assert_eq!(
        colours(&bench.picture(&cropped)),
        colours(&bench.picture(&end)),
        "it is not the middle"
    );
    assert_eq!(bench.frames.get(cropped.hash), Some(cropped));
    assert!(
        bench.frames.get(end.hash).is_some(),
        "the whole picture is still there"
    );
}

#[test]
fn what_was_changed_before_is_still_told() {
    let bench = Bench::new();
    let start = bench.taken("start.png", &png(400, 400));
    let lying = with_segments(&jpeg(800, 450), &[(0xe1, &exif(6, false))]);
    let end = bench.taken("end.jpg", &lying);
    let cropped = bench.frames.crop_like(end.hash, start.hash).unwrap();
    assert_eq!(
        changes(&cropped),
        ["Turned upright.", "Cropped to 450 × 450 pixels."]
    );
}

#[test]
fn a_picture_that_would_become_too_small_is_refused() {
    let bench = Bench::new();
    let start = bench.taken("start.png", &png(1000, 400));
    let end = bench.taken("end.png", &png(600, 1000));
    let problem = bench.frames.crop_like(end.hash, start.hash).unwrap_err();
    assert_eq!(Message::from(&problem).code(), "pictureTooSmall");
}
