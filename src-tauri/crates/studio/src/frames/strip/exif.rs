//! The only question asked of EXIF here: does it contain a location? The orientation is read by
//! `image`.

/// The entry of the first directory that points to the GPS directory (EXIF 2.3, 4.6.3).
const GPS_DIRECTORY: u16 = 0x8825;

/// Whether this EXIF block, starting with its TIFF header, reveals where the photo was taken.
pub(super) fn tells_place(exif: &[u8]) -> bool {
    directory_has(exif, GPS_DIRECTORY).unwrap_or(false)
}

/// Whether this XMP packet, a text in XML, reveals where the photo was taken.
pub(super) fn packet_tells_place(xmp: &[u8]) -> bool {
    let name = b"GPSLatitude";
    xmp.windows(name.len()).any(|window| window == name)
}

fn directory_has(exif: &[u8], wanted: u16) -> Option<bool> {
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let bytes: [u8; 4] = exif.get(4..8)?.try_into().ok()?;
    let first = if little {
        u32::from_le_bytes(bytes)
    } else {
        u32::from_be_bytes(bytes)
    };
    let first = usize::try_from(first).ok()?;
    let count = short(first)?;
    for index in 0..usize::from(count) {
        // Twelve bytes per entry, its tag in the first two.
        let at = first.checked_add(2 + index * 12)?;
        if short(at)? == wanted {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_in_either_byte_order() {
        let little = b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0";
        assert!(tells_place(little));
        assert!(tells_place(big));
    }

    #[test]
    fn no_place_is_found_where_there_is_none_and_nonsense_is_survived() {
        let orientation = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        assert!(!tells_place(orientation));
        for nonsense in [
            &b""[..],
            b"II*\0",
            b"II*\0\xff\xff\xff\xff",
            b"MM\0*\0\0\0\x08\xff\xff",
            b"\x25\x88\x25\x88\x25\x88\x25\x88\x25\x88",
        ] {
            assert!(!tells_place(nonsense));
        }
    }
}
