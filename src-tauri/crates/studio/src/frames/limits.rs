//! The limits of a frame, each with its source.

/// Kling accepts pictures of at least 300 pixels on each side.
pub const MIN_SIDE: u32 = 300;

/// Kling accepts pictures of at most 10 MB. Counted in millions, the stricter reading.
pub const MAX_STORED_BYTES: usize = 10_000_000;

/// The most pixels that are decoded: a phone's 108-megapixel photo fits, a picture made to
/// fill the memory does not. Checked against the header, before any pixel is read.
pub const MAX_PIXELS: u64 = 120_000_000;

/// The most memory that one decoded picture may take, in bytes: [`MAX_PIXELS`] with four
/// bytes each. Pictures with 16 bits a channel reach it with fewer pixels.
pub const MAX_DECODED_BYTES: u64 = MAX_PIXELS * 4;

/// The largest file that is read at all, in bytes. No camera's JPEG comes near it; an
/// uncompressed TIFF of 50 megapixels still fits.
pub const MAX_FILE_BYTES: u64 = 200_000_000;

/// The longest side of a picture that has to be re-encoded, in pixels: twice that of the largest
/// clip (3840 × 2160). More would not be visible in the clip.
pub const MAX_ENCODED_SIDE: u32 = 7680;

/// The longest side of a thumbnail, in pixels.
pub const THUMB_SIDE: u32 = 640;
