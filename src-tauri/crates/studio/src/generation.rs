//! A generation: one request for one clip, from the press of Generate, whatever happens to it.
//!
//! It has two forms. [`Record`] is what the library stores, with everything that the engine needs
//! to continue after a restart. [`Generation`] is what the user sees: no key, no request body, no
//! address. [`Record::show`] converts one into the other, as a pure function of the record, the
//! time and how long such jobs are expected to take.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::message::{self, Message};
use crate::remote::ImportedSettings;
use crate::settings::{Field, Settings};

pub use crate::clock::Millis;

/// Orders the views of a generation: events and answers reach the page by different ways and
/// overtake each other.
pub type Revision = u64;

/// The revision of what is read from the library after this call. Take it before the record is
/// read: a view with a higher revision than the one taken after a change contains the change.
#[must_use]
pub fn next_revision() -> Revision {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// A generation's own id, created here before anything is sent (UUID v7, so ids sort by age).
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Type,
)]
#[serde(transparent)]
#[specta(transparent)]
pub struct GenerationId(#[specta(type = String)] Uuid);

impl GenerationId {
    /// Creates an id for a generation created at `now`.
    #[must_use]
    pub fn new(now: Millis) -> Self {
        let now = u64::try_from(now).unwrap_or(0);
        let time = uuid::Timestamp::from_unix(
            uuid::NoContext,
            now / 1000,
            u32::try_from(now % 1000).unwrap_or(0) * 1_000_000,
        );
        Self(Uuid::new_v7(time))
    }

    /// When the generation was created, as the id tells; zero for an id that this program did not
    /// make.
    #[must_use]
    pub fn created(&self) -> Millis {
        let (seconds, nanos) = self.0.get_timestamp().map_or((0, 0), |at| at.to_unix());
        let seconds = Millis::try_from(seconds).unwrap_or(0);
        seconds
            .saturating_mul(1000)
            .saturating_add(Millis::from(nanos / 1_000_000))
    }
}

/// The id as text, in lower case and with hyphens; safe in a file name and a URL path.
impl std::fmt::Display for GenerationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is not a generation's id.
#[derive(Debug, thiserror::Error)]
#[error("that is not the id of a generation")]
pub struct NotAnId;

impl FromStr for GenerationId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
    }
}

/// The state of a generation. The variants up to `Ready` are in the order of a generation without
/// failures.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum State {
    /// Stored; nothing is sent yet.
    Recorded,
    Uploading,
    /// The exact request and its key are stored; it may have been sent.
    Submitting,
    /// Accepted: the job runs at Apiframe.
    Rendering,
    /// The clip is finished and is being downloaded to this disk.
    Downloading,
    /// The clip is on this disk.
    Ready,
    /// It ended without a clip.
    Failed,
    /// It may have been accepted and paid for; that can't be known here.
    Uncertain,
}

impl State {
    /// Every state, for reading them back and for tests.
    pub const ALL: [Self; 8] = [
        Self::Recorded,
        Self::Uploading,
        Self::Submitting,
        Self::Rendering,
        Self::Downloading,
        Self::Ready,
        Self::Failed,
        Self::Uncertain,
    ];

    /// The state that is stored as this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// The word stored in the library.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Uploading => "uploading",
            Self::Submitting => "submitting",
            Self::Rendering => "rendering",
            Self::Downloading => "downloading",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
        }
    }

    /// Whether the engine still has something to do for it.
    #[must_use]
    pub fn is_unfinished(self) -> bool {
        !matches!(self, Self::Ready | Self::Failed | Self::Uncertain)
    }
}

/// The request as it is sent. It is stored before it leaves, so that exactly the same request can
/// be sent again.
#[derive(Clone, Eq, PartialEq)]
pub struct Submission {
    /// The idempotency key.
    pub key: String,
    /// The exact body.
    pub body: Vec<u8>,
    /// When the server deletes the first of the uploaded pictures in the body; `None` without
    /// pictures.
    pub pictures_until: Option<Millis>,
    /// When it may first have reached the server; `None` while nothing has left this machine.
    pub first_sent: Option<Millis>,
    /// Whether another program may have sent it, perhaps under another key, before this library was
    /// restored from a backup: the engine looks for it and never sends it again automatically.
    pub doubtful: bool,
    /// The fingerprint of the API key it was first sent with: another account has never seen its
    /// idempotency key, and would accept and charge it again. `None` while nothing has left, and
    /// for requests of an older program.
    pub sent_by: Option<String>,
}

