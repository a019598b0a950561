//! The engine's one task: looks at everything unfinished, starts what is due, waits for
//! the next thing.
//!
//! It holds only what may be forgotten: which generation has a step under way, and how
//! long each waits after a failure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use backon::BackoffBuilder;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::step::{Step, next};
use super::{Event, Shared, fetch, notices, settle, submit, sweep, watch, words};
use crate::generation::{GenerationId, Record};
use crate::library::{Library, LibraryError, Rescue};

/// Pauses after failures grow to this and no further: a clip that waits for the network
/// should come soon after the network does.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How often is looked whether the day's backup is there.
const BACKUPS_EVERY: Duration = Duration::from_hours(1);

/// Pictures and requests sent at the same time.
const SENDING_AT_ONCE: usize = 3;
/// Clips fetched at the same time.
const FETCHING_AT_ONCE: usize = 3;

/// What became of a step.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is done; look at once what comes next.
    Done,
    /// Look at it again after this time; all is well.
    Later(Duration),
    /// Something is in the way: say so and try again, later each time.
    Trouble(String),
    /// The server wants all of us to wait.
    Pause(Duration, String),
}

/// What a generation waits for.
#[derive(Debug)]
struct Delay {
    until: Instant,
    pauses: backon::ExponentialBackoff,
}

/// A finished piece of work: one step, or the watcher's round over many.
#[derive(Debug)]
struct Ended {
    watcher: bool,
    outcomes: Vec<(GenerationId, Outcome)>,
}

impl Ended {
    fn of_one(id: GenerationId, outcome: Result<Outcome, LibraryError>) -> Self {
        Self {
            watcher: false,
            outcomes: vec![(id, outcome.unwrap_or_else(library_trouble))],
        }
    }
}

struct Actor {
    shared: Arc<Shared>,
    running: JoinSet<Ended>,
    busy: HashSet<GenerationId>,
    delays: HashMap<GenerationId, Delay>,
    /// Nothing is asked of the server before this.
    paused_until: Option<Instant>,
    sending: HashSet<GenerationId>,
    fetching: HashSet<GenerationId>,
    watching: bool,
    next_backup: Instant,
}

pub(super) async fn run(shared: Arc<Shared>, rescue: Option<Rescue>) {
    sweep::sweep(&shared).await;
    if let Some(rescue) = rescue {
        notices::rescued(&shared, &rescue).await;
    }
    let mut actor = Actor {
        shared,
        running: JoinSet::new(),
        busy: HashSet::new(),
        delays: HashMap::new(),
        paused_until: None,
        sending: HashSet::new(),
        fetching: HashSet::new(),
        watching: false,
        next_backup: Instant::now(),
    };
    loop {
        let wake = actor.start_what_is_due().await;
        actor.back_up().await;
        let shared = Arc::clone(&actor.shared);
        tokio::select! {
            () = shared.nudge.notified() => {}
            () = tokio::time::sleep_until(wake) => {}
            Some(ended) = actor.running.join_next(), if !actor.running.is_empty() => {
                match ended {
                    Ok(ended) => actor.take(ended).await,
                    // A step that panicked has written what it had written, and begins
                    // again once nothing else is under way.
                    Err(error) => tracing::error!(%error, "a step broke off"),
                }
            }
        }
        if actor.shared.hurry.swap(false, Ordering::AcqRel) {
            actor.delays.clear();
            actor.paused_until = None;
        }
    }
}

impl Actor {
    /// Makes the day's backup; looks once an hour whether it is due.
    async fn back_up(&mut self) {
        if self.next_backup > Instant::now() {
            return;
        }
        self.next_backup = Instant::now() + BACKUPS_EVERY;
        let now = self.shared.now();
        let made = self
            .shared
            .library
            .run(move |library| library.back_up_daily(now))
            .await;
        if let Err(error) = made {
            tracing::error!(%error, "the day's backup could not be made");
        }
    }

