//! When to poll a running job next, and when to expect its clip: pure functions of how long such
//! jobs took, of how long this one has run and of its own progress.
//!
//! There is no look before nine tenths of the first percentile, since hardly any job ends that
//! soon. From then on there is a look every three seconds, and after the 99th percentile the looks
//! become less and less frequent. Progress that moves steadily is a straight line, which predicts
//! the end of the job much better: the looks then follow the line. Nothing here ever stops the
//! polling.
//!
//! Ages count from the moment the job was accepted.

use std::time::Duration;

use crate::generation::Millis;

/// How long a job takes while the library has no better figure: Apiframe's published figure.
pub const PUBLISHED: Duration = Duration::from_secs(150);
/// The standard deviation of the logarithm of that time: modes, lengths and hours of the day
/// differ.
const SPREAD: f64 = 0.45;
/// The first percentile of a normal distribution is this many standard deviations below its mean.
const FIRST_PERCENTILE: f64 = 2.326;

/// How many of the latest finished jobs are used: enough for a first percentile, few enough to
/// follow a server that has become faster or slower.
pub const LATEST: usize = 100;
/// From this many jobs on, their median says more than the published figure.
const ENOUGH_FOR_MEDIAN: usize = 3;
/// From this many jobs on, so does their first percentile. The quickest of twenty is too often
/// slower than the next job: measurements showed that this costs a fifth more delay.
const ENOUGH_FOR_PERCENTILE: usize = 50;

/// The first look comes at this fraction of the first percentile.
const FIRST_LOOK: f64 = 0.9;
/// The time between looks at a job that may end at any moment, in seconds. Measured against the
/// vendor's own client: the same number of requests, three fifths of its delay.
const INTERVAL: f64 = 3.0;
/// The interval as a fraction of the published time, if that is short: in the sandbox, and in
/// tests.
const INTERVAL_PART: f64 = INTERVAL / 150.0;
/// However short the published time is, looks are at least this far apart, in seconds.
const SHORTEST_INTERVAL: f64 = 0.1;
/// However late a job is, looks are at most this far apart, in seconds: a finished clip must not
/// wait longer than this.
const LONGEST_INTERVAL: f64 = 60.0;

/// The next look comes after this fraction of the time to the earliest end that the progress
/// allows.
const STRIDE: f64 = 0.75;
/// Progress first seen at this percent or later is not used as a line: many programs stop there
/// until they are done.
const LAST_PERCENTS: f64 = 90.0;

/// A clip that is expected this many seconds later than announced is late.
const LATE: f64 = 30.0;

/// How long jobs of a kind took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RenderTimes {
    /// One in a hundred took less; seconds.
    pub first_percentile: f64,
    /// Half of them took less; seconds.
    pub median: f64,
}

impl RenderTimes {
    /// The times of these finished jobs, or `None` if they are too few to be useful.
    #[must_use]
    pub fn of(mut times: Vec<Millis>) -> Option<Self> {
        if times.len() < ENOUGH_FOR_MEDIAN {
            return None;
        }
        times.sort_unstable();
        let seconds = |index: usize| times[index] as f64 / 1000.0;
        let around = Self::around(seconds(times.len() / 2));
        Some(if times.len() < ENOUGH_FOR_PERCENTILE {
            around
        } else {
            Self {
                first_percentile: seconds(times.len() / 100),
                ..around
            }
        })
    }

    /// The published spread around this median, in seconds.
    fn around(median: f64) -> Self {
        Self {
            first_percentile: median * (-FIRST_PERCENTILE * SPREAD).exp(),
            median,
        }
    }

    /// As far above the median as the first percentile is below. The slowest of a hundred
    /// jobs says less: it may be the one that hung.
    fn last_percentile(self) -> f64 {
        self.median * self.median / self.first_percentile
    }
}

/// The plan for one job.
#[derive(Clone, Debug)]
pub struct PollPlan {
    times: RenderTimes,
    interval: f64,
    /// Ages in seconds and the percentages seen then: the first and the last age of each
    /// percentage.
    seen: Vec<(f64, f64)>,
    due: Option<f64>,
    /// The smallest remaining time that was ever announced, in seconds; it is used while `due` is
    /// `None`.
    left: f64,
}