impl std::fmt::Debug for Submission {
    /// Without the body: it holds the prompt and addresses of pictures.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission")
            .field("key", &self.key)
            .field("first_sent", &self.first_sent)
            .finish_non_exhaustive()
    }
}

/// The remote side of a generation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JobRecord {
    /// Apiframe's id.
    pub id: String,
    /// When it was accepted.
    pub accepted: Millis,
    /// Whether it still waits in the queue.
    pub queued: bool,
    /// Percent, if the server says.
    pub progress: Option<u8>,
    /// Where the clip can be fetched, once it is finished.
    pub result_url: Option<String>,
    /// When the server finished it.
    pub completed: Option<Millis>,
    /// What it costs, in credits.
    pub credits: Option<i64>,
    /// What is known about its settings, if it was imported instead of submitted here.
    pub imported: Option<ImportedSettings>,
}

/// The video file of a generation.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Clip {
    /// The full path.
    pub file: String,
    pub name: String,
    #[specta(type = u32)]
    pub bytes: u64,
    /// Width of the picture in pixels.
    pub width: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// How long the picture lasts.
    pub duration_ms: u32,
    /// When the last picture starts to show: the latest time worth seeking to.
    pub last_frame_ms: u32,
    /// Whether a poster picture is stored.
    pub has_poster: bool,
    /// Whether the file was missing when last looked for. The library never looks; the engine does,
    /// and reports it.
    pub missing: bool,
}

/// What the user can do about a failure, best first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FailureAction {
    /// Load the settings into the composer and change the field at fault.
    FixSettings,
    /// Make a new generation with the same settings.
    TryAgain,
    /// Fetch the clip that is already paid for.
    DownloadAgain,
    AddCredits,
    ReplaceKey,
}

/// Why a generation ended without a clip.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    #[serde(deserialize_with = "message::stored")]
    #[specta(type = Message)]
    pub message: Message,
    /// The control at fault.
    pub field: Option<Field>,
    /// Whether credits were taken; `None` if that can't be known here.
    pub charged: Option<bool>,
    /// What can be done about it, best first. Stored libraries have it under this name.
    #[serde(rename = "mends")]
    pub actions: Vec<FailureAction>,
}

/// A generation as the library stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub id: GenerationId,
    /// When Generate was pressed.
    pub created: Millis,
    pub settings: Settings,
    pub state: State,
    /// Why it makes no progress at the moment.
    pub waiting: Option<Message>,
    /// The stored request, from `Submitting` on.
    pub submission: Option<Submission>,
    /// The job, from `Rendering` on.
    pub job: Option<JobRecord>,
    /// The clip, when `Ready`; while `Downloading`, at most the name and size it will get.
    pub clip: Option<Clip>,
    /// The failure, when `Failed` or `Uncertain`.
    pub failure: Option<Failure>,
    /// When it became `Ready`, `Failed` or `Uncertain`.
    pub finished: Option<Millis>,
    /// Whether everything stored about it could be read.
    pub whole: bool,
}

/// The state of a generation as the user sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Phase {
    Recorded,
    Uploading,
    Submitting,
    Rendering {
        queued: bool,
        /// Percent, if the server says.
        progress: Option<u8>,
        /// When it was accepted.
        #[specta(type = u32)]
        since: Millis,
        /// When the clip is expected; `None` when it takes longer than estimated.
        #[specta(type = Option<u32>)]
        due: Option<Millis>,
    },
    Downloading {
        /// Bytes so far.
        #[specta(type = u32)]
        received: u64,
        /// Bytes in total, if known.
        #[specta(type = Option<u32>)]
        total: Option<u64>,
    },
    Ready {
        clip: Clip,
    },
    Failed {
        failure: Failure,
    },
    /// Perhaps paid for; only the user decides.
    Uncertain {
        message: Message,
    },
}

