//! The composer: the draft that survives a restart, the price on the button, and removing a
//! generation.

use std::sync::Arc;

use super::Studio;
use crate::generation::{GenerationId, Phase};
use crate::message::Message;
use crate::price::Price;
use crate::problem::Problem;
use crate::settings::{LONGEST_TEXT, Settings};

/// The most bytes of a draft: every field at its greatest length, with some room.
pub(super) const LONGEST_DRAFT: u64 = 2 << 20;

impl Studio {
    /// What was in the composer when the program ended, without frames that no longer exist.
    #[must_use]
    pub fn draft(&self) -> Option<Settings> {
        let text = crate::regular_file::read(&self.home.draft_file(), LONGEST_DRAFT).ok()?;
        let (mut draft, whole) = Settings::from_stored(std::str::from_utf8(&text).ok()?);
        if !whole {
            return None;
        }
        let is_there = |hash: &crate::frames::FrameHash| self.frames.get(*hash).is_some();
        draft.start = draft.start.filter(is_there);
        draft.end = draft.end.filter(is_there);
        draft.references.retain(is_there);
        Some(draft)
    }

    /// Stores what is in the composer.
    ///
    /// # Errors
    /// When a text in it is far too long, or it can't be written.
    pub fn save_draft(&self, draft: &Settings) -> Result<(), Problem> {
        if draft.has_endless_text() {
            return Err(Message::DraftTooLong {
                most: u32::try_from(LONGEST_TEXT).unwrap_or(u32::MAX),
            }
            .into());
        }
        crate::atomic_write::write(&self.home.draft_file(), draft.to_stored().as_bytes()).map_err(
            |error| {
                Message::DraftNotKept {
                    error: error.to_string(),
                }
                .into()
            },
        )
    }

    /// What these settings will cost, as far as is known.
    ///
    /// # Errors
    /// The library's.
    pub async fn price(self: &Arc<Self>, settings: Settings) -> Result<Price, Problem> {
        let Ok(engine) = self.engine().await else {
            return Ok(Price::Unknown);
        };
        Ok(engine.price(settings).await?)
    }

    /// Removes a finished generation; the file of its clip is moved to the system's trash.
    ///
    /// # Errors
    /// When the file can't be moved there; in that case nothing is removed.
    pub async fn remove(self: &Arc<Self>, id: &GenerationId) -> Result<(), Problem> {
        let engine = self.engine().await?;
        if let Phase::Ready { clip } = engine.generation(id).await?.phase
            && !clip.missing
        {
            let file = clip.file.clone();
            tokio::task::spawn_blocking(move || trash::delete(file))
                .await
                .map_err(|error| error.to_string())
                .and_then(|moved| moved.map_err(|error| error.to_string()))
                .map_err(|_| {
                    // The error contains the file's name, which contains the prompt.
                    tracing::warn!(generation = %id, "a clip could not be moved to the trash");
                    Problem::from(Message::NotTrashed {
                        name: clip.name.clone(),
                    })
                })?;
        }
        Ok(engine.remove(id).await?)
    }
}
