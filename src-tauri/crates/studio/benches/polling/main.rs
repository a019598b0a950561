//! How soon the end of a job is noticed, and what that costs, compared with the vendor's own client
//! and a fixed loop, as one table.
//!
//! Simulated jobs in simulated time, planned by the engine's own functions: the figures are the
//! same on every machine, and the run takes seconds. Ends with an error if a target is missed;
//! targets are ratios to what the vendor's client needs for the same jobs.

use std::process::ExitCode;

use simulation::{
    Dice, LATE_TAIL, NARROW, Outcome, PLAIN, Progress, every_two_seconds, one_by_one, together,
    vendor,
};
use studio::poll_plan::LATEST;

mod simulation;

const JOBS: usize = 4000;
const SEED: u64 = 20_260;

/// A table, and whether every target in it was met.
struct Table {
    theirs: Outcome,
    met: bool,
}

impl Table {
    fn of(name: &str, times: &[f64]) -> Self {
        let theirs = vendor(times);
        println!(
            "{name:42} {:>7} {:>7} {:>8} {:>8} {:>9} {:>8}",
            "mean s", "p95 s", "requests", "a minute", "delay ×", "asks ×"
        );
        let mut table = Self { theirs, met: true };
        table.row(
            "2 s growing to 5 s, as the vendor's client",
            &vendor(times),
            None,
        );
        table.row("every 2 s", &every_two_seconds(times), None);
        table
    }

    /// Prints the outcome; `aim` is the highest delay and the highest number of requests allowed,
    /// as fractions of what the vendor's client has.
    fn row(&mut self, name: &str, ours: &Outcome, aim: Option<(f64, f64)>) {
        let delay = ours.mean() / self.theirs.mean();
        let requests = ours.requests_per_job() / self.theirs.requests_per_job();
        let verdict = aim.map_or_else(String::new, |(most_delay, most_requests)| {
            let met = delay <= most_delay && requests <= most_requests;
            self.met &= met;
            let word = if met { "met" } else { "MISSED" };
            format!("{word}: at most {most_delay} and {most_requests}")
        });
        println!(
            "  {name:40} {:7.2} {:7.2} {:8.1} {:8.1} {delay:9.2} {requests:8.2}  {verdict}",
            ours.mean(),
            ours.p95(),
            ours.requests_per_job(),
            ours.requests_per_minute(),
        );
    }
}

fn main() -> ExitCode {
    let mut met = true;
    for (name, kind, aim) in [
        ("Log-normal, median 150 s, sigma 0.35", PLAIN, (0.65, 1.03)),
        ("The same, sigma 0.15", NARROW, (0.64, 0.65)),
        ("One in twenty four times as long", LATE_TAIL, (0.68, 1.05)),
    ] {
        let mut dice = Dice::new(SEED);
        let before = kind.times(LATEST, &mut dice);
        let times = kind.times(JOBS, &mut dice);
        let mut table = Table::of(name, &times);
        let mut row = |name: &str, progress, history, aim| {
            let ours = one_by_one(&before, &times, progress, history);
            table.row(name, &ours, Some(aim));
        };
        let (delay, _) = aim;
        row(
            "this plan, no history",
            Progress::Silent,
            false,
            (delay, 1.25),
        );
        row("this plan", Progress::Silent, true, aim);
        row(
            "… and steady progress",
            Progress::Steady(0.06),
            true,
            (0.24, 0.26),
        );
        row(
            "… and progress that stalls at its end",
            Progress::Stalling,
            true,
            aim,
        );
        met &= table.met;
    }
    let mut dice = Dice::new(SEED);
    let before = PLAIN.times(LATEST, &mut dice);
    let times = PLAIN.times(JOBS, &mut dice);
    for at_once in [10, 100] {
        let mut table = Table::of(&format!("{at_once} at once, sigma 0.35"), &times);
        for (name, refill) in [
            ("this plan, always so many", true),
            ("this plan, begun together", false),
        ] {
            let ours = together(&before, &times, at_once, refill);
            table.row(name, &ours, Some((0.4, 0.5)));
            if at_once == 100 {
                let few = ours.requests_per_minute() <= 60.0 + 1e-6 && ours.mean() <= 0.75;
                println!(
                    "    {}: a request a second and 0.75 s at most",
                    if few { "met" } else { "MISSED" }
                );
                table.met &= few;
            }
        }
        met &= table.met;
    }
    if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
