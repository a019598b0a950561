//! What the user can do with a generation: each action is a change in the library and a
//! notification to the engine's task.

use std::path::PathBuf;

use super::blocking::blocking;
use super::error::EngineError;
use super::event::Event;
use super::handle::Engine;
use super::messages;
use super::posters::poster_path;
use crate::crash_points;
use crate::generation::{Generation, GenerationId, Record, State, next_revision};
use crate::library::{Counts, Filter, LibraryError};
use crate::settings::{Field, Settings, Violation};

impl Engine {
    /// Records a generation with these settings and starts work on it.
    ///
    /// # Errors
    /// [`EngineError::Settings`] with every rule that the settings break, including a frame that is
    /// not in the library, or [`EngineError::Limit`]; in both cases nothing was recorded.
    pub async fn generate(&self, settings: Settings) -> Result<Generation, EngineError> {
        let mut violations = settings.violations();
        let frames = self.shared.storage.frames.clone();
        let chosen = [(Field::Start, settings.start), (Field::End, settings.end)];
        let missing = blocking(move || {
            let is_gone = |frame: Option<_>| frame.is_some_and(|hash| frames.get(hash).is_none());
            chosen.map(|(field, frame)| is_gone(frame).then_some(field))
        })
        .await?;
        violations.extend(missing.into_iter().flatten().map(|field| Violation {
            field,
            message: messages::frame_missing(field).message,
        }));
        if !violations.is_empty() {
            return Err(EngineError::Settings(violations));
        }
        let now = self.shared.now();
        let revision = next_revision();
        let record = Record::new(now, settings);
        let most = self.shared.most(&record.settings).await?;
        let stored = record.clone();
        crash_points::reach(crash_points::GENERATE_ASKED);
        self.shared
            .storage
            .library
            .run(move |library| library.insert_within(&stored, most))
            .await?
            .map_err(EngineError::Limit)?;
        crash_points::reach(crash_points::GENERATE_RECORDED);
        let shown = self.shared.show(record, revision).await;
        self.shared
            .feed
            .tell(Event::Changed(Box::new(shown.clone())));
        self.shared.tell_counts().await;
        // Pressing Generate also asks to continue after a long pause.
        self.shared.remote.pause.cut_short();
        self.shared.nudge.notify_one();
        Ok(shown)
    }

    /// Makes a new generation with the settings of an old one: the user has decided to pay (again).
    ///
    /// # Errors
    /// As [`Engine::generate`], and for an imported generation with every setting that is unknown:
    /// the user must not pay for settings that they did not choose.
    pub async fn again(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let record = self.shared.record(id).await?;
        if !record.whole {
            return Err(EngineError::Settings(vec![messages::not_whole()]));
        }
        if let Some(imported) = record.job.as_ref().and_then(|job| job.imported.as_ref()) {
            let missing: Vec<_> = imported
                .unknown
                .iter()
                .chain(&imported.not_kept)
                .map(|field| messages::not_told(*field))
                .collect();
            if !missing.is_empty() {
                return Err(EngineError::Settings(missing));
            }
        }
        self.generate(record.settings).await
    }

    /// Makes a new generation in place of one that failed. If the failed one was not charged, it
    /// has no further use and is removed: several of them side by side look like an outage.
    ///
    /// # Errors
    /// As [`Engine::again`]; in that case the failed one stays.
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
            // The new generation is under way nevertheless.
            tracing::warn!(generation = %id, ?error, "a retried generation could not be removed");
        }
        Ok(new)
    }

    /// Continues a generation that is paid for, or may be: fetches its clip again, or looks for its
    /// job again.
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if it is not in such a state.
    pub async fn resume(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let wanted = *id;
        self.shared
            .storage
            .library
            .run(move |library| library.resume(&wanted))
            .await?;
        self.shared.changed(id).await;
        self.shared.tell_counts().await;
        self.shared.retry_now();
        Ok(self.shared.shown(id).await?)
    }

    /// Cancels a generation, if nothing that costs credits was sent for it.
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if its request was already sent.
    pub async fn cancel(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        let (wanted, now) = (*id, self.shared.now());
        self.shared
            .storage
            .library
            .run(move |library| library.cancel(&wanted, &messages::cancelled(), now))
            .await?;
        self.shared.changed(id).await;
        self.shared.tell_counts().await;
        Ok(self.shared.shown(id).await?)
    }

    /// Removes a finished generation from the library. Its clip's file is left to the caller; its
    /// poster is deleted.
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if it is unfinished.
    pub async fn remove(&self, id: &GenerationId) -> Result<(), EngineError> {
        let wanted = *id;
        self.shared
            .storage
            .library
            .run(move |library| library.remove(&wanted))
            .await?;
        // A leftover poster costs some kilobytes and is never shown.
        let _ = tokio::fs::remove_file(self.poster_path(id)).await;
        self.shared.feed.tell(Event::Removed(*id));
        self.shared.tell_counts().await;
        Ok(())
    }

    /// Returns one generation, after checking whether its clip's file exists.
    ///
    /// # Errors
    /// The library's.
    pub async fn generation(&self, id: &GenerationId) -> Result<Generation, EngineError> {
        self.look_for_clip(id).await?;
        Ok(self.shared.shown(id).await?)
    }

    /// A page of the gallery and the key of the next page.
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
            .storage
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
        poster_path(self.shared.storage.library.folder(), id)
    }

    /// Saves a clip's poster, a JPEG (see [`crate::clips::is_poster`]).
    ///
    /// # Errors
    /// [`LibraryError::NotThere`] if there is no such clip, or the disk's.
    pub async fn save_poster(&self, id: &GenerationId, jpeg: Vec<u8>) -> Result<(), EngineError> {
        let (wanted, path) = (*id, self.poster_path(id));
        self.shared
            .storage
            .library
            .run(move |library| {
                let record = library.record(&wanted)?;
                if record.is_none_or(|record| record.state != State::Ready) {
                    return Err(LibraryError::NotThere);
                }
                crate::atomic_write::write(&path, &jpeg)?;
                library.has_poster(&wanted)
            })
            .await?;
        self.shared.changed(id).await;
        Ok(())
    }
}
