//! Accepts submitted jobs, and receives their clips from the renderer.

use std::io;

use apiframe::JobStatus;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::World;
use super::uploads::Fetched;
use crate::job::{Fate, JobRecord, Keeping};
use crate::price;
use crate::schema::{Call, Request, judge};
use crate::state::Replay;
use crate::upstream;

/// What a fault requires of a job that is being submitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub fail_with: Option<String>,
    pub purge_at_end: bool,
    /// The credits to check against, instead of the account's.
    pub credits: Option<i64>,
}

/// Why a submission was not accepted.
#[derive(Debug)]
pub(crate) enum Declined {
    /// The idempotency key was used with another body.
    Conflict,
    /// The credits required, and the credits available.
    Credits { required: u32, available: i64 },
    /// The job could not be stored.
    Disk(io::Error),
}

impl World {
    /// Accepts a submission; returns the job and its status.
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
            .or_else(|| self.asked_to_fail(&body))
            .map_or_else(|| upstream::film(request, self), Err);
        let now = self.now();
        let mut state = self.state();
        match key.map_or(Replay::New, |key| state.replay(key, &body, now)) {
            Replay::New => {}
            Replay::Conflict => return Err(Declined::Conflict),
            Replay::Of(id) => {
                let status = state.jobs.get(&id).map(|job| job.standing(now).0);
                return Ok((id, status.unwrap_or_default()));
            }
        }
        let required = price::of(request);
        let available = wish.credits.unwrap_or_else(|| state.credits());
        if i64::from(required) > available {
            return Err(Declined::Credits {
                required,
                available: available.max(0),
            });
        }
        let takes = self.takes(request);
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
        self.archive.keep_job(&job).map_err(Declined::Disk)?;
        let (id, status) = (job.id, job.standing(now).0);
        state.jobs.insert(id, job);
        drop(state);
        if let Some(film) = film {
            self.renders.add(id, film);
        }
        self.changed();
        Ok((id, status))
    }

    /// The message that a job fails with because its prompt asks for it.
    fn asked_to_fail(&self, body: &Value) -> Option<String> {
        let word = self.failing_word.as_ref()?;
        let prompt = body.get("prompt")?.as_str()?;
        prompt
            .to_lowercase()
            .contains(word)
            .then(|| format!("The prompt asks for a failure with {word}"))
    }

    /// How long a job takes here, in milliseconds.
    fn takes(&self, request: &Request) -> i64 {
        let real = f64::from(price::nominal_seconds(request.mode)) * 1000.0;
        #[allow(clippy::cast_possible_truncation)] // at most 240 s; a tiny speed saturates
        let here = (real / self.speed) as i64;
        here
    }

    /// Records a clip that is ready, or why there is none.
    pub fn rendered(&self, id: Uuid, clip: Result<Vec<u8>, String>) {
        let awaited = |job: &JobRecord| job.fate == Fate::Rendering;
        if !self.lock().jobs.get(&id).is_some_and(awaited) {
            return;
        }
        let clip = clip.and_then(|clip| {
            let kept = self.archive.keep_clip(id, clip.into());
            kept.map_err(|error| format!("The clip could not be kept: {error}."))
        });
        let now = self.now();
        self.change_job(id, |job| match clip {
            Ok(()) if awaited(job) => job.fate = Fate::Rendered { at: now },
            Err(error) if awaited(job) => job.doom(error, now),
            _ => {}
        });
    }

    /// Passes the jobs that were being rendered when the sandbox last ended to the renderer.
    pub(super) fn take_up_again(&self) {
        let state = self.lock();
        let unfinished: Vec<JobRecord> = state
            .newest_first()
            .into_iter()
            .rev()
            .filter(|job| job.fate == Fate::Rendering)
            .cloned()
            .collect();
        drop(state);
        for job in unfinished {
            // What was accepted is not asked again by which way it came.
            let calls = [Call::Generate, Call::Upscale, Call::Edit].into_iter();
            let request = calls
                .map(|call| judge(&job.input, call, &self.models))
                .find(Result::is_ok)
                .unwrap_or_else(|| Err(crate::schema::Details::new()));
            let film = request
                .map_err(|_| "The sandbox no longer takes such a request.".to_owned())
                .and_then(|request| upstream::film(&request, &Fetched(self)));
            match film {
                Ok(film) => self.renders.add(job.id, film),
                Err(error) => self.rendered(job.id, Err(error)),
            }
        }
    }
}