/// A generation as the user sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Generation {
    pub id: GenerationId,
    /// Of two views of one generation, the one with the higher revision is newer.
    #[specta(type = u32)]
    pub revision: Revision,
    /// When Generate was pressed.
    #[specta(type = u32)]
    pub created: Millis,
    pub settings: Settings,
    pub phase: Phase,
    /// Why it makes no progress at the moment.
    pub waiting: Option<Message>,
    #[specta(type = Option<u32>)]
    pub credits: Option<i64>,
    /// Apiframe's id of the job.
    pub job_id: Option<String>,
    /// How long the server took, from acceptance to completion.
    #[specta(type = Option<u32>)]
    pub rendered_in_ms: Option<Millis>,
    #[specta(type = Option<u32>)]
    pub finished: Option<Millis>,
    /// Whether it can still be cancelled: nothing has been sent that costs anything.
    pub can_cancel: bool,
    /// What is known about its settings, if it was imported instead of submitted here.
    pub imported: Option<ImportedSettings>,
    /// Whether everything stored about it could be read.
    pub whole: bool,
}

/// Bytes of a running download: so far, and in total if known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Received {
    pub bytes: u64,
    pub total: Option<u64>,
}

impl Record {
    /// A generation at the moment when Generate is pressed: nothing has happened to it yet.
    #[must_use]
    pub fn new(created: Millis, settings: Settings) -> Self {
        Self {
            id: GenerationId::new(created),
            created,
            settings,
            state: State::Recorded,
            waiting: None,
            submission: None,
            job: None,
            clip: None,
            failure: None,
            finished: None,
            whole: true,
        }
    }

    /// Whether nothing that costs credits can have reached the server.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        match self.state {
            State::Recorded | State::Uploading => true,
            State::Submitting => self
                .submission
                .as_ref()
                .is_none_or(|submission| submission.first_sent.is_none()),
            _ => false,
        }
    }

    /// The view for the user. `revision` was taken before the record was read, `due` is when the
    /// clip is expected, `received` is the progress of a running download.
    #[must_use]
    pub fn show(self, revision: Revision, due: Option<Millis>, received: Received) -> Generation {
        let can_cancel = self.is_unsent();
        let job = self.job.unwrap_or_default();
        let phase = match (self.state, self.clip, self.failure) {
            (State::Recorded, ..) => Phase::Recorded,
            (State::Uploading, ..) => Phase::Uploading,
            (State::Submitting, ..) => Phase::Submitting,
            (State::Rendering, ..) => Phase::Rendering {
                queued: job.queued,
                progress: job.progress,
                since: job.accepted,
                due,
            },
            (State::Ready, Some(clip), _) => Phase::Ready { clip },
            (State::Downloading | State::Ready, ..) => Phase::Downloading {
                received: received.bytes,
                total: received.total,
            },
            (State::Uncertain, _, failure) => Phase::Uncertain {
                message: failure.map_or(Message::FateUnknown, |failure| failure.message),
            },
            (State::Failed, _, failure) => Phase::Failed {
                failure: mendable(
                    failure.unwrap_or_else(|| Failure {
                        message: Message::ReasonNotStored,
                        field: None,
                        charged: None,
                        actions: vec![FailureAction::TryAgain],
                    }),
                    self.whole && job.imported.as_ref().is_none_or(ImportedSettings::is_whole),
                ),
            },
        };
        Generation {
            id: self.id,
            revision,
            created: self.created,
            settings: self.settings,
            phase,
            waiting: self.waiting,
            credits: job.credits,
            rendered_in_ms: job
                .completed
                .map(|completed| completed.saturating_sub(job.accepted).max(0)),
            job_id: Some(job.id).filter(|id| !id.is_empty()),
            finished: self.finished,
            can_cancel,
            imported: job.imported,
            whole: self.whole,
        }
    }
}

/// The failure with only the actions that can help: settings that are not all known are not paid
/// for again as they are, but checked by the user first.
fn mendable(mut failure: Failure, settings_known: bool) -> Failure {
    if !settings_known {
        failure
            .actions
            .retain(|action| *action != FailureAction::TryAgain);
        if !failure.actions.contains(&FailureAction::FixSettings) {
            failure.actions.push(FailureAction::FixSettings);
        }
    }
    failure
}
