//! From the user's file to the bytes that are kept and later sent: the same bytes if possible,
//! otherwise a faithful new picture, and a sentence for every difference that the user might wonder
//! about.

use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat};

use super::limits::{MAX_ENCODED_SIDE, MAX_STORED_BYTES};
use super::picture::{self, Picture};
use super::problem::FrameProblem;
use super::{encode, kind, strip};
use crate::message::Message;

/// Up to this many pixels, a converted picture becomes a PNG, which loses nothing: a full HD
/// picture takes 2 to 4 MB. Larger ones would be slow to send.
const SMALL_PIXELS: u64 = 1920 * 1080;

/// What is kept of a picture.
pub(super) struct Prepared {
    pub bytes: Vec<u8>,
    /// JPEG or PNG.
    pub format: ImageFormat,
    pub width: u32,
    pub height: u32,
    pub changes: Vec<Message>,
    /// A JPEG.
    pub thumb: Vec<u8>,
}

/// Makes a frame from a picture file called `name`. Takes up to seconds of one core, and up to
/// twice the memory of the decoded picture.
pub(super) fn prepare(name: &str, file: &[u8]) -> Result<Prepared, FrameProblem> {
    let head = &file[..file.len().min(kind::HEAD_BYTES)];
    let format = kind::of(name, head)?;
    let stripped = strip::strip(format, file)?;
    let picture = picture::decode(format, file, stripped.orientation)?;
    let as_it_is = stripped
        .bytes
        .filter(|bytes| bytes.len() <= MAX_STORED_BYTES)
        .filter(|_| picture.orientation == Orientation::NoTransforms);
    let mut prepared = match as_it_is {
        Some(bytes) => keep(bytes, format, &picture)?,
        None => anew(file.len(), format, picture, stripped.print_colours)?,
    };
    if stripped.told_place {
        prepared.changes.push(Message::PlaceRemoved);
    }
    Ok(prepared)
}

fn keep(bytes: Vec<u8>, format: ImageFormat, picture: &Picture) -> Result<Prepared, FrameProblem> {
    let thumb = encode::thumb(&picture.image, picture.profile.as_deref());
    Ok(Prepared {
        bytes,
        format,
        width: picture.image.width(),
        height: picture.image.height(),
        changes: Vec::new(),
        thumb: thumb.map_err(|_| FrameProblem::Broken)?,
    })
}

fn anew(
    file_bytes: usize,
    from: ImageFormat,
    picture: Picture,
    print_colours: bool,
) -> Result<Prepared, FrameProblem> {
    let profile = picture.profile.as_deref();
    // Scaled down first: turning needs the memory a second time.
    let (width, height) = (picture.image.width(), picture.image.height());
    let mut image = encode::within(picture.image, MAX_ENCODED_SIDE);
    image.apply_orientation(picture.orientation);
    let image = encode::simplified(image);
    let see_through = image.color().has_alpha();

    let (bytes, format, image) = write(image, from, profile).map_err(|_| FrameProblem::Broken)?;
    let thumb = encode::thumb(&image, profile).map_err(|_| FrameProblem::Broken)?;

    let mut changes = Vec::new();
    let mut change = |message| changes.push(message);
    if picture.orientation != Orientation::NoTransforms {
        change(Message::TurnedUpright);
    }
    if from != format {
        change(Message::Converted {
            from: kind::name_of(from).into(),
            to: kind::name_of(format).into(),
        });
    }
    if print_colours {
        change(Message::ConvertedFromPrint);
    }
    if see_through && format == ImageFormat::Jpeg {
        change(Message::FilledWithWhite);
    }
    // Both sorted by size, because turning may have swapped them.
    let before = (width.max(height), width.min(height));
    let after = (
        image.width().max(image.height()),
        image.width().min(image.height()),
    );
    if before != after {
        let (width, height) = (image.width(), image.height());
        change(Message::MadeSmaller { width, height });
    }
    if file_bytes > MAX_STORED_BYTES {
        let (before, after) = (megabytes(file_bytes), megabytes(bytes.len()));
        change(Message::Compressed { before, after });
    }
    Ok(Prepared {
        bytes,
        format,
        width: image.width(),
        height: image.height(),
        changes,
        thumb,
    })
}

/// What is kept of a picture that is derived from a kept one in the format `from`.
pub(super) fn written(
    image: DynamicImage,
    from: ImageFormat,
    profile: Option<&[u8]>,
) -> Result<Prepared, FrameProblem> {
    let (bytes, format, image) = write(image, from, profile).map_err(|_| FrameProblem::Broken)?;
    let thumb = encode::thumb(&image, profile).map_err(|_| FrameProblem::Broken)?;
    Ok(Prepared {
        bytes,
        format,
        width: image.width(),
        height: image.height(),
        changes: Vec::new(),
        thumb,
    })
}

/// Encodes a picture in the best format that stays under the limit. Returns the picture as it was
/// encoded.
fn write(
    image: DynamicImage,
    from: ImageFormat,
    profile: Option<&[u8]>,
) -> image::ImageResult<(Vec<u8>, ImageFormat, DynamicImage)> {
    let pixels = u64::from(image.width()) * u64::from(image.height());
    let lossless = match from {
        ImageFormat::Jpeg => false,
        ImageFormat::Png => true,
        _ => image.color().has_alpha() || pixels <= SMALL_PIXELS,
    };
    if lossless {
        let bytes = encode::png(&image, profile)?;
        if bytes.len() <= MAX_STORED_BYTES {
            return Ok((bytes, ImageFormat::Png, image));
        }
    }
    let (bytes, image) = encode::jpeg_within(MAX_STORED_BYTES, encode::on_white(image), profile)?;
    Ok((bytes, ImageFormat::Jpeg, image))
}

/// With one digit after the decimal point.
fn megabytes(bytes: usize) -> String {
    format!("{:.1}", bytes as f64 / 1_000_000.0)
}
