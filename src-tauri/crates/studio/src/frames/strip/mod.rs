//! Taking out of a JPEG or a PNG, without touching a pixel, what tells about the person:
//! where and when a photo was taken, with which camera, what it shows, who edited it.
//!
//! What stays is a list of what a picture needs to look right; everything else goes, known
//! or not, and so does whatever was hung behind the picture's end.

mod exif;
mod jpeg;
mod png;
mod stripped;

use image::ImageFormat;
pub(super) use stripped::Stripped;

use super::problem::FrameProblem;

/// Strips a file of this format; formats that are converted anyway come back empty.
///
/// # Errors
/// [`FrameProblem::Broken`] if the file stops before its picture does. Decoders paint the
/// missing part grey and say nothing, and nobody wants to pay for a clip of that.
pub(super) fn strip(format: ImageFormat, file: &[u8]) -> Result<Stripped, FrameProblem> {
    match format {
        ImageFormat::Jpeg => jpeg::strip(file),
        ImageFormat::Png => Ok(png::strip(file)),
        _ => Ok(Stripped::default()),
    }
}
