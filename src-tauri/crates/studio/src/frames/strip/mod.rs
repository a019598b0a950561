//! Removes personal data from a JPEG or a PNG without changing a pixel: where and when a photo was
//! taken, with which camera, what it shows, who edited it.
//!
//! The parts that a picture needs to look right are listed, and only these are kept. Everything
//! else is removed, known or not, including any data after the picture's end.

mod exif;
mod jpeg;
mod png;
mod stripped;

use image::ImageFormat;
pub(super) use stripped::Stripped;

use super::problem::FrameProblem;

/// Strips a file of this format. Formats that are converted anyway return an empty result.
///
/// # Errors
/// [`FrameProblem::Broken`] if the file ends before its picture does. Decoders silently paint the
/// missing part grey, and no user wants to pay for a clip of that.
pub(super) fn strip(format: ImageFormat, file: &[u8]) -> Result<Stripped, FrameProblem> {
    match format {
        ImageFormat::Jpeg => jpeg::strip(file),
        ImageFormat::Png => Ok(png::strip(file)),
        _ => Ok(Stripped::default()),
    }
}
