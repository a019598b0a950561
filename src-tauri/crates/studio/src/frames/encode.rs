//! Encodes pictures: as PNG, as JPEG, and as a JPEG that is small enough.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageEncoder, ImageResult, RgbImage, Rgba};

use super::limits::THUMB_SIDE;

/// The qualities that are tried before a picture is made smaller: from one with no visible loss to
/// one where a careful observer starts to see it.
const QUALITIES: [u8; 4] = [95, 90, 85, 80];

/// The quality of pictures that had to be made smaller.
const SMALLER_QUALITY: u8 = 85;

const THUMB_QUALITY: u8 = 82;

/// Converts to eight bits per channel. Keeps transparency only if something is transparent.
pub(super) fn simplified(image: DynamicImage) -> DynamicImage {
    let colour = image.color();
    if colour.has_alpha() {
        let image = image.into_rgba8();
        if image.pixels().any(|Rgba([.., alpha])| *alpha < u8::MAX) {
            DynamicImage::ImageRgba8(image)
        } else {
            DynamicImage::ImageRgba8(image).into_rgb8().into()
        }
    } else if colour.has_color() {
        image.into_rgb8().into()
    } else {
        image.into_luma8().into()
    }
}

/// Puts the picture on white: a JPEG has no transparency.
pub(super) fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let image = image.into_rgba8();
    let (width, height) = image.dimensions();
    let mut flat = RgbImage::new(width, height);
    for (Rgba([red, green, blue, alpha]), below) in image.pixels().zip(flat.pixels_mut()) {
        below.0 = [*red, *green, *blue].map(|channel| over_white(channel, *alpha));
    }
    flat.into()
}

fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    let mixed = (channel * alpha + 255 * (255 - alpha) + 127) / 255;
    // The mean of two values up to 255 is at most 255.
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

/// Scales the picture down until its longest side is at most this long, in pixels; a smaller
/// picture is unchanged. Averages whole blocks, which needs no memory besides the result: a sharper
/// filter would take a gigabyte for a phone's largest photo.
pub(super) fn within(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side {
        image
    } else {
        image.thumbnail(side, side)
    }
}

pub(super) fn png(image: &DynamicImage, profile: Option<&[u8]>) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    with_profile(encoder, image, profile)?;
    Ok(bytes)
}

/// A JPEG of at most this many bytes, and the picture that is in it. The picture is made smaller if
/// no quality was enough.
pub(super) fn jpeg_within(
    limit: usize,
    mut image: DynamicImage,
    profile: Option<&[u8]>,
) -> ImageResult<(Vec<u8>, DynamicImage)> {
    let mut bytes = Vec::new();
    for quality in QUALITIES {
        bytes = jpeg(&image, quality, profile)?;
        if bytes.len() <= limit {
            return Ok((bytes, image));
        }
        // The lowest quality takes a bit less than half the bytes of the highest.
        if bytes.len() > limit * 3 {
            break;
        }
    }
    // A JPEG's size depends on its pixel count. With the limit that Kling sets, this ends long
    // before the smallest size that Kling accepts: 300 by 750 pixels are under a megabyte even as
    // noise.
    while bytes.len() > limit {
        let scale = (limit as f64 / bytes.len() as f64).sqrt();
        let side = f64::from(image.width().max(image.height())) * scale.clamp(0.5, 0.9);
        image = within(image, rounded(side));
        bytes = jpeg(&image, SMALLER_QUALITY, profile)?;
    }
    Ok((bytes, image))
}

/// A length in whole pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It is a few thousand.
fn rounded(length: f64) -> u32 {
    length.round() as u32
}

/// The small JPEG that the page shows in lists and slots.
pub(super) fn thumb(image: &DynamicImage, profile: Option<&[u8]>) -> ImageResult<Vec<u8>> {
    let small = if image.width().max(image.height()) > THUMB_SIDE {
        image.thumbnail(THUMB_SIDE, THUMB_SIDE)
    } else {
        image.clone()
    };
    jpeg(&on_white(simplified(small)), THUMB_QUALITY, profile)
}

