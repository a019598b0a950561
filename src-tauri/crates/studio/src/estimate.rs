//! How long a job will take, and when to ask for it next. Pure functions: of what such
//! jobs took before, and of how long this one has run.

use std::time::Duration;

use crate::generation::Millis;

/// What a job takes where nothing is known yet: Apiframe's published figure.
pub const PUBLISHED: Duration = Duration::from_secs(150);

/// How few finished jobs are too few to believe over the published figure.
const FEWEST: usize = 3;

/// What a job of this kind is expected to take, from its likes' times (sorted, shortest
/// first), in milliseconds.
#[must_use]
pub fn expected(times: &[Millis], otherwise: Duration) -> Millis {
    if times.len() < FEWEST {
        return Millis::try_from(otherwise.as_millis()).unwrap_or(Millis::MAX);
    }
    times[times.len() / 2]
}

/// When a running job's clip is expected: by the time such jobs take and, once it says so,
/// by its own progress, which is worth more the further it is.
#[must_use]
pub fn due(accepted: Millis, now: Millis, progress: Option<u8>, expected: Millis) -> Millis {
    let elapsed = (now - accepted).max(0);
    match progress {
        Some(percent) if (5..100).contains(&percent) => {
            let percent = Millis::from(percent);
            let by_progress = elapsed * 100 / percent;
            accepted + (expected * (100 - percent) + by_progress * percent) / 100
        }
        _ => accepted + expected,
    }
}

/// How long to wait before the next look at a job that has run for `elapsed` of an
/// `expected` time: soon after the start (a wrong request fails at once), seldom in the
/// middle, often when the clip is due, slowly again when it is late, never more than
/// [`SLOWEST`].
#[must_use]
pub fn next_look(elapsed: Duration, expected: Duration) -> Duration {
    let until_likely = expected.mul_f64(0.8).saturating_sub(elapsed);
    let wait = if elapsed < expected.mul_f64(1.5) {
        (until_likely / 3).max(expected / 60)
    } else {
        elapsed / 20
    };
    let young = elapsed / 2 + QUICKEST;
    wait.min(young).clamp(QUICKEST, SLOWEST)
}

/// Never ask more often: the vendor's own client begins with every two seconds.
pub const QUICKEST: Duration = Duration::from_millis(750);
/// Never ask less often: a clip must not lie about finished for longer.
pub const SLOWEST: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_history_the_published_time_is_expected() {
        assert_eq!(expected(&[], PUBLISHED), 150_000);
        assert_eq!(expected(&[1, 2], PUBLISHED), 150_000);
        assert_eq!(expected(&[80_000, 90_000, 300_000], PUBLISHED), 90_000);
    }

    #[test]
    fn progress_moves_the_expected_end_more_the_further_it_is() {
        // 40 s in: at 20 % the job itself says 200 s, at 80 % it says 50 s.
        assert_eq!(due(0, 40_000, None, 150_000), 150_000);
        assert_eq!(due(0, 40_000, Some(20), 150_000), 160_000);
        assert_eq!(due(0, 40_000, Some(80), 150_000), 70_000);
    }

    #[test]
    fn looks_are_rare_in_the_middle_and_frequent_when_it_is_due() {
        let at = |seconds| next_look(Duration::from_secs(seconds), PUBLISHED);
        assert!(at(0) <= Duration::from_secs(1));
        assert!(at(30) >= Duration::from_secs(10));
        assert!(at(140) <= Duration::from_secs(3));
        assert!(at(230) >= Duration::from_secs(10));
    }

    #[test]
    fn a_late_job_is_asked_for_ever_but_seldom() {
        for hours in 1..100 {
            assert_eq!(
                next_look(Duration::from_secs(hours * 3600), PUBLISHED),
                SLOWEST
            );
        }
    }
}
