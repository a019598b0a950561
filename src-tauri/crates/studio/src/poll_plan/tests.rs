#![allow(clippy::unwrap_used)]
use super::*;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn plan(history: &[Millis]) -> PollPlan {
    PollPlan::new(RenderTimes::of(history.to_vec()), PUBLISHED)
}

/// A job of 420 s that reports its progress at these ages.
fn steady(ages: &[u64]) -> PollPlan {
    let mut plan = plan(&[]);
    for age in ages {
        plan.saw(at(*age), u8::try_from(age * 100 / 420).ok());
    }
    plan
}

fn left(plan: &PollPlan, age: u64) -> Option<u64> {
    Some(plan.due()?.saturating_sub(at(age)).as_secs())
}

#[test]
fn nothing_is_asked_before_nearly_any_such_job_has_ended() {
    let times: Vec<Millis> = (100..200).map(|seconds| seconds * 1000).collect();
    let plan = plan(&times);
    let first = plan.next_look(at(0)).as_secs_f64();
    assert!((first - 0.9 * 101.0).abs() < 0.01, "{first}");
    assert_eq!(plan.next_look(at(60)), Duration::from_secs_f64(30.9));
    assert_eq!(plan.next_look(at(91)), at(3));
    assert_eq!(plan.next_look(at(200)), at(3));
}

#[test]
fn a_late_job_is_asked_for_ever_but_more_and_more_seldom() {
    let waits =
        [400, 800, 3600, 7 * 3600, 1_000_000 * 3600].map(|age| plan(&[]).next_look(at(age)));
    assert!(waits[0] < at(4) && waits.is_sorted(), "{waits:?}");
    assert_eq!(waits[4], at(60));
}

#[test]
fn a_few_jobs_tell_the_usual_time_and_only_many_the_quickest() {
    let due = |count| plan(&vec![80_000; count]).due().unwrap();
    assert_eq!([2, 3, 100].map(due), [150, 80, 80].map(at));
    let first = |count| plan(&vec![80_000; count]).next_look(at(0)).as_secs();
    assert_eq!([3, 49, 50].map(first), [25, 25, 72]);
}

#[test]
fn steady_progress_tells_the_end_whatever_others_took() {
    let plan = steady(&[60, 63, 120, 240, 378]);
    let due = plan.due();
    assert!(
        due.is_none_or(|due| due.abs_diff(at(420)) < at(8)),
        "{due:?}"
    );
    let next = plan.next_look(at(378));
    assert!((at(25)..at(42)).contains(&next), "{next:?}");
}

#[test]
fn progress_that_stands_still_is_no_reason_to_wait() {
    let mut stuck = steady(&[60, 120, 200]);
    assert!(stuck.next_look(at(200)) > at(30));
    for age in [230, 260, 300] {
        stuck.saw(at(age), Some(47));
    }
    assert_eq!(stuck.next_look(at(300)), at(3));
    let mut last = plan(&[]);
    for (age, percent) in [(60, 95), (80, 96), (100, 98)] {
        last.saw(at(age), Some(percent));
    }
    assert_eq!(last.next_look(at(100)), at(3), "the last percents");
}

#[test]
fn the_time_left_never_counts_up_and_a_figure_that_is_far_too_low_goes_until_it_is_true() {
    let ages = [60, 63, 100, 150, 220, 300, 350, 390, 410];
    let mut said = u64::MAX;
    let mut shown = Vec::new();
    for count in 1..=ages.len() {
        let left = left(&steady(&ages[..count]), ages[count - 1]);
        if let Some(left) = left {
            assert!(left <= said, "{left} after {said}");
            said = left;
        }
        shown.push(left);
    }
    assert_eq!(shown[0], Some(90), "by the published time");
    assert_eq!(shown[3], None, "it takes seven minutes");
    assert!(
        shown[8].is_some_and(|left| (8..13).contains(&left)),
        "{shown:?}"
    );
}

#[test]
fn looks_at_several_jobs_come_closer_with_the_square_root_of_their_number() {
    let shared = |count| shared_interval(std::iter::repeat_n(at(3), count));
    assert_eq!(
        [1, 9, 100].map(shared),
        [3000, 1000, 300].map(Duration::from_millis)
    );
    assert_eq!(shared(0), Duration::MAX);
}

#[test]
fn whatever_is_seen_the_next_look_comes_within_its_bounds() {
    for published in [
        Duration::ZERO,
        Duration::from_millis(500),
        Duration::from_hours(200),
    ] {
        for times in [vec![], vec![1; 3], vec![1, 2, i64::MAX], vec![5; 100]] {
            for percents in [[0, 255, 3], [50, 50, 49], [1, 99, 100], [98, 99, 99]] {
                let mut plan = PollPlan::new(RenderTimes::of(times.clone()), published);
                for (age, percent) in [0, 0, 86_400 * 400].into_iter().zip(percents) {
                    plan.saw(at(age), Some(percent));
                    let wait = plan.next_look(at(age.max(1 << 60)));
                    assert!((plan.shortest()..=at(60)).contains(&wait), "{wait:?}");
                    let _ = (plan.next_look(at(age)), plan.due());
                }
            }
        }
    }
}
