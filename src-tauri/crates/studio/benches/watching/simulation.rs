//! Jobs that take a random time, and watchers that look at them, in a time that is only
//! counted. The planner is the engine's own; the random numbers come from a seed, so the
//! same run gives the same figures on every machine.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "simulated times are small and positive"
)]

use super::estimate::{self, Sighting, Usual, Watched};

/// Pseudo-random numbers (`SplitMix64`), the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Evenly between 0 and 1.
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From a normal distribution (Box and Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.even()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.even()).cos()
    }
}

/// What jobs take: log-normal, some of them several times as long.
#[derive(Clone, Copy)]
pub struct Kind {
    pub median: f64,
    pub sigma: f64,
    /// The share that is late, and how many times as long those take.
    pub late: (f64, f64),
}

impl Kind {
    /// Times of jobs, in seconds.
    pub fn times(self, count: usize, dice: &mut Dice) -> Vec<f64> {
        (0..count)
            .map(|_| {
                let time = self.median * (self.sigma * dice.normal()).exp();
                let (share, times) = self.late;
                if dice.even() < share {
                    time * times
                } else {
                    time
                }
            })
            .collect()
    }
}

/// As most jobs are.
pub const PLAIN: Kind = Kind {
    median: 150.0,
    sigma: 0.35,
    late: (0.0, 1.0),
};
/// The same, and one in twenty takes four times as long.
pub const LATE_TAIL: Kind = Kind {
    late: (0.05, 4.0),
    ..PLAIN
};

/// What a running job says of its progress.
#[derive(Clone, Copy)]
pub enum Progress {
    /// Nothing.
    Silent,
    /// A straight line in whole percents, after a queue of this part of the time.
    Steady(f64),
    /// It runs ahead and stands still at 99: half of the time for the first 90 percent.
    Stalling,
}

impl Progress {
    fn at(self, age: f64, takes: f64) -> Option<u8> {
        let part = age / takes;
        let share = match self {
            Self::Silent => return None,
            Self::Steady(queue) => (part - queue) / (1.0 - queue),
            Self::Stalling => (part * 1.8).min(0.9 + part * 0.09),
        };
        Some((share * 100.0).clamp(0.0, 99.0) as u8)
    }
}

/// Delays between the end of a job and the look that saw it, and what that cost.
#[derive(Default)]
pub struct Outcome {
    delays: Vec<f64>,
    pub requests: u64,
    /// How long somebody watched, in seconds.
    pub watched: f64,
}

impl Outcome {
    pub fn mean(&self) -> f64 {
        self.delays.iter().sum::<f64>() / self.delays.len() as f64
    }

    /// The delay that 95 of 100 jobs stay under.
    pub fn p95(&self) -> f64 {
        let mut delays = self.delays.clone();
        delays.sort_unstable_by(f64::total_cmp);
        delays[(delays.len() * 95 / 100).min(delays.len() - 1)]
    }

    pub fn requests_per_job(&self) -> f64 {
        self.requests as f64 / self.delays.len() as f64
    }

    pub fn requests_per_minute(&self) -> f64 {
        self.requests as f64 / self.watched * 60.0
    }
}

/// Each job looked at alone, in waits that `next` gives for the number of the look.
pub fn fixed(times: &[f64], next: impl Fn(u32) -> f64) -> Outcome {
    let mut outcome = Outcome::default();
    for takes in times {
        let (mut age, mut look) = (0.0, 0);
        while age < *takes {
            age += next(look);
            look += 1;
        }
        outcome.requests += u64::from(look);
        outcome.delays.push(age - takes);
        outcome.watched += age;
    }
    outcome
}

/// Every two seconds.
pub fn every_two_seconds(times: &[f64]) -> Outcome {
    fixed(times, |_| 2.0)
}

/// Two seconds, growing by half to five, as the vendor's client does.
pub fn vendor(times: &[f64]) -> Outcome {
    fixed(times, |look| {
        (2.0 * 1.5_f64.powi(look.min(9) as i32)).min(5.0)
    })
}

