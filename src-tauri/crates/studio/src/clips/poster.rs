//! What may be kept as a clip's poster.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

/// The most bytes of a poster: one of 640 pixels has a tenth of this.
const MOST_BYTES: usize = 2 << 20;
/// The most pixels per side: a frame of the largest clip fits.
const LONGEST_SIDE: u32 = 4096;

/// Whether these bytes are a complete JPEG of a sensible size. Decodes it, which takes a few
/// milliseconds.
#[must_use]
pub fn is_poster(bytes: &[u8]) -> bool {
    // The decoder accepts a JPEG that stops midway; its end marker shows that it is complete.
    if bytes.len() > MOST_BYTES || !bytes.ends_with(&[0xff, 0xd9]) {
        return false;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    reader.limits(limits);
    reader.decode().is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image::RgbImage::new(width, height)
            .write_to(&mut file, format)
            .unwrap();
        file.into_inner()
    }

    #[test]
    fn only_a_whole_jpeg_of_a_sensible_size_is_a_poster() {
        let poster = picture(640, 360, ImageFormat::Jpeg);
        assert!(is_poster(&poster));
        assert!(!is_poster(&poster[..poster.len() / 2]), "half of one");
        assert!(!is_poster(&picture(640, 360, ImageFormat::Png)), "a PNG");
        assert!(!is_poster(&picture(5000, 8, ImageFormat::Jpeg)), "too wide");
        assert!(!is_poster(&[0xff, 0xd8, 0xff]), "the beginning of one");
        let mut long = poster;
        long.resize(MOST_BYTES + 1, 0);
        assert!(!is_poster(&long), "too long");
    }
}
