//! The engine's single task: it looks at everything unfinished, starts what is due, and waits for
//! the next event.
//!
//! It holds only state that may be lost: which generation has a step under way, and how long each
//! waits after a failure.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use apiframe::Client;
use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::backoff::{Backoff, LONGEST_PAUSE};
use super::event::Event;
use super::outcome::{Outcome, library_error};
use super::poll_schedule::Next;
use super::shared::Shared;
use super::step::{Step, next};
use super::{fetch, messages, notices, pause, poll, reconcile, submit, sweep};
use crate::clock::Jumps;
use crate::generation::{GenerationId, Millis, Record};
use crate::library::{Library, LibraryError, Rescue};
use crate::message::Message;

/// How often to check whether the day's backup exists.
const BACKUPS_EVERY: Duration = Duration::from_hours(1);

/// Pictures and requests sent at the same time.
const SENDING_AT_ONCE: usize = 3;
/// Clips fetched at the same time.
const FETCHING_AT_ONCE: usize = 3;

/// The length of a pause when the server asks for one without giving a length: its limits are per
/// minute.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a job waits when the key has no access to it.
const REFUSED_PAUSE: Duration = Duration::from_mins(1);

/// How often to check whether the machine slept, while something is unfinished.
const PULSE: Duration = Duration::from_secs(2);

/// A finished piece of work: one step, or one poll of several jobs.
#[derive(Debug)]
struct Ended {
    polled: bool,
    outcomes: Vec<(GenerationId, Outcome)>,
}

struct Actor {
    shared: Arc<Shared>,
    running: JoinSet<Ended>,
    busy: HashSet<GenerationId>,
    backoff: Backoff,
    sending: HashSet<GenerationId>,
    fetching: HashSet<GenerationId>,
    polling: bool,
    next_backup: Instant,
    /// Whether anything is left to do.
    unfinished: bool,
}

/// Runs indefinitely. The first pause after a failure is `first_pause`.
pub(super) async fn run(shared: Arc<Shared>, rescue: Option<Rescue>, first_pause: Duration) {
    sweep::sweep(&shared).await;
    if let Some(rescue) = rescue {
        notices::rescued(&shared, &rescue).await;
    }
    let mut actor = Actor {
        shared,
        running: JoinSet::new(),
        busy: HashSet::new(),
        backoff: Backoff::new(first_pause),
        sending: HashSet::new(),
        fetching: HashSet::new(),
        polling: false,
        next_backup: Instant::now(),
        unfinished: false,
    };
    let began = Instant::now();
    let mut jumps = Jumps::new(actor.shared.now(), Duration::ZERO);
    let mut pulse = tokio::time::interval(PULSE);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let wake = actor.start_what_is_due().await;
        actor.back_up_when_idle();
        let shared = Arc::clone(&actor.shared);
        loop {
            let quiet = tokio::select! {
                () = shared.nudge.notified() => false,
                () = tokio::time::sleep_until(wake) => false,
                Some(ended) = actor.running.join_next(), if !actor.running.is_empty() => {
                    match ended {
                        Ok(ended) => actor.take(ended).await,
                        Err(error) => tracing::error!(?error, "a step was cut off"),
                    }
                    false
                }
                _ = pulse.tick(), if actor.unfinished => true,
            };
            if let Some(jump) = jumps.noticed(shared.now(), began.elapsed()) {
                tracing::info!(jump, "the machine slept, or its clock was set");
                actor.wake_up(jump);
                break;
            }
            if !quiet {
                break;
            }
        }
        if actor.shared.take_retry() {
            actor.backoff.clear();
            actor.shared.remote.pause.cut_short();
            actor.shared.remote.schedule.everything_is_due();
        }
    }
}

