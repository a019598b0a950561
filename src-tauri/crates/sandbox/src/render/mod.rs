//! Renders the clip that a job asked for: a real mp4 that goes from the start picture to the end
//! picture, so that the clip shows what was sent.
//!
//! There are four steps: `picture` and `scene` make the stills, `paint` (with `brush`) moves
//! between them, `encode` turns the frames into H.264 on all the cores it may use, and `mux` (with
//! `sound`) writes the tracks to a file. Nothing here depends on jobs, credits or HTTP, and nothing
//! tries to be a video model: between the pictures there is a plain dissolve.

mod brush;
mod encode;
mod film;
mod mux;
mod paint;
mod picture;
mod scene;
mod sound;

use std::sync::atomic::AtomicBool;

pub use film::{Film, Mode, Shot, Size};

use encode::Track;
use paint::Leg;
use picture::Picture;

/// Why there is no clip.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A picture turned out not to be one when it was decoded; the string says which.
    #[error("The {0} could not be read as a picture.")]
    Picture(&'static str),
    /// The encoder refused.
    #[error("The clip could not be encoded.")]
    Encode(#[from] openh264::Error),
    /// The container could not be written.
    #[error("The clip could not be put together.")]
    Mux(#[from] mp4::Error),
    /// Two encoders with the same settings described their streams differently, or one produced no
    /// picture: an mp4 made of it would not play.
    #[error("The encoder did not do what it was asked.")]
    Stream,
    /// The sandbox was stopped in the meantime.
    #[error("The sandbox was stopped before the clip was ready.")]
    Stopped,
}

/// Renders the finished mp4.
///
/// Uses as many threads as there are cores, up to four, and stops between two frames once `stop` is
/// set.
///
/// # Errors
/// See [`RenderError`].
pub fn render(film: &Film, stop: &AtomicBool) -> Result<Vec<u8>, RenderError> {
    let legs = film.legs()?;
    let track = encode::encode(&legs, film.size, film.mode.frames_per_second(), stop)?;
    mux::mux(&track, film)
}
