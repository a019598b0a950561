//! A reader that returns an error after a fixed number of seeks and bytes.
//!
//! The library that reads an mp4 follows the sizes it finds. A size of zero, or one that points
//! back, makes it read the same place forever. No honest file comes near these limits, which end
//! such a loop within a second.

use std::io::{Error, Read, Result, Seek, SeekFrom};

/// Seeks: a clip has a few hundred boxes, and each is visited a few times.
const JUMPS: u32 = 100_000;
/// Bytes: everything except the picture and the sound, with plenty to spare.
const BYTES: usize = 128 << 20;

/// A reader with a limited number of seeks and bytes.
pub(super) struct BoundedReader<R> {
    inner: R,
    jumps: u32,
    bytes: usize,
}

impl<R> BoundedReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            jumps: JUMPS,
            bytes: BYTES,
        }
    }
}

fn used_up() -> Error {
    Error::other("its parts lead round in a circle")
}

impl<R: Read> Read for BoundedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(into)?;
        self.bytes = self.bytes.checked_sub(read).ok_or_else(used_up)?;
        Ok(read)
    }
}

impl<R: Seek> Seek for BoundedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.jumps = self.jumps.checked_sub(1).ok_or_else(used_up)?;
        self.inner.seek(to)
    }

    /// Asking for the position costs nothing.
    fn stream_position(&mut self) -> Result<u64> {
        self.inner.stream_position()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::{Cursor, repeat};

    #[test]
    fn going_round_in_a_circle_comes_to_an_end() {
        let mut reader = BoundedReader::new(Cursor::new([1, 2, 3]));
        let rounds = (0..1_000_000)
            .take_while(|_| reader.seek(SeekFrom::Start(0)).is_ok())
            .count();
        assert_eq!(rounds, 100_000);
        assert_eq!(reader.stream_position().unwrap(), 0);
    }

    #[test]
    fn reading_without_an_end_comes_to_one() {
        let mut reader = BoundedReader::new(repeat(0));
        let mut piece = vec![0; 1 << 20];
        let pieces = (0..1000).take_while(|_| reader.read(&mut piece).is_ok());
        assert_eq!(pieces.count(), 128);
    }
}
