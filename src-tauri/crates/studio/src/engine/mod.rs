//! The engine: takes every generation of one library from the press of Generate to the
//! clip on the disk, across failures and restarts.
//!
//! One task (`actor`) looks at what is unfinished and does the next step of each, as the
//! pure function [`step::next`] says. Steps write to the library before and after they
//! touch the network, so stopping anywhere loses nothing. Everything a person asks for is
//! a change in the library and a nudge to that task.

mod actor;
mod attempts;
mod delays;
mod fetch;
mod keep;
mod notices;
mod pause;
mod place;
mod poll;
mod poll_schedule;
mod presence;
mod recover;
mod scan;
mod settle;
mod spending;
pub mod step;
mod submit;
mod sweep;
mod words;

pub use notices::doubt;
pub use presence::{FindError, Found};
pub use recover::{Brought, RecoveryError};

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use apiframe::{Client, ModelCatalog};
use futures_util::FutureExt;
use tokio::sync::{Notify, broadcast};

use crate::clips::{ClipsFolder, Fetcher};
use crate::clock::Clock;
use crate::frames::Frames;
use crate::generation::{
    Generation, GenerationId, Millis, Received, Record, Revision, State, next_revision,
};
use crate::ledger::Overrun;
use crate::library::{Counts, Filter, Library, LibraryError, Rescue};
use crate::message::Message;
use crate::notice::Notice;
use crate::points;
use crate::settings::{Field, Settings, Violation};

/// What an engine works with.
#[derive(Debug)]
pub struct EngineConfig {
    /// The library.
    pub library: Library,
    /// What was done to open it, if it was damaged.
    pub rescue: Option<Rescue>,
    /// The frames that settings name by hash.
    pub frames: Frames,
    /// Where clips go.
    pub clips_folder: ClipsFolder,
    /// How clips are fetched.
    pub fetcher: Fetcher,
    /// What time it is.
    pub clock: Clock,
    /// How long a job takes while the library knows nothing better.
    pub usual_time: Duration,
    /// The first pause after a failure; later ones double up to a minute.
    pub first_pause: Duration,
}

/// Something the gallery shows has changed.
#[derive(Clone, Debug)]
pub enum Event {
    /// A generation is new or different.
    Changed(Box<Generation>),
    /// A generation is gone.
    Removed(GenerationId),
    /// There are more or fewer of a kind.
    Counts(Counts),
    /// What a person should know about the library as a whole is different.
    Notices(Vec<Notice>),
    /// A job was paid for or ended: the balance is no longer what it was.
    Balance,
    /// The server no longer accepts the key.
    KeyRefused,
}

/// Why the engine did not do what a person asked for.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum EngineError {
    /// The settings break rules, one at least; nothing was recorded.
    Settings(Vec<Violation>),
    /// A spending limit stands in the way; nothing was recorded.
    Limit(Overrun),
    /// The library could not do it.
    Library(#[from] LibraryError),
}

impl From<&EngineError> for Message {
    fn from(error: &EngineError) -> Self {
        match error {
            EngineError::Settings(violations) => violations
                .first()
                .map_or(Self::EntryUnreadable, |first| first.message.clone()),
            EngineError::Limit(overrun) => overrun.refusal(),
            EngineError::Library(error) => error.into(),
        }
    }
}

/// The engine of one library. Dropping it stops the work; the library keeps what is left
/// to do for the next one.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    tasks: [tokio::task::JoinHandle<()>; 2],
}

/// What the engine, its task and its steps share.
#[derive(Debug)]
struct Shared {
    library: Library,
    frames: Frames,
    clips_folder: RwLock<ClipsFolder>,
    /// The clips folder is another.
    folder_moved: Notify,
    /// Folders that were it before, in this run: an unfinished file may lie there.
    former_folders: Mutex<Vec<PathBuf>>,
    client: RwLock<Option<Client>>,
    fetcher: Fetcher,
    clock: Clock,
    first_pause: Duration,
    schedule: poll_schedule::PollSchedule,
    pause: pause::Pause,
    /// What Apiframe says its models cost, once it was asked.
    catalogue: RwLock<Option<ModelCatalog>>,
    events: broadcast::Sender<Event>,
    /// Something changed that the task should look at.
    nudge: Notify,
    /// Whether it may begin at all: not before somebody said who is signed in.
    started: std::sync::atomic::AtomicBool,
    /// Waiting times are over for all: a person asked, or the client is another.
    retry_now: std::sync::atomic::AtomicBool,
    received: Mutex<HashMap<GenerationId, Received>>,
    notices: Mutex<Vec<Notice>>,
    /// Sentences for people that the library could not take, because it is what is in the
    /// way.
    unstored: Mutex<HashMap<GenerationId, Message>>,
    /// How often each clip was tried for.
    attempts: attempts::Attempts,
    /// Turns of pictures to be sent.
    uploading: tokio::sync::Semaphore,
    /// How far lost requests were looked for.
    searches: settle::Searches,
    /// Clips whose files were not there when last looked for.
    absent: Mutex<HashSet<GenerationId>>,
    /// One look at all files at a time: on a disk that sleeps they would pile up.
    looking: tokio::sync::Mutex<()>,
    /// The models that make pictures or music, once the catalogue has told.
    other_models: tokio::sync::OnceCell<HashSet<String>>,
}