    /// Starts every step that is due and says when the next one will be.
    async fn start_what_is_due(&mut self) -> Instant {
        if self.running.is_empty() {
            self.busy.clear();
            self.sending.clear();
            self.fetching.clear();
            self.watching = false;
        }
        let mut wake = Instant::now() + LONGEST_PAUSE;
        if !self.shared.awake.load(Ordering::Acquire) {
            return wake;
        }
        let records = match self.shared.library.run(Library::unfinished).await {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(%error, "the library can't be read; trying again");
                return Instant::now() + Duration::from_secs(5);
            }
        };
        self.delays
            .retain(|id, _| records.iter().any(|record| record.id == *id));
        let client = self.shared.client();
        let now = self.shared.now();
        let mut looks = Vec::new();
        for record in records {
            if self.busy.contains(&record.id) {
                continue;
            }
            let step = next(&record, now);
            if step == Step::Rest {
                continue;
            }
            if let Some(delay) = self.delays.get(&record.id)
                && delay.until > Instant::now()
            {
                wake = wake.min(delay.until);
                continue;
            }
            if step == Step::Fetch {
                if self.fetching.len() < FETCHING_AT_ONCE {
                    self.fetching.insert(record.id.clone());
                    self.busy.insert(record.id.clone());
                    let shared = Arc::clone(&self.shared);
                    self.running.spawn(async move {
                        let id = record.id.clone();
                        let outcome = fetch::fetch(&shared, record).await;
                        Ended::of_one(id, outcome)
                    });
                }
                continue;
            }
            let Some(client) = client.clone() else {
                self.say(&record, words::NO_KEY).await;
                continue;
            };
            if let Some(until) = self.paused_until
                && until > Instant::now()
            {
                wake = wake.min(until);
                continue;
            }
            if step == Step::Look {
                looks.push(record);
                continue;
            }
            if self.sending.len() >= SENDING_AT_ONCE {
                continue;
            }
            self.sending.insert(record.id.clone());
            self.busy.insert(record.id.clone());
            let shared = Arc::clone(&self.shared);
            self.running.spawn(async move {
                let id = record.id.clone();
                let outcome = match step {
                    Step::Prepare => submit::prepare(&shared, &client, record).await,
                    Step::Submit => submit::submit(&shared, &client, record).await,
                    Step::Settle => settle::settle(&shared, &client, record).await,
                    Step::Look | Step::Fetch | Step::Rest => Ok(Outcome::Done),
                };
                Ended::of_one(id, outcome)
            });
        }
        if let Some(client) = client
            && !looks.is_empty()
            && !self.watching
        {
            self.watching = true;
            self.busy
                .extend(looks.iter().map(|record| record.id.clone()));
            let shared = Arc::clone(&self.shared);
            self.running.spawn(async move {
                Ended {
                    watcher: true,
                    outcomes: watch::watch(&shared, &client, looks).await,
                }
            });
        }
        wake
    }

    /// Takes in what became of steps.
    async fn take(&mut self, Ended { watcher, outcomes }: Ended) {
        if watcher {
            self.watching = false;
        }
        let mut any_done = false;
        for (id, outcome) in outcomes {
            self.busy.remove(&id);
            self.sending.remove(&id);
            self.fetching.remove(&id);
            self.shared.unsay(&id);
            match outcome {
                Outcome::Done => {
                    // The length of its pauses stays: a clip whose address fails again and
                    // again goes through a good step each time.
                    if let Some(delay) = self.delays.get_mut(&id) {
                        delay.until = Instant::now();
                    }
                    any_done = true;
                }
                Outcome::Later(wait) => {
                    self.delays.insert(
                        id,
                        Delay {
                            until: Instant::now() + wait,
                            pauses: self.pauses(),
                        },
                    );
                }
                Outcome::Trouble(sentence) => {
                    let fresh = self.pauses();
                    let delay = self.delays.entry(id.clone()).or_insert(Delay {
                        until: Instant::now(),
                        pauses: fresh,
                    });
                    let wait = delay.pauses.next().unwrap_or(LONGEST_PAUSE);
                    delay.until = Instant::now() + wait;
                    self.wait(&id, &sentence).await;
                }
                Outcome::Pause(wait, sentence) => {
                    let until = Instant::now() + wait;
                    self.paused_until = Some(self.paused_until.map_or(until, |old| old.max(until)));
                    self.wait(&id, &sentence).await;
                }
            }
        }
        if any_done {
            self.shared.tell_counts().await;
            self.shared.tell(Event::Balance);
        }
    }

    fn pauses(&self) -> backon::ExponentialBackoff {
        backon::ExponentialBuilder::default()
            .with_min_delay(self.shared.first_pause)
            .with_max_delay(LONGEST_PAUSE)
            .with_factor(2.0)
            .without_max_times()
            .build()
    }

    /// Writes down why a generation waits, unless that stands there already.
    async fn say(&self, record: &Record, sentence: &'static str) {
        if record.waiting.as_deref() != Some(sentence) {
            self.wait(&record.id, sentence).await;
        }
    }

    async fn wait(&self, id: &GenerationId, sentence: &str) {
        let (wanted, text) = (id.clone(), sentence.to_owned());
        let written = self
            .shared
            .library
            .run(move |library| library.waiting(&wanted, Some(&text)))
            .await;
        match written {
            Ok(()) => self.shared.changed(id).await,
            Err(LibraryError::NotThere) => {}
            Err(error) => {
                tracing::error!(?error, "a sentence could not be stored");
                self.shared.say_unstored(id, sentence);
                self.shared.changed(id).await;
            }
        }
    }
}

/// What to do when the library itself fails under a step: the step is taken again. One
/// that came too late (called off meanwhile) has nothing left to do.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape unwrap_or_else wants"
)]
pub(super) fn library_trouble(error: LibraryError) -> Outcome {
    match error {
        LibraryError::NotThere => Outcome::Done,
        error => {
            tracing::error!(?error, "a step could not be stored");
            Outcome::Trouble(error.to_string())
        }
    }
}
