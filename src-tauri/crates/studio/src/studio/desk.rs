//! The composer's desk: the draft that survives a restart, the price on the button, and
//! taking a generation away.

use std::sync::Arc;

use super::Studio;
use crate::generation::{GenerationId, Phase};
use crate::message::Message;
use crate::price::Price;
use crate::problem::Problem;
use crate::settings::{LONGEST_TEXT, Settings};

/// Bytes of a draft: every field as long as it may be, with room.
const LONGEST_DRAFT: u64 = 2 << 20;

impl Studio {
    /// What was in the composer when the program ended, less frames that are gone.
    #[must_use]
    pub fn draft(&self) -> Option<Settings> {
        let text = crate::regular::read(&self.home.draft_file(), LONGEST_DRAFT).ok()?;
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

    /// Keeps what is in the composer.
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
        crate::durable::write(&self.home.draft_file(), draft.to_stored().as_bytes()).map_err(
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
        let Ok(engine) = self.engine() else {
            return Ok(Price::Unknown);
        };
        Ok(engine.price(settings).await?)
    }

    /// Takes a finished generation away; the file of its clip goes to the system's trash.
    ///
    /// # Errors
    /// When the file can't be moved there; nothing is taken away then.
    pub async fn remove(self: &Arc<Self>, id: &GenerationId) -> Result<(), Problem> {
        let engine = self.engine()?;
        if let Phase::Ready { clip } = engine.generation(id).await?.phase
            && !clip.missing
        {
            let file = clip.file.clone();
            tokio::task::spawn_blocking(move || trash::delete(file))
                .await
                .map_err(|error| error.to_string())
                .and_then(|moved| moved.map_err(|error| error.to_string()))
                .map_err(|_| {
                    // The error names the file, and the file the prompt.
                    tracing::warn!(generation = %id, "a clip could not be moved to the trash");
                    Problem::from(Message::NotTrashed {
                        name: clip.name.clone(),
                    })
                })?;
        }
        Ok(engine.remove(id).await?)
    }
}