impl PollPlan {
    /// A plan for a job of a kind that took this long, or for the published time.
    #[must_use]
    pub fn new(history: Option<RenderTimes>, published: Duration) -> Self {
        let published = published.as_secs_f64();
        let times = history.unwrap_or(RenderTimes::around(published));
        Self {
            times,
            interval: (published * INTERVAL_PART).clamp(SHORTEST_INTERVAL, INTERVAL),
            seen: Vec::new(),
            due: Some(times.median),
            left: times.median,
        }
    }

    /// Records that the job was seen running at this age, with this progress in percent.
    pub fn saw(&mut self, age: Duration, progress: Option<u8>) {
        let age = age.as_secs_f64();
        if let Some(percent) = progress.filter(|percent| (1..100).contains(percent)) {
            self.take(age, f64::from(percent));
        }
        let end = self.line().map_or(self.times.median, |(earliest, latest)| {
            f64::midpoint(earliest, latest)
        });
        // The time left never counts up. An estimate that is far too low is hidden, and returns
        // once it is true.
        let said = self.due.map_or(self.left, |due| due - age);
        if end - age <= said {
            self.due = Some(end);
        } else if end - age > said + LATE {
            (self.due, self.left) = (None, said);
        }
    }

    fn take(&mut self, age: f64, percent: f64) {
        // Progress that went back means that the job was started again.
        if let Some(last) = self.seen.last()
            && (last.1 > percent || last.0 >= age)
        {
            self.seen.clear();
        }
        if let [.., before, last] = self.seen[..]
            && before.1 >= percent
            && last.1 >= percent
        {
            self.seen.pop();
        }
        self.seen.push((age, percent));
    }

    /// How long after a look at this age, or after the acceptance, the next one is due.
    #[must_use]
    pub fn next_look(&self, age: Duration) -> Duration {
        let age = age.as_secs_f64();
        let first = self.times.first_percentile * FIRST_LOOK;
        let wait = match self.line() {
            // At least the shortest wait, so that rounding never causes a look without a wait.
            _ if age < first => (first - age).max(self.shortest().as_secs_f64()),
            Some((earliest, latest)) if age < latest => {
                ((earliest - age) * STRIDE).clamp(self.shortest().as_secs_f64(), LONGEST_INTERVAL)
            }
            _ => (self.interval * (age / self.times.last_percentile()).max(1.0))
                .min(LONGEST_INTERVAL),
        };
        Duration::try_from_secs_f64(wait).unwrap_or_default()
    }

    /// How old the job will be when its clip is expected; `None` when it takes longer than was
    /// announced.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.due?).ok()
    }

    /// The shortest time between two requests, whatever jobs they are for.
    #[must_use]
    pub fn shortest(&self) -> Duration {
        Duration::from_secs_f64(self.interval / 3.0)
    }

    /// The range of ages at which a straight line through everything that was seen reaches 100, if
    /// there is such a line. A percentage is reported from when it is reached until the next one
    /// is, so every two observations give a quickest and a slowest line between them.
    fn line(&self) -> Option<(f64, f64)> {
        if self.seen.first()?.1 >= LAST_PERCENTS {
            return None;
        }
        let (mut earliest, mut latest) = (0.0_f64, f64::INFINITY);
        for (count, later) in self.seen.iter().enumerate() {
            for before in &self.seen[..count] {
                let (passed, gained) = (later.0 - before.0, later.1 - before.1);
                let left = 100.0 - later.1;
                earliest = earliest.max(later.0 + (left - 1.0) * passed / (gained + 1.0));
                if gained > 1.0 {
                    latest = latest.min(later.0 + left * passed / (gained - 1.0));
                }
            }
        }
        (earliest <= latest && latest.is_finite()).then_some((earliest, latest))
    }
}

/// How long after the last request for the list the next one is worthwhile, for jobs with these
/// intervals. One request shows all of them, so the chances that one has ended add up; the delay
/// for a given number of requests is then smallest if the looks grow with the square root.
#[must_use]
pub fn shared_interval(intervals: impl Iterator<Item = Duration>) -> Duration {
    let sum: f64 = intervals.map(|one| one.as_secs_f64().powi(-2)).sum();
    Duration::try_from_secs_f64(sum.sqrt().recip()).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests;
