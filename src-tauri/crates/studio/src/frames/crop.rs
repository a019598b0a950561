//! Cuts a frame to the shape of another, around its centre: the clip takes the shape of its start
//! frame, so an end frame of another shape would be stretched or padded.

use image::ImageFormat;

use super::picture;
use super::prepare::{Prepared, written};
use super::problem::FrameProblem;
use super::{encode, size};
use crate::message::Message;

/// The centre of a kept picture, as large as possible, in the shape of `like` (width and height).
pub(super) fn crop(
    format: ImageFormat,
    file: &[u8],
    like: (u32, u32),
) -> Result<Prepared, FrameProblem> {
    let picture = picture::decode(format, file, None)?;
    let (width, height) = largest_within((picture.image.width(), picture.image.height()), like);
    size::check(width, height)?;
    let left = (picture.image.width() - width) / 2;
    let top = (picture.image.height() - height) / 2;
    let image = encode::simplified(picture.image.crop_imm(left, top, width, height));
    let mut prepared = written(image, format, picture.profile.as_deref())?;
    let (width, height) = (prepared.width, prepared.height);
    prepared.changes = vec![Message::Cropped { width, height }];
    Ok(prepared)
}

/// The largest size with the shape of `like` within `size`, in whole pixels.
fn largest_within((width, height): (u32, u32), like: (u32, u32)) -> (u32, u32) {
    let [w, h, like_w, like_h] = [width, height, like.0, like.1].map(u64::from);
    let rounded = |a: u64, b: u64, most: u32| {
        u32::try_from((a + b / 2) / b.max(1))
            .unwrap_or(most)
            .clamp(1, most)
    };
    if w * like_h > h * like_w {
        (rounded(h * like_w, like_h, width), height)
    } else {
        (width, rounded(w * like_h, like_w, height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_gives_way() {
        assert_eq!(largest_within((900, 1600), (1600, 900)), (900, 506));
        assert_eq!(largest_within((1600, 900), (900, 1600)), (506, 900));
        assert_eq!(largest_within((1600, 900), (500, 500)), (900, 900));
        assert_eq!(largest_within((1600, 900), (1920, 1080)), (1600, 900));
    }
}
