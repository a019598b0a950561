//! The sandbox itself: the account, the bytes, the clock and the renderer, and everything
//! that can be done with them. The HTTP rooms only translate to and from it.
//!
//! Every change is on the shelf before anyone is told of it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use apiframe::JobStatus;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::Clock;
use crate::fault::Faults;
use crate::gate::Gate;
use crate::job::{Fate, JobRecord, Keeping};
use crate::price;
use crate::record::Records;
use crate::renders::Renders;
use crate::reply::ResultShape;
use crate::schema::{Request, judge};
use crate::shelf::Shelf;
use crate::state::{Replay, Settled, State};
use crate::upload::{Kind, UploadRecord};
use crate::upstream::{self, Hosted};

/// Where the account's own figures are kept.
const ACCOUNT: &str = "account.json";

/// What a test or a fault wants of a job that is being submitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub fail_with: Option<String>,
    pub purge_at_end: bool,
    /// The credits to judge by, instead of the account's.
    pub credits: Option<i64>,
}

/// Why a submission was not accepted.
#[derive(Debug)]
pub(crate) enum Declined {
    /// The idempotency key was used with another body.
    Conflict,
    /// So many credits are needed, so many are there.
    Credits { required: u32, available: i64 },
    /// The job could not be kept.
    Disk(io::Error),
}

#[derive(Serialize, Deserialize)]
struct Account {
    granted: i64,
}

/// Everything that is set once, when the sandbox is started.
pub(crate) struct Terms {
    pub clock: Clock,
    pub shelf: Shelf,
    /// Credits of a new account; one that was kept has its own.
    pub credits: i64,
    /// How many times faster than the real service.
    pub speed: f64,
    /// How long an upload's address lives.
    pub upload_life: SignedDuration,
    pub gate: Gate,
}

pub(crate) struct World {
    pub clock: Clock,
    pub faults: Faults,
    pub records: Records,
    pub gate: Gate,
    pub result_shape: Mutex<ResultShape>,
    /// The number of changes so far, for those who wait for one.
    pub changes: watch::Sender<u64>,
    shelf: Shelf,
    state: Mutex<State>,
    speed: f64,
    upload_life: SignedDuration,
    renders: Renders,
    base_url: OnceLock<String>,
}

impl World {
    /// Opens the account: a kept one as it was left, or a new one. Jobs that were not
    /// finished are made again.
    pub fn open(terms: Terms) -> io::Result<Arc<Self>> {
        let mut state = State {
            granted: terms.credits,
            ..State::default()
        };
        if let Some(bytes) = terms.shelf.get(ACCOUNT)? {
            state.granted = parsed::<Account>(&bytes)?.granted;
        } else {
            terms.shelf.put(
                ACCOUNT,
                written(&Account {
                    granted: state.granted,
                })?,
            )?;
        }
        for bytes in terms.shelf.all("jobs")? {
            let job: JobRecord = parsed(&bytes)?;
            state.jobs.insert(job.id, job);
        }
        for bytes in terms.shelf.all("uploads/about")? {
            let upload: UploadRecord = parsed(&bytes)?;
            state.uploads.insert(upload.id, upload);
        }
        let world = Arc::new(Self {
            clock: terms.clock,
            faults: Faults::default(),
            records: Records::default(),
            gate: terms.gate,
            result_shape: Mutex::default(),
            changes: watch::Sender::new(0),
            shelf: terms.shelf,
            state: Mutex::new(state),
            speed: terms.speed,
            upload_life: terms.upload_life,
            renders: Renders::default(),
            base_url: OnceLock::new(),
        });
        world.renders.begin(&world)?;
        world.take_up_again();
        Ok(world)
    }

    /// Hands the jobs that were being made when the sandbox last ended to the renderer.
    fn take_up_again(&self) {
        let unfinished: Vec<JobRecord> = self
            .lock()
            .newest_first()
            .into_iter()
            .rev()
            .filter(|job| job.fate == Fate::Rendering)
            .cloned()
            .collect();
        for job in unfinished {
            let film = judge(&job.input)
                .map_err(|_| "The sandbox no longer takes such a request.".to_owned())
                .and_then(|request| upstream::film(&request, &Accepted(self)));
            match film {
                Ok(film) => self.renders.add(job.id, film),
                Err(error) => self.rendered(job.id, Err(error)),
            }
        }
    }

    /// `http://127.0.0.1:PORT`, once that is known.
    pub fn base_url(&self) -> &str {
        self.base_url.get().map_or("", String::as_str)
    }

