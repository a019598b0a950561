//! The clips' files after they were saved: whether they are where they should be, and what
//! to do about one that a hand moved or deleted.
//!
//! The disk is looked at apart from the library and from everything else, since one that
//! sleeps, or a share that is gone, can take its time. What was seen last is remembered in
//! memory and shown; the library keeps only the place.

use std::path::{Path, PathBuf};

use apiframe::JobStatus;

use super::handle::Engine;
use super::import_error::RecoveryError;
use super::messages;
use crate::clips;
use crate::generation::{Clip, Generation, GenerationId, State};
use crate::library::{ClipFile, Library, LibraryError};
use crate::message::{Difference, Message};

/// Why a file was not taken for a clip's.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum FindError {
    /// It is another film, or can't be read.
    File(Message),
    /// The library could not do it.
    Library(#[from] LibraryError),
}

impl From<&FindError> for Message {
    fn from(error: &FindError) -> Self {
        match error {
            FindError::File(message) => message.clone(),
            FindError::Library(error) => error.into(),
        }
    }
}

/// A clip whose file was pointed at.
#[derive(Debug)]
pub struct Found {
    /// The clip's generation.
    pub generation: Generation,
    /// How many other missing clips lay in the same folder and were taken from there too.
    pub others: usize,
}

impl Engine {
    /// Looks for the files of all clips and answers whose are missing. While an earlier
    /// look is still under way, what it knew before is the answer.
    ///
    /// # Errors
    /// The library's.
    pub async fn look_for_clips(&self) -> Result<Vec<GenerationId>, LibraryError> {
        if let Ok(_alone) = self.shared.storage.looking.try_lock() {
            let files = self.shared.storage.library.run(Library::clip_files).await?;
            let gone = blocking(move || {
                files
                    .into_iter()
                    .filter(|clip| !Path::new(&clip.file).is_file())
                    .map(|clip| clip.id)
                    .collect()
            })
            .await?;
            *self.shared.storage.missing() = gone;
        }
        let mut gone: Vec<_> = self.shared.storage.missing().iter().copied().collect();
        gone.sort_unstable();
        Ok(gone)
    }

    /// Looks for one clip's file, if it has one.
    pub(super) async fn look_for_clip(&self, id: &GenerationId) -> Result<(), LibraryError> {
        let Some(clip) = self.shared.record(id).await?.clip else {
            return Ok(());
        };
        let is_there = blocking(move || Path::new(&clip.file).is_file()).await?;
        if is_there {
            self.shared.storage.missing().remove(id);
        } else {
            self.shared.storage.missing().insert(*id);
        }
        Ok(())
    }

    /// The person says where a clip's file is now. It is taken if it is that clip: the same
    /// length in bytes and the same picture. Other missing clips that lie in the same folder
    /// under their own names are taken from there too, since folders move as a whole.
    ///
    /// # Errors
    /// [`FindError`], with a sentence for the person; nothing was changed then.
    pub async fn found(&self, id: &GenerationId, file: PathBuf) -> Result<Found, FindError> {
        let record = self.shared.record(id).await?;
        let Some(clip) = record.clip.filter(|_| record.state == State::Ready) else {
            return Err(LibraryError::NotThere.into());
        };
        let path = file.clone();
        blocking(move || is_that_clip(&path, &clip)).await??;
        self.put(id, &file).await?;
        let mut others = 0;
        if let Some(folder) = file.parent().map(Path::to_owned) {
            for (other, place) in self.in_folder(folder).await? {
                self.put(&other, &place).await?;
                others += 1;
            }
        }
        Ok(Found {
            generation: self.shared.shown(id).await?,
            others,
        })
    }

    async fn put(&self, id: &GenerationId, file: &Path) -> Result<(), LibraryError> {
        let (wanted, place) = (*id, file.to_owned());
        self.shared
            .storage
            .library
            .run(move |library| library.moved(&wanted, &place))
            .await?;
        self.shared.storage.missing().remove(id);
        self.shared.changed(id).await;
        Ok(())
    }