impl Actor {
    /// Makes the day's backup in the background, once no step is under way; checks once an hour
    /// whether it is due.
    fn back_up_when_idle(&mut self) {
        if self.next_backup > Instant::now() || !self.running.is_empty() {
            return;
        }
        self.next_backup = Instant::now() + BACKUPS_EVERY;
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let now = shared.now();
            let library = &shared.storage.library;
            match library.run(move |library| library.back_up_daily(now)).await {
                Ok(_) => {}
                Err(error @ LibraryError::Damaged(_)) => {
                    tracing::error!(?error, "the library is damaged, so no backup was made");
                    library.mark_damaged();
                    shared.feed.notice(notices::damaged());
                }
                Err(error) => tracing::error!(?error, "the day's backup could not be made"),
            }
        });
    }

    /// Starts every step that is due and returns when the next one will be.
    async fn start_what_is_due(&mut self) -> Instant {
        if self.running.is_empty() {
            self.busy.clear();
            self.sending.clear();
            self.fetching.clear();
            self.polling = false;
        }
        let mut wake = Instant::now() + LONGEST_PAUSE;
        if !self.shared.remote.is_started() {
            return wake;
        }
        let records = match self.shared.storage.library.run(Library::unfinished).await {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(?error, "the library can't be read; trying again");
                return Instant::now() + Duration::from_secs(5);
            }
        };
        self.unfinished = !records.is_empty();
        self.backoff
            .keep(|id| records.iter().any(|record| record.id == *id));
        let client = self.shared.remote.client();
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
            if let Some(until) = self.backoff.until(&record.id) {
                wake = wake.min(until);
                continue;
            }
            if step == Step::Fetch {
                if self.fetching.len() < FETCHING_AT_ONCE {
                    self.fetching.insert(record.id);
                    self.busy.insert(record.id);
                    let shared = Arc::clone(&self.shared);
                    self.start(
                        record.id,
                        async move { fetch::fetch(&shared, record).await },
                    );
                }
                continue;
            }
            let Some(client) = client.clone() else {
                // Unless that is already stored.
                if record.waiting != Some(Message::SignedOut) {
                    self.wait(&record.id, Message::SignedOut).await;
                }
                continue;
            };
            let paused = match step {
                Step::Look | Step::Reconcile => self.shared.remote.pause.polling(),
                _ => self.shared.remote.pause.sending(),
            };
            if let Some(until) = paused {
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
            self.sending.insert(record.id);
            self.busy.insert(record.id);
            let shared = Arc::clone(&self.shared);
            self.start(record.id, async move {
                match step {
                    Step::Prepare => submit::prepare(&shared, &client, record).await,
                    Step::Submit => submit::submit(&shared, &client, record).await,
                    Step::Reconcile => reconcile::reconcile(&shared, &client, record).await,
                    Step::Look | Step::Fetch | Step::Rest => Ok(Outcome::Done),
                }
            });
        }
        if let Some(client) = client
            && !looks.is_empty()
            && !self.polling
        {
            wake = wake.min(self.poll(client, looks).await);
        }
        wake
    }

    /// Starts one step of a generation.
    fn start(
        &mut self,
        id: GenerationId,
        step: impl Future<Output = Result<Outcome, LibraryError>> + Send + 'static,
    ) {
        self.spawn(false, vec![id], async move {
            vec![(id, step.await.unwrap_or_else(library_error))]
        });
    }

    /// Starts a piece of work on these generations. If it panics, whatever it has written stays,
    /// and the panic counts as a failure of each of them.
    fn spawn(
        &mut self,
        polled: bool,
        ids: Vec<GenerationId>,
        work: impl Future<Output = Vec<(GenerationId, Outcome)>> + Send + 'static,
    ) {
        self.running.spawn(async move {
            let done = AssertUnwindSafe(work).catch_unwind().await;
            let broke_off = |id| (id, Outcome::Retry(Message::StepBroke));
            let outcomes = done.unwrap_or_else(|_| ids.into_iter().map(broke_off).collect());
            Ended { polled, outcomes }
        });
    }

    /// Asks about the jobs that are due, or returns when the next one will be.
    async fn poll(&mut self, client: Client, looks: Vec<Record>) -> Instant {
        let now = self.shared.now();
        for record in &looks {
            self.shared
                .remote
                .schedule
                .add(&self.shared.storage.library, record, now)
                .await;
        }
        let (records, listed) = match self.shared.remote.schedule.next(looks) {
            Next::Wait(wait) => return Instant::now() + wait,
            Next::Look { records, listed } => (records, listed),
        };
        self.polling = true;
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        self.busy.extend(&ids);
        let shared = Arc::clone(&self.shared);
        self.spawn(true, ids, async move {
            poll::poll(&shared, &client, records, listed).await
        });
        // Its end wakes this task.
        Instant::now() + LONGEST_PAUSE
    }

    /// After sleep, or after a change of the clock, everything is planned again. Only a pause that
    /// the server asked for and that can't be over yet is kept.
    fn wake_up(&mut self, jump: Millis) {
        self.backoff.clear();
        self.shared.remote.schedule.everything_is_due();
        let slept = Duration::from_millis(u64::try_from(jump).unwrap_or(0));
        self.shared.remote.pause.slept(slept);
    }

    /// Handles the outcomes of steps.
    async fn take(&mut self, Ended { polled, outcomes }: Ended) {
        if polled {
            self.polling = false;
        }
        let mut any_done = false;
        for (id, outcome) in outcomes {
            self.busy.remove(&id);
            self.sending.remove(&id);
            self.fetching.remove(&id);
            self.shared.feed.forget_unstored(&id);
            match outcome {
                Outcome::Done => {
                    self.backoff.went_well(&id);
                    any_done = true;
                }
                Outcome::Running => self.backoff.over(&id),
                Outcome::Later => {}
                Outcome::After(wait) => self.backoff.rest(&id, wait),
                Outcome::Retry(message) => {
                    self.backoff.failed(&id, messages::is_offline(&message));
                    self.wait(&id, message).await;
                }
                Outcome::Pause(asked) => {
                    self.shared.remote.pause.begin(asked.unwrap_or(PAUSE));
                    let kept = asked.map(|wait| {
                        if polled {
                            wait.min(pause::LONGEST_FOR_POLLING)
                        } else {
                            wait
                        }
                    });
                    self.wait(&id, messages::pause(kept, self.shared.now()))
                        .await;
                }
                Outcome::KeyRefused => {
                    self.backoff.rest(&id, REFUSED_PAUSE);
                    self.wait(&id, Message::KeyRefusedWhileRendering).await;
                }
            }
        }
        if any_done {
            self.shared.tell_counts().await;
            self.shared.feed.tell(Event::Balance);
        }
    }

    /// Records why a generation waits.
    async fn wait(&self, id: &GenerationId, message: Message) {
        let (wanted, stored) = (*id, message.clone());
        let written = self
            .shared
            .storage
            .library
            .run(move |library| library.waiting(&wanted, Some(&stored)))
            .await;
        match written {
            Ok(()) => self.shared.changed(id).await,
            Err(LibraryError::NotThere) => {}
            Err(error) => {
                tracing::error!(?error, "why it waits could not be stored");
                self.shared.feed.set_unstored(id, message);
                self.shared.changed(id).await;
            }
        }
    }
}
