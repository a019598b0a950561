//! Reads the file that the user pointed at, which may be anything.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::kind;
use super::limits::MAX_FILE_BYTES;
use super::problem::FrameProblem;
use crate::message::OtherKind;
use crate::regular_file;

/// The name and the bytes of a picture file. Anything else is refused after its first bytes, so
/// that a dropped video is not read completely.
pub(super) fn read(path: &Path) -> Result<(String, Vec<u8>), FrameProblem> {
    let (file, about) = regular_file::open_anything(path).map_err(|error| unopened(path, error))?;
    if about.is_dir() {
        return Err(FrameProblem::NotAFile);
    }
    if !about.is_file() {
        return Err(A_DEVICE);
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bytes = read_picture(&name, file, about.len())?;
    Ok((name, bytes))
}

/// Anything that is neither a file nor a folder.
const A_DEVICE: FrameProblem = FrameProblem::NotAPicture(OtherKind::Device);

fn unopened(path: &Path, error: io::Error) -> FrameProblem {
    if is_link(path) {
        return FrameProblem::Link;
    }
    // A socket can't be opened.
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) {
        return A_DEVICE;
    }
    FrameProblem::reading(error)
}

fn read_picture(name: &str, mut file: File, length: u64) -> Result<Vec<u8>, FrameProblem> {
    let mut bytes = Vec::new();
    let mut take = |limit: u64, bytes: &mut Vec<u8>| -> io::Result<usize> {
        file.by_ref().take(limit).read_to_end(bytes)
    };
    take(kind::HEAD_BYTES as u64, &mut bytes).map_err(FrameProblem::reading)?;
    kind::of(name, &bytes)?;
    if length > MAX_FILE_BYTES {
        return Err(FrameProblem::FileTooLarge);
    }
    // One more than allowed, for a file that has grown since it was measured.
    take(MAX_FILE_BYTES + 1, &mut bytes).map_err(FrameProblem::reading)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FrameProblem::FileTooLarge);
    }
    Ok(bytes)
}

/// Whether a path that names no file is a web address instead. Browsers drop those, and on the way
/// "https://" may lose a slash or get one in front.
fn is_link(path: &Path) -> bool {
    let text = path.to_string_lossy().to_ascii_lowercase();
    let text = text.trim_start_matches('/');
    ["http:/", "https:/", "ftp:/", "data:", "blob:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}
