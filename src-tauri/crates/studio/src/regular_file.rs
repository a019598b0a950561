//! Opens files that another process may have replaced with something else. A pipe or a device could
//! make the caller that opens or reads it wait forever, so a file is opened once, without waiting,
//! and checked through the handle: what its name leads to a moment later does not matter.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens a path of any type for reading, without waiting for another program.
///
/// # Errors
/// The error of the file system.
pub(crate) fn open_anything(path: &Path) -> io::Result<(File, Metadata)> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe without a writer opens at once, and a terminal does not become ours.
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
        options.custom_flags(flags.cast_signed());
    }
    let file = options.open(path)?;
    let about = file.metadata()?;
    Ok((file, about))
}

/// Opens a file for reading, without waiting for another program.
///
/// # Errors
/// The error of the file system; [`io::ErrorKind::InvalidData`] if it is not a file.
pub(crate) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let (file, about) = open_anything(path)?;
    if !about.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is not a file",
        ));
    }
    Ok((file, about))
}

/// Reads a whole file of at most `most` bytes.
///
/// # Errors
/// The error of the file system; [`io::ErrorKind::InvalidData`] if it is not a file, or too long.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    // One more than allowed, to detect a longer file.
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long"));
    }
    Ok(bytes)
}

/// Creates a pipe, for tests of code that must not wait for one.
#[cfg(all(test, unix))]
pub(crate) fn make_pipe(path: &Path) {
    let done = std::process::Command::new("mkfifo").arg(path).status();
    assert!(done.is_ok_and(|status| status.success()), "mkfifo");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"four").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"four");
        assert_eq!(
            read(&path, 3).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        assert_eq!(
            read(&folder.path().join("none"), 4).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_nobody_writes_to_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        make_pipe(&path);
        assert_eq!(
            read(&path, 4).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }
}
