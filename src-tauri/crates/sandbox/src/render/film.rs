//! What a clip should show, in the terms of a request: pictures, seconds, shape, sound.
//!
//! The sizes are those seen from the real service: the mode gives the long side, a start picture
//! gives the shape, and without one the requested shape is used.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::paint::Way;
use super::scene::Scene;
use super::{Leg, Picture, RenderError};

/// The encoder accepts at most 3840×2160 or 2160×3840, so a 4K clip that is nearly square has to be
/// smaller than its mode says.
const ENCODER_SHORT_SIDE: u32 = 2160;
/// The same for a wide one.
const ENCODER_LONG_SIDE: u32 = 3840;

/// Quality, as in `klingParams.mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// 720p.
    #[serde(rename = "standard")]
    Standard,
    /// 1080p.
    #[serde(rename = "pro")]
    Pro,
    /// 2160p.
    #[serde(rename = "4k")]
    FourK,
}

impl Mode {
    /// The longer side of the picture, in pixels.
    #[must_use]
    pub const fn long_side(self) -> u32 {
        match self {
            Self::Standard => 1280,
            Self::Pro => 1920,
            Self::FourK => 3840,
        }
    }

    /// The clip's frames per second: 24, as on the real service. For 4K it is 12: two cores take 20
    /// s to paint and encode ten seconds of it at 24, and a player that decodes on the CPU cannot
    /// keep up.
    #[must_use]
    pub const fn frames_per_second(self) -> u32 {
        match self {
            Self::Standard | Self::Pro => 24,
            Self::FourK => 12,
        }
    }
}

/// Width and height in pixels, both even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Size {
    /// The size of a clip without a start picture, by its ratio of width to height: the short side
    /// is the mode's, as far as the encoder takes the long one.
    #[must_use]
    pub fn asked(mode: Mode, (width, height): (u32, u32)) -> Self {
        let (long, short) = (width.max(height).max(1), width.min(height).max(1));
        let ratio = f64::from(long) / f64::from(short);
        let long_side = f64::from(mode.long_side() / 16 * 9) * ratio;
        let long_side = long_side.min(f64::from(ENCODER_LONG_SIDE));
        let (long, short) = (even(long_side), even(long_side / ratio));
        if width >= height {
            Self {
                width: long,
                height: short,
            }
        } else {
            Self {
                width: short,
                height: long,
            }
        }
    }

    /// The size of a clip that starts with a picture of `width` × `height`: its ratio, the mode's
    /// long side.
    #[must_use]
    pub fn following(mode: Mode, width: u32, height: u32) -> Self {
        let (long, short) = (width.max(height).max(1), width.min(height).max(1));
        let ratio = f64::from(short) / f64::from(long);
        let long_side = f64::from(mode.long_side());
        let fitted = long_side.min(f64::from(ENCODER_SHORT_SIDE) / ratio);
        let (long, short) = (even(fitted), even(fitted * ratio));
        if width >= height {
            Self {
                width: long,
                height: short,
            }
        } else {
            Self {
                width: short,
                height: long,
            }
        }
    }
}

/// The nearest even number, at least the 16 pixels that the encoder requires.
fn even(side: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most 3840
    let half = (side / 2.0).round().max(8.0) as u32;
    half * 2
}

/// One part of a clip with several shots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    pub prompt: String,
    /// The length in whole seconds.
    pub seconds: u32,
}

/// A clip to be rendered.
#[derive(Clone, Debug)]
pub struct Film {
    pub mode: Mode,
    pub size: Size,
    /// The length in whole seconds.
    pub seconds: u32,
    pub sound: bool,
    /// What happens; the picture is derived from it if there is no start picture.
    pub prompt: String,
    /// The picture it starts with, as a file.
    pub start: Option<Bytes>,
    /// Pictures that it passes through, evenly spaced, as files.
    pub between: Vec<Bytes>,
    /// The picture it ends with, as a file.
    pub end: Option<Bytes>,
    /// Its shots in order, with a cut between them; empty for a clip without cuts.
    pub shots: Vec<Shot>,
}

