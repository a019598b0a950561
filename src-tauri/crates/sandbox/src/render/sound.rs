//! The sound of every clip with sound: a soft chord that loops without a seam.
//!
//! It was encoded once (`assets/make-ambient.sh` shows how). Its frames are only copied here, so no
//! audio encoder has to be built in.

use std::sync::LazyLock;

/// Samples per second of the prepared track.
pub(super) const RATE: u32 = 48_000;
/// Samples in one AAC frame.
pub(super) const FRAME: u32 = 1024;
/// Bits per second, for the file's description of the track.
pub(super) const BIT_RATE: u32 = 69_000;

/// The track in ADTS, as the script wrote it.
static ADTS: &[u8] = include_bytes!("../../assets/ambient.aac");

/// Its frames, without headers.
static LOOP: LazyLock<Vec<&'static [u8]>> = LazyLock::new(|| frames(ADTS));

/// The AAC frames for a clip of `seconds`: as many as fit, so that the sound never outlasts
/// the picture.
pub(super) fn track(seconds: u32) -> impl Iterator<Item = &'static [u8]> {
    LOOP.iter()
        .copied()
        .cycle()
        .take((seconds * RATE / FRAME) as usize)
}

/// Splits an ADTS stream into its frames (ISO/IEC 13818-7, 6.2): each has a header of 7 bytes, or 9
/// with a checksum, that gives its length.
fn frames(mut adts: &'static [u8]) -> Vec<&'static [u8]> {
    let mut frames = Vec::new();
    while let [0xff, second, _, fourth, fifth, sixth, ..] = *adts {
        let header = if second & 1 == 1 { 7 } else { 9 };
        let length =
            usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
        let Some((frame, rest)) = adts.split_at_checked(length) else {
            break;
        };
        let Some(bare) = frame.get(header..) else {
            break;
        };
        frames.push(bare);
        adts = rest;
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prepared_track_is_cut_into_all_its_frames() {
        let bytes: usize = LOOP.iter().map(|frame| frame.len()).sum();
        assert_eq!(LOOP.len(), 141);
        assert_eq!(bytes + 7 * LOOP.len(), ADTS.len());
    }

    #[test]
    fn the_sound_goes_on_to_the_last_frame_that_still_fits() {
        for seconds in 3..=15 {
            let samples = track(seconds).count() * FRAME as usize;
            let whole = (seconds * RATE) as usize;
            assert!(
                samples <= whole && samples + FRAME as usize > whole,
                "{seconds} s: {samples} of {whole}"
            );
        }
    }
}
