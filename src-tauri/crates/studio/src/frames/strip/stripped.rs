//! What is left of a picture file.

use image::metadata::Orientation;

/// A picture file without personal data.
#[derive(Debug, Default)]
pub struct Stripped {
    /// The file with the same pixels; `None` if it has to be re-encoded, because its structure is
    /// unusual or its colours are print colours.
    pub bytes: Option<Vec<u8>>,
    /// The orientation, if the file states it in a place that decoders overlook.
    pub orientation: Option<Orientation>,
    /// Whether it revealed where it was taken.
    pub told_place: bool,
    /// Whether its colours are cyan, magenta, yellow and black.
    pub print_colours: bool,
}
