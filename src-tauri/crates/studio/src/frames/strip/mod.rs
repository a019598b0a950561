//! Taking out of a JPEG or a PNG, without touching a pixel, what tells about the person:
//! where and when a photo was taken, with which camera, what it shows, who edited it.
//!
//! What stays is a list of what a picture needs to look right; everything else goes, known
//! or not, and so does whatever was hung behind the picture's end.

mod exif;
mod jpeg;
mod png;

use image::ImageFormat;
use image::metadata::Orientation;

use super::problem::FrameProblem;

/// A picture file without the tales it told.
#[derive(Debug, Default)]
pub(super) struct Stripped {
    /// The file with the same pixels; `None` where it has to be encoded anew, because its
    /// structure is odd or its colours are those of print.
    pub bytes: Option<Vec<u8>>,
    /// How the picture lies, where the file says so in a place that decoders overlook.
    pub orientation: Option<Orientation>,
    /// Whether it told where it was taken.
    pub told_place: bool,
    /// Whether its colours are cyan, magenta, yellow and black.
    pub print_colours: bool,
}

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
