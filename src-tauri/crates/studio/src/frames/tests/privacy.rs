//! Personal data in a photo stays on this machine.

use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat};

use super::samples::*;

const PLACE_REMOVED: &str = "The place where it was taken was removed from the file.";

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn the_place_is_gone_from_a_jpeg_and_its_pixels_are_the_same() {
    let bench = Bench::new();
    let plain = jpeg(400, 320);
    let photo = with_segments(
        &plain,
        &[
            (0xe1, &exif(1, true)),
            (0xe1, b"http://ns.adobe.com/xap/1.0/\0<x>My kitchen</x>"),
            (0xed, b"Photoshop 3.0\0My kitchen"),
            (0xfe, b"My kitchen"),
        ],
    );
    let photo = [&photo[..], b"My kitchen, as a video"].concat();
    let frame = bench.taken("photo.jpg", &photo);
    assert_eq!(changes(&frame), [PLACE_REMOVED]);
    let kept = bench.kept(&frame);
    for secret in [&b"Exif"[..], b"My kitchen", b"\x88\x25"] {
        assert!(holds(&photo, secret) && !holds(&kept, secret));
    }
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
    assert_eq!(pixels(&kept), pixels(&photo));
    assert_eq!(kept, plain);
}

#[test]
fn the_place_is_gone_from_a_photo_that_is_turned() {
    let bench = Bench::new();
    let photo = with_segments(&jpeg(400, 320), &[(0xe1, &exif(6, true))]);
    let frame = bench.taken("photo.jpg", &photo);
    assert_eq!(changes(&frame), ["Turned upright.", PLACE_REMOVED]);
    assert!(!holds(&bench.kept(&frame), b"Exif"));
}

#[test]
fn the_place_is_gone_from_a_png_and_its_pixels_are_the_same() {
    let bench = Bench::new();
    let plain = png(400, 320);
    let mut photo = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut photo);
    encoder
        .set_exif_metadata(exif(1, true)[6..].to_vec())
        .unwrap();
    quarters(400, 320).write_with_encoder(encoder).unwrap();
    assert!(holds(&photo, b"eXIf"));
    let frame = bench.taken("photo.png", &photo);
    assert_eq!(changes(&frame), [PLACE_REMOVED]);
    let kept = bench.kept(&frame);
    assert!(!holds(&kept, b"eXIf"));
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
    assert_eq!(pixels(&kept), pixels(&plain));
}

#[test]
fn the_same_photo_with_and_without_its_tales_is_one_frame() {
    let bench = Bench::new();
    let plain = jpeg(400, 320);
    let photo = with_segments(&plain, &[(0xe1, &exif(1, true))]);
    let hashes = [plain, photo].map(|file| bench.taken("photo.jpg", &file).hash);
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn the_colour_profile_stays_whether_the_picture_is_written_anew_or_not() {
    let bench = Bench::new();
    let mut profile = vec![0; 200];
    profile[16..20].copy_from_slice(b"RGB ");
    profile[36..40].copy_from_slice(b"acsp");
    let mut segment = b"ICC_PROFILE\0\x01\x01".to_vec();
    segment.extend(&profile);
    let kept_profile = |file: &[u8]| {
        let frame = bench.taken("photo", file);
        let path = bench.frames.path(frame.hash).unwrap();
        let reader = image::ImageReader::open(path).unwrap();
        reader.into_decoder().unwrap().icc_profile().unwrap()
    };
    let upright = with_segments(&jpeg(400, 320), &[(0xe2, &segment)]);
    assert_eq!(kept_profile(&upright).as_ref(), Some(&profile));
    let turned = with_segments(&upright, &[(0xe1, &exif(8, false))]);
    assert_eq!(kept_profile(&turned).as_ref(), Some(&profile));

    let mut webp = Vec::new();
    let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
    encoder.set_icc_profile(profile.clone()).unwrap();
    quarters(400, 320).write_with_encoder(encoder).unwrap();
    assert_eq!(kept_profile(&webp).as_ref(), Some(&profile));
}

#[test]
fn a_grey_picture_stays_grey() {
    let bench = Bench::new();
    let grey = DynamicImage::ImageLuma8(quarters(400, 320).to_luma8());
    let mut photo = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut photo, 95);
    grey.write_with_encoder(encoder).unwrap();
    let turned = with_segments(&photo, &[(0xe1, &exif(3, false))]);
    for file in [turned, encoded(&grey, ImageFormat::Tiff)] {
        let frame = bench.taken("photo", &file);
        assert!(!bench.picture(&frame).color().has_color());
    }
}