/// This watcher, one job after the other. With `history` each job finds those before it in
/// the library, and `before` besides.
pub fn one_by_one(before: &[f64], times: &[f64], progress: Progress, history: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let mut finished: Vec<i64> = before.iter().map(|time| millis(*time)).collect();
    for takes in times {
        let known = if history {
            &finished[finished.len().saturating_sub(estimate::LATEST)..]
        } else {
            &[]
        };
        let usual = Usual::learn(&[known], estimate::PUBLISHED);
        let mut sightings = Vec::new();
        let mut age = 0.0;
        while age < *takes {
            look(&mut sightings, progress, age, *takes);
            let job = estimate::watched(&usual, millis(age), 0, &sightings);
            age += estimate::next_look(&[job]).as_secs_f64();
            outcome.requests += 1;
        }
        outcome.delays.push(age - takes);
        outcome.watched += age;
        finished.push(millis(*takes));
    }
    outcome
}

/// This watcher with so many jobs running at the same time, one list for all of them. Each
/// job that ends makes room for the next, until all have ended.
pub fn together(times: &[f64], at_once: usize, refill: bool, usual: &Usual) -> Outcome {
    struct Running {
        began: f64,
        takes: f64,
    }
    let mut outcome = Outcome::default();
    let mut left = times.iter();
    let mut now = 0.0;
    let mut running: Vec<Running> = Vec::new();
    loop {
        let room = at_once - running.len();
        if refill || running.is_empty() {
            running.extend(left.by_ref().take(room).map(|takes| Running {
                began: now,
                takes: *takes,
            }));
        }
        if running.is_empty() || refill && running.len() < at_once {
            break;
        }
        let jobs: Vec<Watched> = running
            .iter()
            .map(|job| estimate::watched(usual, millis(now - job.began), 0, &[]))
            .collect();
        let wait = estimate::next_look(&jobs).as_secs_f64();
        now += wait;
        outcome.watched += wait;
        outcome.requests += running.len().div_ceil(100) as u64;
        running.retain(|job| {
            let delay = now - job.began - job.takes;
            if delay >= 0.0 {
                outcome.delays.push(delay);
            }
            delay < 0.0
        });
    }
    outcome
}

fn look(sightings: &mut Vec<Sighting>, progress: Progress, age: f64, takes: f64) {
    if let Some(percent) = progress.at(age, takes) {
        estimate::remember(
            sightings,
            Sighting {
                age: millis(age),
                percent,
            },
        );
    }
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

/// The least mean delay that any rhythm can have at so many requests a job, if it knows
/// exactly how long jobs of this kind take and nothing of the single job: dynamic programming
/// over all moments for looks, half a second apart.
///
/// With a price for each look, the best next look after one at `i` is the `j` with the
/// least of (what a job that ends in between waits) + (what is left to pay from `j` on).
/// The price is then found at which the looks are as many as asked for.
pub fn least_delay(kind: Kind, requests: f64) -> f64 {
    const STEP: f64 = 0.5;
    const LONGEST: usize = 240;
    const SAMPLE: usize = 100_000;
    let mut times = kind.times(SAMPLE, &mut Dice::new(99));
    times.sort_unstable_by(f64::total_cmp);
    let end = (times[SAMPLE - 1] / STEP) as usize + 2;
    let running: Vec<f64> = (0..=end)
        .map(|i| {
            1.0 - times.partition_point(|time| *time <= i as f64 * STEP) as f64 / SAMPLE as f64
        })
        .collect();
    let mut area = vec![0.0; end + 1];
    for i in 0..end {
        area[i + 1] = area[i] + f64::midpoint(running[i], running[i + 1]) * STEP;
    }
    let with_price = |price: f64| {
        let mut best = vec![(0.0, 0.0, 0.0); end + 1];
        for i in (0..end).rev() {
            best[i] = (i + 1..=(i + LONGEST).min(end))
                .map(|j| {
                    let waits = (j - i) as f64 * STEP * running[i] - (area[j] - area[i]);
                    let (cost, delay, looks) = best[j];
                    (
                        cost + waits + price * running[i],
                        delay + waits,
                        looks + running[i],
                    )
                })
                .min_by(|one, other| one.0.total_cmp(&other.0))
                .unwrap_or_default();
        }
        (best[0].1, best[0].2)
    };
    let (mut cheap, mut dear) = (1e-3, 1.0);
    for _ in 0..14 {
        let price = f64::sqrt(cheap * dear);
        if with_price(price).1 > requests {
            cheap = price;
        } else {
            dear = price;
        }
    }
    // Between the two prices the points lie on a line.
    let ((more_delay, fewer), (less_delay, more)) = (with_price(dear), with_price(cheap));
    let part = ((requests - fewer) / (more - fewer).max(1e-9)).clamp(0.0, 1.0);
    more_delay + (less_delay - more_delay) * part
}
