//! Reading the file that the person pointed at, which may be anything.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::kind;
use super::limits::MAX_FILE_BYTES;
use super::problem::FrameProblem;

/// The name and the bytes of a picture file. What is no picture is refused after its first
/// bytes, so that a dropped film is not read through.
pub(super) fn read(path: &Path) -> Result<(String, Vec<u8>), FrameProblem> {
    let about = fs::metadata(path).map_err(|error| {
        if is_link(path) {
            FrameProblem::Link
        } else {
            FrameProblem::reading(error)
        }
    })?;
    if about.is_dir() {
        return Err(FrameProblem::NotAFile);
    }
    // Opening a pipe or a device could wait for ever.
    if !about.is_file() {
        return Err(FrameProblem::NotAPicture("a device"));
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bytes = read_picture(&name, path, about.len())?;
    Ok((name, bytes))
}

fn read_picture(name: &str, path: &Path, length: u64) -> Result<Vec<u8>, FrameProblem> {
    let mut file = File::open(path).map_err(FrameProblem::reading)?;
    let mut bytes = Vec::new();
    let mut take = |limit: u64, bytes: &mut Vec<u8>| -> io::Result<usize> {
        file.by_ref().take(limit).read_to_end(bytes)
    };
    take(kind::HEAD_BYTES as u64, &mut bytes).map_err(FrameProblem::reading)?;
    kind::of(name, &bytes)?;
    if length > MAX_FILE_BYTES {
        return Err(FrameProblem::FileTooLarge);
    }
    // One more than allowed, for a file that grew since it was measured.
    take(MAX_FILE_BYTES + 1, &mut bytes).map_err(FrameProblem::reading)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FrameProblem::FileTooLarge);
    }
    Ok(bytes)
}

/// Whether a path that names no file is an address instead. Browsers drop those, and on
/// the way "https://" may lose a slash or gain one in front.
fn is_link(path: &Path) -> bool {
    let text = path.to_string_lossy().to_ascii_lowercase();
    let text = text.trim_start_matches('/');
    ["http:/", "https:/", "ftp:/", "data:", "blob:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}
