//! Kills the real engine with SIGKILL, again and again, and checks what is left.
//!
//! The engine runs in a process of its own (`victim`: this same binary, started as its one ignored
//! test), against a sandbox in this one. It kills itself at named points
//! ([`studio::crash_points`]), and this process kills it at random moments. It is started again
//! each time, and left alone in the end until all is quiet. Then `verdict` compares what the server
//! charged with what was requested, and the disk with what the server made. `make torture` runs
//! more than a thousand kills; `make test` runs each named point and some more.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;
mod verdict;
mod victim;

use std::time::Duration;

use bench::{Bench, Counts, Death, Dice};
use studio::crash_points;
use victim::Wish;

/// Kills of `make torture` at random moments, besides those at named points.
const RANDOM_KILLS: usize = 1_000;

/// Runs one life of a library: `plan` says for each generation how its engines die.
fn run(name: &str, seed: u64, plan: &[(Wish, Vec<Death>)], keys: bool) -> Result<Counts, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut bench = Bench::new(&runtime, seed);
    for (number, (wish, deaths)) in plan.iter().enumerate() {
        bench
            .generation(*wish, deaths, keys)
            .map_err(|what| format!("{name}, seed {seed}, generation {number}: {what}"))?;
    }
    Ok(bench.counts)
}

/// Each point of a life, once alone and once followed by a death at a random later one.
fn named() -> Vec<(Wish, Vec<Death>)> {
    crash_points::ALL
        .iter()
        .map(|&point| (wish_for(point), vec![Death::At(point, 1)]))
        .collect()
}

fn wish_for(point: &str) -> Wish {
    match point {
        crash_points::FAILED_FOUND | crash_points::FAILED_STORED => Wish::Fails,
        _ => Wish::Succeeds,
    }
}

#[test]
fn killed_at_every_named_point_nothing_is_lost_or_paid_for_twice() {
    let counts = run("named points", 1, &named(), true).unwrap();
    println!("{counts}");
    // A point that is never reached would prove nothing.
    assert_eq!(counts.missed, Vec::<&str>::new(), "never reached");
    assert_eq!(counts.kills, crash_points::ALL.len());
}

#[test]
fn killed_at_random_moments_nothing_is_lost_or_paid_for_twice() {
    let mut dice = Dice::new(2);
    let counts = run("random moments", 2, &random(&mut dice, 8), true).unwrap();
    println!("{counts}");
    assert!(counts.kills >= 12, "{counts}");
}

#[test]
fn without_idempotency_keys_the_harness_finds_what_is_paid_for_twice() {
    let plan = [(
        Wish::Succeeds,
        vec![Death::At(crash_points::SUBMIT_ANSWERED, 1)],
    )];
    let found = run("without keys", 3, &plan, false).unwrap_err();
    assert!(
        found.contains("2 jobs were charged for 1 asked for"),
        "{found}"
    );
}

#[test]
#[ignore = "half an hour: make torture runs it"]
fn a_thousand_kills() {
    let mut total = Counts::default();
    for seed in 1.. {
        let mut dice = Dice::new(seed);
        let mut plan = named();
        plan.extend(random(&mut dice, 20));
        // Each point again, with a second death on the way after it.
        for (_, deaths) in plan.iter_mut().take(crash_points::ALL.len()) {
            if dice.below(2) == 0 {
                deaths.push(random_death(&mut dice));
            }
        }
        total += run("a thousand kills", seed, &plan, true).unwrap();
        println!("{total}");
        if total.kills >= RANDOM_KILLS {
            return;
        }
    }
}

fn random(dice: &mut Dice, generations: usize) -> Vec<(Wish, Vec<Death>)> {
    (0..generations)
        .map(|_| {
            let wish = if dice.below(6) == 0 {
                Wish::Fails
            } else {
                Wish::Succeeds
            };
            let deaths = (0..2 + dice.below(3)).map(|_| random_death(dice)).collect();
            (wish, deaths)
        })
        .collect()
}

fn random_death(dice: &mut Dice) -> Death {
    match dice.below(3) {
        0 => {
            let point = crash_points::ALL
                [usize::try_from(dice.below(crash_points::ALL.len() as u64)).unwrap()];
            Death::At(point, 1 + u32::try_from(dice.below(2)).unwrap())
        }
        _ => Death::After(Duration::from_millis(dice.below(700))),
    }
}

/// The other process. Not a test: the tests above start it.
#[test]
#[ignore = "the process that is killed; the tests start it"]
fn victim() {
    victim::live();
}
