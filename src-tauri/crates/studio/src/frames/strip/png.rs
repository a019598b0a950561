//! PNG: a list of chunks, each with its name.

use image::metadata::Orientation;

use super::exif;
use super::stripped::Stripped;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The chunks that affect how the picture looks (PNG, third edition). The chunks of an animation
/// are not among them: only its still picture is left.
const NEEDED: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"cHRM", b"cICP", b"cLLI", b"gAMA",
    b"iCCP", b"mDCV", b"pHYs", b"sBIT", b"sRGB",
];

pub(super) fn strip(file: &[u8]) -> Stripped {
    let mut stripped = Stripped::default();
    stripped.bytes = walk(file, &mut stripped);
    stripped
}

/// The needed chunks, or `None` if the file does not consist of chunks up to its end.
fn walk(file: &[u8], found: &mut Stripped) -> Option<Vec<u8>> {
    let mut rest = file.strip_prefix(SIGNATURE)?;
    let mut kept = Vec::with_capacity(file.len());
    kept.extend(SIGNATURE);
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let data = after.get(..length)?;
        // Length, name, data, checksum.
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        if NEEDED.contains(&name) {
            kept.extend(chunk);
        }
        match name {
            b"IEND" => return Some(kept),
            b"eXIf" => {
                found.told_place |= exif::tells_place(data);
                found.orientation = Orientation::from_exif_chunk(data);
            }
            b"iTXt" => found.told_place |= exif::packet_tells_place(data),
            _ => {}
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap_or_default();
        // The checksum is copied, never checked.
        [&length.to_be_bytes()[..], &name, data, b"sum!"].concat()
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE, &chunks.concat()].concat()
    }

    #[test]
    fn only_what_the_picture_needs_is_kept() {
        let needed = [
            chunk(*b"IHDR", &[0; 13]),
            chunk(*b"iCCP", b"profile"),
            chunk(*b"tRNS", b"clear"),
            chunk(*b"IDAT", b"pixels"),
            chunk(*b"IDAT", b"more pixels"),
            chunk(*b"IEND", b""),
        ];
        let mut all = needed.to_vec();
        for name in [
            b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"acTL", b"prVt",
        ] {
            all.insert(1, chunk(*name, b"secret"));
        }
        all.push(b"secret behind the end".to_vec());
        assert_eq!(strip(&file(&all)).bytes, Some(file(&needed)));
    }

    #[test]
    fn a_file_that_stops_early_is_not_copied() {
        let whole = file(&[chunk(*b"IHDR", &[0; 13]), chunk(*b"IEND", b"")]);
        for length in 0..whole.len() {
            assert_eq!(strip(&whole[..length]).bytes, None, "{length}");
        }
        let lying = file(&[b"\xff\xff\xff\xffIDAT".to_vec()]);
        assert_eq!(strip(&lying).bytes, None);
    }

    #[test]
    fn how_it_lies_and_where_it_was_taken_is_noticed_even_behind_the_pixels() {
        let exif = b"MM\0*\0\0\0\x08\0\x02\
            \x01\x12\0\x03\0\0\0\x01\0\x06\0\0\
            \x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0";
        let stripped = strip(&file(&[
            chunk(*b"IDAT", b"pixels"),
            chunk(*b"eXIf", exif),
            chunk(*b"IEND", b""),
        ]));
        assert_eq!(stripped.orientation, Some(Orientation::Rotate90));
        assert!(stripped.told_place);
    }
}
