//! How long a job will take, and when to ask for it next. Pure functions of what such jobs
//! took before, of how long this one has run and of its own progress; nothing here knows a
//! clock, a server or a library.
//!
//! # When to look
//!
//! Let a job end at an age with density `f`, let `S` be the share still running and
//! `h = f / S` the hazard, and let looks be made at a density of `n` a second. A job that
//! ends is noticed half a gap later, so on average
//!
//! ```text
//! delay    D = ∫ f / 2n        looks    N = ∫ n S + ½
//! ```
//!
//! because only looks at a running job are spent. For a given N, D is least where the
//! variation of `D + λN` vanishes: `−f / 2n² + λS = 0`, which is
//!
//! ```text
//! n = √(h / 2λ)
//! ```
//!
//! **The density of looks is proportional to the square root of the hazard.** The factor
//! follows from what may be spent, `N / ∫ √h S`: what the vendor's own client would spend on
//! the same jobs, and less. Put in, `D = (∫ √h S)² / 2N`; a rhythm that follows the hazard
//! itself has `D = ∫ S / 2N`, no better than even gaps. The next look is where the density
//! since the last has added up to one ([`next_look`]).
//!
//! # Several jobs at once
//!
//! One request for the list shows all of them. The sum to make least is then
//! `Σ ∫ fᵢ / 2n + λN`, and the same step gives `n = √(Σ hᵢ / 2λ)`: the hazards add up. A
//! hundred jobs cost ten times the requests of one, until [`QUICKEST`] bounds them.
//!
//! # What is known
//!
//! [`Usual`] holds what jobs of a kind take, [`Sighting`]s what a job says of itself, and
//! both become its [`Chances`] in [`watched`]. Where progress moves steadily the chances are
//! narrow, `∫ √h S` is small, and the same factor spends few looks.
//!
//! A job that is late has a hazard that falls with its age, so its looks grow further and
//! further apart, never more than [`SLOWEST`], and never end.

mod chances;
mod progress;
mod rhythm;
mod usual;

pub use chances::Chances;
pub use progress::{Sighting, remember};
pub use rhythm::{Pace, QUICKEST, SLOWEST, Watched, next_look};
pub use usual::{LATEST, PUBLISHED, Usual};

use crate::generation::Millis;

/// A job of a usual kind that was seen running at the age `seen`, `ago` milliseconds ago,
/// and whose progress was seen like this.
#[must_use]
pub fn watched(usual: &Usual, seen: Millis, ago: Millis, sightings: &[Sighting]) -> Watched {
    Watched {
        chances: chances(usual, sightings),
        pace: usual.pace,
        seen: seconds(seen),
        ago: seconds(ago),
    }
}

/// How old a job will be when its clip is expected: by then, half of the jobs have ended
/// that were seen running at this age with this progress. Milliseconds.
#[must_use]
pub fn due(usual: &Usual, seen: Millis, sightings: &[Sighting]) -> Millis {
    let due = chances(usual, sightings).half_ended_by(seconds(seen));
    #[allow(clippy::cast_possible_truncation)] // Bounded by 2^40 doublings of an age.
    let due = (due * 1000.0).round() as Millis;
    due
}

/// What the kind and the job's own progress say together. Where both agree that the job
/// goes on steadily, they are one curve, its centre weighed by the inverse squares of the
/// spreads; beside it stays the possibility that progress means nothing.
fn chances(usual: &Usual, sightings: &[Sighting]) -> Chances {
    let Some(line) = progress::line(sightings) else {
        return usual.chances();
    };
    let (by_kind, by_line) = (usual.core.spread.powi(-2), line.end.spread.powi(-2));
    let both = chances::Curve {
        centre: (usual.core.centre * by_kind + line.end.centre * by_line) / (by_kind + by_line),
        spread: (by_kind + by_line).sqrt().recip(),
    };
    Chances::new(
        line.from,
        usual
            .parts(usual.core, 1.0 - line.trust)
            .into_iter()
            .chain([(line.trust, both)]),
    )
}

fn seconds(time: Millis) -> f64 {
    time.max(0) as f64 / 1000.0
}

#[cfg(test)]
mod tests;