impl Film {
    /// The stretches of the clip, each a move from one still towards another.
    pub(super) fn legs(&self) -> Result<Vec<Leg>, RenderError> {
        let frames = |seconds: u32| seconds * self.mode.frames_per_second();
        let decode = |file: &Option<Bytes>, what| {
            file.as_ref()
                .map(|file| Picture::decode(file, self.size, what))
                .transpose()
        };
        let (start, end) = std::thread::scope(|scope| {
            let end = scope.spawn(|| decode(&self.end, "end picture"));
            let start = decode(&self.start, "start picture");
            (
                start,
                end.join()
                    .unwrap_or(Err(RenderError::Picture("end picture"))),
            )
        });
        let (start, end) = (start?, end?);
        let scene = |prompt: &str| Scene::of(prompt).paint(self.size);

        if self.shots.is_empty() {
            let from = start.unwrap_or_else(|| scene(&self.prompt));
            let between = self.between.iter();
            let between =
                between.map(|file| Picture::decode(file, self.size, "picture in between"));
            let mut stops = between.collect::<Result<Vec<_>, _>>()?;
            stops.extend(end);
            return Ok(through(
                from,
                stops,
                frames(self.seconds),
                Way::of(&self.prompt),
            ));
        }
        let mut start = start;
        Ok(self
            .shots
            .iter()
            .map(|shot| {
                let from = start.take().unwrap_or_else(|| scene(&shot.prompt));
                Leg::new(from, None, frames(shot.seconds), Way::of(&shot.prompt))
            })
            .collect())
    }
}

/// The way from one still through the others, each of which gets the same number of frames.
fn through(from: Picture, stops: Vec<Picture>, frames: u32, way: Way) -> Vec<Leg> {
    let Some(count) = u32::try_from(stops.len()).ok().filter(|count| *count > 0) else {
        return vec![Leg::new(from, None, frames, way)];
    };
    let mut from = from;
    let mut legs = Vec::new();
    for (number, to) in (0..).zip(stops) {
        let until = |number: u32| frames * number / count;
        let length = until(number + 1) - until(number);
        legs.push(Leg::new(from, Some(to.clone()), length, way));
        from = to;
    }
    legs
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn without_a_start_picture_the_asked_shape_decides() {
        assert_eq!(Size::asked(Mode::Standard, (16, 9)), size(1280, 720));
        assert_eq!(Size::asked(Mode::Standard, (9, 16)), size(720, 1280));
        assert_eq!(Size::asked(Mode::Standard, (1, 1)), size(720, 720));
        assert_eq!(Size::asked(Mode::Pro, (16, 9)), size(1920, 1080));
        assert_eq!(Size::asked(Mode::FourK, (16, 9)), size(3840, 2160));
        assert_eq!(Size::asked(Mode::Standard, (4, 3)), size(960, 720));
        assert_eq!(Size::asked(Mode::Standard, (9, 21)), size(720, 1680));
        assert_eq!(Size::asked(Mode::FourK, (21, 9)), size(3840, 1646));
    }

    #[test]
    fn a_start_picture_gives_its_ratio_and_the_mode_the_long_side() {
        assert_eq!(Size::following(Mode::Standard, 4000, 3000), size(1280, 960));
        assert_eq!(Size::following(Mode::Pro, 1080, 1920), size(1080, 1920));
        assert_eq!(Size::following(Mode::Standard, 301, 700), size(550, 1280));
    }

    #[test]
    fn a_4k_clip_stays_within_what_the_encoder_takes() {
        assert_eq!(Size::following(Mode::FourK, 900, 900), size(2160, 2160));
        assert_eq!(Size::following(Mode::FourK, 4000, 3000), size(2880, 2160));
        assert_eq!(Size::following(Mode::FourK, 1920, 1080), size(3840, 2160));
    }
}
