//! Makes the clip that a job asked for: a real mp4 that goes from the start picture to the
//! end picture, so that what was sent can be seen in what comes back.
//!
//! Four steps, a file each: `picture` and `scene` make the stills, `paint` (with `brush`)
//! moves between them, `encode` turns the frames into H.264 on every core it may use, `mux`
//! (with `sound`) puts the tracks into a file. Nothing here knows of jobs, credits or HTTP,
//! and nothing tries to be a video model: the picture in between is an honest dissolve.

mod brush;
mod encode;
mod film;
mod mux;
mod paint;
mod picture;
mod scene;
mod sound;

use std::sync::atomic::AtomicBool;

pub use film::{Film, Mode, Shape, Shot, Size};

use encode::Track;
use paint::Leg;
use picture::Picture;

/// Why there is no clip.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A picture turned out not to be one once it was decoded; the word says which.
    #[error("The {0} could not be read as a picture.")]
    Picture(&'static str),
    /// The encoder refused.
    #[error("The clip could not be encoded.")]
    Encode(#[from] openh264::Error),
    /// The container could not be written.
    #[error("The clip could not be put together.")]
    Mux(#[from] mp4::Error),
    /// Two encoders that were set up alike described their streams differently, or one made
    /// no picture: an mp4 of it would not play.
    #[error("The encoder did not do what it was asked.")]
    Stream,
    /// The sandbox was stopped meanwhile.
    #[error("The sandbox was stopped before the clip was ready.")]
    Stopped,
}

/// The finished mp4.
///
/// Takes as many threads as there are cores, up to four, and gives up between two frames
/// once `stop` is set.
///
/// # Errors
/// See [`RenderError`].
pub fn render(film: &Film, stop: &AtomicBool) -> Result<Vec<u8>, RenderError> {
    let legs = film.legs()?;
    let track = encode::encode(&legs, film.size, film.mode.frames_per_second(), stop)?;
    mux::mux(&track, film)
}
