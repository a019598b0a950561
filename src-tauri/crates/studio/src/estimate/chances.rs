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

    fn position(self, age: f64) -> f64 {
        self.steepness() * (age.max(YOUNGEST).ln() - self.centre)
    }

    /// The logarithm of the share that still runs at this age.
    fn ln_running(self, age: f64) -> f64 {
        let u = self.position(age);
        // ln(1 + e^u) without overflow.
        -(u.max(0.0) + (-u.abs()).exp().ln_1p())
    }

    /// The rate of ending, per second, among those that still run at this age.
    fn hazard(self, age: f64) -> f64 {
        self.steepness() / age.max(YOUNGEST) / (1.0 + (-self.position(age)).exp())
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
        Self {
            from,
            parts: parts
                .into_iter()
                .map(|(weight, curve)| (weight, curve.ln_running(from), curve))
                .collect(),
        }
    }

    /// Of those running at `from`, the share still running at this later age.
    #[must_use]
    pub fn running(&self, age: f64) -> f64 {
        self.sum(age, |_| 1.0)
    }

    /// The rate of ending at this age, per second, if it still runs then.
    #[must_use]
    pub fn hazard(&self, age: f64) -> f64 {
        let running = self.running(age);
        if running <= f64::MIN_POSITIVE {
            return 0.0;
        }
        self.sum(age, |curve| curve.hazard(age)) / running
    }

    fn sum(&self, age: f64, what: impl Fn(Curve) -> f64) -> f64 {
        let age = age.max(self.from);
        self.parts
            .iter()
            .map(|&(weight, beyond, curve)| {
                weight * (curve.ln_running(age) - beyond).exp() * what(curve)
            })
            .sum()
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
