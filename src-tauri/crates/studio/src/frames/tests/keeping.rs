//! Where frames are kept, and that they are still there after a restart.

use std::fs;

use super::samples::*;
use crate::frames::{FrameHash, Frames};

/// The number of files in a folder, including those in its subfolders.
fn files(folder: &std::path::Path) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

#[test]
fn a_frame_is_there_after_a_restart() {
    let bench = Bench::new();
    let path = bench.folder.path().join("Grüße.webp");
    let webp = encoded(&quarters(400, 320), image::ImageFormat::WebP);
    fs::write(&path, &webp).unwrap();
    let frame = bench.frames.import_path(&path).unwrap();
    assert_eq!(frame.name, "Grüße.webp");
    fs::remove_file(&path).unwrap();

    let again = Frames::open(bench.folder.path().join("frames"));
    assert_eq!(again.get(frame.hash), Some(frame.clone()));
    let kept = again.path(frame.hash).unwrap();
    assert_eq!(
        kept.file_name().unwrap().to_string_lossy(),
        format!("{}.png", frame.hash)
    );
    assert_eq!(FrameHash::of(&fs::read(kept).unwrap()), frame.hash);
    assert!(again.thumb_path(frame.hash).unwrap().is_file());
}

#[test]
fn what_was_said_of_a_frame_before_there_were_codes_is_still_said() {
    let bench = Bench::new();
    let frame = bench.taken("harbour.png", &png(400, 320));
    let file = bench
        .folder
        .path()
        .join(format!("frames/{}.json", frame.hash));
    let mut stored: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    stored["changes"] = serde_json::json!([
        "Turned upright.",
        { "code": "cropped", "width": 40, "height": 30 },
        { "code": "ofALaterProgram" },
    ]);
    fs::write(&file, stored.to_string()).unwrap();
    let again = bench.frames.get(frame.hash).unwrap();
    assert_eq!(again.name, "harbour.png");
    let said = changes(&again);
    assert_eq!(said[0], "Turned upright.");
    assert_eq!(said[1], "Cropped to 40 × 30 pixels.");
    assert!(said[2].contains("ofALaterProgram"), "{said:?}");
}

#[test]
fn the_same_picture_twice_is_one_frame_with_the_latest_name() {
    let bench = Bench::new();
    let first = bench.taken("first.png", &png(400, 320));
    let before = files(bench.folder.path());
    let second = bench.taken("second.png", &png(400, 320));
    assert_eq!(second.hash, first.hash);
    assert_eq!(files(bench.folder.path()), before);
    assert_eq!(bench.frames.get(first.hash).unwrap().name, "second.png");
}

#[test]
fn conversion_always_gives_the_same_bytes() {
    let bench = Bench::new();
    let photo = with_segments(&jpeg(400, 320), &[(0xe1, &exif(6, false))]);
    let hashes = [0; 2].map(|_| bench.taken("photo.jpg", &photo).hash);
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn a_damaged_frame_is_mended_by_bringing_the_picture_in_again() {
    let bench = Bench::new();
    let frame = bench.taken("photo.png", &png(400, 320));
    let path = bench.frames.path(frame.hash).unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, vec![0; whole.len()]).unwrap();
    bench.taken("photo.png", &png(400, 320));
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn a_frame_whose_description_was_lost_is_still_a_frame() {
    let bench = Bench::new();
    let frame = bench.taken("photo.png", &png(400, 320));
    let path = bench.frames.path(frame.hash).unwrap();
    fs::write(path.with_extension("json"), b"{ not json").unwrap();
    let found = bench.frames.get(frame.hash).unwrap();
    assert_eq!((found.width, found.height), (400, 320));
    assert_eq!((found.hash, found.bytes), (frame.hash, frame.bytes));
    fs::remove_file(path).unwrap();
    assert_eq!(bench.frames.get(frame.hash), None);
    assert_eq!(bench.frames.content_type(frame.hash), None);
}

#[test]
fn what_was_never_kept_is_not_there() {
    let bench = Bench::new();
    let unknown = FrameHash::of(b"never kept");
    assert_eq!(bench.frames.get(unknown), None);
    assert_eq!(bench.frames.path(unknown), None);
    assert_eq!(bench.frames.thumb_path(unknown), None);
    assert!(!bench.folder.path().join("frames").exists());
}

#[test]
fn a_folder_that_takes_no_files_is_named_in_the_sentence() {
    let bench = Bench::new();
    // A file in its place: unlike permissions, this stops an administrator too.
    let folder = bench.folder.path().join("frames");
    fs::write(&folder, b"").unwrap();
    let (code, sentence) = bench.refused("photo.png", &png(400, 320));
    assert_eq!(code, "pictureNotStored");
    assert!(
        sentence.contains(&folder.display().to_string()),
        "{sentence}"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_to_write_is_named_in_the_sentence() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let folder = bench.folder.path().join("frames");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.join("probe"), b"").is_ok() {
        eprintln!("an administrator may write anywhere: nothing to see here");
        return;
    }
    let (code, _) = bench.refused("photo.png", &png(400, 320));
    assert_eq!(code, "pictureNotStored");
    assert_eq!(files(&folder), 0);
}

#[test]
fn the_page_gets_a_frame_in_its_own_words() {
    let bench = Bench::new();
    let frame = bench.taken("photo.png", &png(400, 320));
    assert_eq!(
        serde_json::to_value(&frame).unwrap(),
        serde_json::json!({
            "hash": frame.hash.to_string(),
            "width": 400,
            "height": 320,
            "bytes": frame.bytes,
            "name": "photo.png",
            "changes": [],
        })
    );
}
