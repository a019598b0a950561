//! What a clip's file says about its picture: size, duration, and when its last frame is shown.
//!
//! The file comes from outside, so it is not trusted: what it claims is checked before any memory
//! is allocated for it, and whatever goes wrong in the library that reads it ends in a sentence.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::bounded_reader::BoundedReader;
use super::boxes;

/// The video track of a clip. Times are milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tracks {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How long the picture lasts. The container may be longer: sound often is.
    pub duration_ms: u32,
    /// When the last frame starts to show.
    pub last_frame_ms: u32,
}

/// Reads the video track of an mp4. A file that ends before its pictures do is refused.
///
/// # Errors
/// A sentence about the file.
pub fn tracks(path: &Path) -> Result<Tracks, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    let mut file = BufReader::new(file);
    boxes::plausible(&mut file, size)?;
    file.rewind().map_err(|error| error.to_string())?;
    let file = BoundedReader::new(file);
    // The library indexes its lists by numbers from the file, and panics if they are wrong.
    let mp4 = catch_unwind(AssertUnwindSafe(|| re_mp4::Mp4::read(file, size)))
        .map_err(|_| "its parts contradict each other")?
        .map_err(|error| format!("it is not a readable mp4 ({error})"))?;
    let track = mp4
        .tracks()
        .values()
        .find(|track| track.kind == Some(re_mp4::TrackKind::Video))
        .ok_or("it has no picture in it")?;
    let whole = track.samples.iter().all(|sample| {
        sample
            .offset
            .checked_add(sample.size)
            .is_some_and(|end| end <= size)
    });
    if !whole {
        return Err("it ends before its last picture".into());
    }
    let timescale = track.timescale.max(1);
    let last = track
        .samples
        .iter()
        .max_by_key(|sample| sample.composition_timestamp)
        .ok_or("its picture is empty")?;
    let milliseconds = |ticks: u64| {
        u32::try_from(u128::from(ticks) * 1000 / u128::from(timescale)).unwrap_or(u32::MAX)
    };
    let last_start = u64::try_from(last.composition_timestamp).unwrap_or(0);
    Ok(Tracks {
        width: track.width.into(),
        height: track.height.into(),
        duration_ms: milliseconds(last_start.saturating_add(last.duration)),
        last_frame_ms: milliseconds(last_start),
    })
}
