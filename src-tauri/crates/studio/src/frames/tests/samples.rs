//! Pictures made for the tests: four quarters of four colours, so that the orientation is visible.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgba, RgbaImage};
use tempfile::TempDir;

use crate::frames::{Frame, Frames};
use crate::message::Message;

pub const RED: [u8; 3] = [220, 30, 30];
pub const GREEN: [u8; 3] = [30, 200, 30];
pub const BLUE: [u8; 3] = [30, 30, 220];
pub const WHITE: [u8; 3] = [255, 255, 255];

/// Red and green above, blue and white below.
pub fn quarters(width: u32, height: u32) -> DynamicImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let [red, green, blue] = match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        };
        Rgba([red, green, blue, 255])
    })
    .into()
}

/// The colours of the four quarters, in reading order.
pub fn colours(image: &DynamicImage) -> [[u8; 3]; 4] {
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let Rgba([red, green, blue, _]) = image.get_pixel(width * x / 4, height * y / 4);
        [red, green, blue].map(nearest)
    })
}

/// JPEG changes a colour by a few steps; the colours of the tests are far apart.
fn nearest(channel: u8) -> u8 {
    [30, 200, 220, 255]
        .into_iter()
        .min_by_key(|known: &u8| known.abs_diff(channel))
        .unwrap()
}

/// What a user reads about how a picture was changed.
pub fn changes(frame: &Frame) -> Vec<String> {
    frame.changes.iter().map(Message::to_string).collect()
}

pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = if format == ImageFormat::Jpeg {
        DynamicImage::ImageRgb8(image.to_rgb8())
    } else {
        image.clone()
    };
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    let image = quarters(width, height).to_rgb8();
    image.write_with_encoder(encoder).unwrap();
    bytes
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&quarters(width, height), ImageFormat::Png)
}

/// A JPEG with these segments inserted after its start: a marker and its payload.
pub fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, payload) in segments {
        let length = u16::try_from(payload.len() + 2).unwrap();
        bytes.extend([0xff, *marker]);
        bytes.extend(length.to_be_bytes());
        bytes.extend(*payload);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// What a camera writes about a photo: its orientation, and the location (Berlin) if wanted.
pub fn exif(orientation: u8, place: bool) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08".to_vec();
    exif.extend([0, 1 + u8::from(place)]);
    exif.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    if place {
        // The GPS directory at offset 38: one entry, the reference letter of the latitude.
        exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
        exif.extend([0, 0, 0, 0]);
        exif.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2]);
        exif.extend(b"N\0\0\0");
    }
    exif.extend([0, 0, 0, 0]);
    exif
}

/// A temporary folder of frames, removed after the test.
pub struct Bench {
    pub folder: TempDir,
    pub frames: Frames,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let frames = Frames::open(folder.path().join("frames"));
        Self { folder, frames }
    }

    pub fn taken(&self, name: &str, file: &[u8]) -> Frame {
        self.frames.import_bytes(name, file).unwrap()
    }

    /// The code and the sentence of a refusal.
    pub fn refused(&self, name: &str, file: &[u8]) -> (String, String) {
        let problem = self.frames.import_bytes(name, file).unwrap_err();
        (Message::from(&problem).code(), problem.to_string())
    }

    /// The kept file of a frame.
    pub fn kept(&self, frame: &Frame) -> Vec<u8> {
        std::fs::read(self.frames.path(frame.hash).unwrap()).unwrap()
    }

    pub fn picture(&self, frame: &Frame) -> DynamicImage {
        image::load_from_memory(&self.kept(frame)).unwrap()
    }
}
