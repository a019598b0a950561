//! Recovery: imports jobs that are in the account but not in the library, as generations.
//!
//! Each job is requested individually before it is imported, because a list omits the job's input
//! and its address may be out of date. The generation and its job are recorded in one step; from
//! then on the generation is watched and fetched like any other. Nothing here submits a request, so
//! nothing here can cost credits.

use std::collections::HashSet;
use std::time::Duration;

use apiframe::{Client, Error, Job, JobQuery, JobStatus, Modality};

use super::event::Event;
use super::handle::Engine;
use super::import_error::ImportError;
use super::shared::Shared;
use crate::generation::{Generation, GenerationId, JobRecord, Record, State};
use crate::library::LibraryError;
use crate::remote::{ImportResult, RemoteJob, RemotePage, RemoteStanding, is_clip, read_back};

/// Jobs per request: the most the schema allows.
const A_PAGE: u8 = 100;
/// The most pages that are read when everything is imported: twenty thousand jobs. A server that
/// never ends its list must not keep this running forever.
const MOST_PAGES: usize = 200;
/// A wait that a server asks for is waited out up to this length; longer ones are left to the user.
const SHORT_WAIT: Duration = Duration::from_secs(20);

/// A job that was imported.
#[derive(Debug)]
pub struct Imported {
    /// The job's generation.
    pub generation: Generation,
    /// Whether the job was in the library before.
    pub was_here: bool,
}

impl Engine {
    /// A page of the jobs that are in the account but not in the library, newest first. Failed
    /// jobs, and jobs that evidently made no clip, are left out.
    ///
    /// # Errors
    /// [`ImportError`], with a sentence for the user.
    pub async fn remote_jobs(&self, cursor: Option<String>) -> Result<RemotePage, ImportError> {
        let client = self.shared.remote.client().ok_or(ImportError::NoKey)?;
        let (found, next) = self.strangers(&client, cursor).await?;
        let jobs = found.iter().filter_map(RemoteJob::of).collect();
        Ok(RemotePage { jobs, next })
    }

    /// One job, including what a list omits; `None` for a job that will not produce a clip.
    ///
    /// # Errors
    /// As [`Engine::remote_jobs`].
    pub async fn remote_job(&self, job: &str) -> Result<Option<RemoteJob>, ImportError> {
        let client = self.shared.remote.client().ok_or(ImportError::NoKey)?;
        let job = client.job(job).await.map_err(ImportError::of)?;
        Ok(RemoteJob::of(&job))
    }

    /// Imports a job. One that is already in the library stays as it is.
    ///
    /// # Errors
    /// As [`Engine::remote_jobs`], or the reason why there is nothing to import.
    pub async fn import_job(&self, pasted: &str) -> Result<Imported, ImportError> {
        let job = job_id(pasted)?;
        if let Some(generation) = self.of_job(&job).await? {
            return Ok(Imported {
                generation,
                was_here: true,
            });
        }
        let client = self.shared.remote.client().ok_or(ImportError::NoKey)?;
        let job = client.job(&job).await.map_err(ImportError::of)?;
        self.other_models(&client).await;
        let (id, new) = self.take_in(job).await?;
        Ok(Imported {
            generation: self.shared.shown(&id).await?,
            was_here: !new,
        })
    }

    /// Imports every job of the account that has a clip to fetch, newest first. An error ends the
    /// import and is reported together with what was done; calling it again continues.
    pub async fn import_all(&self) -> ImportResult {
        let mut result = ImportResult::default();
        if let Err(error) = self.import_each(&mut result).await {
            result.trouble = Some((&error).into());
        }
        result
    }

