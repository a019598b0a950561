//! Determines what a file is from its first bytes: never from its name, which users and programs
//! get wrong. The one exception is a camera's raw file, which looks like a TIFF.

use image::ImageFormat;

use super::problem::FrameProblem;
use crate::message::OtherKind;

/// How much of a file [`of`] needs, in bytes.
pub(super) const HEAD_BYTES: usize = 4096;

/// The names of the formats that can be read, as users know them.
pub(super) fn name_of(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Gif => "GIF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Tiff => "TIFF",
        _ => "picture",
    }
}

/// The picture format of a file that starts with `head` and is called `name`.
///
/// # Errors
/// What the file is instead, with what to do about it.
pub(super) fn of(name: &str, head: &[u8]) -> Result<ImageFormat, FrameProblem> {
    if head.is_empty() {
        return Err(FrameProblem::Empty);
    }
    let raw = is_camera_raw(name);
    let begins = |magic: &[u8]| head.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    if begins(b"\xff\xd8\xff") {
        return Ok(ImageFormat::Jpeg);
    }
    if raw {
        return Err(FrameProblem::Unsupported("camera raw"));
    }
    if begins(b"\x89PNG\r\n\x1a\n") {
        Ok(ImageFormat::Png)
    } else if begins(b"RIFF") && at(8, b"WEBP") {
        Ok(ImageFormat::WebP)
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        Ok(ImageFormat::Gif)
    } else if begins(b"II*\0") || begins(b"MM\0*") {
        Ok(ImageFormat::Tiff)
    } else if begins(b"BM") && at(6, &[0, 0, 0, 0]) {
        Ok(ImageFormat::Bmp)
    } else {
        Err(something_else(head))
    }
}

/// The file extensions of the common cameras' raw files.
fn is_camera_raw(name: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        "arw", "cr2", "cr3", "dng", "nef", "orf", "pef", "raf", "rw2",
    ];
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

fn something_else(head: &[u8]) -> FrameProblem {
    use FrameProblem::{NotAPicture, Unsupported};
    const PICTURES: [(&[u8], &str); 6] = [
        (b"8BPS", "Photoshop"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"\0\0\0\x0cjP  ", "JPEG 2000"),
        (b"\0\0\x01\0", "icon (ICO)"),
        (b"v/1\x01", "OpenEXR"),
    ];
    const OTHERS: [(&[u8], OtherKind); 8] = [
        (b"%PDF-", OtherKind::Pdf),
        (b"\x1a\x45\xdf\xa3", OtherKind::Video),
        (b"OggS", OtherKind::SoundOrVideo),
        (b"ID3", OtherKind::Sound),
        (b"fLaC", OtherKind::Sound),
        (b"PK\x03\x04", OtherKind::ArchiveOrDocument),
        (b"\x1f\x8b", OtherKind::Archive),
        (b"\x7fELF", OtherKind::Program),
    ];
    if let Some((_, name)) = PICTURES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Unsupported(name);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return NotAPicture(*what);
    }
    if head.starts_with(b"RIFF") {
        return NotAPicture(OtherKind::SoundOrVideo);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return in_iso_box(head);
    }
    text(head).unwrap_or(NotAPicture(OtherKind::Other))
}

/// HEIC, AVIF and mp4 share one container; its brands tell them apart.
fn in_iso_box(head: &[u8]) -> FrameProblem {
    let length = head
        .first_chunk::<4>()
        .map_or(0, |bytes| u32::from_be_bytes(*bytes) as usize);
    // The major brand is at 8, a version at 12, then the brands it is compatible with.
    let brands = &head[8..length.clamp(8, head.len())];
    let has = |names: &[&[u8; 4]]| {
        brands
            .chunks_exact(4)
            .any(|brand| names.iter().any(|name| brand == *name))
    };
    if has(&[b"avif", b"avis"]) {
        FrameProblem::Unsupported("AVIF")
    } else if has(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1",
    ]) {
        FrameProblem::Unsupported("HEIC")
    } else if has(&[b"crx "]) {
        FrameProblem::Unsupported("camera raw")
    } else {
        FrameProblem::NotAPicture(OtherKind::Video)
    }
}

fn text(head: &[u8]) -> Option<FrameProblem> {
    // The end may cut a character in two; that does not make the rest doubtful.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return None,
    };
    if text.contains('\0') {
        return None;
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("<svg") || (lower.starts_with("<?xml") && lower.contains("<svg")) {
        Some(FrameProblem::Unsupported("SVG"))
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        Some(FrameProblem::NotAPicture(OtherKind::WebPage))
    } else {
        Some(FrameProblem::NotAPicture(OtherKind::Text))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn said(name: &str, head: &[u8]) -> String {
        of(name, head).unwrap_err().to_string()
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes_whatever_they_are_called() {
        for (head, format) in [
            (&b"\xff\xd8\xff\xe0"[..], ImageFormat::Jpeg),
            (b"\x89PNG\r\n\x1a\n", ImageFormat::Png),
            (b"RIFF\x10\0\0\0WEBPVP8 ", ImageFormat::WebP),
            (b"GIF89a", ImageFormat::Gif),
            (b"II*\0\x08\0\0\0", ImageFormat::Tiff),
            (b"MM\0*\0\0\0\x08", ImageFormat::Tiff),
            (b"BM\x36\0\0\0\0\0\0\0\x36", ImageFormat::Bmp),
        ] {
            assert_eq!(of("notes.txt", head).unwrap(), format);
        }
    }

    #[test]
    fn pictures_that_cannot_be_read_are_named() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic....";
        assert_eq!(
            said("IMG_1.jpg", heic),
            "Inbetween can't read HEIC pictures. Export it as JPEG or PNG and drop that."
        );
        for (head, name) in [
            (&b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"[..], "AVIF"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", "SVG"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg>", "SVG"),
            (b"8BPS\0\x01", "Photoshop"),
            (b"\xff\x0a\0", "JPEG XL"),
        ] {
            let sentence = said("x", head);
            let start = format!("Inbetween can't read {name} pictures. ");
            assert!(sentence.starts_with(&start), "{sentence}");
        }
        assert!(said("P1.NEF", b"MM\0*\0\0\0\x08").contains("camera raw"));
        assert!(said("P1.CR3", b"\0\0\0\x18ftypcrx ").contains("camera raw"));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        for (head, what) in [
            (&b"%PDF-1.7\n"[..], "a PDF"),
            (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "a video"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a video"),
            (b"\x1a\x45\xdf\xa3\x01", "a video"),
            (b"RIFF\0\0\0\0AVI LIST", "a sound or a video"),
            (b"<!DOCTYPE html><html>", "a web page"),
            ("Liebe Grüße".as_bytes(), "a text file"),
            (&"Grüße".as_bytes()[..3], "a text file"),
            (b"BM is how this text begins", "a text file"),
            (b"PK\x03\x04", "an archive or a document"),
            (b"\x01\x02\0\x03", "some other kind of file"),
            (b"\0\0\0\xffftyp", "a video"),
            (b"\0\0\0\x01ftypheic", "a video"),
        ] {
            let sentence = said("x.png", head);
            let start = format!("That is {what}, not a picture. ");
            assert!(sentence.starts_with(&start), "{sentence}");
        }
        assert!(said("x.png", b"").starts_with("That file is empty."));
    }
}
