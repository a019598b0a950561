//! Files of a few bytes that claim to be enormous. Each is opened by a separate process, which then
//! reports its peak memory.

use std::process::Command;

use studio::clips::tracks;
use studio::frames::Frames;

/// Tells the child which bomb to open.
const BOMB: &str = "INBETWEEN_TEST_BOMB";

/// How much more memory a bomb may take than a file that nothing can open, in KiB. A picture of
/// 60,000 by 60,000 would take ten million.
const MOST_KIB: u64 = 16 * 1024;

const SIDE: u32 = 60_000;

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
        crc
    })
}

fn png() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let inside = [&kind[..], data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &inside, &crc(&inside).to_be_bytes()].concat()
    };
    let side = SIDE.to_be_bytes();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[&side[..], &side, &[8, 2, 0, 0, 0]].concat()),
        chunk(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn gif() -> Vec<u8> {
    let side = u16::try_from(SIDE).unwrap().to_le_bytes();
    [
        &b"GIF89a"[..],
        &side,
        &side,
        &[0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0, 0, 0],
        &side,
        &side,
        &[0, 2, 2, 0x4c, 1, 0, 0x3b],
    ]
    .concat()
}

fn bmp() -> Vec<u8> {
    let side = SIDE.to_le_bytes();
    let info = [&40u32.to_le_bytes()[..], &side, &side, &[1, 0, 24, 0]].concat();
    [
        &b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0"[..],
        &info,
        &[0; 24],
        &[0; 16],
    ]
    .concat()
}

fn jpeg() -> Vec<u8> {
    let side = u16::try_from(SIDE).unwrap().to_be_bytes();
    [
        &b"\xff\xd8\xff\xc0\0\x0b\x08"[..],
        &side,
        &side,
        &b"\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\0\xff\xd9"[..],
    ]
    .concat()
}

fn tiff() -> Vec<u8> {
    let entry = |tag: u16, value: u32| {
        [
            &tag.to_le_bytes()[..],
            &4u16.to_le_bytes(),
            &1u32.to_le_bytes(),
            &value.to_le_bytes(),
        ]
        .concat()
    };
    let fields = [
        entry(256, SIDE),
        entry(257, SIDE),
        entry(258, 8),
        entry(259, 1),
        entry(262, 1),
        entry(273, 8),
        entry(277, 1),
        entry(278, SIDE),
        entry(279, 16),
    ];
    let count = u16::try_from(fields.len()).unwrap().to_le_bytes();
    let directory = [&count[..], &fields.concat(), &[0; 4]].concat();
    [&b"II*\0\x08\0\0\0"[..], &directory, &[0; 16]].concat()
}

/// The second largest side that this format can claim.
const WEBP_SIDE: u32 = 16_383;

fn webp() -> Vec<u8> {
    // 14 bits for each side minus one, no alpha, version 0; then no transforms.
    let sides = ((WEBP_SIDE - 1) | (WEBP_SIDE - 1) << 14).to_le_bytes();
    let data = [&[0x2f][..], &sides, &[0; 11]].concat();
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
    let chunk = [&b"VP8L"[..], &length(data.len()), &data].concat();
    let riff = length(chunk.len() + 4);
    [&b"RIFF"[..], &riff, b"WEBP", &chunk].concat()
}

/// An mp4 whose sample table claims four billion samples.
fn mp4() -> Vec<u8> {
    let mut clip = crate::mp4::real().to_vec();
    let at = clip.windows(4).position(|four| four == b"stsz").unwrap();
    // All have one size, so that the list itself stays as it is; and they are more than any list
    // holds.
    clip[at + 8..at + 16].copy_from_slice(b"\0\0\0\x01\xff\xff\xff\xff");
    clip
}

fn bomb(name: &str) -> Vec<u8> {
    match name {
        "png" => png(),
        "gif" => gif(),
        "bmp" => bmp(),
        "jpeg" => jpeg(),
        "tiff" => tiff(),
        "webp" => webp(),
        "none" => b"nothing that anybody could open".to_vec(),
        other => panic!("no such bomb: {other}"),
    }
}

/// The peak memory of this process, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse().unwrap()
}

#[test]
#[ignore = "the other half of the tests below, in a process of its own"]
fn child() {
    let Ok(path) = std::env::var(BOMB) else {
        return;
    };
    let sentence = if std::path::Path::new(&path)
        .extension()
        .is_some_and(|it| it == "mp4")
    {
        tracks(std::path::Path::new(&path)).unwrap_err()
    } else {
        let bytes = std::fs::read(&path).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let problem = Frames::open(folder.path()).import_bytes("bomb", &bytes);
        problem.unwrap_err().to_string()
    };
    println!("said:{sentence}");
    println!("peak:{}", peak());
}

/// What a process that opens these bytes prints, and its peak memory, in KiB.
fn opened(name: &str, bytes: &[u8]) -> (String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bombs::child", "--ignored", "--nocapture"])
        .env(BOMB, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let after = |mark: &str| {
        let (_, rest) = text.split_once(mark).unwrap_or_else(|| {
            let trouble = String::from_utf8_lossy(&output.stderr);
            panic!("{name}: {text}\n{trouble}")
        });
        rest.lines().next().unwrap().to_owned()
    };
    (after("said:"), after("peak:").parse().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_picture_bomb_is_refused_by_its_header_before_memory_is_taken() {
    let (_, usual) = opened("none", &bomb("none"));
    for name in ["png", "gif", "bmp", "jpeg", "tiff", "webp"] {
        let bytes = bomb(name);
        assert!(bytes.len() < 400, "{name} is no bomb");
        let (said, peak) = opened(name, &bytes);
        let side = if name == "webp" { WEBP_SIDE } else { SIDE };
        let pixels = format!("{side} × {side} pixels");
        assert!(said.contains("too large"), "{name}: {said}");
        assert!(said.contains(&pixels), "{name}: {said}");
        let more = peak.saturating_sub(usual);
        println!(
            "{name}: {} bytes, {more} KiB more than nothing",
            bytes.len()
        );
        assert!(more < MOST_KIB, "{name}: {more} KiB");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_clip_that_claims_billions_of_pictures_is_refused_before_memory_is_taken() {
    let (_, usual) = opened("none", &bomb("none"));
    let (said, peak) = opened("bomb.mp4", &mp4());
    assert!(
        said.contains("more pictures than a clip can have"),
        "{said}"
    );
    let more = peak.saturating_sub(usual);
    assert!(more < MOST_KIB, "{more} KiB");
}
