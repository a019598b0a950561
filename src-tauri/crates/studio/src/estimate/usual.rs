//! What jobs of a kind usually take: learned from those that ended, starting from what is
//! published.
//!
//! Three curves. Most jobs end on the *core*, a bell in the logarithm of the time. A few are
//! *late*: Apiframe says "sometimes over ten minutes" of jobs that usually take two and a
//! half. And a few end *early*, in failure, when the model fetches the pictures.
//!
//! The core's centre is learned by shrinkage in the logarithm: `n` times move it from where
//! the wider kind has it by `n / (n + PRIOR_TIMES)` of the way, and the spread alike by its
//! square. The kinds are nested (all of the model, of its mode, of its length), each the
//! prior of the next, so that two clips of a new length already count for something and
//! a hundred for nearly everything. Times far beyond the core count as late ones only.

use std::time::Duration;

use super::chances::{Chances, Curve};
use super::rhythm::{self, Pace};
use crate::generation::Millis;

/// What a job takes where nothing is known yet: Apiframe's published figure.
pub const PUBLISHED: Duration = Duration::from_secs(150);

/// How many of the latest finished jobs of a kind are worth asking: enough to know the usual
/// time to a few percent and the late ones by number, few enough to follow a server that
/// has become faster or slower.
pub const LATEST: usize = 100;

/// The spread of the logarithm of the time where nothing is known yet: 130 to 160 s were
/// measured for jobs alike, 80 s for others, and hours of the day differ.
const PUBLISHED_SPREAD: f64 = 0.35;
/// No kind is steadier than this: a queue lies before every job.
const LEAST_SPREAD: f64 = 0.04;
/// As many finished jobs weigh as much as what the wider kind says of the usual time, ...
const PRIOR_TIMES: f64 = 1.5;
/// ... and as many, as what it says of the spread, which takes more of them to tell.
const PRIOR_SPREADS: f64 = 8.0;

/// The share of late jobs before any was seen, and how many jobs that belief weighs.
const LATE: f64 = 0.02;
const PRIOR_LATE: f64 = 20.0;
/// A time counts as late when it is this many spreads beyond the middle.
const LATE_FROM: f64 = 3.0;
/// Late jobs take about this many times the usual, ...
const LATE_TIMES: f64 = 3.5;
/// ... with this spread of the logarithm: from twice to eight times and beyond.
const LATE_SPREAD: f64 = 0.5;

/// The share of jobs that are expected to fail early, at about this part of the usual time.
/// More than do: a person who waits for nothing should know soon, which is worth a look.
const EARLY: f64 = 0.006;
const EARLY_PART: f64 = 0.05;
const EARLY_SPREAD: f64 = 0.7;

/// What jobs of a kind usually take, and how often one of them is worth a look.
#[derive(Clone, Debug, PartialEq)]
pub struct Usual {
    pub(super) core: Curve,
    late: f64,
    pub(super) pace: Pace,
}

impl Usual {
    /// Learned from the times that finished jobs took: of the widest kind first, each next
    /// one a part of it. `published` is what such jobs take where nothing is known.
    #[must_use]
    pub fn learn(kinds: &[&[Millis]], published: Duration) -> Self {
        let published = published.as_secs_f64().max(0.01);
        let mut core = Curve {
            centre: published.ln(),
            spread: PUBLISHED_SPREAD,
        };
        let mut late = LATE;
        for times in kinds {
            (core, late) = shrink(core, late, times);
        }
        let mut usual = Self {
            core,
            late,
            pace: Pace::default(),
        };
        usual.pace = rhythm::pace(&usual.chances(), published, core.centre.exp());
        usual
    }

    /// When a job of this kind may end, as seen from its acceptance.
    pub(super) fn chances(&self) -> Chances {
        Chances::new(0.0, self.parts(self.core, 1.0))
    }

    /// The curves of this kind, weighing `share` together, around this core.
    pub(super) fn parts(&self, core: Curve, share: f64) -> [(f64, Curve); 3] {
        let early = Curve {
            centre: core.centre + EARLY_PART.ln(),
            spread: EARLY_SPREAD,
        };
        let late = Curve {
            centre: core.centre + LATE_TIMES.ln(),
            spread: LATE_SPREAD,
        };
        [
            (share * (1.0 - EARLY - self.late), core),
            (share * self.late, late),
            (share * EARLY, early),
        ]
    }
}

/// What is known after these times, if that was known before them.
fn shrink(before: Curve, late_before: f64, times: &[Millis]) -> (Curve, f64) {
    let mut logs: Vec<f64> = times
        .iter()
        .filter(|time| **time > 0)
        .map(|time| (*time as f64 / 1000.0).ln())
        .collect();
    if logs.is_empty() {
        return (before, late_before);
    }
    logs.sort_unstable_by(f64::total_cmp);
    let count = logs.len() as f64;
    // The middle is hard to move for a few that are late, so it tells which are.
    let middle =
        (logs[logs.len() / 2] * count + before.centre * PRIOR_TIMES) / (count + PRIOR_TIMES);
    let late_from = middle.max(logs[logs.len() / 2]) + LATE_FROM * before.spread.max(LEAST_SPREAD);
    logs.retain(|log| *log < late_from);
    let usual = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / usual.max(1.0);
    let centre = (mean * usual + before.centre * PRIOR_TIMES) / (usual + PRIOR_TIMES);
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    let variance = (squares + before.spread.powi(2) * PRIOR_SPREADS)
        / ((usual - 1.0).max(0.0) + PRIOR_SPREADS);
    let late = (count - usual + late_before * PRIOR_LATE) / (count + PRIOR_LATE);
    (
        Curve {
            centre,
            spread: variance.sqrt().max(LEAST_SPREAD),
        },
        late,
    )
}
