//! Paints the frames between two stills.
//!
//! The first picture moves towards the viewer while the second, already close, moves back into
//! place and spreads over the first with a soft edge. At both ends the frame is the still itself,
//! byte for byte, so that a wrong picture is visible. Without a second picture only the camera
//! moves.

use sha2::{Digest, Sha256};

use super::Picture;
use super::brush::{Brush, EDGE, SPREAD, View};

/// How much closer the camera gets during a dissolve. Enough to be noticed, too little to lose the
/// edges of the picture.
const PUSH: f64 = 0.07;
/// The same, if the camera move is all that happens.
const LONE_PUSH: f64 = 0.16;

/// The direction of movement, chosen by the prompt, so that takes of different prompts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Where the camera moves: -1, 0 or 1 for each direction.
    heading: (i8, i8),
    /// Where the second picture appears first: 0 left, 1 right, 2 the middle.
    pub from: u8,
}

impl Way {
    pub fn of(prompt: &str) -> Self {
        let digest = Sha256::digest(prompt.as_bytes());
        let step = |byte: u8| match byte % 3 {
            0 => -1,
            1 => 0,
            _ => 1,
        };
        Self {
            heading: (step(digest[29]), step(digest[30])),
            from: digest[31] % 3,
        }
    }
}

/// A stretch of the clip without a cut.
pub(super) struct Leg {
    from: Picture,
    to: Option<Picture>,
    /// How many frames it has, at least 2.
    pub frames: u32,
    way: Way,
}

impl Leg {
    pub fn new(from: Picture, to: Option<Picture>, frames: u32, way: Way) -> Self {
        Self {
            from,
            to,
            frames: frames.max(2),
            way,
        }
    }

    /// Paints frame `index` (from 0) onto `canvas`, which has the size of the stills.
    pub fn paint(&self, index: u32, canvas: &mut Picture, brush: &mut Brush) {
        let passed = f64::from(index) / f64::from(self.frames - 1);
        let Some(to) = &self.to else {
            let near = View::new(LONE_PUSH * eased(passed), self.way.heading);
            return brush.plain(&self.from, near, canvas);
        };
        #[allow(clippy::cast_possible_truncation)] // 0 to SPREAD + EDGE
        let tide = (f64::from(SPREAD + EDGE) * eased(passed)).round() as i16;
        let leaving = View::new(PUSH * eased(passed), self.way.heading);
        let arriving = View::new(PUSH * (1.0 - eased(passed)), self.way.heading);
        if tide <= 0 {
            brush.plain(&self.from, leaving, canvas);
        } else if tide >= SPREAD + EDGE {
            brush.plain(to, arriving, canvas);
        } else {
            brush.blend(
                (&self.from, leaving),
                (to, arriving),
                (tide, self.way),
                canvas,
            );
        }
    }
}

/// Slow at the start and at the end.
fn eased(x: f64) -> f64 {
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Size;
    use crate::render::scene::Scene;

    const SIZE: Size = Size {
        width: 160,
        height: 90,
    };

    fn frame(leg: &Leg, index: u32) -> Picture {
        let mut canvas = Picture::blank(SIZE);
        leg.paint(index, &mut canvas, &mut Brush::default());
        canvas
    }

    fn far_apart(a: &Picture, b: &Picture) -> f64 {
        let sum: u64 =
            a.y.iter()
                .zip(&b.y)
                .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2))
                .sum();
        sum as f64 / a.y.len() as f64
    }

    #[test]
    fn the_first_frame_is_the_start_and_the_last_frame_the_end_to_the_byte() {
        let (start, end) = (Scene::of("start").paint(SIZE), Scene::of("end").paint(SIZE));
        for prompt in ["a", "b", "c", "d", "e"] {
            let leg = Leg::new(start.clone(), Some(end.clone()), 72, Way::of(prompt));
            assert_eq!(frame(&leg, 0), start);
            assert_eq!(frame(&leg, 71), end);
        }
    }

    #[test]
    fn the_frames_between_leave_the_start_and_approach_the_end() {
        let (start, end) = (Scene::of("start").paint(SIZE), Scene::of("end").paint(SIZE));
        let leg = Leg::new(start.clone(), Some(end.clone()), 72, Way::of("any"));
        let path: Vec<Picture> = [12, 36, 60].map(|index| frame(&leg, index)).to_vec();
        let from_start: Vec<f64> = path.iter().map(|at| far_apart(at, &start)).collect();
        let to_end: Vec<f64> = path.iter().map(|at| far_apart(at, &end)).collect();
        assert!(from_start.is_sorted(), "{from_start:?}");
        assert!(to_end.iter().rev().is_sorted(), "{to_end:?}");
    }

    #[test]
    fn a_lone_start_picture_is_moved_across_and_never_stands_still() {
        let start = Scene::of("start").paint(SIZE);
        let leg = Leg::new(start.clone(), None, 72, Way::of("any"));
        assert_eq!(frame(&leg, 0), start);
        assert!(far_apart(&frame(&leg, 20), &frame(&leg, 40)) > 1.0);
        assert!(far_apart(&frame(&leg, 71), &start) > 1.0);
    }
}
