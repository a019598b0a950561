//! Recovery: what the account holds and the library has not, brought in as generations.
//!
//! A job is asked for itself before it is brought in, because a list leaves out what was
//! asked for and its address may be old. It is written down with its job in one step; from
//! there on it is watched and fetched like any other. Nothing here submits, so nothing here
//! can pay.

use std::collections::HashSet;
use std::time::Duration;

use apiframe::{Client, Error, Job, JobQuery, JobStatus, Modality};

use super::event::Event;
use super::handle::Engine;
use super::import_error::RecoveryError;
use super::shared::Shared;
use crate::generation::{Generation, GenerationId, JobRecord, Record, State};
use crate::library::LibraryError;
use crate::remote::{Harvest, RemoteJob, RemotePage, RemoteStanding, is_clip, read_back};

/// Jobs a request: the most the schema allows.
const A_PAGE: u8 = 100;
/// Pages that are read for everything: twenty thousand jobs. A server that never ends its
/// list must not keep this going for ever.
const MOST_PAGES: usize = 200;
/// Waits that a server asks for are waited out up to this; longer ones are the person's.
const SHORT_WAIT: Duration = Duration::from_secs(20);

/// A job that was brought in.
#[derive(Debug)]
pub struct Brought {
    /// Its generation.
    pub generation: Generation,
    /// Whether it was in the library before.
    pub was_here: bool,
}

impl Engine {
    /// A page of the jobs that the account holds and the library has not, newest first.
    /// Failed jobs, and those that made no clip as far as can be told, are left out.
    ///
    /// # Errors
    /// [`RecoveryError`], with a sentence for the person.
    pub async fn remote_jobs(&self, cursor: Option<String>) -> Result<RemotePage, RecoveryError> {
        let client = self.shared.remote.client().ok_or(RecoveryError::NoKey)?;
        let (found, next) = self.strangers(&client, cursor).await?;
        let jobs = found.iter().filter_map(RemoteJob::of).collect();
        Ok(RemotePage { jobs, next })
    }

    /// One job with what a list leaves out of it; `None` for one without a clip to come.
    ///
    /// # Errors
    /// As [`Engine::remote_jobs`].
    pub async fn remote_job(&self, job: &str) -> Result<Option<RemoteJob>, RecoveryError> {
        let client = self.shared.remote.client().ok_or(RecoveryError::NoKey)?;
        let job = client.job(job).await.map_err(RecoveryError::of)?;
        Ok(RemoteJob::of(&job))
    }

    /// Brings a job in. One that is here already stays as it is.
    ///
    /// # Errors
    /// As [`Engine::remote_jobs`], or why there is nothing to bring in.
    pub async fn bring_in(&self, pasted: &str) -> Result<Brought, RecoveryError> {
        let job = job_id(pasted)?;
        if let Some(generation) = self.of_job(&job).await? {
            return Ok(Brought {
                generation,
                was_here: true,
            });
        }
        let client = self.shared.remote.client().ok_or(RecoveryError::NoKey)?;
        let job = client.job(&job).await.map_err(RecoveryError::of)?;
        self.other_models(&client).await;
        let (id, new) = self.take_in(job).await?;
        Ok(Brought {
            generation: self.shared.shown(&id).await?,
            was_here: !new,
        })
    }

    /// Brings in every job of the account that has a clip to fetch, newest first. What goes
    /// wrong on the way ends it and is told with what was done; asking again goes on.
    pub async fn bring_in_all(&self) -> Harvest {
        let mut harvest = Harvest::default();
        if let Err(error) = self.bring_in_each(&mut harvest).await {
            harvest.trouble = Some((&error).into());
        }
        harvest
    }

    async fn bring_in_each(&self, harvest: &mut Harvest) -> Result<(), RecoveryError> {
        let client = self.shared.remote.client().ok_or(RecoveryError::NoKey)?;
        let mut cursor = None;
        let mut seen = HashSet::new();
        for _ in 0..MOST_PAGES {
            let (jobs, next) = match self.strangers(&client, cursor.clone()).await {
                Ok(page) => page,
                Err(error) => {
                    wait_out(error).await?;
                    self.strangers(&client, cursor.clone()).await?
                }
            };
            for job in jobs {
                match RemoteJob::of(&job).map(|line| line.standing) {
                    None => continue,
                    Some(RemoteStanding::Expired) => {
                        harvest.expired += 1;
                        continue;
                    }
                    Some(RemoteStanding::Running | RemoteStanding::Finished) => {}
                }
                let taken = match Self::whole(&client, &job.id).await {
                    Ok(whole) => self.take_in(whole).await,
                    Err(error) => Err(error),
                };
                match taken {
                    Ok((_, true)) => harvest.brought += 1,
                    Err(RecoveryError::Expired) => harvest.expired += 1,
                    // It is here by now, or ended between the list and the question, or was no
                    // clip after all.
                    Ok((_, false))
                    | Err(
                        RecoveryError::Failed | RecoveryError::NotAClip | RecoveryError::Unknown,
                    ) => {}
                    Err(error) => return Err(error),
                }
            }
            match next {
                Some(next) if seen.insert(next.clone()) => cursor = Some(next),
                _ => break,
            }
        }
        Ok(())
    }

    /// A job by itself, which tells what a list leaves out. A short pause is waited out.
    async fn whole(client: &Client, id: &str) -> Result<Job, RecoveryError> {
        match client.job(id).await.map_err(RecoveryError::of) {
            Err(error @ RecoveryError::Pause(_)) => {
                wait_out(error).await?;
                client.job(id).await.map_err(RecoveryError::of)
            }
            answer => answer,
        }
    }

