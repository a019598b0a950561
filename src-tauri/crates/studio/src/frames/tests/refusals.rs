//! What cannot be a frame: each reason with its own code and sentence.

use crate::message::Message;
use std::fs;
use std::path::Path;

use image::ImageFormat;

use super::samples::*;

#[test]
fn what_is_too_small_or_too_long_is_refused_in_numbers() {
    let bench = Bench::new();
    for (format, file) in [
        (ImageFormat::Png, png(400, 299)),
        (ImageFormat::Jpeg, jpeg(400, 299)),
    ] {
        let (code, sentence) = bench.refused("x", &file);
        assert_eq!(code, "pictureTooSmall", "{format:?}");
        assert!(sentence.contains("400 × 299 pixels"), "{sentence}");
    }
    let (code, sentence) = bench.refused("x", &png(751, 300));
    assert_eq!(code, "pictureTooWide");
    assert!(sentence.contains("too wide: 751 × 300"), "{sentence}");
    bench.taken("x", &png(750, 300));
    bench.taken("x", &png(300, 300));
}

#[test]
fn a_picture_made_to_fill_the_memory_is_refused_by_its_header() {
    let bench = Bench::new();
    // A real picture whose header says 30000 by 30000: its pixels must never be read, or it would
    // be reported as broken.
    let side = 30_000_u32.to_be_bytes();
    let mut bomb = png(400, 320);
    bomb[16..20].copy_from_slice(&side);
    bomb[20..24].copy_from_slice(&side);
    let checksum = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&checksum);
    let mut photo = jpeg(400, 320);
    let frame_header = photo
        .windows(2)
        .position(|marker| marker == [0xff, 0xc0])
        .unwrap();
    photo[frame_header + 5..frame_header + 7].copy_from_slice(&side[2..]);
    photo[frame_header + 7..frame_header + 9].copy_from_slice(&side[2..]);
    for file in [bomb, photo] {
        let (code, sentence) = bench.refused("bomb", &file);
        assert_eq!(code, "pictureTooLarge");
        assert!(sentence.contains("30000 × 30000 pixels"), "{sentence}");
        assert!(sentence.contains("120 megapixels"), "{sentence}");
    }
}

/// The checksum of PNG (annex D of its specification).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[test]
fn a_picture_that_stops_half_way_is_refused() {
    let bench = Bench::new();
    let formats = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
    ];
    for format in formats {
        let file = encoded(&quarters(400, 320), format);
        let (code, sentence) = bench.refused("x", &file[..file.len() * 2 / 3]);
        assert_eq!(code, "pictureBroken", "{format:?}");
        assert!(sentence.contains("damaged or incomplete"), "{sentence}");
    }
}

#[test]
fn nothing_at_all_and_text_are_refused() {
    let bench = Bench::new();
    assert_eq!(bench.refused("x.png", b"").0, "pictureEmpty");
    assert_eq!(bench.refused("x.png", b"hello").0, "pictureIsOther");
}

#[test]
fn a_heic_photo_gets_its_own_sentence() {
    let bench = Bench::new();
    let (code, sentence) = bench.refused("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    assert_eq!(code, "pictureUnsupported");
    assert_eq!(
        sentence,
        "Inbetween can't read HEIC pictures. Export it as JPEG or PNG and drop that."
    );
}

/// The code and the sentence of a refusal of a path.
fn refused(bench: &Bench, path: &Path) -> (String, String) {
    let problem = bench.frames.import_path(path).unwrap_err();
    (Message::from(&problem).code(), problem.to_string())
}

#[test]
fn a_link_dropped_from_a_browser_is_known_as_one() {
    let bench = Bench::new();
    for link in [
        "https://example.com/cat.png",
        "/https://example.com/cat.png",
        "HTTPS:/example.com/cat.png",
        "http://example.com",
        "data:image/png;base64,iVBORw0KGgo",
    ] {
        let (code, sentence) = refused(&bench, Path::new(link));
        assert_eq!(code, "pictureIsLink", "{link}");
        assert!(sentence.contains("Save the picture first"), "{sentence}");
    }
}

#[test]
fn what_is_no_readable_file_is_refused_for_its_own_reason() {
    let bench = Bench::new();
    let folder = bench.folder.path();
    assert_eq!(refused(&bench, folder).0, "pictureIsFolder");
    assert_eq!(refused(&bench, &folder.join("gone.png")).0, "pictureGone");
    let empty = folder.join("empty.png");
    fs::write(&empty, b"").unwrap();
    assert_eq!(refused(&bench, &empty).0, "pictureEmpty");
    assert_eq!(refused(&bench, &empty.join("inside")).0, "pictureGone");
    let notes = folder.join("notes.png");
    fs::write(&notes, b"no picture").unwrap();
    assert_eq!(refused(&bench, &notes).0, "pictureIsOther");
}

#[cfg(unix)]
#[test]
fn a_device_is_never_opened() {
    let bench = Bench::new();
    // Reading it would never end.
    let (code, _) = refused(&bench, Path::new("/dev/zero"));
    assert_eq!(code, "pictureIsOther");
}

#[cfg(unix)]
#[test]
fn a_file_that_turns_into_a_pipe_meanwhile_keeps_nobody_waiting() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let bench = Bench::new();
    let folder = bench.folder.path().to_owned();
    let path = folder.join("picture.png");
    let (file, pipe) = (folder.join("file"), folder.join("pipe"));
    fs::write(&file, b"no picture").unwrap();
    crate::regular_file::make_pipe(&pipe);
    fs::hard_link(&file, &path).unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Swaps the two in the same place, as fast as it can.
        scope.spawn(|| {
            let next = folder.join("next");
            while !over.load(Ordering::Relaxed) {
                for one in [&pipe, &file] {
                    fs::hard_link(one, &next).unwrap();
                    fs::rename(&next, &path).unwrap();
                }
            }
        });
        for _ in 0..20_000 {
            assert_eq!(refused(&bench, &path).0, "pictureIsOther");
        }
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let bench = Bench::new();
    let path = bench.folder.path().join("huge.png");
    fs::write(&path, png(300, 300)).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(200_000_001).unwrap();
    let (code, sentence) = refused(&bench, &path);
    assert_eq!(code, "pictureFileTooLarge");
    assert!(sentence.contains("200 MB"), "{sentence}");
    // A file that is not a picture is reported as that, however large it is.
    fs::write(&path, b"%PDF-1.7").unwrap();
    file.set_len(200_000_001).unwrap();
    assert_eq!(refused(&bench, &path).0, "pictureIsOther");
}
