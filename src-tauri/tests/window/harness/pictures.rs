//! Pictures that can be told apart after encoding: four coloured quarters, so that a rotation, a
//! swap or a wrong picture is noticed.

use std::fs::{self, File};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::rotate270;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

/// Colours of the quarters: top left, top right, bottom left, bottom right.
pub type Quarters = [[u8; 3]; 4];

/// The quarters of the start frame in most tests.
pub const DAWN: Quarters = [[230, 90, 40], [250, 200, 90], [60, 30, 70], [140, 60, 60]];
/// The quarters of the end frame in most tests.
pub const NIGHT: Quarters = [[20, 40, 110], [60, 120, 200], [10, 80, 70], [190, 210, 230]];

/// A picture of this size with these quarters.
pub fn quarters((width, height): (u32, u32), colours: Quarters) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(colours[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)])
    })
}

/// A picture for the tour: hills under a sky, in the same colours, soft enough to look at.
pub fn landscape((width, height): (u32, u32), colours: Quarters) -> RgbImage {
    let [glow, sky, ground, hill] = colours.map(|colour| colour.map(f32::from));
    let blend =
        |a: [f32; 3], b: [f32; 3], part: f32| [0, 1, 2].map(|at| a[at] + (b[at] - a[at]) * part);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let far = 0.58 + 0.06 * (x * 7.0).sin() + 0.02 * (x * 19.0).cos();
        let near = 0.76 + 0.08 * (x * 4.0 + 1.0).sin();
        let sun = (1.0 - ((x - 0.68).hypot((y - 0.46) * 0.6) / 0.09)).clamp(0.0, 0.12) / 0.12;
        let colour = if y > near {
            blend(ground, [8.0, 8.0, 12.0], (y - near) * 2.2)
        } else if y > far {
            blend(hill, ground, (y - far) * 3.0)
        } else {
            blend(blend(sky, glow, y / far), [255.0, 250.0, 235.0], sun)
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Rgb(colour.map(|part| part.clamp(0.0, 255.0) as u8))
    })
}

/// Writes the picture as PNG.
pub fn write_png(picture: &RgbImage, path: &Path) {
    let (width, height) = picture.dimensions();
    let file = File::create(path).expect("the picture can be written");
    PngEncoder::new(file)
        .write_image(picture, width, height, ExtendedColorType::Rgb8)
        .expect("the picture can be encoded");
}

/// Writes the picture as a camera held upright does: the pixels are stored sideways, and an EXIF
/// entry (orientation 6) says to rotate them a quarter turn clockwise.
pub fn write_turned_jpeg(picture: &RgbImage, path: &Path) {
    let lying = rotate270(picture);
    let (width, height) = lying.dimensions();
    // A TIFF header, one directory with one entry: tag 0x0112, a short, the value 6.
    let exif = [
        &b"MM\0\x2a\0\0\0\x08"[..],
        &[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0],
        &[0, 0, 0, 0],
    ]
    .concat();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif).expect("JPEG takes EXIF");
    encoder
        .write_image(&lying, width, height, ExtendedColorType::Rgb8)
        .expect("the picture can be encoded");
    fs::write(path, bytes).expect("the picture can be written");
}

/// The colours found in the middle of the four quarters.
pub fn colours(picture: &RgbImage) -> Quarters {
    let (width, height) = picture.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| mean(picture, (width * x / 4, height * y / 4)))
}

/// How much an encoder changes a colour at most, out of 255: far less than the difference between
/// the colours of two pictures.
const SLACK: u8 = 24;

/// Whether these are the same quarters, allowing for what an encoder changes.
pub fn alike(found: Quarters, expected: Quarters) -> bool {
    let parts = found.iter().flatten().zip(expected.iter().flatten());
    parts.into_iter().all(|(a, b)| a.abs_diff(*b) <= SLACK)
}

/// Fails unless the picture shows these quarters.
pub fn assert_quarters(what: &str, picture: &RgbImage, expected: Quarters) {
    let found = colours(picture);
    assert!(
        alike(found, expected),
        "{what} shows {found:?}, not {expected:?}"
    );
}

/// The mean colour of the 9 by 9 pixels around a point.
fn mean(picture: &RgbImage, (x, y): (u32, u32)) -> [u8; 3] {
    let mut sums = [0_u32; 3];
    let mut count = 0;
    for dy in 0..9 {
        for dx in 0..9 {
            if let Some(pixel) =
                picture.get_pixel_checked((x + dx).saturating_sub(4), (y + dy).saturating_sub(4))
            {
                count += 1;
                for (sum, value) in sums.iter_mut().zip(pixel.0) {
                    *sum += u32::from(value);
                }
            }
        }
    }
    sums.map(|sum| u8::try_from(sum / count).expect("a mean of bytes is a byte"))
}