    /// A page of the account's list, less what is in the library or made no clip.
    async fn strangers(
        &self,
        client: &Client,
        cursor: Option<String>,
    ) -> Result<(Vec<Job>, Option<String>), RecoveryError> {
        let page = client
            .jobs(&JobQuery {
                limit: Some(A_PAGE),
                cursor,
                ..JobQuery::default()
            })
            .await
            .map_err(RecoveryError::of)?;
        self.other_models(client).await;
        let others = self.shared.remote.other_models.get();
        let clips: Vec<Job> = page
            .jobs
            .into_iter()
            .filter(|job| is_clip(job, others.unwrap_or(&HashSet::new())))
            .collect();
        let ids: Vec<String> = clips.iter().map(|job| job.id.clone()).collect();
        let here = self
            .shared
            .storage
            .library
            .run(move |library| {
                ids.into_iter()
                    .filter_map(|id| match library.has_job(&id) {
                        Ok(true) => Some(Ok(id)),
                        Ok(false) => None,
                        Err(error) => Some(Err(error)),
                    })
                    .collect::<Result<HashSet<_>, _>>()
            })
            .await?;
        let strange = clips.into_iter().filter(|job| !here.contains(&job.id));
        Ok((strange.collect(), page.next_cursor))
    }

    /// Finds out once which models make something else than clips. The list of models is
    /// public; while it can't be had, nothing is left out for its model.
    async fn other_models(&self, client: &Client) {
        // Without it, the next question asks again.
        let _ = self
            .shared
            .remote
            .other_models
            .get_or_try_init(|| async {
                let mut others = HashSet::new();
                for modality in [Modality::Image, Modality::Music] {
                    let catalogue = client.models(modality).await?;
                    others.extend(catalogue.models.into_iter().map(|model| model.id));
                }
                Ok::<_, Error>(others)
            })
            .await;
    }

    async fn of_job(&self, job: &str) -> Result<Option<Generation>, LibraryError> {
        let wanted = job.to_owned();
        let found = self
            .shared
            .storage
            .library
            .run(move |library| library.generation_of_job(&wanted))
            .await?;
        match found {
            Some(id) => Ok(Some(self.shared.shown(&id).await?)),
            None => Ok(None),
        }
    }

    /// Writes a job down as a generation and has the engine look at it.
    async fn take_in(&self, job: Job) -> Result<(GenerationId, bool), RecoveryError> {
        let shared = &self.shared;
        let is_done = job.status == JobStatus::Completed;
        if matches!(job.status, JobStatus::Failed | JobStatus::Cancelled) {
            return Err(RecoveryError::Failed);
        }
        if !is_clip(
            &job,
            shared.remote.other_models.get().unwrap_or(&HashSet::new()),
        ) {
            return Err(RecoveryError::NotAClip);
        }
        if is_done && job.expired {
            return Err(RecoveryError::Expired);
        }
        let record = record_of(&job, shared);
        let (id, job_id) = (record.id, job.id);
        let (has_it, new) = shared
            .storage
            .library
            .run(move |library| {
                let new = library.bring_in(&record)?;
                Ok((library.generation_of_job(&job_id)?, new))
            })
            .await?;
        if new {
            tracing::info!(generation = %id, "a job of the account was brought in");
            shared.changed(&id).await;
            shared.tell_counts().await;
            shared.feed.tell(Event::Balance);
            shared.nudge.notify_one();
        }
        Ok((has_it.unwrap_or(id), new))
    }
}

/// The generation that a job is, at the step it has reached.
fn record_of(job: &Job, shared: &Shared) -> Record {
    let (settings, told) = read_back(job);
    let created = job
        .created_at
        .map_or_else(|| shared.now(), jiff::Timestamp::as_millisecond);
    let url = job
        .result_urls()
        .into_iter()
        .next()
        .filter(|_| job.status == JobStatus::Completed);
    Record {
        id: GenerationId::new(created),
        created,
        settings,
        // A finished job that names no clip is asked again, as any other.
        state: if url.is_some() {
            State::Downloading
        } else {
            State::Rendering
        },
        waiting: None,
        submission: None,
        job: Some(JobRecord {
            id: job.id.clone(),
            accepted: created,
            queued: job.status == JobStatus::Queued,
            progress: job.progress,
            completed: url.as_ref().and(
                job.completed_at
                    .map(|completed| completed.as_millisecond().max(created)),
            ),
            result_url: url.map(Into::into),
            credits: job.credit_cost,
            brought_in: Some(told),
        }),
        clip: None,
        failure: None,
        finished: None,
        whole: true,
    }
}

/// The id in what was pasted: a UUID, as the schema has it.
fn job_id(pasted: &str) -> Result<String, RecoveryError> {
    let text = pasted.trim().trim_matches(['"', '\'', '`']);
    if text.is_empty() {
        return Err(RecoveryError::NoId);
    }
    uuid::Uuid::try_parse(text)
        .map(|id| id.to_string())
        .map_err(|_| RecoveryError::NotAnId)
}

/// Waits as the server wished, if that is short enough to ask once more by itself.
///
/// # Errors
/// The error itself, where waiting is no help or the person's own affair.
async fn wait_out(error: RecoveryError) -> Result<(), RecoveryError> {
    match error {
        RecoveryError::Pause(wait) => {
            let wait = wait.unwrap_or(Duration::from_secs(1));
            if wait > SHORT_WAIT {
                return Err(RecoveryError::Pause(Some(wait)));
            }
            tokio::time::sleep(wait).await;
            Ok(())
        }
        error => Err(error),
    }
}
