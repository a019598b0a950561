//! Decoding within limits: the header is checked first, and no pixel is read of a picture that
//! would be refused anyway.

use std::io::Cursor;

use image::error::ImageError;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::limits::{MAX_DECODED_BYTES, MAX_PIXELS};
use super::problem::FrameProblem;
use super::size;

/// The memory that decoders may use besides the picture itself, in bytes: tables, one strip of a
/// TIFF, an unpacked colour profile.
const DECODER_BYTES: u64 = 128 * 1024 * 1024;

/// A decoded picture, still in the orientation in which the camera stored it.
pub(super) struct Picture {
    pub image: DynamicImage,
    pub orientation: Orientation,
    /// The colour profile of its values; without one they are sRGB.
    pub profile: Option<Vec<u8>>,
}

/// Decodes a file. `orientation` is used if the decoder finds none.
///
/// # Errors
/// If the picture is too large, too small or too long by its header, or if it is broken.
pub(super) fn decode(
    format: ImageFormat,
    file: &[u8],
    orientation: Option<Orientation>,
) -> Result<Picture, FrameProblem> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits_of(DECODER_BYTES));
    let mut decoder = reader.into_decoder().map_err(|_| FrameProblem::Broken)?;
    let (width, height) = decoder.dimensions();
    let too_large = FrameProblem::TooLarge { width, height };
    let bytes = decoder.total_bytes();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || bytes > MAX_DECODED_BYTES {
        return Err(too_large);
    }
    let orientation = match decoder.orientation() {
        Ok(Orientation::NoTransforms) | Err(_) => orientation.unwrap_or(Orientation::NoTransforms),
        Ok(found) => found,
    };
    let (upright_width, upright_height) = if lies_on_its_side(orientation) {
        (height, width)
    } else {
        (width, height)
    };
    size::check(upright_width, upright_height)?;
    // Twice, because a GIF's first picture may be composed from a part of it.
    let bounded = decoder.set_limits(limits_of(bytes * 2 + DECODER_BYTES));
    bounded.map_err(|_| FrameProblem::Broken)?;
    let profile = decoder.icc_profile().unwrap_or_default();
    match DynamicImage::from_decoder(decoder) {
        Ok(image) => Ok(Picture {
            image,
            orientation,
            profile,
        }),
        Err(ImageError::Limits(_)) => Err(too_large),
        Err(_) => Err(FrameProblem::Broken),
    }
}

fn limits_of(bytes: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(bytes);
    limits
}

fn lies_on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}
