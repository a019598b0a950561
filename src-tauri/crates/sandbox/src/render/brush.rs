//! Draws one or two stills onto the canvas, each through its own view.
//!
//! Built for speed, since a 4K clip is 3 billion samples: whole rows at a time, integers, and a
//! spread whose shape is the sum of one term for the column and one for the row.

use super::Picture;
use super::paint::Way;

/// The combined range of the column and row terms of a spread, and the width of its soft edge, in
/// the units of a weight (256 is all of the second picture).
pub(super) const SPREAD: i16 = 512;
pub(super) const EDGE: i16 = 256;

/// The part of a still that fills the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Size of the part, 1 for all of it.
    size: f64,
    /// Left and upper edge, as fractions of the still's size.
    corner: (f64, f64),
}

impl View {
    pub fn new(push: f64, heading: (i8, i8)) -> Self {
        let size = 1.0 / (1.0 + push);
        let free = 1.0 - size;
        let edge = |way: i8| free * (0.5 + 0.3 * f64::from(way));
        Self {
            size,
            corner: (edge(heading.0), edge(heading.1)),
        }
    }

    /// Whether it shows the still as it is.
    fn is_whole(&self) -> bool {
        self.size >= 1.0
    }

    /// For each of `length` samples of the frame: the sample of the still at or before it, and how
    /// far past it, in 1/256.
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

/// Buffers for the rows in progress, reused from frame to frame.
#[derive(Default)]
pub(super) struct Brush {
    columns: [Vec<(u32, u16)>; 2],
    rows: [Vec<(u32, u16)>; 2],
    line: Line,
    seen: [Vec<u8>; 2],
    across: Vec<i16>,
    down: Vec<i16>,
}

impl Brush {
    /// Draws one still, as the view shows it.
    pub fn plain(&mut self, still: &Picture, view: View, canvas: &mut Picture) {
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

    /// Draws the second still spread over the first as far as the tide has come, 0 to
    /// `SPREAD + EDGE`.
    pub fn blend(
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
                    let share = reached.wrapping_sub(far).clamp(0, EDGE).cast_unsigned();
                    *out = mixed(a, b, share).to_be_bytes()[0];
                }
            }
        }
    }
}

/// Plane by plane: the still's samples, the canvas's samples, the width.
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

/// A row on its way from a still to the frame.
#[derive(Default)]
struct Line {
    /// The row, interpolated between the two that it lies between, in 1/256.
    samples: Vec<u16>,
    /// Each of its samples (low half) with the next one (high half), so that the next step reads
    /// both at once.
    pairs: Vec<u32>,
}

/// Draws one row of a still as a view shows it, interpolated between its samples.
fn sample(plane: &[u8], row: (u32, u16), columns: &[(u32, u16)], line: &mut Line, out: &mut [u8]) {
    let width = columns.len();
    let (above, past) = (row.0 as usize, row.1);
    let upper = &plane[above * width..][..width];
    let lower = plane
        .get((above + 1) * width..(above + 2) * width)
        .unwrap_or(upper);
    line.samples.resize(width + 1, 0);
    line.pairs.resize(width, 0);
    for ((out, &a), &b) in line.samples.iter_mut().zip(upper).zip(lower) {
        *out = mixed(a, b, past);
    }
    line.samples[width] = line.samples[width - 1];
    for ((pair, &a), &b) in line
        .pairs
        .iter_mut()
        .zip(&line.samples)
        .zip(&line.samples[1..])
    {
        *pair = u32::from(a) | u32::from(b) << 16;
    }
    let pairs = &line.pairs[..width];
    for (out, &(x, past)) in out.iter_mut().zip(columns) {
        let pair = pairs[x as usize];
        let past = u32::from(past);
        // At most 255 × 256 × 256 and a half: the third byte is the sample.
        let a = (pair & 0xffff).wrapping_mul(256_u32.wrapping_sub(past));
        let sum = a.wrapping_add((pair >> 16).wrapping_mul(past));
        *out = sum.wrapping_add(1 << 15).to_le_bytes()[2];
    }
}

/// `a` and `b` mixed, in 1/256: a `share` of 256 is all of `b`. At most 255 × 256, which fits.
///
/// The loops that call this are most of the painting, and an overflow check in them would keep a
/// debug build from processing several samples at once.
fn mixed(a: u8, b: u8, share: u16) -> u16 {
    let (a, b) = (u16::from(a), u16::from(b));
    a.wrapping_mul(256_u16.wrapping_sub(share))
        .wrapping_add(b.wrapping_mul(share))
}
