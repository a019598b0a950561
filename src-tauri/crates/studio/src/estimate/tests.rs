#![allow(clippy::unwrap_used)]
use std::time::Duration;

use super::*;
use crate::estimate;

#[path = "../../benches/watching/simulation.rs"]
mod simulation;

use simulation::{
    Dice, Kind, LATE_TAIL, PLAIN, Progress, every_two_seconds, least_delay, one_by_one, together,
    vendor,
};

const SECOND: Millis = 1000;
/// Enough for figures that hold, few enough for an unoptimised build.
const JOBS: usize = 400;

fn jobs(kind: Kind, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut dice = Dice::new(seed);
    (kind.times(LATEST, &mut dice), kind.times(JOBS, &mut dice))
}

fn published() -> Usual {
    Usual::learn(&[], PUBLISHED)
}

/// How long after it was seen running at this age it is looked at again, in seconds.
fn gap(usual: &Usual, seen: Millis, sightings: &[Sighting]) -> f64 {
    next_look(&[watched(usual, seen, 0, sightings)]).as_secs_f64()
}

/// A straight line from the acceptance to the end, seen at these seconds.
fn steady(takes: i64, seen: &[i64]) -> Vec<Sighting> {
    let mut sightings = Vec::new();
    for at in seen {
        let percent = u8::try_from(at * 100 / takes).unwrap();
        remember(
            &mut sightings,
            Sighting {
                age: at * SECOND,
                percent,
            },
        );
    }
    sightings
}

#[test]
fn the_simulation_gives_a_fixed_loop_half_its_gap() {
    let (_, times) = jobs(PLAIN, 7);
    let outcome = every_two_seconds(&times);
    assert!((outcome.mean() - 1.0).abs() < 0.1, "{}", outcome.mean());
}

#[test]
fn with_a_history_it_asks_no_more_than_the_vendors_client_and_is_near_the_best_there_is() {
    for (kind, seed) in [(PLAIN, 1), (LATE_TAIL, 2)] {
        let (before, times) = jobs(kind, seed);
        let theirs = vendor(&times);
        let ours = one_by_one(&before, &times, Progress::Silent, true);
        // What the history of a library's first hundred jobs may be off by.
        assert!(ours.requests_per_job() <= theirs.requests_per_job() * 1.03);
        assert!(ours.mean() <= theirs.mean() * 0.68, "{}", ours.mean());
        let least = least_delay(kind, ours.requests_per_job());
        assert!(ours.mean() <= least * 1.15, "{} {least}", ours.mean());
    }
}

#[test]
fn steady_progress_needs_a_quarter_of_the_requests_and_a_quarter_of_the_delay() {
    for queue in [0.0, 0.06] {
        let (before, times) = jobs(PLAIN, 3);
        let theirs = vendor(&times);
        let ours = one_by_one(&before, &times, Progress::Steady(queue), true);
        assert!(ours.requests_per_job() <= theirs.requests_per_job() / 4.0);
        assert!(ours.mean() <= theirs.mean() / 4.0, "{}", ours.mean());
    }
}

#[test]
fn progress_that_stands_still_near_its_end_costs_little_more_than_none() {
    let (before, times) = jobs(PLAIN, 4);
    let silent = one_by_one(&before, &times, Progress::Silent, true);
    let stalling = one_by_one(&before, &times, Progress::Stalling, true);
    assert!(stalling.requests_per_job() <= silent.requests_per_job() * 1.25);
    assert!(stalling.mean() <= silent.mean() * 1.25);
}

#[test]
fn a_hundred_jobs_take_at_most_a_request_a_second_and_are_noticed_within_three_quarters() {
    let (_, times) = jobs(PLAIN, 5);
    for refill in [true, false] {
        let outcome = together(&times, 100, refill, &published());
        assert!(outcome.requests_per_minute() <= 60.0 + 1e-6);
        assert!(outcome.mean() <= 0.75, "{}", outcome.mean());
        assert!(outcome.p95() <= 1.25, "{}", outcome.p95());
    }
}

#[test]
fn one_round_for_ten_jobs_costs_far_less_than_ten_rounds_for_one() {
    let (_, times) = jobs(PLAIN, 6);
    let one = together(&times, 1, true, &published());
    let ten = together(&times, 10, true, &published());
    assert!(ten.requests_per_minute() < one.requests_per_minute() * 4.5);
    assert!(ten.mean() < one.mean());
}

#[test]
fn without_a_history_half_of_the_jobs_are_expected_by_the_published_time() {
    let due = due(&published(), 0, &[]);
    assert!((148 * SECOND..=155 * SECOND).contains(&due), "{due}");
}

#[test]
fn a_few_jobs_count_for_something_and_many_for_nearly_everything() {
    let expected = |count| {
        due(
            &Usual::learn(&[&vec![80 * SECOND; count]], PUBLISHED),
            0,
            &[],
        )
    };
    assert!(
        (85..140).contains(&(expected(2) / SECOND)),
        "{}",
        expected(2)
    );
    assert!(
        (79..83).contains(&(expected(100) / SECOND)),
        "{}",
        expected(100)
    );
    assert!(expected(5) < expected(2));
}

#[test]
fn a_length_that_is_new_is_expected_like_others_of_its_mode() {
    let (model, mode) = (vec![150 * SECOND; 100], vec![80 * SECOND; 50]);
    let usual = Usual::learn(&[&model, &mode, &[]], PUBLISHED);
    assert!((79..90).contains(&(due(&usual, 0, &[]) / SECOND)));
}

