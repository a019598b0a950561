//! Jobs that take a random time, and programs that poll them, in simulated time. The plan is the
//! engine's own. The random numbers come from a seed, so the same run gives the same figures on
//! every machine.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "simulated times are small and positive"
)]

use std::time::Duration;

use studio::poll_plan::{LATEST, PUBLISHED, PollPlan, RenderTimes, shared_interval};

/// Pseudo-random numbers (`SplitMix64`), the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Uniform between 0 and 1.
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From a normal distribution (Box-Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.even()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.even()).cos()
    }
}

/// How long jobs take: log-normal, some of them several times as long.
#[derive(Clone, Copy)]
pub struct Kind {
    pub median: f64,
    pub sigma: f64,
    /// The share of late jobs, and how many times as long those take.
    pub late: (f64, f64),
}

impl Kind {
    /// Durations of jobs, in seconds.
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

/// Like most jobs.
pub const PLAIN: Kind = Kind {
    median: 150.0,
    sigma: 0.35,
    late: (0.0, 1.0),
};
/// Jobs of similar duration.
pub const NARROW: Kind = Kind {
    sigma: 0.15,
    ..PLAIN
};
/// Like most jobs, but one in twenty takes four times as long.
pub const LATE_TAIL: Kind = Kind {
    late: (0.05, 4.0),
    ..PLAIN
};

/// What a running job reports as its progress.
#[derive(Clone, Copy)]
pub enum Progress {
    /// Nothing.
    Silent,
    /// A straight line in whole percents, after this part of the time in the queue.
    Steady(f64),
    /// It runs ahead and then stays at 99: the first 90 percent take half of the time.
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

/// Delays between the end of a job and the look that noticed it, and what that cost.
#[derive(Default)]
pub struct Outcome {
    delays: Vec<f64>,
    pub requests: u64,
    /// How long the jobs were watched, in seconds.
    pub watched: f64,
}

impl Outcome {
    pub fn mean(&self) -> f64 {
        self.delays.iter().sum::<f64>() / self.delays.len() as f64
    }

    /// The delay that 95 of 100 jobs stay below.
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

/// Each job is polled separately; `next` gives the wait before the look with that number.
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

/// Polls every two seconds.
pub fn every_two_seconds(times: &[f64]) -> Outcome {
    fixed(times, |_| 2.0)
}

/// Waits two seconds at first, growing by half up to five, as the vendor's client does.
pub fn vendor(times: &[f64]) -> Outcome {
    fixed(times, |look| {
        (2.0 * 1.5_f64.powi(look.min(9) as i32)).min(5.0)
    })
}

/// The engine's plan, one job after the other. With `history`, each job finds the previous ones in
/// the library, and `before` as well.
pub fn one_by_one(before: &[f64], times: &[f64], progress: Progress, history: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let mut finished = before.to_vec();
    for takes in times {
        let known = if history { &finished[..] } else { &[] };
        let mut plan = plan(known);
        let mut age = 0.0;
        loop {
            age += plan.next_look(seconds(age)).as_secs_f64();
            outcome.requests += 1;
            if age >= *takes {
                break;
            }
            plan.saw(seconds(age), progress.at(age, *takes));
        }
        outcome.delays.push(age - takes);
        outcome.watched += age;
        finished.push(*takes);
    }
    outcome
}

/// The engine's plan with `at_once` jobs running at the same time, and one list for all of them.
/// With `refill`, each job that ends makes room for the next.
pub fn together(before: &[f64], times: &[f64], at_once: usize, refill: bool) -> Outcome {
    struct Running {
        began: f64,
        takes: f64,
        plan: PollPlan,
        seen: f64,
        wait: f64,
    }
    let mut outcome = Outcome::default();
    let mut left = times.iter();
    let mut now = 0.0;
    let mut running: Vec<Running> = Vec::new();
    loop {
        let room = at_once - running.len();
        if refill || running.is_empty() {
            running.extend(left.by_ref().take(room).map(|takes| {
                let plan = plan(before);
                Running {
                    began: now,
                    takes: *takes,
                    wait: plan.next_look(Duration::ZERO).as_secs_f64(),
                    plan,
                    seen: now,
                }
            }));
        }
        if running.is_empty() || refill && running.len() < at_once {
            break;
        }
        let looked = running.iter().filter(|job| job.seen > job.began);
        let shared = shared_interval(looked.map(|job| seconds(job.wait))).as_secs_f64();
        let pages = running.len().div_ceil(100);
        let soonest = running
            .iter()
            .map(|job| job.seen + job.wait - now)
            .fold(shared, f64::min);
        let wait = soonest.max(running[0].plan.shortest().as_secs_f64() * pages as f64);
        now += wait;
        outcome.watched += wait;
        outcome.requests += pages as u64;
        running.retain_mut(|job| {
            let age = now - job.began;
            if age >= job.takes {
                outcome.delays.push(age - job.takes);
                return false;
            }
            job.plan.saw(seconds(age), None);
            job.wait = job.plan.next_look(seconds(age)).as_secs_f64();
            job.seen = now;
            true
        });
    }
    outcome
}

fn plan(known: &[f64]) -> PollPlan {
    let latest = known.iter().rev().take(LATEST);
    let times = latest.map(|time| (time * 1000.0) as i64).collect();
    PollPlan::new(RenderTimes::of(times), PUBLISHED)
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}
