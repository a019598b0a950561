//! JPEG: a list of segments, then the picture, then often data that is not part of it.

use super::exif;
use super::stripped::Stripped;
use crate::frames::problem::FrameProblem;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const JFIF: u8 = 0xe0;
const EXIF_OR_XMP: u8 = 0xe1;
const COLOUR_PROFILE: u8 = 0xe2;
const ADOBE: u8 = 0xee;
const COMMENT: u8 = 0xfe;

/// Why the walk through a file stops.
enum Stop {
    /// The file ends before the picture does.
    Cut,
    /// Bytes where none belong. Decoders tolerate them; a copy would not be cleaner.
    Odd,
}

pub(super) fn strip(file: &[u8]) -> Result<Stripped, FrameProblem> {
    let mut stripped = Stripped::default();
    match walk(file, &mut stripped) {
        Ok(bytes) => stripped.bytes = (!stripped.print_colours).then_some(bytes),
        Err(Stop::Odd) => {}
        Err(Stop::Cut) => return Err(FrameProblem::Broken),
    }
    Ok(stripped)
}

fn walk(file: &[u8], found: &mut Stripped) -> Result<Vec<u8>, Stop> {
    let mut kept = Vec::with_capacity(file.len());
    kept.extend([0xff, START]);
    let mut at = 2;
    loop {
        if *file.get(at).ok_or(Stop::Cut)? != 0xff {
            return Err(Stop::Odd);
        }
        while *file.get(at).ok_or(Stop::Cut)? == 0xff {
            at += 1;
        }
        let marker = file[at];
        at += 1;
        match marker {
            END => {
                kept.extend([0xff, END]);
                return Ok(kept);
            }
            // Stuffing and a second start belong nowhere between segments.
            0 | START => return Err(Stop::Odd),
            // Restart markers and TEM have no payload.
            0x01 | 0xd0..=0xd7 => kept.extend([0xff, marker]),
            _ => {
                let length = file.get(at..at + 2).ok_or(Stop::Cut)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                if length < 2 {
                    return Err(Stop::Odd);
                }
                let segment = file.get(at..at + length).ok_or(Stop::Cut)?;
                at += length;
                keep(marker, &segment[2..], found, &mut kept);
                if marker == SCAN {
                    let end = end_of_scan(file, at).ok_or(Stop::Cut)?;
                    kept.extend(&file[at..end]);
                    at = end;
                }
            }
        }
    }
}

/// Copies a segment if the picture needs it, and records what is worth knowing about it.
fn keep(marker: u8, payload: &[u8], found: &mut Stripped, kept: &mut Vec<u8>) {
    let mut copy = |payload: &[u8]| {
        // A payload is never longer than the segment it came from, so its length fits.
        let length = u16::try_from(payload.len() + 2).unwrap_or(u16::MAX);
        kept.extend([0xff, marker]);
        kept.extend(length.to_be_bytes());
        kept.extend(payload);
    };
    match marker {
        JFIF => {
            // Version, units and density. The thumbnail that may follow them shows what the photo
            // looked like before it was cropped.
            if let Some(header) = payload.get(..12).filter(|_| payload.starts_with(b"JFIF\0")) {
                let mut header = header.to_vec();
                header.extend([0, 0]);
                copy(&header);
            }
        }
        COLOUR_PROFILE if payload.starts_with(b"ICC_PROFILE\0") => copy(payload),
        // Says how the colours are encoded.
        ADOBE if payload.starts_with(b"Adobe") => copy(payload),
        EXIF_OR_XMP => {
            found.told_place |= match payload.strip_prefix(b"Exif\0\0") {
                Some(exif) => exif::tells_place(exif),
                None => exif::packet_tells_place(payload),
            };
        }
        0xe0..=0xef | COMMENT => {}
        _ => {
            // A frame header: precision, height, width, then the number of colours.
            if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                found.print_colours |= payload.get(5) == Some(&4);
            }
            copy(payload);
        }
    }
}

/// Where the entropy-coded data that starts at `at` ends: at the next marker that is neither a
/// stuffed byte nor a restart.
fn end_of_scan(file: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += file.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match *file.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, payload].concat()
    }

    /// The outline of a JPEG: these segments, a scan of a few bytes, the end marker, these bytes.
    fn outline(segments: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
        let mut file = vec![0xff, START];
        file.extend(segments.concat());
        file.extend(segment(SCAN, &[1, 1, 0, 0, 63, 0]));
        file.extend([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, END]);
        file.extend(behind);
        file
    }

    fn kept(file: &[u8]) -> Vec<u8> {
        strip(file).unwrap().bytes.unwrap()
    }

    #[test]
    fn only_what_the_picture_needs_is_kept() {
        let jfif = segment(JFIF, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
        let profile = segment(COLOUR_PROFILE, b"ICC_PROFILE\0\x01\x01profile");
        let adobe = segment(ADOBE, b"Adobe\0\x64\0\0\0\0\x01");
        let table = segment(0xdb, &[7; 65]);
        let frame = segment(0xc0, &[8, 0, 9, 0, 9, 3]);
        let needed = [jfif, profile, adobe, table, frame];
        let mut all = needed.to_vec();
        all.insert(1, segment(EXIF_OR_XMP, b"Exif\0\0MM\0*secret"));
        all.insert(
            2,
            segment(EXIF_OR_XMP, b"http://ns.adobe.com/xap/1.0/\0secret"),
        );
        all.insert(3, segment(0xed, b"Photoshop 3.0\0secret"));
        all.insert(4, segment(COLOUR_PROFILE, b"MPF\0secret"));
        all.insert(5, segment(COMMENT, b"secret"));
        all.insert(6, segment(0xef, b"secret"));
        assert_eq!(kept(&outline(&all, b"secret")), outline(&needed, b""));
    }

    #[test]
    fn the_small_picture_in_the_header_goes() {
        let with = segment(JFIF, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01rgb");
        let without = segment(JFIF, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
        assert_eq!(kept(&outline(&[with], b"")), outline(&[without], b""));
    }

    #[test]
    fn a_file_that_stops_early_is_broken_wherever_it_stops() {
        let file = outline(&[segment(0xdb, &[7; 65])], b"");
        for length in 2..file.len() {
            assert!(strip(&file[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn an_odd_file_is_not_copied() {
        let odd = outline(&[segment(0xdb, &[7; 65]), b"odd".to_vec()], b"");
        assert!(strip(&odd).unwrap().bytes.is_none());
        let short = outline(&[vec![0xff, 0xdb, 0, 1]], b"");
        assert!(strip(&short).unwrap().bytes.is_none());
    }

    #[test]
    fn the_colours_of_print_are_noticed() {
        let file = outline(&[segment(0xc2, &[8, 0, 9, 0, 9, 4])], b"");
        let stripped = strip(&file).unwrap();
        assert!(stripped.print_colours);
        assert!(stripped.bytes.is_none());
    }

    #[test]
    fn a_place_is_noticed_in_exif_and_in_xmp() {
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0";
        let xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='52,31N'/>";
        for (payload, has_place) in [
            (&exif[..], true),
            (&xmp[..], true),
            (b"Exif\0\0MM\0*", false),
        ] {
            let file = outline(&[segment(EXIF_OR_XMP, payload)], b"");
            assert_eq!(strip(&file).unwrap().told_place, has_place);
        }
    }
}