fn jpeg(image: &DynamicImage, quality: u8, profile: Option<&[u8]>) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    with_profile(encoder, image, profile)?;
    Ok(bytes)
}

fn with_profile(
    mut encoder: impl ImageEncoder,
    image: &DynamicImage,
    profile: Option<&[u8]>,
) -> ImageResult<()> {
    if let Some(profile) = profile.filter(|profile| fits(profile, image)) {
        // If an encoder can't carry a profile, the colours are read as sRGB: dull, not wrong.
        let _ = encoder.set_icc_profile(profile.to_vec());
    }
    image.write_with_encoder(encoder)
}

/// Whether a profile describes the colours this picture has. It names its colour space at offset 16
/// (ICC.1, 7.2.6); the profile of a print file does not match its converted pixels.
fn fits(profile: &[u8], image: &DynamicImage) -> bool {
    let space: &[u8] = if image.color().has_color() {
        b"RGB "
    } else {
        b"GRAY"
    };
    profile.get(16..20) == Some(space)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use image::{RgbaImage, load_from_memory};

    /// Noise, which is hardest to compress: the same every time.
    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 0x2545_f491_u32;
        let image = RgbImage::from_fn(width, height, |_, _| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let [_, red, green, blue] = state.to_be_bytes();
            image::Rgb([red, green, blue])
        });
        image.into()
    }

    #[test]
    fn transparent_parts_become_white_and_half_transparent_ones_lighter() {
        let image = RgbaImage::from_fn(3, 1, |x, _| Rgba([200, 0, 0, [255, 128, 0][x as usize]]));
        let flat = on_white(image.into()).into_rgb8();
        assert_eq!(flat.get_pixel(0, 0).0, [200, 0, 0]);
        assert_eq!(flat.get_pixel(1, 0).0, [227, 127, 127]);
        assert_eq!(flat.get_pixel(2, 0).0, [255, 255, 255]);
    }

    #[test]
    fn transparency_that_hides_nothing_is_dropped() {
        let opaque = DynamicImage::ImageRgba16(image::ImageBuffer::from_pixel(
            2,
            2,
            Rgba([u16::MAX, 0, 0, u16::MAX]),
        ));
        assert_eq!(
            simplified(opaque).into_rgb8().get_pixel(0, 0).0,
            [255, 0, 0]
        );
        let clear = DynamicImage::new_rgba8(2, 2);
        assert!(simplified(clear).color().has_alpha());
        let grey = DynamicImage::new_luma16(2, 2);
        assert!(!simplified(grey).color().has_color());
    }

    #[test]
    fn a_lower_quality_is_tried_before_a_smaller_picture() {
        let plenty = jpeg_within(1_000_000, noise(500, 400), None)
            .unwrap()
            .0
            .len();
        let (bytes, image) = jpeg_within(plenty * 2 / 3, noise(500, 400), None).unwrap();
        assert!(bytes.len() <= plenty * 2 / 3);
        assert_eq!((image.width(), image.height()), (500, 400));
    }

    #[test]
    fn even_noise_ends_up_small_enough() {
        for limit in [50_000, 200_000] {
            let (bytes, image) = jpeg_within(limit, noise(500, 400), None).unwrap();
            assert!(bytes.len() <= limit);
            assert!(image.width() < 500);
            let read = load_from_memory(&bytes).unwrap();
            assert_eq!(
                (read.width(), read.height()),
                (image.width(), image.height())
            );
            assert!((image.width() * 4).abs_diff(image.height() * 5) < 5);
        }
    }

    #[test]
    fn only_a_profile_of_the_right_colours_is_kept() {
        let mut profile = vec![0; 128];
        profile[16..20].copy_from_slice(b"RGB ");
        let colour = DynamicImage::new_rgb8(1, 1);
        let grey = DynamicImage::new_luma8(1, 1);
        assert!(fits(&profile, &colour));
        assert!(!fits(&profile, &grey));
        profile[16..20].copy_from_slice(b"CMYK");
        assert!(!fits(&profile, &colour));
        assert!(!fits(b"short", &colour));
    }
}
