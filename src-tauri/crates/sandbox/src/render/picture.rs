//! A still as the encoder requires it: brightness and two quarter-size colour planes.
//!
//! Colours follow BT.709 in the limited range, which players assume for HD video and which the
//! stream declares.

use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageReader, RgbImage};
use std::io::Cursor;

use super::{RenderError, Size};

/// A still of an even width and height in YUV 4:2:0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    /// `width` × `height`.
    pub y: Vec<u8>,
    /// Half as wide and half as high.
    pub u: Vec<u8>,
    /// Half as wide and half as high.
    pub v: Vec<u8>,
}

impl Picture {
    /// A black picture to paint on.
    pub fn blank(size: Size) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        let quarter = width / 2 * (height / 2);
        Self {
            width,
            height,
            y: vec![16; width * height],
            u: vec![128; quarter],
            v: vec![128; quarter],
        }
    }

    /// Decodes a picture file, scaled and cropped to cover `size`.
    ///
    /// A rotation noted in the file is ignored, as on the real service: if a client forgot to
    /// rotate its picture upright, the clip shows that.
    pub fn decode(file: &[u8], size: Size, what: &'static str) -> Result<Self, RenderError> {
        let unreadable = |_| RenderError::Picture(what);
        let decoded = ImageReader::new(Cursor::new(file))
            .with_guessed_format()
            .map_err(|_| RenderError::Picture(what))?
            .decode()
            .map_err(unreadable)?;
        Ok(Self::from_rgb(&cover(&decoded.into_rgb8(), size)))
    }

    /// The same picture in the encoder's colours. Its width and height must be even.
    pub fn from_rgb(image: &RgbImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut picture = Self::blank(Size {
            width: image.width(),
            height: image.height(),
        });
        let pixels = image.as_raw();
        for (row, line) in picture
            .y
            .chunks_exact_mut(width)
            .zip(pixels.chunks_exact(width * 3))
        {
            for (y, rgb) in row.iter_mut().zip(line.chunks_exact(3)) {
                *y = brightness(rgb);
            }
        }
        for row in 0..height / 2 {
            let above = &pixels[row * 2 * width * 3..][..width * 3];
            let below = &pixels[(row * 2 + 1) * width * 3..][..width * 3];
            let at = row * width / 2;
            let us = &mut picture.u[at..at + width / 2];
            let vs = &mut picture.v[at..at + width / 2];
            for (x, (u, v)) in us.iter_mut().zip(vs).enumerate() {
                let four = |channel: usize| {
                    let i = x * 6 + channel;
                    i32::from(above[i])
                        + i32::from(above[i + 3])
                        + i32::from(below[i])
                        + i32::from(below[i + 3])
                };
                (*u, *v) = colour(four(0), four(1), four(2));
            }
        }
        picture
    }
}

/// Y of BT.709 in the limited range, in 1/65536.
fn brightness(rgb: &[u8]) -> u8 {
    let [r, g, b] = [rgb[0], rgb[1], rgb[2]].map(i32::from);
    clamped((11_966 * r + 40_254 * g + 4_064 * b + (16 << 16) + (1 << 15)) >> 16)
}

/// U and V of the sums over four pixels, in 1/262144.
fn colour(r: i32, g: i32, b: i32) -> (u8, u8) {
    let middle = (128 << 18) + (1 << 17);
    (
        clamped((-6_596 * r - 22_189 * g + 28_784 * b + middle) >> 18),
        clamped((28_784 * r - 26_145 * g - 2_639 * b + middle) >> 18),
    )
}

fn clamped(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or_default()
}

/// Crops what does not fit the shape, equally on both sides, and scales the rest.
fn cover(image: &RgbImage, size: Size) -> RgbImage {
    let (width, height) = (u64::from(image.width()), u64::from(image.height()));
    let (to_width, to_height) = (u64::from(size.width), u64::from(size.height));
    // The side that is too long for the shape is cut; the other stays whole.
    let crop_width = width.min((height * to_width).div_ceil(to_height)).max(1);
    let crop_height = height.min((width * to_height).div_ceil(to_width)).max(1);
    let narrow = |side: u64| u32::try_from(side).unwrap_or(u32::MAX);
    let cropped = crop_imm(
        image,
        narrow((width - crop_width) / 2),
        narrow((height - crop_height) / 2),
        narrow(crop_width),
        narrow(crop_height),
    );
    if (crop_width, crop_height) == (to_width, to_height) {
        cropped.to_image()
    } else {
        resize(&*cropped, size.width, size.height, FilterType::CatmullRom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn white_black_and_red_have_the_values_of_bt709() {
        let still = |rgb| Picture::from_rgb(&RgbImage::from_pixel(2, 2, Rgb(rgb)));
        let of = |rgb| {
            let p = still(rgb);
            (p.y[0], p.u[0], p.v[0])
        };
        assert_eq!(of([255, 255, 255]), (235, 128, 128));
        assert_eq!(of([0, 0, 0]), (16, 128, 128));
        assert_eq!(of([255, 0, 0]), (63, 102, 240));
    }

    #[test]
    fn a_picture_of_another_shape_loses_its_sides_and_keeps_its_middle() {
        // Red, green and blue thirds side by side, to be shown in a square.
        let wide = RgbImage::from_fn(300, 100, |x, _| match x / 100 {
            0 => Rgb([255, 0, 0]),
            1 => Rgb([0, 255, 0]),
            _ => Rgb([0, 0, 255]),
        });
        let square = cover(
            &wide,
            Size {
                width: 100,
                height: 100,
            },
        );
        assert!(square.pixels().all(|pixel| pixel.0 == [0, 255, 0]));
    }
}
