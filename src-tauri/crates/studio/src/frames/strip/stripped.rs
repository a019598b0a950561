//! What is left of a picture file.

use image::metadata::Orientation;

/// A picture file without the tales it told.
#[derive(Debug, Default)]
pub struct Stripped {
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
