//! How soon the watcher notices that a job has ended, and what that costs, as one table.
//!
//! Simulated jobs in a time that is only counted, planned by the engine's own functions:
//! the figures are the same on every machine, and the run takes seconds. Ends with an error
//! if an aim is missed that can be reached.
#![allow(clippy::cast_possible_truncation, reason = "simulated times are small")]

use std::process::ExitCode;

use simulation::{
    Dice, Kind, LATE_TAIL, Outcome, PLAIN, Progress, every_two_seconds, least_delay, one_by_one,
    together, vendor,
};
use studio::estimate::{self, LATEST, PUBLISHED, Usual};

mod simulation;

const JOBS: usize = 2000;
const SEED: u64 = 20_260;

/// What a run should reach: the sentence, and whether it was.
struct Aims(Vec<(String, Reached)>);

enum Reached {
    Yes,
    No,
    /// No watcher could; the sentence says why.
    Impossible,
}

impl Aims {
    fn add(&mut self, sentence: String, met: bool) {
        let reached = if met { Reached::Yes } else { Reached::No };
        self.0.push((sentence, reached));
    }
}

fn main() -> ExitCode {
    let mut aims = Aims(Vec::new());
    println!(
        "{:58} {:>8} {:>8} {:>12} {:>13}",
        "Watching", "mean", "p95", "requests", "requests"
    );
    println!(
        "{:58} {:>8} {:>8} {:>12} {:>13}",
        "", "delay s", "delay s", "a job", "a minute"
    );
    for (name, kind) in [
        ("2,000 jobs, median 150 s, sigma 0.35", PLAIN),
        ("2,000 jobs, one in twenty four times as long", LATE_TAIL),
    ] {
        one_at_a_time(name, kind, &mut aims);
    }
    for at_once in [1, 10, 100] {
        several_at_once(at_once, &mut aims);
    }
    println!("\nAims");
    let mut missed = false;
    for (sentence, reached) in aims.0 {
        let word = match reached {
            Reached::Yes => "met",
            Reached::No => "MISSED",
            Reached::Impossible => "OUT OF REACH",
        };
        missed |= matches!(reached, Reached::No);
        println!("  {word:12}  {sentence}");
    }
    if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn row(name: &str, outcome: &Outcome) {
    println!(
        "  {name:56} {:8.2} {:8.2} {:12.1} {:13.1}",
        outcome.mean(),
        outcome.p95(),
        outcome.requests_per_job(),
        outcome.requests_per_minute()
    );
}

fn one_at_a_time(name: &str, kind: Kind, aims: &mut Aims) {
    let mut dice = Dice::new(SEED);
    let before = kind.times(LATEST, &mut dice);
    let times = kind.times(JOBS, &mut dice);
    println!("{name}");
    row("every 2 s", &every_two_seconds(&times));
    let theirs = vendor(&times);
    row(
        "2 s growing by half to 5 s, as the vendor's client",
        &theirs,
    );
    row(
        "this watcher, no history",
        &one_by_one(&[], &times, Progress::Silent, false),
    );
    let ours = one_by_one(&before, &times, Progress::Silent, true);
    row("this watcher, with history", &ours);
    let least = least_delay(kind, ours.requests_per_job());
    println!(
        "  {:56} {least:8.2} {:>8} {:12.1}",
        "the least that any rhythm could have at those requests",
        "",
        ours.requests_per_job()
    );
    let steady = one_by_one(&before, &times, Progress::Steady(0.06), true);
    row("this watcher, with history and steady progress", &steady);
    let stalling = one_by_one(&before, &times, Progress::Stalling, true);
    row(
        "this watcher, with progress that stalls at its end",
        &stalling,
    );

    aims.add(
        format!(
            "{name}: no more requests than the vendor's client ({:.1} to {:.1})",
            ours.requests_per_job(),
            theirs.requests_per_job()
        ),
        ours.requests_per_job() <= theirs.requests_per_job(),
    );
    let half = theirs.mean() / 2.0;
    if ours.mean() > half && least_delay(kind, theirs.requests_per_job()) > half {
        aims.0.push((
            format!(
                "{name}: half the vendor's mean delay from history alone ({:.2} s, half is {:.2} s); \
                 with as many requests no rhythm has less than {:.2} s",
                ours.mean(),
                half,
                least_delay(kind, theirs.requests_per_job())
            ),
            Reached::Impossible,
        ));
    } else {
        aims.add(
            format!(
                "{name}: half the vendor's mean delay ({:.2} s)",
                ours.mean()
            ),
            ours.mean() <= half,
        );
    }
    aims.add(
        format!(
            "{name}: within a tenth of the least possible delay ({:.2} s to {least:.2} s)",
            ours.mean()
        ),
        ours.mean() <= least * 1.1,
    );
    aims.add(
        format!(
            "{name}: with steady progress a quarter of the requests ({:.1} of {:.1}) and of the \
             delay ({:.2} s of {:.2} s)",
            steady.requests_per_job(),
            theirs.requests_per_job(),
            steady.mean(),
            theirs.mean()
        ),
        steady.requests_per_job() <= theirs.requests_per_job() / 4.0
            && steady.mean() <= theirs.mean() / 4.0,
    );
}

fn several_at_once(at_once: usize, aims: &mut Aims) {
    let mut dice = Dice::new(SEED);
    let before: Vec<i64> = PLAIN
        .times(LATEST, &mut dice)
        .iter()
        .map(|seconds| (seconds * 1000.0) as i64)
        .collect();
    let usual = Usual::learn(&[&before], PUBLISHED);
    let times = PLAIN.times(JOBS, &mut dice);
    println!(
        "{at_once} at once, median 150 s, sigma 0.35, with history{}",
        if at_once == 1 {
            ""
        } else {
            ", one list for all"
        }
    );
    if at_once > 1 {
        let theirs = vendor(&times);
        println!(
            "  {:56} {:8.2} {:8.2} {:12.1} {:13.1}",
            "the vendor's client, each for itself",
            theirs.mean(),
            theirs.p95(),
            theirs.requests_per_job(),
            theirs.requests_per_minute() * at_once as f64
        );
    }
    let always = together(&times, at_once, true, &usual);
    row("each that ends makes room for the next", &always);
    let started = together(&times, at_once, false, &usual);
    row("all started together, until the last has ended", &started);
    if at_once == 100 {
        for (how, outcome) in [("always", always), ("together", started)] {
            aims.add(
                format!(
                    "100 at once, {how}: at most one request a second ({:.1} a minute) and a mean \
                     delay of at most 0.75 s ({:.2} s)",
                    outcome.requests_per_minute(),
                    outcome.mean()
                ),
                outcome.requests_per_minute() <= 60.0 + 1e-6 && outcome.mean() <= 0.75,
            );
        }
    }
}
