//! Paints the frames between two stills.
//!
//! The first picture drifts towards the viewer while the second, already close, settles
//! back into place and spreads over the first with a soft edge. At both ends the frame is
//! the still itself, byte for byte: that is what makes a wrong picture visible. Without a
//! second picture the camera only moves.
//!
//! Built for speed, since a 4K clip is 3 billion samples: rows at a time, whole numbers, and
//! a spread whose shape is a sum of one term for the column and one for the row.

use sha2::{Digest, Sha256};

use super::Picture;

/// How much nearer the camera gets over a dissolve. Enough to feel, too little to lose the
/// edges of the picture.
const PUSH: f64 = 0.07;
/// The same where the move is all that happens.
const LONE_PUSH: f64 = 0.16;
/// The range of the column and row terms together, and the width of the soft edge, in the
/// units of a weight (256 is all of the second picture).
const SPREAD: i16 = 512;
const EDGE: i16 = 256;

/// Which way things move: chosen by the prompt, so that takes of different prompts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Where the camera heads, -1, 0 or 1 for each direction.
    heading: (i8, i8),
    /// Where the second picture appears first: 0 left, 1 right, 2 the middle.
    from: u8,
}

impl Way {
    /// The way of a prompt.
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

/// Slow at both ends.
fn eased(x: f64) -> f64 {
    x * x * (3.0 - 2.0 * x)
}

/// The part of a still that fills the frame.
#[derive(Clone, Copy, Debug)]
struct View {
    /// Size of the part, 1 for all of it.
    size: f64,
    /// Left and upper edge, in sizes of the still.
    corner: (f64, f64),
}

impl View {
    fn new(push: f64, heading: (i8, i8)) -> Self {
        let size = 1.0 / (1.0 + push);
        let free = 1.0 - size;
        let edge = |way: i8| free * (0.5 + 0.3 * f64::from(way));
        Self {
            size,
            corner: (edge(heading.0), edge(heading.1)),
        }
    }

    fn is_whole(&self) -> bool {
        self.size >= 1.0
    }

    /// For each of `length` samples of the frame the sample of the still at or before it and
    /// how far past it, in 1/256.
    fn along(&self, length: usize, corner: f64, into: &mut Vec<(u32, u16)>) {
        into.clear();
        let last = length as f64 - 1.0;
        into.extend((0..length).map(|i| {
            let at = (corner * length as f64 + (i as f64 + 0.5) * self.size - 0.5).clamp(0.0, last);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to `last`
            let at = (at * 256.0).round() as u32;
            #[allow(clippy::cast_possible_truncation)] // at most 255
            let past = (at % 256) as u16;
            (at / 256, past)
        }));
    }
}

/// Room for the rows being worked on, kept from frame to frame.
#[derive(Default)]
pub(super) struct Brush {
    columns: [Vec<(u32, u16)>; 2],
    rows: [Vec<(u32, u16)>; 2],
    line: Vec<u16>,
    seen: [Vec<u8>; 2],
    across: Vec<i16>,
    down: Vec<i16>,
}

impl Brush {
    fn plain(&mut self, still: &Picture, view: View, canvas: &mut Picture) {
        for (from, to, width) in planes(still, canvas) {
            if view.is_whole() {
                to.copy_from_slice(from);
                continue;
            }
            view.along(width, view.corner.0, &mut self.columns[0]);
            view.along(from.len() / width, view.corner.1, &mut self.rows[0]);
            for (line, &row) in to.chunks_exact_mut(width).zip(&self.rows[0]) {
                sample(from, row, &self.columns[0], &mut self.line, line);
            }
        }
    }

    fn blend(
        &mut self,
        a: (&Picture, View),
        b: (&Picture, View),
        spread: (i16, Way),
        canvas: &mut Picture,
    ) {
        let (tide, way) = spread;
        let second = [&b.0.y, &b.0.u, &b.0.v];
        for ((from, to, width), other) in planes(a.0, canvas).into_iter().zip(second) {
            let height = from.len() / width;
            for (i, view) in [a.1, b.1].into_iter().enumerate() {
                view.along(width, view.corner.0, &mut self.columns[i]);
                view.along(height, view.corner.1, &mut self.rows[i]);
                self.seen[i].resize(width, 0);
            }
            distances(way, width, height, &mut self.across, &mut self.down);
            for (y, line) in to.chunks_exact_mut(width).enumerate() {
                let [first, last] = &mut self.seen;
                sample(
                    from,
                    self.rows[0][y],
                    &self.columns[0],
                    &mut self.line,
                    first,
                );
                sample(
                    other,
                    self.rows[1][y],
                    &self.columns[1],
                    &mut self.line,
                    last,
                );
                let reached = tide - self.down[y];
                for (((out, &a), &b), &far) in
                    line.iter_mut().zip(&*first).zip(&*last).zip(&self.across)
                {
                    #[allow(clippy::cast_sign_loss)] // 0 to 256
                    let share = (reached - far).clamp(0, EDGE) as u16;
                    // At most 255 × 256: it fits, and the highest byte is a byte.
                    let sum = u16::from(a) * (256 - share) + u16::from(b) * share;
                    *out = (sum >> 8).to_le_bytes()[0];
                }
            }
        }
    }
}

/// Plane by plane: the still's samples, the canvas' samples, the width.
fn planes<'a>(still: &'a Picture, canvas: &'a mut Picture) -> [(&'a [u8], &'a mut [u8], usize); 3] {
    let half = still.width / 2;
    [
        (&still.y, &mut canvas.y, still.width),
        (&still.u, &mut canvas.u, half),
        (&still.v, &mut canvas.v, half),
    ]
}

/// When the second picture reaches each column and each row; the sum is 0 to `SPREAD`.
fn distances(way: Way, width: usize, height: usize, across: &mut Vec<i16>, down: &mut Vec<i16>) {
    let range = f64::from(SPREAD);
    let place = |i: usize, length: usize| (i as f64 + 0.5) / length as f64;
    let centred = |x: f64| (2.0 * x - 1.0).powi(2);
    #[allow(clippy::cast_possible_truncation)] // 0 to SPREAD
    let whole = |x: f64| x.round() as i16;
    across.clear();
    across.extend((0..width).map(|x| {
        let x = place(x, width);
        whole(match way.from {
            0 => range * 0.8 * x,
            1 => range * 0.8 * (1.0 - x),
            _ => range * 0.5 * centred(x),
        })
    }));
    down.clear();
    let share = if way.from == 2 { 0.5 } else { 0.2 };
    down.extend((0..height).map(|y| whole(range * share * centred(place(y, height)))));
}

/// One row of a still as a view shows it, smoothly between its samples.
fn sample(
    plane: &[u8],
    row: (u32, u16),
    columns: &[(u32, u16)],
    line: &mut Vec<u16>,
    out: &mut [u8],
) {
    let width = columns.len();
    let (above, past) = (row.0 as usize, row.1);
    let upper = &plane[above * width..][..width];
    let lower = plane
        .get((above + 1) * width..(above + 2) * width)
        .unwrap_or(upper);
    line.resize(width + 1, 0);
    for ((mixed, &a), &b) in line.iter_mut().zip(upper).zip(lower) {
        *mixed = u16::from(a) * (256 - past) + u16::from(b) * past;
    }
    line[width] = line[width - 1];
    for (out, &(x, past)) in out.iter_mut().zip(columns) {
        let pair = &line[x as usize..][..2];
        let sum = u32::from(pair[0]) * u32::from(256 - past) + u32::from(pair[1]) * u32::from(past);
        *out = ((sum + (1 << 15)) >> 16).to_le_bytes()[0];
    }
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
