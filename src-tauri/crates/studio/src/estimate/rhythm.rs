//! When the next look is worth its request.

use std::time::Duration;

use super::chances::Chances;

/// Never ask more often of Apiframe: the vendor's own client begins with every two
/// seconds, and looks at one job each time.
pub const QUICKEST: Duration = Duration::from_secs(1);
/// Never ask less often: a clip must not lie about finished for longer.
pub const SLOWEST: Duration = Duration::from_mins(1);

/// Jobs that take less than this many times [`QUICKEST`] are the sandbox's, on this
/// machine, and are asked for as much more often.
const QUICKEST_PART: f64 = 20.0;
const QUICKEST_EVER: f64 = 0.1;

/// What is asked at most of what the vendor's rhythm would ask for the same jobs.
const BUDGET: f64 = 1.02;
/// So many looks at a job are few, however short it is.
const FEW: f64 = 5.0;

/// The vendor's own rhythm: its first wait, its growth and its longest wait in seconds.
const VENDOR: (f64, f64, f64) = (2.0, 1.5, 5.0);

/// How often a kind of job is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Looks a second where the hazard is one a second; they grow with its square root.
    pub(super) density: f64,
    /// The shortest time between looks, in seconds.
    pub(super) quickest: f64,
}

/// The pace at which looks at jobs of such chances cost what the vendor's rhythm costs.
/// `usual` and `published` are times in seconds.
pub(super) fn pace(chances: &Chances, published: f64, usual: f64) -> Pace {
    Pace {
        density: budget(chances, usual) / root_area(chances, usual),
        quickest: (published / QUICKEST_PART).clamp(QUICKEST_EVER, QUICKEST.as_secs_f64()),
    }
}

/// Looks to spend on a job on average. Half a look less than the vendor's, because looks of
/// density n find the end after ∫n + ½ of them.
fn budget(chances: &Chances, usual: f64) -> f64 {
    let (mut wait, growth, longest) = VENDOR;
    let (mut age, mut looks) = (0.0, 0.0);
    while age < 40.0 * usual {
        looks += chances.running(age);
        age += wait;
        wait = (wait * growth).min(longest);
    }
    (looks * BUDGET - 0.5).max(FEW)
}

/// ∫ √hazard × running over all ages: what a density of one costs.
fn root_area(chances: &Chances, usual: f64) -> f64 {
    // Even steps in the logarithm of the age, from a thousandth of the usual time to 40 times.
    const STEPS: u32 = 400;
    let ratio = (40.0_f64 / 1e-3).powf(1.0 / f64::from(STEPS));
    let mut age = usual * 1e-3;
    let mut area = 0.0;
    for _ in 0..STEPS {
        let middle = age * ratio.sqrt();
        area += chances.hazard(middle).sqrt() * chances.running(middle) * age * (ratio - 1.0);
        age *= ratio;
    }
    area.max(1e-9)
}

/// A running job, as whoever plans the next look sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// When it may end.
    pub chances: Chances,
    /// How often its kind is looked at.
    pub pace: Pace,
    /// How old it was when it was last seen running, or accepted; seconds.
    pub seen: f64,
    /// How long ago that was; seconds.
    pub ago: f64,
}

/// How long from now until the next look that serves all of these.
#[must_use]
pub fn next_look(jobs: &[Watched]) -> Duration {
    let Some(quickest) = jobs
        .iter()
        .map(|job| job.pace.quickest)
        .min_by(f64::total_cmp)
    else {
        return SLOWEST;
    };
    let first = jobs.iter().map(|job| job.ago).fold(0.0, f64::max);
    let slowest = SLOWEST.as_secs_f64();
    let step = quickest / 4.0;
    // Looks due so far, counted from when the one seen longest ago was seen.
    let mut due = 0.0;
    let mut since = 0.0;
    while due < 1.0 && since < slowest {
        let middle = since + step / 2.0;
        let hazard: f64 = jobs
            .iter()
            .filter(|job| first - job.ago <= middle)
            .map(|job| {
                job.pace.density.powi(2) * job.chances.hazard(job.seen + middle - (first - job.ago))
            })
            .sum();
        due += hazard.sqrt() * step;
        since += step;
    }
    Duration::from_secs_f64((since.max(quickest) - first).max(0.0))
}