#[test]
fn a_few_jobs_that_were_very_late_do_not_move_what_is_usual() {
    let mut times = vec![100 * SECOND; 60];
    let usual = due(&Usual::learn(&[&times], PUBLISHED), 0, &[]);
    times.extend([3600 * SECOND; 5]);
    let with_late = due(&Usual::learn(&[&times], PUBLISHED), 0, &[]);
    assert!(
        (with_late - usual).abs() < 5 * SECOND,
        "{usual} {with_late}"
    );
}

#[test]
fn times_that_make_no_sense_teach_nothing() {
    let usual = Usual::learn(&[&[0, -5, i64::MIN]], PUBLISHED);
    assert_eq!(due(&usual, 0, &[]), due(&published(), 0, &[]));
}

#[test]
fn looks_are_rare_at_first_and_frequent_when_the_clip_is_due() {
    let usual = published();
    assert!(gap(&usual, 0, &[]) > 15.0);
    assert!(gap(&usual, 150 * SECOND, &[]) < 4.0);
}

#[test]
fn a_late_job_is_asked_for_ever_but_more_and_more_seldom() {
    let usual = published();
    let gaps: Vec<_> = [300, 1200, 3600, 7 * 3600, 1000 * 3600]
        .iter()
        .map(|seconds| gap(&usual, seconds * SECOND, &[]))
        .collect();
    assert!(gaps.windows(2).all(|two| two[0] < two[1]), "{gaps:?}");
    assert!((gaps[4] - SLOWEST.as_secs_f64()).abs() < 1.0, "{gaps:?}");
}

#[test]
fn no_look_comes_sooner_than_the_quickest_pace_however_many_jobs_run() {
    let sure = steady(150, &[30, 75, 120, 148]);
    let job = watched(&published(), 149 * SECOND, 0, &sure);
    assert_eq!(next_look(&vec![job; 500]), QUICKEST);
}

#[test]
fn time_that_passed_since_the_last_look_shortens_the_wait_by_just_that() {
    let usual = published();
    let wait = |ago| next_look(&[watched(&usual, 60 * SECOND, ago, &[])]);
    let all = wait(0);
    assert_eq!(wait(2000), all.checked_sub(Duration::from_secs(2)).unwrap());
    assert_eq!(wait(3_600_000), Duration::ZERO);
}

#[test]
fn a_job_that_outlives_its_usual_time_is_expected_later_and_never_in_the_past() {
    let usual = published();
    for seconds in [0, 60, 150, 200, 400, 3600, 1_000_000] {
        let seen = seconds * SECOND;
        assert!(due(&usual, seen, &[]) > seen, "{seconds}");
    }
    let early = due(&usual, 60 * SECOND, &[]) - 60 * SECOND;
    let middle = due(&usual, 120 * SECOND, &[]) - 120 * SECOND;
    assert!(middle < early, "the time left goes down");
}

#[test]
fn steady_progress_tells_the_end_whatever_others_took() {
    for takes in [70, 150, 420] {
        let sightings = steady(takes, &[takes / 5, takes / 2, takes * 4 / 5]);
        let seen = takes * 4 / 5 * SECOND;
        let due = due(&published(), seen, &sightings);
        let off = (due - takes * SECOND).abs();
        assert!(off <= takes * SECOND / 40, "{takes}: {due}");
    }
}

#[test]
fn only_the_first_sight_of_each_percent_is_kept_and_a_step_back_begins_anew() {
    let mut sightings = Vec::new();
    for (age, percent) in [(1, 0), (2, 10), (3, 10), (4, 12), (5, 100)] {
        remember(&mut sightings, Sighting { age, percent });
    }
    let seen: Vec<_> = sightings.iter().map(|one| (one.age, one.percent)).collect();
    assert_eq!(seen, [(2, 10), (4, 12)]);
    remember(&mut sightings, Sighting { age: 6, percent: 3 });
    assert_eq!(sightings.len(), 1);
    for percent in 4..99 {
        remember(
            &mut sightings,
            Sighting {
                age: Millis::from(percent) * 10,
                percent,
            },
        );
    }
    assert!(sightings.len() <= 12);
    assert_eq!(sightings.last().unwrap().percent, 98);
}

#[test]
fn whatever_is_told_the_next_look_is_within_its_bounds_and_the_clip_expected_after_it() {
    let ages = [0, 1, 500, 86_400_000 * 400, -7];
    let times: [&[Millis]; 4] = [&[], &[1], &[1, i64::MAX], &[5; 100]];
    for times in times {
        for published in [
            Duration::ZERO,
            Duration::from_millis(500),
            Duration::from_hours(200),
        ] {
            let usual = Usual::learn(&[times], published);
            for seen in ages {
                for percent in [0, 1, 50, 99, 100, 255] {
                    let mut sightings = Vec::new();
                    remember(&mut sightings, Sighting { age: seen, percent });
                    remember(
                        &mut sightings,
                        Sighting {
                            age: seen,
                            percent: 99,
                        },
                    );
                    let wait = next_look(&[watched(&usual, seen, 0, &sightings)]);
                    assert!(wait <= SLOWEST + QUICKEST);
                    assert!(due(&usual, seen, &sightings) >= seen);
                }
            }
        }
    }
}