    pub fn set_base_url(&self, url: String) {
        // Set once, by the only server there is.
        let _ = self.base_url.set(url);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The account as it stands now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        let settled = state.settle(self.now());
        self.keep_settled(&settled);
        state
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep_settled(&self, settled: &Settled) {
        for job in &settled.ended {
            self.keep_or_warn(job);
        }
        for job in &settled.expired {
            self.forget(&clip_name(job.id));
            self.keep_or_warn(job);
        }
        if !settled.ended.is_empty() {
            self.changed();
        }
    }

    /// Tells those who wait that something changed.
    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Takes a submission: the job and how far it is.
    pub fn submit(
        &self,
        body: Value,
        request: &Request,
        key: Option<&str>,
        wish: Wish,
    ) -> Result<(Uuid, JobStatus), Declined> {
        // Reading pictures takes time; the account is not locked meanwhile.
        let film = wish
            .fail_with
            .map_or_else(|| upstream::film(request, self), Err);
        let now = self.now();
        let mut state = self.state();
        match key.map_or(Replay::New, |key| state.replay(key, &body, now)) {
            Replay::New => {}
            Replay::Conflict => return Err(Declined::Conflict),
            Replay::Of(id) => {
                let status = state
                    .jobs
                    .get(&id)
                    .map(|job| job.standing(now).0)
                    .unwrap_or_default();
                return Ok((id, status));
            }
        }
        let required = price::per_second(request.mode, request.sound) * request.duration;
        let available = wish.credits.unwrap_or_else(|| state.credits());
        if i64::from(required) > available {
            return Err(Declined::Credits {
                required,
                available: available.max(0),
            });
        }
        #[allow(clippy::cast_possible_truncation)] // at most 240 s; a tiny speed saturates
        let takes = (f64::from(price::nominal_seconds(request.mode)) * 1000.0 / self.speed) as i64;
        let mut job = JobRecord {
            id: Uuid::new_v4(),
            model: request.model.clone(),
            input: body,
            idempotency_key: key.map(str::to_owned),
            cost: required,
            created_at: now,
            takes,
            due: now
                .saturating_add(SignedDuration::from_millis(takes))
                .unwrap_or(Timestamp::MAX),
            fate: Fate::Rendering,
            ended_at: None,
            keeping: if wish.purge_at_end {
                Keeping::UntilEnd
            } else {
                Keeping::Usual
            },
            let_go: false,
        };
        let film = film.map_err(|error| job.doom(error, now)).ok();
        self.keep(&job).map_err(Declined::Disk)?;
        let (id, status) = (job.id, job.standing(now).0);
        state.jobs.insert(id, job);
        drop(state);
        if let Some(film) = film {
            self.renders.add(id, film);
        }
        self.changed();
        Ok((id, status))
    }

    /// Takes note of a clip that is ready, or of why there is none.
    pub fn rendered(&self, id: Uuid, clip: Result<Vec<u8>, String>) {
        let awaited = |job: &JobRecord| job.fate == Fate::Rendering;
        if !self.lock().jobs.get(&id).is_some_and(awaited) {
            return;
        }
        let clip = clip.and_then(|clip| {
            let kept = self.shelf.put(&clip_name(id), clip.into());
            kept.map_err(|error| format!("The clip could not be kept: {error}."))
        });
        let now = self.now();
        self.change_job(id, |job| match clip {
            Ok(()) if awaited(job) => job.fate = Fate::Rendered { at: now },
            Err(error) if awaited(job) => job.doom(error, now),
            _ => {}
        });
    }

    /// Changes a job and keeps it; says whether there is such a job.
    pub fn change_job(&self, id: Uuid, change: impl FnOnce(&mut JobRecord)) -> bool {
        let mut state = self.lock();
        let Some(job) = state.jobs.get_mut(&id) else {
            return false;
        };
        change(job);
        self.keep_or_warn(job);
        drop(state);
        // Whatever that leads to is done at once, not when somebody next asks.
        drop(self.state());
        self.changed();
        true
    }

    /// Takes a picture.
    pub fn upload(&self, bytes: Bytes, kind: Kind) -> io::Result<UploadRecord> {
        let now = self.now();
        self.reap(now);
        let upload = UploadRecord {
            id: Uuid::new_v4(),
            kind,
            size: bytes.len() as u64,
            created_at: now,
            expires_at: now
                .saturating_add(self.upload_life)
                .unwrap_or(Timestamp::MAX),
        };
        self.shelf.put(&upload_name(upload.id), bytes)?;
        self.shelf.put(&about_name(upload.id), written(&upload)?)?;
        self.lock().uploads.insert(upload.id, upload.clone());
        Ok(upload)
    }

    /// Throws expired uploads away that no job still needs.
    fn reap(&self, now: Timestamp) {
        let mut state = self.lock();
        let expired: Vec<Uuid> = state
            .uploads
            .values()
            .filter(|upload| upload.is_expired(now))
            .map(|upload| upload.id)
            .collect();
        for id in expired
            .into_iter()
            .filter(|id| !state.is_awaited(*id))
            .collect::<Vec<_>>()
        {
            state.uploads.remove(&id);
            self.forget(&about_name(id));
            self.forget(&upload_name(id));
        }
    }

    /// The upload and its bytes, alive or not.
    pub fn find_upload(&self, id: Uuid) -> Option<(UploadRecord, Bytes)> {
        let upload = self.lock().uploads.get(&id).cloned()?;
        let bytes = self.shelf.get(&upload_name(id)).ok().flatten()?;
        Some((upload, bytes))
    }

    /// The clip of a job, if it is finished and not purged.
    pub fn find_clip(&self, id: Uuid) -> Option<(JobRecord, Bytes)> {
        let now = self.now();
        let job = self.state().jobs.get(&id).cloned()?;
        if !job.is_completed() || job.is_expired(now) {
            return None;
        }
        let bytes = self.shelf.get(&clip_name(id)).ok().flatten()?;
        Some((job, bytes))
    }

    /// Makes an upload's address expire now.
    pub fn expire_upload(&self, id: Uuid) -> bool {
        let now = self.now();
        let mut state = self.lock();
        let Some(upload) = state.uploads.get_mut(&id) else {
            return false;
        };
        upload.expires_at = now;
        if let Err(error) = written(upload).and_then(|bytes| self.shelf.put(&about_name(id), bytes))
        {
            tracing::warn!(%id, %error, "an upload's expiry could not be kept");
        }
        true
    }

    pub fn set_credits(&self, credits: i64) {
        let mut state = self.state();
        state.set_credits(credits);
        let account = Account {
            granted: state.granted,
        };
        if let Err(error) = written(&account).and_then(|bytes| self.shelf.put(ACCOUNT, bytes)) {
            tracing::warn!(%error, "the credits could not be kept");
        }
    }

    /// Keeps all jobs from ending until they are released.
    pub fn hold(&self) {
        self.state().held = true;
    }

    pub fn release(&self) {
        let now = self.now();
        {
            let mut state = self.lock();
            state.held = false;
            state.released_at = Some(now);
        }
        drop(self.state());
        self.changed();
    }

    /// Ends the renderer; what it was making is made again next time. The thread ends within
    /// a frame.
    pub fn stop(&self) -> Option<JoinHandle<()>> {
        self.renders.stop()
    }

    fn keep(&self, job: &JobRecord) -> io::Result<()> {
        self.shelf.put(&job_name(job.id), written(job)?)
    }

    fn keep_or_warn(&self, job: &JobRecord) {
        if let Err(error) = self.keep(job) {
            tracing::warn!(id = %job.id, %error, "a job's progress could not be kept");
        }
    }

    fn forget(&self, name: &str) {
        if let Err(error) = self.shelf.remove(name) {
            tracing::warn!(name, %error, "an expired file could not be removed");
        }
    }
}

impl Hosted for World {
    fn upload(&self, url: &str) -> Option<Bytes> {
        let (upload, bytes) = self.find_upload(file_id(url, "uploads")?)?;
        (!upload.is_expired(self.now())).then_some(bytes)
    }