    async fn import_each(&self, result: &mut ImportResult) -> Result<(), ImportError> {
        let client = self.shared.remote.client().ok_or(ImportError::NoKey)?;
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
                        result.expired += 1;
                        continue;
                    }
                    Some(RemoteStanding::Running | RemoteStanding::Finished) => {}
                }
                let taken = match Self::whole(&client, &job.id).await {
                    Ok(whole) => self.take_in(whole).await,
                    Err(error) => Err(error),
                };
                match taken {
                    Ok((_, true)) => result.imported += 1,
                    Err(ImportError::Expired) => result.expired += 1,
                    // By now it has been imported, or it ended between the list and this request,
                    // or it was no clip after all.
                    Ok((_, false))
                    | Err(ImportError::Failed | ImportError::NotAClip | ImportError::Unknown) => {}
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

    /// Requests a single job, which includes what a list omits. Waits out a short pause.
    async fn whole(client: &Client, id: &str) -> Result<Job, ImportError> {
        match client.job(id).await.map_err(ImportError::of) {
            Err(error @ ImportError::Pause(_)) => {
                wait_out(error).await?;
                client.job(id).await.map_err(ImportError::of)
            }
            answer => answer,
        }
    }

    /// A page of the account's list, without the jobs that are in the library or made no clip.
    async fn strangers(
        &self,
        client: &Client,
        cursor: Option<String>,
    ) -> Result<(Vec<Job>, Option<String>), ImportError> {
        let page = client
            .jobs(&JobQuery {
                limit: Some(A_PAGE),
                cursor,
                ..JobQuery::default()
            })
            .await
            .map_err(ImportError::of)?;
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

    /// Finds out once which models make something other than clips. The list of models is public;
    /// while it is unavailable, no job is left out because of its model.
    async fn other_models(&self, client: &Client) {
        // If this fails, the next request tries again.
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

    /// Records a job as a generation and notifies the engine.
    async fn take_in(&self, job: Job) -> Result<(GenerationId, bool), ImportError> {
        let shared = &self.shared;
        let is_done = job.status == JobStatus::Completed;
        if matches!(job.status, JobStatus::Failed | JobStatus::Cancelled) {
            return Err(ImportError::Failed);
        }
        if !is_clip(
            &job,
            shared.remote.other_models.get().unwrap_or(&HashSet::new()),
        ) {
            return Err(ImportError::NotAClip);
        }
        if is_done && job.expired {
            return Err(ImportError::Expired);
        }
        let record = record_of(&job, shared);
        let (id, job_id) = (record.id, job.id);
        let (has_it, new) = shared
            .storage
            .library
            .run(move |library| {
                let new = library.import_job(&record)?;
                Ok((library.generation_of_job(&job_id)?, new))
            })
            .await?;
        if new {
            tracing::info!(generation = %id, "a job of the account was imported");
            shared.changed(&id).await;
            shared.tell_counts().await;
            shared.feed.tell(Event::Balance);
            shared.nudge.notify_one();
        }
        Ok((has_it.unwrap_or(id), new))
    }
}

/// Makes the generation for a job, at the step the job has reached.
fn record_of(job: &Job, shared: &Shared) -> Record {
    let (settings, imported) = read_back(job);
    let created = job
        .created_at
        .map_or_else(|| shared.now(), jiff::Timestamp::as_millisecond);
    let url = job
        .result_urls()
        .into_iter()
        .next()
        .filter(|_| job.status == JobStatus::Completed);
    Record {
        // A finished job without a clip address is asked about again, like any other.
        state: if url.is_some() {
            State::Downloading
        } else {
            State::Rendering
        },
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
            imported: Some(imported),
        }),
        ..Record::new(created, settings)
    }
}

/// The id in the pasted text: a UUID, as the schema defines it.
fn job_id(pasted: &str) -> Result<String, ImportError> {
    let text = pasted.trim().trim_matches(['"', '\'', '`']);
    if text.is_empty() {
        return Err(ImportError::NoId);
    }
    uuid::Uuid::try_parse(text)
        .map(|id| id.to_string())
        .map_err(|_| ImportError::NotAnId)
}

/// Waits as long as the server asked, if that is short enough to retry automatically.
///
/// # Errors
/// The error itself, where waiting does not help or is left to the user.
async fn wait_out(error: ImportError) -> Result<(), ImportError> {
    match error {
        ImportError::Pause(wait) => {
            let wait = wait.unwrap_or(Duration::from_secs(1));
            if wait > SHORT_WAIT {
                return Err(ImportError::Pause(Some(wait)));
            }
            tokio::time::sleep(wait).await;
            Ok(())
        }
        error => Err(error),
    }
}
