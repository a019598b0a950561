//! What the engine remembers of running jobs to plan its looks and to say how long they
//! will take: what their kind usually takes, and what the looks of this run saw.
//!
//! All of it may be lost: after a restart, or when the machine slept, every job is looked at
//! at once and the rest is learned again. The planning itself is [`crate::estimate`]'s.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::estimate::{self, Sighting, Usual, Watched};
use crate::generation::{GenerationId, Millis};
use crate::library::{Library, RenderTimes};
use crate::settings::{Mode, Model, Settings};

/// A job no older than this was accepted just now, by this very run: its acceptance counts
/// as a look.
const JUST_ACCEPTED: Millis = 1000;
/// How long the list is left alone after it could not be read.
const LIST_REST: Duration = Duration::from_mins(1);

/// The jobs whose times are compared.
type Kind = (Model, Mode, u8);

/// What looks saw of one job.
#[derive(Debug, Default)]
struct Seen {
    /// When it was last seen running; `None` asks for a look at once.
    at: Option<Instant>,
    /// How old it was then, in milliseconds.
    age: Millis,
    sightings: Vec<Sighting>,
}

/// What is remembered of all of them.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    usual: Mutex<HashMap<Kind, Arc<Usual>>>,
    seen: Mutex<HashMap<GenerationId, Seen>>,
    list: Mutex<List>,
}

/// What the account's list costs.
#[derive(Debug, Default)]
struct List {
    /// Requests that the last reading took, jobs asked for singly besides included.
    cost: usize,
    /// It can't be read before this.
    rests_until: Option<Instant>,
}

impl Outlook {
    /// What jobs with such settings usually take, from the library's finished ones.
    pub async fn usual(
        &self,
        library: &Library,
        settings: &Settings,
        published: Duration,
    ) -> Arc<Usual> {
        let kind = (settings.model, settings.mode, settings.length);
        if let Some(usual) = lock(&self.usual).get(&kind) {
            return Arc::clone(usual);
        }
        let alike = settings.clone();
        let times = library
            .run(move |library| library.render_times(&alike))
            .await
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "the times of finished jobs can't be read");
                RenderTimes::default()
            });
        let usual = Arc::new(Usual::learn(
            &[&times.model, &times.mode, &times.length],
            published,
        ));
        lock(&self.usual).insert(kind, Arc::clone(&usual));
        usual
    }

    /// A job that was accepted so many milliseconds ago, as whoever plans the next look sees
    /// it; `None` asks for a look at once.
    pub fn watched(&self, id: &GenerationId, age: Millis, usual: &Usual) -> Option<Watched> {
        let mut all = lock(&self.seen);
        let seen = all.entry(id.clone()).or_insert_with(|| Seen {
            at: (0..=JUST_ACCEPTED).contains(&age).then(Instant::now),
            ..Seen::default()
        });
        let ago = Millis::try_from(seen.at?.elapsed().as_millis()).unwrap_or(Millis::MAX);
        Some(estimate::watched(usual, seen.age, ago, &seen.sightings))
    }

    /// A look saw this job running.
    pub fn saw(&self, id: &GenerationId, age: Millis, progress: Option<u8>) {
        let age = age.max(0);
        let mut all = lock(&self.seen);
        let seen = all.entry(id.clone()).or_default();
        seen.at = Some(Instant::now());
        seen.age = age;
        if let Some(percent) = progress {
            estimate::remember(&mut seen.sightings, Sighting { age, percent });
        }
    }

    /// How old this job will be when its clip is expected, in milliseconds.
    pub fn due(&self, id: &GenerationId, usual: &Usual) -> Millis {
        match lock(&self.seen).get(id) {
            Some(seen) => estimate::due(usual, seen.age, &seen.sightings),
            None => estimate::due(usual, 0, &[]),
        }
    }

    /// A look at this job did not succeed: the next one is due as soon as it may be.
    pub fn missed(&self, id: &GenerationId) {
        if let Some(seen) = lock(&self.seen).get_mut(id) {
            seen.at = None;
        }
    }

    /// Every job is looked at again at once.
    pub fn anew(&self) {
        for seen in lock(&self.seen).values_mut() {
            seen.at = None;
        }
        *lock(&self.list) = List::default();
    }

    /// This job has ended. Its time counts for the next ones.
    pub fn ended(&self, id: &GenerationId) {
        lock(&self.seen).remove(id);
        lock(&self.usual).clear();
        lock(&self.list).cost = 0;
    }

    /// Requests that it takes to see so many jobs in the list; `None` while it can't be read.
    pub fn list_cost(&self, jobs: usize, a_page: usize) -> Option<usize> {
        let list = lock(&self.list);
        if list.rests_until.is_some_and(|until| until > Instant::now()) {
            return None;
        }
        Some(list.cost.max(jobs.div_ceil(a_page)))
    }

    /// The list was read at this cost.
    pub fn listed(&self, cost: usize) {
        lock(&self.list).cost = cost;
    }

    /// The list could not be read.
    pub fn list_failed(&self) {
        lock(&self.list).rests_until = Some(Instant::now() + LIST_REST);
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