    /// Missing clips whose name and length a file in this folder has.
    async fn in_folder(
        &self,
        folder: PathBuf,
    ) -> Result<Vec<(GenerationId, PathBuf)>, LibraryError> {
        let gone = self.shared.storage.missing().clone();
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let files = self.shared.storage.library.run(Library::clip_files).await?;
        blocking(move || {
            files
                .into_iter()
                .filter(|clip| gone.contains(&clip.id))
                .filter_map(|ClipFile { id, file, bytes }| {
                    let place = folder.join(Path::new(&file).file_name()?);
                    let there = std::fs::metadata(&place).ok()?;
                    (there.is_file() && there.len() == bytes).then_some((id, place))
                })
                .collect()
        })
        .await
    }

    /// Fetches a clip whose file is gone once more, if Apiframe still has it. It is not made
    /// again, so it costs nothing.
    ///
    /// # Errors
    /// [`RecoveryError`], with a sentence for the person; nothing was changed then.
    pub async fn fetch_again(&self, id: &GenerationId) -> Result<Generation, RecoveryError> {
        self.look_for_clip(id).await?;
        let record = self.shared.record(id).await?;
        if record.state != State::Ready || !self.shared.storage.missing().contains(id) {
            // It is back, or on its way already.
            return Ok(self.shared.shown(id).await?);
        }
        // Where the folder is gone the clip is mostly in it, and would be had twice.
        if let Some(chosen) = self.shared.storage.clips_folder().gone() {
            return Err(RecoveryError::NoFolder(messages::folder_gone(chosen)));
        }
        let client = self.shared.remote.client().ok_or(RecoveryError::NoKey)?;
        let job = record.job.ok_or(LibraryError::NotThere)?;
        let job = client.job(&job.id).await.map_err(RecoveryError::of)?;
        let url = job.result_urls().into_iter().next();
        let Some(url) = url.filter(|_| job.status == JobStatus::Completed && !job.expired) else {
            return Err(RecoveryError::Expired);
        };
        let wanted = *id;
        self.shared
            .storage
            .library
            .run(move |library| library.fetch_again(&wanted, url.as_str()))
            .await?;
        self.shared.storage.missing().remove(id);
        self.shared.changed(id).await;
        self.shared.tell_counts().await;
        self.shared.nudge.notify_one();
        Ok(self.shared.shown(id).await?)
    }
}

/// Whether a file is this very clip. Its length and what its picture track says are enough:
/// two clips that agree in both down to the byte and the millisecond do not come about by
/// accident, and nothing more had to be stored for it.
fn is_that_clip(path: &Path, clip: &Clip) -> Result<(), FindError> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let another = |difference| {
        FindError::File(Message::AnotherFile {
            name: name.clone(),
            difference,
        })
    };
    // The library stores paths as text.
    if path.to_str().is_none() {
        return Err(another(Difference::Path));
    }
    let there = std::fs::metadata(path).map_err(|error| {
        FindError::File(Message::FileUnreadable {
            name: name.clone(),
            error: error.to_string(),
        })
    })?;
    if !there.is_file() {
        return Err(another(Difference::NoFile));
    }
    if there.len() != clip.bytes {
        return Err(FindError::File(Message::AnotherSize {
            name,
            bytes: there.len(),
            wanted: clip.bytes,
        }));
    }
    let tracks = clips::tracks(path).map_err(|_| another(Difference::NotVideo))?;
    let same = tracks.width == clip.width
        && tracks.height == clip.height
        && tracks.duration_ms == clip.duration_ms
        && tracks.last_frame_ms == clip.last_frame_ms;
    if same {
        Ok(())
    } else {
        Err(another(Difference::Picture))
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LibraryError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|stopped| LibraryError::Io(std::io::Error::other(stopped)))
}
