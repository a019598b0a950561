//! When a running job may end, as a sum of curves.
//!
//! Each curve is a log-logistic distribution of the time a job takes, weighted by how far it
//! is believed. It stands in for the log-normal, which it follows closely where most jobs
//! end, for two reasons: everything asked of it has a closed form, and its hazard falls like
//! 1/age in the far tail instead of staying high, which is what a job that is already late
//! teaches. Ages are seconds since the job was accepted.

use std::f64::consts::PI;

/// No age is shorter: the logarithm of none at all is of no use.
const YOUNGEST: f64 = 1e-3;

/// One log-logistic distribution.
///
/// With `u = steepness × (ln age − centre)`, the share still running is `1 / (1 + e^u)` and
/// the hazard, the rate of ending among those, is `steepness / age × 1 / (1 + e^−u)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    /// The logarithm of the age in seconds by which half have ended.
    pub centre: f64,
    /// The standard deviation of the logarithm of the age.
    pub spread: f64,
}

impl Curve {
    fn steepness(self) -> f64 {
        PI / (3.0_f64.sqrt() * self.spread)
    }

    /// The logarithm of the share that still runs, and the hazard times the age, at the age
    /// of this logarithm.
    fn at(self, ln_age: f64) -> (f64, f64) {
        let steepness = self.steepness();
        let u = steepness * (ln_age - self.centre);
        // ln(1 + e^u) and 1 / (1 + e^−u) without overflow.
        let small = (-u.abs()).exp();
        let ended = if u > 0.0 { 1.0 } else { small } / (1.0 + small);
        (-(u.max(0.0) + small.ln_1p()), steepness * ended)
    }
}

/// When one running job may end, given that it ran at the age `from`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chances {
    from: f64,
    /// Weights, the logarithm of the share of the curve beyond `from`, and the curves.
    parts: Vec<(f64, f64, Curve)>,
}

impl Chances {
    /// `parts` are curves and how far each is believed, given that the job ran at `from`.
    pub(super) fn new(from: f64, parts: impl IntoIterator<Item = (f64, Curve)>) -> Self {
        let ln_from = from.max(YOUNGEST).ln();
        Self {
            from,
            parts: parts
                .into_iter()
                .map(|(weight, curve)| (weight, curve.at(ln_from).0, curve))
                .collect(),
        }
    }

    /// Of those running at `from`, the share still running at this later age.
    #[must_use]
    pub fn running(&self, age: f64) -> f64 {
        self.at(age).0
    }

    /// The rate of ending at this age, per second, if it still runs then.
    #[must_use]
    pub fn hazard(&self, age: f64) -> f64 {
        let (running, ending) = self.at(age);
        if running <= f64::MIN_POSITIVE {
            return 0.0;
        }
        ending / running
    }

    /// The share running at this age, and the share that ends then, per second.
    fn at(&self, age: f64) -> (f64, f64) {
        let age = age.max(self.from).max(YOUNGEST);
        let ln_age = age.ln();
        let (mut running, mut ending) = (0.0, 0.0);
        for &(weight, beyond, curve) in &self.parts {
            let (ln_running, hazard) = curve.at(ln_age);
            let share = weight * (ln_running - beyond).exp();
            running += share;
            ending += share * hazard;
        }
        (running, ending / age)
    }

    /// The age by which half of the jobs that run at this age have ended.
    #[must_use]
    pub fn half_ended_by(&self, age: f64) -> f64 {
        let age = age.max(self.from).max(YOUNGEST);
        let half = self.running(age) / 2.0;
        let (mut early, mut late) = (age, age * 2.0);
        // The widest curve's tail halves at least once in ten doublings.
        for _ in 0..40 {
            if self.running(late) < half {
                break;
            }
            late *= 2.0;
        }
        for _ in 0..40 {
            let middle = f64::midpoint(early, late);
            if self.running(middle) < half {
                late = middle;
            } else {
                early = middle;
            }
        }
        f64::midpoint(early, late)
    }
}
