//! What a job's own progress says of its end.
//!
//! Progress that moves steadily is a straight line through what was seen of it, and ends
//! where the line reaches 100. The line is fitted by least squares, with the acceptance as
//! one more and very uncertain point of it (a queue comes first). How well the points lie on
//! the line says how far its end may be off: the usual error of an extrapolated line,
//! `σ² / slope² × (1 / weights + (end − mean)² / spread of the ages)`, where σ is estimated
//! from the distances together with the rounding to whole percents.
//!
//! Only the first sight of each percent counts. So a job that stands still at 99 keeps the
//! end it promised, and is believed less and less as that end passes.

use super::chances::Curve;
use crate::generation::Millis;

/// What one look saw of a running job's progress.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// How long after its acceptance, in milliseconds.
    pub age: Millis,
    /// What the server said, 0 to 100.
    pub percent: u8,
}

/// Sightings kept of a job: the line's ends decide, and the latest are its end.
const KEPT: usize = 12;

/// How far a whole percent lies from the truth, as a standard deviation.
const ROUNDING: f64 = 0.35;
/// As many points weigh as much as [`ROUNDING`] for how far points lie from the line.
const PRIOR_POINTS: f64 = 4.0;
/// The acceptance as a point of the line: 0 percent, give or take this.
const QUEUE: f64 = 5.0;
/// A steady line may still bend in what is left of it, by this part.
const BEND: f64 = 0.02;
/// The end is known no better than to this part of the whole time.
const FINEST: f64 = 0.002;

/// How far one point's line is disbelieved, how many times less with each more on it, and
/// between which bounds.
const FIRST_DISTRUST: f64 = 0.25;
const DISTRUST_FALLS: f64 = 4.0;
const LEAST_DISTRUST: f64 = 0.01;
const MOST_DISTRUST: f64 = 0.8;

/// Adds what a look saw, forgetting what no longer counts. Progress that went back is
/// another job's, or a job begun anew: what was seen before says nothing of it.
pub fn remember(sightings: &mut Vec<Sighting>, new: Sighting) {
    if sightings
        .last()
        .is_some_and(|last| last.percent > new.percent)
    {
        sightings.clear();
    }
    if !(1..100).contains(&new.percent)
        || sightings
            .last()
            .is_some_and(|last| last.percent == new.percent)
    {
        return;
    }
    if sightings.len() >= KEPT {
        // The second: the first holds the other end of the line.
        sightings.remove(1);
    }
    sightings.push(new);
}

/// Where the line ends.
pub(super) struct Line {
    /// As a curve of the job's whole time.
    pub end: Curve,
    /// How far the line is believed to go on, from 0 to 1.
    pub trust: f64,
    /// The age of the last point, in seconds.
    pub from: f64,
}

/// The line through these, or `None` where there is none that rises.
pub(super) fn line(sightings: &[Sighting]) -> Option<Line> {
    let last = sightings.last()?;
    let from = last.age as f64 / 1000.0;
    let (end, error) = fit(sightings)?;
    let surprise = surprise(sightings, end);
    let distrust = (FIRST_DISTRUST / DISTRUST_FALLS.powf(sightings.len() as f64 - 1.0))
        .max(LEAST_DISTRUST)
        * surprise;
    Some(Line {
        end: Curve {
            centre: end.ln(),
            spread: error * surprise.sqrt() / end,
        },
        trust: 1.0 - distrust.min(MOST_DISTRUST),
        from,
    })
}

/// How far the ends that the line promised earlier are off from the one it promises now, in
/// squares of the errors it gave then: 1 for a line that keeps its promises, many times
/// that for progress that slows down again and again.
fn surprise(sightings: &[Sighting], end: f64) -> f64 {
    let earlier: Vec<f64> = (1..sightings.len())
        .filter_map(|count| fit(&sightings[..count]))
        .map(|(promised, error)| ((end - promised) / error).powi(2))
        .collect();
    if earlier.is_empty() {
        return 1.0;
    }
    (earlier.iter().sum::<f64>() / earlier.len() as f64).max(1.0)
}

/// Where the line through these reaches 100, in seconds, and how far that may be off.
fn fit(sightings: &[Sighting]) -> Option<(f64, f64)> {
    let from = sightings.last()?.age as f64 / 1000.0;
    let count = sightings.len() as f64;
    let origin = (0.0, 0.0, (ROUNDING / QUEUE).powi(2));
    let points: Vec<(f64, f64, f64)> = sightings
        .iter()
        // A percent is told from when it is reached to when the next one is.
        .map(|one| (one.age as f64 / 1000.0, f64::from(one.percent) + 0.5, 1.0))
        .chain([origin])
        .collect();
    let sum = |of: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
    let weights = sum(&|p| p.2);
    let age = sum(&|p| p.2 * p.0) / weights;
    let percent = sum(&|p| p.2 * p.1) / weights;
    let ages = sum(&|p| p.2 * (p.0 - age).powi(2));
    let slope = sum(&|p| p.2 * (p.0 - age) * (p.1 - percent)) / ages;
    if !(slope.is_finite() && slope > 0.0) {
        return None;
    }
    let end = (age + (100.0 - percent) / slope).max(from * (1.0 + FINEST));
    let distances = sum(&|p| p.2 * (p.1 - percent - slope * (p.0 - age)).powi(2));
    let noise = (distances + ROUNDING.powi(2) * PRIOR_POINTS) / (count - 1.0 + PRIOR_POINTS);
    let error = noise / slope.powi(2) * (1.0 / weights + (end - age).powi(2) / ages)
        + (BEND * (end - from)).powi(2)
        + (FINEST * end).powi(2);
    Some((end, error.sqrt()))
}
