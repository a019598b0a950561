//! Importing anything that claims to be a picture.

use std::io::Cursor;
use std::sync::LazyLock;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;
use studio::frames::Frames;

use crate::mutate::{in_time, made_wrong, wrongs};

const FORMATS: [ImageFormat; 6] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Bmp,
    ImageFormat::Tiff,
];

/// A picture in each format, made once.
fn real(format: ImageFormat) -> &'static [u8] {
    static MADE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| FORMATS.map(made).to_vec());
    let place = FORMATS.iter().position(|one| *one == format).unwrap();
    &MADE[place]
}

fn made(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(320, 304, |x, y| {
        let [light, shade] = [x, y].map(|at| u8::try_from(at * 255 / 320).unwrap());
        Rgb([light, shade, light ^ shade])
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut file, format)
        .unwrap();
    file.into_inner()
}

/// What the user is shown about it: nothing, or a sentence.
fn import(bytes: Vec<u8>) -> Option<String> {
    in_time(move || {
        let folder = tempfile::tempdir().unwrap();
        let frames = Frames::open(folder.path());
        match frames.import_bytes("picture", &bytes) {
            Ok(frame) => {
                // What is kept can be opened again: it is what will be sent.
                let kept = frames.path(frame.hash).unwrap();
                let again = image::ImageReader::open(kept).unwrap().decode().unwrap();
                assert_eq!((again.width(), again.height()), (frame.width, frame.height));
                None
            }
            Err(problem) => Some(problem.to_string()),
        }
    })
}

#[test]
fn each_real_picture_comes_in() {
    for format in FORMATS {
        assert_eq!(import(real(format).to_vec()), None, "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_damaged_picture_comes_in_whole_or_is_refused_in_words(
        format in proptest::sample::select(FORMATS.to_vec()),
        wrongs in wrongs(),
        only_its_head in any::<bool>(),
    ) {
        let whole = real(format);
        let to = if only_its_head { 200 } else { whole.len() };
        let bytes = made_wrong(whole, 0, to, &wrongs);
        if let Some(sentence) = import(bytes) {
            prop_assert!(sentence.ends_with('.'), "{}", sentence);
        }
    }

    #[test]
    fn bytes_that_only_begin_like_a_picture_are_refused(
        magic in proptest::sample::select(vec![
            &b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"GIF89a",
            b"BM\0\0\0\0\0\0\0\0", b"II*\0", b"MM\0*", b"",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let sentence = import([magic, &rest].concat());
        prop_assert!(sentence.is_some_and(|sentence| sentence.ends_with('.')));
    }
}
