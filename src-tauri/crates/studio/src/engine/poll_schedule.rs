//! Which running jobs are asked about next, when, and with which requests.
//!
//! Each job's [`PollPlan`] decides when it is due. One request for the account's list shows a
//! hundred jobs, so it is used for all jobs as soon as there are two. Whatever is running, there is
//! at most one request per second.
//!
//! All of this may be lost: after a restart, or after the machine slept, every job is asked about
//! at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::generation::{GenerationId, Millis, Record};
use crate::library::Library;
use crate::poll_plan::{PollPlan, shared_interval};

/// A job no older than this was accepted just now, during this run: its acceptance counts as a
/// look.
const JUST_ACCEPTED: Millis = 1000;
/// How long the list is not used after it could not be read or saved no requests.
const LIST_REST: Duration = Duration::from_mins(1);

/// What to do now.
pub(super) enum Next {
    /// Do nothing until this time has passed.
    Wait(Duration),
    /// Look at these jobs: with the list, or else each on its own.
    Look { records: Vec<Record>, listed: bool },
}

#[derive(Debug)]
struct Job {
    plan: PollPlan,
    /// When the job was last seen running; `None` asks for a look at once.
    seen: Option<Instant>,
    /// Whether it was seen by a look, rather than at its acceptance.
    looked: bool,
    /// How long after `seen` the job is due.
    wait: Duration,
}

impl Job {
    fn due_in(&self) -> Duration {
        self.seen.map_or(Duration::ZERO, |seen| {
            self.wait.saturating_sub(seen.elapsed())
        })
    }
}

#[derive(Debug, Default)]
struct State {
    jobs: HashMap<GenerationId, Job>,
    last_request: Option<Instant>,
    /// No request before this time.
    free_from: Option<Instant>,
    list_rests_until: Option<Instant>,
}

/// What was seen of the jobs during this run.
#[derive(Debug)]
pub(super) struct PollSchedule {
    /// How long a job takes until the library has better data.
    published: Duration,
    state: Mutex<State>,
}

impl PollSchedule {
    pub fn new(published: Duration) -> Self {
        Self {
            published,
            state: Mutex::default(),
        }
    }

    /// Makes the plan for this job, unless it has one.
    pub async fn add(&self, library: &Library, record: &Record, now: Millis) {
        if self.lock().jobs.contains_key(&record.id) {
            return;
        }
        let settings = record.settings.clone();
        let history = library
            .run(move |library| library.render_times(&settings))
            .await
            .unwrap_or_else(|error| {
                tracing::warn!(?error, "the times of finished jobs can't be read");
                None
            });
        let plan = PollPlan::new(history, self.published);
        let age = record
            .job
            .as_ref()
            .map_or(0, |job| now.saturating_sub(job.accepted));
        let new = (0..=JUST_ACCEPTED).contains(&age);
        self.lock().jobs.entry(record.id).or_insert_with(|| Job {
            wait: plan.next_look(Duration::ZERO),
            plan,
            seen: new.then(Instant::now),
            looked: false,
        });
    }

    /// How long after its acceptance this job's clip is expected, in milliseconds; `None` when the
    /// job takes longer than expected.
    pub fn due(&self, id: &GenerationId) -> Option<Millis> {
        let due = self.lock().jobs.get(id)?.plan.due()?;
        Millis::try_from(due.as_millis()).ok()
    }

    /// What to do now about these running jobs.
    pub fn next(&self, records: Vec<Record>) -> Next {
        let state = self.lock();
        let now = Instant::now();
        let left = |until: Option<Instant>| {
            until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
        };
        let job = |record: &Record| state.jobs.get(&record.id);
        let due_in = |record: &Record| job(record).map_or(Duration::ZERO, Job::due_in);
        let listed = records.len() > 1 && left(state.list_rests_until).is_zero();
        let mut wait = records.iter().map(due_in).min().unwrap_or(Duration::MAX);
        if listed {
            let looked = records.iter().filter_map(job).filter(|job| job.looked);
            let since = state.last_request.map_or(Duration::ZERO, |last| now - last);
            wait = wait.min(shared_interval(looked.map(|job| job.wait)).saturating_sub(since));
        }
        wait = wait.max(left(state.free_from));
        if !wait.is_zero() {
            return Next::Wait(wait);
        }
        let records = if listed {
            records
        } else {
            let due = |record: &Record| due_in(record).is_zero();
            records.into_iter().filter(due).collect()
        };
        Next::Look { records, listed }
    }

    /// Records how many requests were made for the last result of [`PollSchedule::next`].
    pub fn asked(&self, requests: usize) {
        let mut state = self.lock();
        let now = Instant::now();
        let shortest = state.jobs.values().map(|job| job.plan.shortest()).min();
        let requests = u32::try_from(requests).unwrap_or(u32::MAX);
        state.last_request = Some(now);
        state.free_from = shortest.map(|shortest| now + shortest.saturating_mul(requests));
    }

    /// A look found this job running at this age.
    pub fn saw(&self, id: &GenerationId, age: Millis, progress: Option<u8>) {
        let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
        if let Some(job) = self.lock().jobs.get_mut(id) {
            job.plan.saw(age, progress);
            job.wait = job.plan.next_look(age);
            job.seen = Some(Instant::now());
            job.looked = true;
        }
    }

    /// A look at this job failed: it stays due.
    pub fn missed(&self, id: &GenerationId) {
        if let Some(job) = self.lock().jobs.get_mut(id) {
            job.seen = None;
        }
    }

    /// This job has ended.
    pub fn ended(&self, id: &GenerationId) {
        self.lock().jobs.remove(id);
    }

    /// Makes every job due at once; the list is tried again.
    pub fn everything_is_due(&self) {
        let mut state = self.lock();
        state.free_from = None;
        state.list_rests_until = None;
        for job in state.jobs.values_mut() {
            job.seen = None;
        }
    }

    /// Stops using the list for a while: it could not be read, or took as many requests as asking
    /// for each job.
    pub fn leave_the_list(&self) {
        self.lock().list_rests_until = Some(Instant::now() + LIST_REST);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