    fn has_clip(&self, url: &str) -> bool {
        file_id(url, "results").is_some_and(|id| self.find_clip(id).is_some())
    }
}

/// The files of a job that was accepted before: they were fetched then, so an address that
/// has expired since does not matter.
struct Accepted<'a>(&'a World);

impl Hosted for Accepted<'_> {
    fn upload(&self, url: &str) -> Option<Bytes> {
        Some(self.0.find_upload(file_id(url, "uploads")?)?.1)
    }

    fn has_clip(&self, url: &str) -> bool {
        file_id(url, "results").is_some()
    }
}

/// The id in an address of one of the sandbox's files. The port is not compared: it may
/// have been another when the address was handed out.
pub(crate) fn file_id(url: &str, folder: &str) -> Option<Uuid> {
    let url = url::Url::parse(url).ok()?;
    if url.scheme() != "http" || url.host_str() != Some("127.0.0.1") {
        return None;
    }
    named_id(
        url.path()
            .strip_prefix("/files/")?
            .strip_prefix(folder)?
            .strip_prefix('/')?,
    )
}

/// The id in `ID.extension`.
pub(crate) fn named_id(file: &str) -> Option<Uuid> {
    Uuid::parse_str(file.split_once('.').map_or(file, |(id, _)| id)).ok()
}

fn clip_name(id: Uuid) -> String {
    format!("results/{id}.mp4")
}

fn job_name(id: Uuid) -> String {
    format!("jobs/{id}.json")
}

fn upload_name(id: Uuid) -> String {
    format!("uploads/{id}")
}

fn about_name(id: Uuid) -> String {
    format!("uploads/about/{id}.json")
}

fn written(value: &impl Serialize) -> io::Result<Bytes> {
    Ok(serde_json::to_vec_pretty(value)?.into())
}

fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    Ok(serde_json::from_slice(bytes)?)
}
