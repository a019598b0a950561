//! How a picture is changed before it is kept, and what the user is told about it.

use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};

use super::samples::*;

#[test]
fn a_photo_is_turned_upright_however_the_camera_was_held() {
    let bench = Bench::new();
    // How the eight EXIF orientations change red, green, blue, white in reading order.
    let upright = [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ];
    for (orientation, expected) in upright {
        let photo = with_segments(&jpeg(400, 320), &[(0xe1, &exif(orientation, false))]);
        let frame = bench.taken("photo.jpg", &photo);
        let size = if orientation < 5 {
            (400, 320)
        } else {
            (320, 400)
        };
        assert_eq!((frame.width, frame.height), size, "{orientation}");
        let kept = bench.picture(&frame);
        assert_eq!((kept.width(), kept.height()), size, "{orientation}");
        assert_eq!(colours(&kept), expected, "{orientation}");
        let thumb = image::open(bench.frames.thumb_path(frame.hash).unwrap()).unwrap();
        assert_eq!(colours(&thumb), expected, "{orientation}");
        let said: &[&str] = if orientation == 1 {
            &[]
        } else {
            &["Turned upright."]
        };
        assert_eq!(changes(&frame), said, "{orientation}");
    }
}

#[test]
fn the_limits_are_those_of_the_upright_picture() {
    let bench = Bench::new();
    let photo = with_segments(&jpeg(752, 300), &[(0xe1, &exif(6, false))]);
    let (code, sentence) = bench.refused("photo.jpg", &photo);
    assert_eq!(code, "pictureTooTall");
    assert!(sentence.contains("too tall: 300 × 752"), "{sentence}");
}

#[test]
fn a_jpeg_or_png_that_kling_takes_keeps_its_exact_bytes() {
    let bench = Bench::new();
    let photo = jpeg(400, 320);
    let frame = bench.taken("photo.jpg", &photo);
    assert_eq!(bench.kept(&frame), photo);
    assert_eq!(frame.bytes, photo.len() as u64);
    assert_eq!(frame.name, "photo.jpg");
    assert!(changes(&frame).is_empty());
    assert_eq!(bench.frames.content_type(frame.hash), Some("image/jpeg"));

    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(400, 320, Rgba([9, 9, 9, 9])));
    let drawing = encoded(&clear, ImageFormat::Png);
    let frame = bench.taken("drawing.png", &drawing);
    assert_eq!(bench.kept(&frame), drawing);
    assert!(changes(&frame).is_empty());
    assert_eq!(bench.frames.content_type(frame.hash), Some("image/png"));
}

#[test]
fn other_formats_become_png_and_the_person_is_told() {
    let bench = Bench::new();
    for (format, name) in [
        (ImageFormat::WebP, "WebP"),
        (ImageFormat::Gif, "GIF"),
        (ImageFormat::Bmp, "BMP"),
        (ImageFormat::Tiff, "TIFF"),
    ] {
        let frame = bench.taken("picture", &encoded(&quarters(400, 320), format));
        assert_eq!(changes(&frame), [format!("Converted from {name} to PNG.")]);
        assert_eq!(bench.frames.content_type(frame.hash), Some("image/png"));
        let kept = bench.picture(&frame);
        assert_eq!(colours(&kept), [RED, GREEN, BLUE, WHITE], "{name}");
        assert!(!kept.color().has_alpha(), "{name}");
    }
}

#[test]
fn a_large_picture_of_another_format_becomes_a_jpeg() {
    let bench = Bench::new();
    let frame = bench.taken(
        "large.bmp",
        &encoded(&quarters(1930, 1080), ImageFormat::Bmp),
    );
    assert_eq!(changes(&frame), ["Converted from BMP to JPEG."]);
    assert_eq!(bench.frames.content_type(frame.hash), Some("image/jpeg"));
    assert_eq!(colours(&bench.picture(&frame)), [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn transparency_survives_a_conversion() {
    let bench = Bench::new();
    let mut image = quarters(400, 320).to_rgba8();
    image.put_pixel(7, 7, Rgba([0, 0, 0, 0]));
    let frame = bench.taken("x.webp", &encoded(&image.into(), ImageFormat::WebP));
    let kept = bench.picture(&frame).to_rgba8();
    assert_eq!(kept.get_pixel(7, 7).0[3], 0);
    assert_eq!(kept.get_pixel(8, 7).0[3], 255);
}

#[test]
fn of_an_animation_the_first_picture_is_taken() {
    let bench = Bench::new();
    let mut file = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
    let first = quarters(320, 320).to_rgba8();
    let second = RgbaImage::from_pixel(320, 320, Rgba([0, 0, 0, 255]));
    for image in [first, second] {
        encoder.encode_frame(image::Frame::new(image)).unwrap();
    }
    drop(encoder);
    let frame = bench.taken("loop.gif", &file);
    assert_eq!(colours(&bench.picture(&frame)), [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn more_than_ten_megabytes_are_compressed_and_the_person_is_told() {
    let bench = Bench::new();
    // Noise, which PNG cannot compress: 3 bytes for each of 3.6 million pixels.
    let mut state = 1_u32;
    let noise = image::RgbImage::from_fn(2000, 1800, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let file = encoded(&noise.into(), ImageFormat::Png);
    assert!(file.len() > 10_000_000);
    let frame = bench.taken("huge.png", &file);
    assert!(frame.bytes <= 10_000_000);
    assert_eq!((frame.width, frame.height), (2000, 1800));
    assert_eq!(changes(&frame).len(), 2, "{:?}", changes(&frame));
    assert_eq!(changes(&frame)[0], "Converted from PNG to JPEG.");
    let change = &changes(&frame)[1];
    assert!(change.starts_with("Compressed from 10.8 to "), "{change}");
    assert!(
        change.ends_with(" MB, because Kling takes at most 10 MB."),
        "{change}"
    );
}

#[test]
fn a_picture_far_beyond_any_clip_is_made_smaller_when_it_is_written_anew() {
    let bench = Bench::new();
    let grey = GrayImage::from_pixel(8000, 3300, Luma([90]));
    let frame = bench.taken("wide.tif", &encoded(&grey.into(), ImageFormat::Tiff));
    assert_eq!((frame.width, frame.height), (7680, 3168));
    assert_eq!(
        changes(&frame)[..2],
        [
            "Converted from TIFF to JPEG.",
            "Made smaller, to 7680 × 3168 pixels."
        ]
    );
    let kept = bench.picture(&frame);
    assert_eq!((kept.width(), kept.height()), (7680, 3168));
}

#[test]
fn the_thumbnail_is_a_small_jpeg_of_the_same_shape() {
    let bench = Bench::new();
    let frame = bench.taken("photo.png", &png(1600, 800));
    let path = bench.frames.thumb_path(frame.hash).unwrap();
    let thumb = image::open(&path).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (640, 320));
    assert!(std::fs::read(&path).unwrap().starts_with(b"\xff\xd8\xff"));
    let frame = bench.taken("small.png", &png(320, 300));
    let thumb = image::open(bench.frames.thumb_path(frame.hash).unwrap()).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (320, 300));
}
