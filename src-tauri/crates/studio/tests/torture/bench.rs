//! One library, one sandbox, and the engines on them that are killed.

use std::fmt;
use std::ops::AddAssign;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use sandbox::{Answer, Call, Fault, Sandbox};
use studio::crash_points;

use crate::verdict;
use crate::victim::{KEY, ORDERS, Orders, Wish};

/// Longer than an undisturbed engine needs to finish what a killed one left.
const HANG: Duration = Duration::from_mins(5);

/// How an engine dies.
#[derive(Clone, Copy, Debug)]
pub enum Death {
    /// It kills itself when it reaches a point for the nth time.
    At(&'static str, u32),
    /// The test kills it after this time.
    After(Duration),
}

#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Engines killed.
    pub kills: usize,
    /// How many of those were killed at a named point.
    pub at_points: usize,
    /// Generations requested: recorded, and so promised.
    pub generations: usize,
    /// Clips compared with what the server made.
    pub clips: usize,
    /// Jobs that the server failed and whose credits it gave back.
    pub failures: usize,
    /// Points at which an engine should have died and which it did not reach.
    pub missed: Vec<&'static str>,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.kills += other.kills;
        self.at_points += other.at_points;
        self.generations += other.generations;
        self.clips += other.clips;
        self.failures += other.failures;
        self.missed.extend(other.missed);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} engines killed ({} at a named point, {} at a random moment); {} generations asked for and charged once each, {} clips on the disk with the server's bytes, {} failed and not charged",
            self.kills,
            self.at_points,
            self.kills - self.at_points,
            self.generations,
            self.clips,
            self.failures,
        )
    }
}

/// A small random number generator (`SplitMix64`), so that a seed determines the whole run.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

pub struct Bench<'a> {
    runtime: &'a tokio::runtime::Runtime,
    sandbox: Sandbox,
    folder: tempfile::TempDir,
    dice: Dice,
    colour: [u8; 3],
    pub counts: Counts,
}

impl<'a> Bench<'a> {
    pub fn new(runtime: &'a tokio::runtime::Runtime, seed: u64) -> Self {
        let sandbox = runtime
            .block_on(
                Sandbox::builder()
                    .key(KEY)
                    .credits(verdict::CREDITS)
                    .speed(400.0)
                    .start(),
            )
            .unwrap();
        Self {
            runtime,
            sandbox,
            folder: tempfile::tempdir().unwrap(),
            dice: Dice::new(seed),
            colour: [0; 3],
            counts: Counts::default(),
        }
    }

    /// One generation: its engines die as planned, the last one is left alone, and the result is
    /// judged.
    pub fn generation(&mut self, wish: Wish, deaths: &[Death], keys: bool) -> Result<(), String> {
        let _inside = self.runtime.enter();
        self.sandbox.clear_faults();
        if wish == Wish::Fails {
            self.sandbox.fault(
                Fault::on(Call::Generate)
                    .times(1)
                    .then(Answer::fail_job("The prompt was flagged")),
            );
        }
        self.colour = [(); 3].map(|()| u8::try_from(self.dice.below(256)).unwrap());
        let known = verdict::recorded(self.folder.path());
        let prompt = format!("Clouds drift over the bay {}", self.dice.below(u64::MAX));
        let mut ask = Some(prompt);
        for death in deaths {
            let was_killed = self.until_death(ask.take(), *death);
            // If the engine was killed before the generation was recorded, it was never promised;
            // and an engine that has nothing to do can't die at any interesting point.
            if !was_killed || verdict::recorded(self.folder.path()) == known {
                ask = Some(format!("Once more {}", self.dice.below(u64::MAX)));
            }
            if !keys {
                verdict::forget_keys(self.folder.path());
            }
        }
        let status = self.left_alone(ask)?;
        if !status.success() {
            return Err(format!(
                "the engine that was left alone ended with {status}"
            ));
        }
        self.counts.generations =
            verdict::judge(self.folder.path(), &self.sandbox).map(|found| {
                self.counts.clips = found.clips;
                self.counts.failures = found.failures;
                found.generations
            })?;
        Ok(())
    }

    /// Returns whether it was killed; otherwise it finished first.
    fn until_death(&mut self, ask: Option<String>, death: Death) -> bool {
        // A look finds something to store only while the job runs, however busy the machine.
        let held = ask.is_some() && matches!(death, Death::At(crash_points::LOOK_STORED, 1));
        if held {
            self.sandbox.hold();
        }
        let mut victim = self.start(ask, Some(death));
        let status = match death {
            Death::At(..) => wait(&mut victim, HANG),
            Death::After(time) => wait(&mut victim, time).or_else(|| {
                victim.kill().unwrap();
                Some(victim.wait().unwrap())
            }),
        };
        if held {
            self.sandbox.release();
        }
        let Some(status) = status else {
            victim.kill().unwrap();
            victim.wait().unwrap();
            panic!("an engine neither died nor ended: {death:?}");
        };
        let was_killed = status.signal() == Some(9);
        if was_killed {
            self.counts.kills += 1;
            self.counts.at_points += usize::from(matches!(death, Death::At(..)));
        } else if let Death::At(point, 1) = death {
            self.counts.missed.push(point);
        }
        was_killed
    }

    fn left_alone(&self, ask: Option<String>) -> Result<ExitStatus, String> {
        let mut victim = self.start(ask, None);
        wait(&mut victim, HANG).ok_or_else(|| {
            let _ = victim.kill();
            let _ = victim.wait();
            format!(
                "it never became quiet: {}",
                verdict::states(self.folder.path())
            )
        })
    }

    fn start(&self, ask: Option<String>, death: Option<Death>) -> Child {
        let orders = Orders {
            folder: self.folder.path().to_owned(),
            base: self.sandbox.base_url().to_owned(),
            ask,
            colour: self.colour,
            die_at: match death {
                Some(Death::At(point, time)) => Some((point.to_owned(), time)),
                _ => None,
            },
        };
        Command::new(std::env::current_exe().unwrap())
            .args(["victim", "--exact", "--ignored", "--nocapture", "--quiet"])
            .env(ORDERS, serde_json::to_string(&orders).unwrap())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// How a process ended, if it ended within `limit`.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() >= until {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
