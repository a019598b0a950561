//! A check of an mp4's boxes before anything is read into memory: can what they claim be true of a
//! clip?
//!
//! The library that reads the tracks makes a list of as many samples as the file claims, and a few
//! bytes can claim four billion. This check reads only sizes and counts, with a fixed amount of
//! memory, and visits every box at most once.

use std::io::{Read, Seek, SeekFrom};

/// The most samples in one list. Fifteen seconds of a clip have under a thousand pictures and as
/// many packets of sound; an hour at 240 frames per second is below this limit.
const MOST_SAMPLES: u32 = 1_000_000;
/// The most bytes of everything except the picture and the sound: 64 MiB, a thousand times the size
/// of a clip's index.
const MOST_INDEX: u64 = 64 << 20;
/// The most boxes: an index of [`MOST_INDEX`] that consists of empty boxes only would have more.
const MOST_BOXES: u32 = 100_000;
/// How deeply boxes are nested on the way to the sample lists: moov, trak, mdia, minf, stbl.
const DEEPEST: u8 = 6;

#[derive(Default)]
struct Counted {
    boxes: u32,
    index: u64,
    samples: u32,
}

/// Checks what an mp4 of `size` bytes claims.
///
/// # Errors
/// A sentence about the file.
pub(super) fn plausible(file: &mut (impl Read + Seek), size: u64) -> Result<(), String> {
    let mut counted = Counted::default();
    look(file, 0, size, 0, &mut counted)
}

fn look(
    file: &mut (impl Read + Seek),
    mut at: u64,
    end: u64,
    depth: u8,
    counted: &mut Counted,
) -> Result<(), String> {
    // A rest shorter than a box header is ignored, as players do.
    while end - at >= 8 {
        counted.boxes += 1;
        if counted.boxes > MOST_BOXES {
            return Err("it has too many parts".into());
        }
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        let mut head = [0; 8];
        file.read_exact(&mut head).map_err(unreadable)?;
        let [a, b, c, d, kind @ ..] = head;
        let (header, length) = match u32::from_be_bytes([a, b, c, d]) {
            // It extends to the end of its parent.
            0 => (8, end - at),
            1 => {
                let mut long = [0; 8];
                file.read_exact(&mut long).map_err(unreadable)?;
                (16, u64::from_be_bytes(long))
            }
            short => (8, u64::from(short)),
        };
        if length < header || length > end - at {
            return Err("its parts do not fit into it".into());
        }
        if depth == 0 && !matches!(&kind, b"mdat" | b"free" | b"skip" | b"wide") {
            counted.index += length;
            if counted.index > MOST_INDEX {
                return Err("its index is too large".into());
            }
        }
        match &kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"moof" | b"traf"
                if depth < DEEPEST =>
            {
                look(file, at + header, at + length, depth + 1, counted)?;
            }
            b"stsz" => count(file, at + header + 8, length - header, 12, counted)?,
            b"trun" => count(file, at + header + 4, length - header, 8, counted)?,
            _ => {}
        }
        at += length;
    }
    Ok(())
}

/// Adds up the samples that a list claims. The list must be long enough to claim any.
fn count(
    file: &mut (impl Read + Seek),
    at: u64,
    length: u64,
    least: u64,
    counted: &mut Counted,
) -> Result<(), String> {
    if length < least {
        return Err("one of its lists is cut short".into());
    }
    file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
    let mut claimed = [0; 4];
    file.read_exact(&mut claimed).map_err(unreadable)?;
    counted.samples = counted.samples.saturating_add(u32::from_be_bytes(claimed));
    if counted.samples > MOST_SAMPLES {
        return Err("it claims more pictures than a clip can have".into());
    }
    Ok(())
}

#[allow(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn unreadable(error: std::io::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn boxed(kind: [u8; 4], inside: &[u8]) -> Vec<u8> {
        let length = u32::try_from(inside.len() + 8).unwrap();
        [&length.to_be_bytes(), &kind[..], inside].concat()
    }

    fn judged(bytes: &[u8]) -> Result<(), String> {
        plausible(&mut std::io::Cursor::new(bytes), bytes.len() as u64)
    }

    fn with_samples(claimed: u32) -> Vec<u8> {
        let list = [&[0; 8][..], &claimed.to_be_bytes()].concat();
        let nest = ["stbl", "minf", "mdia", "trak", "moov"];
        nest.iter().fold(boxed(*b"stsz", &list), |inside, kind| {
            boxed(kind.as_bytes().try_into().unwrap(), &inside)
        })
    }

    #[test]
    fn a_few_bytes_that_claim_billions_of_pictures_are_refused() {
        assert_eq!(judged(&with_samples(360)), Ok(()));
        assert!(
            judged(&with_samples(u32::MAX))
                .unwrap_err()
                .contains("claims")
        );
        let run = [&[0; 4][..], &u32::MAX.to_be_bytes()].concat();
        let fragment = boxed(*b"moof", &boxed(*b"traf", &boxed(*b"trun", &run)));
        assert!(judged(&fragment).unwrap_err().contains("claims"));
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let mut bytes = boxed(*b"moov", &boxed(*b"trak", &[0; 4]));
        assert_eq!(judged(&bytes), Ok(()));
        bytes[3] += 1;
        assert!(judged(&bytes).is_err());
        // Sizes smaller than a box header would be read forever.
        for size in 2..8u8 {
            assert!(judged(&[0, 0, 0, size, b'f', b'r', b'e', b'e']).is_err());
        }
        let long = [&[0, 0, 0, 1][..], b"free", &u64::MAX.to_be_bytes()].concat();
        assert!(judged(&long).is_err());
    }

    #[test]
    fn an_index_without_an_end_is_refused_unread() {
        let parts = boxed(*b"free", b"").repeat(100_001);
        assert!(judged(&parts).unwrap_err().contains("too many"));
    }
}
