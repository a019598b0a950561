//! The clips' files after they were saved: whether they are where they should be, and what to do
//! about a file that the user moved or deleted.
//!
//! The disk is checked separately from the library and everything else, since a disk that sleeps,
//! or a network share that is unavailable, can take its time. The last result is kept in memory and
//! shown; the library stores only the path.

use std::path::{Path, PathBuf};
use std::time::Duration;

use apiframe::JobStatus;

use super::blocking::blocking;
use super::handle::Engine;
use super::import_error::ImportError;
use super::messages;
use crate::clips;
use crate::generation::{Clip, Generation, GenerationId, State};
use crate::library::{ClipFile, Library, LibraryError};
use crate::message::{Difference, Message};

/// How long the disk may take to say whether one clip's file is there, while the user waits for
/// that clip.
const LOOK_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a file was not accepted as a clip's file.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub enum FindError {
    /// It is a different film, or it can't be read.
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

/// A clip whose file the user has located.
#[derive(Debug)]
pub struct Found {
    /// The clip's generation.
    pub generation: Generation,
    /// How many other missing clips were found in the same folder and are now used from there.
    pub others: usize,
}

impl Engine {
    /// Looks for the files of all clips and returns the clips whose files are missing. While an
    /// earlier check is still running, returns the previous result.
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
        let look = blocking(move || Path::new(&clip.file).is_file());
        // A disk that does not answer says nothing about the file.
        let Ok(is_there) = tokio::time::timeout(LOOK_TIMEOUT, look).await else {
            return Ok(());
        };
        if is_there? {
            self.shared.storage.missing().remove(id);
        } else {
            self.shared.storage.missing().insert(*id);
        }
        Ok(())
    }

    /// Sets the file of a clip to one that the user located. The file is accepted if it is that
    /// clip: the same length in bytes and the same picture. Other missing clips that are in the
    /// same folder under their own names are located as well, since folders are moved as a whole.
    ///
    /// # Errors
    /// [`FindError`], with a sentence for the user; in that case nothing was changed.
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

    /// Missing clips for which this folder has a file with the same name and length.
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

    /// If a clip's file is missing, fetches it again, provided that Apiframe still has it. The clip
    /// is not generated again, so this costs nothing.
    ///
    /// # Errors
    /// [`ImportError`], with a sentence for the user; in that case nothing was changed.
    pub async fn fetch_again(&self, id: &GenerationId) -> Result<Generation, ImportError> {
        self.look_for_clip(id).await?;
        let record = self.shared.record(id).await?;
        if record.state != State::Ready || !self.shared.storage.missing().contains(id) {
            // Its file is back, or it is already being fetched.
            return Ok(self.shared.shown(id).await?);
        }
        // If the folder is unavailable, the clip is probably in it and would end up on the disk
        // twice.
        let folder = self.shared.storage.clips_folder();
        if let Some(chosen) = blocking(move || folder.gone().map(Path::to_owned)).await? {
            return Err(ImportError::NoFolder(messages::folder_gone(&chosen)));
        }
        let client = self.shared.remote.client().ok_or(ImportError::NoKey)?;
        let job = record.job.ok_or(LibraryError::NotThere)?;
        let job = client.job(&job.id).await.map_err(ImportError::of)?;
        let url = job.result_urls().into_iter().next();
        let Some(url) = url.filter(|_| job.status == JobStatus::Completed && !job.expired) else {
            return Err(ImportError::Expired);
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

/// Whether a file is exactly this clip. Its length and the properties of its picture track are
/// enough: two clips don't agree in both, to the byte and the millisecond, by accident, and nothing
/// more had to be stored for it.
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