impl Engine {
    /// Starts on a library. Nothing is done before the first [`Engine::set_client`], so that
    /// a gallery can be shown before anything touches the network.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn start(config: EngineConfig) -> Self {
        let shared = Arc::new(Shared {
            library: config.library,
            frames: config.frames,
            clips_folder: RwLock::new(config.clips_folder),
            folder_moved: Notify::new(),
            former_folders: Mutex::default(),
            client: RwLock::new(None),
            fetcher: config.fetcher,
            clock: config.clock,
            first_pause: config.first_pause,
            schedule: poll_schedule::PollSchedule::new(config.usual_time),
            pause: pause::Pause::default(),
            catalogue: RwLock::default(),
            // Enough for a burst of a hundred jobs, each told of ten times.
            events: broadcast::channel(1024).0,
            nudge: Notify::new(),
            started: false.into(),
            retry_now: false.into(),
            received: Mutex::default(),
            notices: Mutex::default(),
            unstored: Mutex::default(),
            attempts: attempts::Attempts::default(),
            uploading: tokio::sync::Semaphore::new(submit::UPLOADS_AT_ONCE),
            searches: settle::Searches::default(),
            absent: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            other_models: tokio::sync::OnceCell::new(),
        });
        let rescue = Mutex::new(config.rescue);
        let take_rescue = move || rescue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (acting, watching) = (Arc::clone(&shared), Arc::clone(&shared));
        let tasks = [
            tokio::spawn(kept_alive(config.first_pause, move || {
                actor::run(Arc::clone(&acting), take_rescue())
            })),
            tokio::spawn(kept_alive(config.first_pause, move || {
                place::look_after(Arc::clone(&watching))
            })),
        ];
        Self { shared, tasks }
    }

    /// What changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.shared.events.subscribe()
    }

    /// The client to work with; `None` while nobody is signed in. Everything that waited
    /// goes on at once.
    pub fn set_client(&self, client: Option<Client>) {
        *self
            .shared
            .client
            .write()
            .unwrap_or_else(PoisonError::into_inner) = client;
        self.shared
            .started
            .store(true, std::sync::atomic::Ordering::Release);
        self.shared.retry_now();
    }

    /// Where clips go from now on; those that are there stay.
    pub fn set_clips_folder(&self, folder: ClipsFolder) {
        let former = std::mem::replace(
            &mut *self
                .shared
                .clips_folder
                .write()
                .unwrap_or_else(PoisonError::into_inner),
            folder,
        );
        self.shared
            .former_folders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(former.path().to_owned());
        self.shared.folder_moved.notify_one();
        self.shared.retry_now();
    }

    /// The library behind it.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.shared.library
    }

    /// Records a generation with these settings and sets to work on it.
    ///
    /// # Errors
    /// [`EngineError::Settings`] with every rule they break, a frame that is not in the
    /// library included, or [`EngineError::Limit`]; then nothing was recorded.
    pub async fn generate(&self, settings: Settings) -> Result<Generation, EngineError> {
        let mut violations = settings.violations();
        for (field, frame) in [(Field::Start, settings.start), (Field::End, settings.end)] {
            if frame.is_some_and(|hash| self.shared.frames.get(hash).is_none()) {
                violations.push(Violation {
                    field,
                    message: words::frame_missing(field).message,
                });
            }
        }
        if !violations.is_empty() {
            return Err(EngineError::Settings(violations));
        }
        let now = self.shared.now();
        let revision = next_revision();
        let record = Record {
            id: GenerationId::new(now),
            created: now,
            settings,
            state: State::Recorded,
            waiting: None,
            submission: None,
            job: None,
            clip: None,
            failure: None,
            finished: None,
            whole: true,
        };
        let most = self.shared.most(&record.settings).await?;
        let stored = record.clone();
        points::reach(points::GENERATE_ASKED);
        self.shared
            .library
            .run(move |library| library.insert_within(&stored, most))
            .await?
            .map_err(EngineError::Limit)?;
        points::reach(points::GENERATE_RECORDED);
        let shown = self.shared.show(record, revision).await;
        self.shared.tell(Event::Changed(Box::new(shown.clone())));
        self.shared.tell_counts().await;
        // Pressing Generate also asks to go on after a long pause.
        self.shared.pause.cut_short();
        self.shared.nudge.notify_one();
        Ok(shown)
    }

    /// A new generation with the settings of an old one: the person's own decision to pay
    /// (again).
    ///
    /// # Errors
    /// As [`Engine::generate`], and with every setting that is not known of a generation
    /// that was brought in: nothing is paid for that nobody chose.
    pub async fn again(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let record = self.shared.record(id).await?;
        if !record.whole {
            return Err(EngineError::Settings(vec![words::not_whole()]));
        }
        if let Some(told) = record.job.as_ref().and_then(|job| job.brought_in.as_ref()) {
            let missing: Vec<_> = told
                .unknown
                .iter()
                .chain(&told.not_kept)
                .map(|field| words::not_told(*field))
                .collect();
            if !missing.is_empty() {
                return Err(EngineError::Settings(missing));
            }
        }
        self.generate(record.settings).await
    }

    /// A new generation in place of one that failed. One that failed and was not charged has
    /// nothing left to tell, so it goes: several of them side by side look like an outage.
    ///
    /// # Errors
    /// As [`Engine::again`]; the failed one stays then.
    pub async fn retry(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let failed = self.shared.record(id).await?;
        let new = self.again(id).await?;
        let was_free = failed
            .failure
            .is_some_and(|failure| failure.charged == Some(false));
        if failed.state == State::Failed
            && was_free
            && let Err(error) = self.remove(id).await
        {
            // The new one is under way all the same.
            tracing::warn!(generation = %id, ?error, "a retried generation could not be removed");
        }
        Ok(new)
    }

    /// Goes on with a generation that is paid for, or may be: fetches its clip again, or
    /// looks for its job again.
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if it is not in such a state.
    pub async fn resume(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let wanted = *id;
        self.shared
            .library
            .run(move |library| library.resume(&wanted))
            .await?;
        self.shared.changed(id).await;
        self.shared.tell_counts().await;
        self.shared.retry_now();
        Ok(self.shared.shown(id).await?)
    }

    /// Calls a generation off, if nothing of it was sent that costs anything.
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if it was already sent.
    pub async fn cancel(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let (wanted, now) = (*id, self.shared.now());
        self.shared
            .library
            .run(move |library| library.cancel(&wanted, &words::cancelled(), now))
            .await?;
        self.shared.changed(id).await;
        self.shared.tell_counts().await;
        Ok(self.shared.shown(id).await?)
    }

    /// Takes a finished generation out of the library. Its clip's file is left to the
    /// caller; its poster goes.
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if it is unfinished.
    pub async fn remove(&self, id: &GenerationId) -> Result<(), EngineError> {
        let wanted = *id;
        self.shared
            .library
            .run(move |library| library.remove(&wanted))
            .await?;
        // A poster that stays costs some kilobytes and is never shown.
        let _ = tokio::fs::remove_file(self.poster_path(id)).await;
        self.shared.tell(Event::Removed(*id));
        self.shared.tell_counts().await;
        Ok(())
    }

    /// One generation, after a look whether its clip's file is there.
    ///
    /// # Errors
    /// The library's.
    pub async fn generation(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        self.look_for_clip(id).await?;
        Ok(self.shared.shown(id).await?)
    }

    /// A page of the gallery and the key of the next.
    ///
    /// # Errors
    /// The library's.
    pub async fn page(
        &self,
        filter: Filter,
        cursor: Option<String>,
    ) -> Result<(Vec<Generation>, Option<String>, Counts), EngineError> {
        let revision = next_revision();
        let (page, counts) = self
            .shared
            .library
            .run(move |library| Ok((library.page(filter, cursor.as_deref())?, library.counts()?)))
            .await?;
        let mut generations = Vec::with_capacity(page.records.len());
        for record in page.records {
            generations.push(self.shared.show(record, revision).await);
        }
        Ok((generations, page.next, counts))
    }

    /// Where a generation's poster is, or would be.
    #[must_use]
    pub fn poster_path(&self, id: &GenerationId) -> PathBuf {
        poster_path(self.shared.library.folder(), id)
    }

    /// Keeps a clip's poster, a JPEG (see [`crate::clips::is_poster`]).
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if there is no such clip, or the disk's.
    pub async fn save_poster(&self, id: &GenerationId, jpeg: Vec<u8>) -> Result<(), EngineError> {
        let (wanted, path) = (*id, self.poster_path(id));
        self.shared
            .library
            .run(move |library| {
                let record = library.record(&wanted)?;
                if record.is_none_or(|record| record.state != State::Ready) {
                    return Err(LibraryError::NotThere);
                }
                crate::durable::write(&path, &jpeg)?;
                library.has_poster(&wanted)
            })
            .await?;
        self.shared.changed(id).await;
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Begins a task again that panicked, after a pause: what it did is in the library.
async fn kept_alive<F: Future<Output = ()>>(pause: Duration, task: impl Fn() -> F) {
    while AssertUnwindSafe(task()).catch_unwind().await.is_err() {
        tracing::error!("a task of the engine broke off and begins again");
        tokio::time::sleep(pause).await;
    }
}

/// The folder of posters in a library's folder.
const POSTERS: &str = "posters";

/// Where the poster of a generation is kept in a library's folder.
#[must_use]
pub fn poster_path(library: &Path, id: &GenerationId) -> PathBuf {
    library.join(POSTERS).join(format!("{id}.jpg"))
}

impl Shared {
    fn client(&self) -> Option<Client> {
        self.client
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn clips_folder(&self) -> PathBuf {
        self.clips_place().path().to_owned()
    }

    /// Removes what a download had in folders that it did not end in.
    fn forget_parts(&self, id: &GenerationId) {
        let folders = self
            .former_folders
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for folder in folders.iter() {
            // Mostly there is none.
            let _ = std::fs::remove_file(crate::clips::part_path(folder, id));
        }
    }

    fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Ends all waiting times, except a pause that the server asked for: of that, only what is
    /// longer than some minutes.
    fn retry_now(&self) {
        self.retry_now
            .store(true, std::sync::atomic::Ordering::Release);
        self.nudge.notify_one();
    }

    async fn record(&self, id: &GenerationId) -> Result<Record, LibraryError> {
        let wanted = *id;
        self.library
            .run(move |library| library.record(&wanted))
            .await?
            .ok_or(LibraryError::NotThere)
    }

    /// A generation as it is stored now.
    async fn shown(&self, id: &GenerationId) -> Result<Generation, LibraryError> {
        let revision = next_revision();
        let record = self.record(id).await?;
        Ok(self.show(record, revision).await)
    }

    async fn show(&self, mut record: Record, revision: Revision) -> Generation {
        // What has ended waits for nothing, whatever was in its way before.
        if record.state.is_unfinished()
            && let Some(message) = self.unstored().get(&record.id)
        {
            record.waiting = Some(message.clone());
        }
        if let Some(clip) = &mut record.clip {
            clip.missing = self.is_absent(&record.id);
        }
        let due = match (&record.state, &record.job) {
            (State::Rendering, Some(job)) => {
                self.schedule.add(&self.library, &record, self.now()).await;
                self.schedule
                    .due(&record.id)
                    .map(|due| job.accepted.saturating_add(due))
            }
            _ => None,
        };
        let received = self
            .received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&record.id)
            .copied()
            .unwrap_or_default();
        record.show(revision, due, received)
    }

    fn unstored(&self) -> std::sync::MutexGuard<'_, HashMap<GenerationId, Message>> {
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows why a generation waits, where that can't be stored.
    fn say_unstored(&self, id: &GenerationId, message: Message) {
        self.unstored().insert(*id, message);
    }

    /// What was said and not stored is no longer so.
    fn unsay(&self, id: &GenerationId) {
        self.unstored().remove(id);
    }

    /// Apiframe has taken the job of a generation. One that was brought in meanwhile and
    /// has this very job goes on in its place.
    async fn accepted(&self, id: &GenerationId, job: &str, at: Millis) -> Result<(), LibraryError> {
        let (wanted, job) = (*id, job.to_owned());
        let has_it = self
            .library
            .run(move |library| {
                library.accepted(&wanted, &job, at)?;
                library.generation_of_job(&job)
            })
            .await?;
        points::reach(points::SUBMIT_ACCEPTED);
        self.changed(id).await;
        if let Some(other) = has_it.filter(|other| other != id) {
            self.changed(&other).await;
            self.tell_counts().await;
        }
        Ok(())
    }

    /// Nobody may be listening, and that is no failure.
    fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Shows a generation as it is stored now to whoever listens.
    async fn changed(&self, id: &GenerationId) {
        match self.shown(id).await {
            Ok(shown) => self.tell(Event::Changed(Box::new(shown))),
            Err(LibraryError::NotThere) => self.tell(Event::Removed(*id)),
            Err(error) => tracing::error!(?error, "a changed generation could not be shown"),
        }
    }

    async fn tell_counts(&self) {
        if let Ok(counts) = self.library.run(Library::counts).await {
            self.tell(Event::Counts(counts));
        }
    }
}
