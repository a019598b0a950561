//! Everything that the program reports, as a code with its parameters. It is stored and sent in
//! that form. The sentence is made where it is read, from the catalogue of the user's language
//! (`locales/`), by [`crate::catalogue`] here and by `ui/src/catalogue` in the page.
//!
//! A code is permanent: rows on disk contain it. A code that is no longer used stays in the list.

use apiframe::{ConfigError, KeyShape, Unreached, UnreachedCause};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::clock::Millis;
use crate::settings::field::Field;

/// Declares [`Message`], and its codes with the names of their parameters for the test that
/// compares them with the catalogue.
macro_rules! messages {
    ($(
        $(#[$about:meta])*
        $name:ident $({ $( $(#[$kind:meta])* $parameter:ident: $type:ty ),* $(,)? })?,
    )*) => {
        /// What the program reports.
        #[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
        #[serde(tag = "code", rename_all = "camelCase", rename_all_fields = "camelCase")]
        pub enum Message {
            $( $(#[$about])* $name $({ $( $(#[$kind])* $parameter: $type ),* })?, )*
        }

        #[cfg(test)]
        pub(crate) const MESSAGES: &[(&str, &[&str])] = &[
            $( (stringify!($name), &[$( $( stringify!($parameter) ),* )?]), )*
        ];
    };
}

messages! {
    // ---- Sentences that are not our own.
    /// A sentence as it is: stored by an earlier program, which had no codes.
    Said { text: String },
    /// A code of a later program.
    Unknown { unknown: String },
    /// What should never happen, in the words of the code that noticed it.
    Internal { error: String },
    /// A task panicked; the log says where.
    BrokeOff,

    // ---- Why a generation waits.
    SignedOut,
    Offline,
    // What prevents a connection, as far as it is known.
    HostNotFound { host: String },
    /// The certificate is signed by someone whom this computer does not trust.
    ConnectionInspected { host: String },
    CertificateRejected { host: String },
    /// A certificate is not valid at the time of this computer's clock, as `2026-12-01 14:05`.
    ClockWrong { clock: String },
    ProxySilent { proxy: String },
    ProxyRefused { proxy: String, host: String },
    ProxyPassword { proxy: String },
    /// A request is not sent yet because its clip could not be fetched from there.
    ClipServerUnreached { host: String },
    /// A step of the engine panicked.
    StepBroke,
    AnswerLost,
    KeyRefusedWhileRendering,
    DownloadBroke,
    AddressFailed,
    JobNotFound,
    JobForbidden,
    NewerSettings,
    AnsweredInBetween,
    ServerTrouble,
    ShortPause,
    Pause { seconds: u32 },
    /// A time of this machine's clock.
    PauseUntil { #[specta(type = u32)] at: Millis },
    ClipPause { seconds: u32 },
    ClipServerTrouble,
    ClipsFolderGone { folder: String },
    ClipsFolderSilent { folder: String },
    ClipsDiskFull { folder: String },
    ClipsFolderClosed { folder: String },
    ClipNotWritten { folder: String, error: String },
    PriceUnknown,
    LimitTooLow { span: LimitSpan, #[specta(type = u32)] limit: i64, #[specta(type = u32)] price: i64 },
    /// `from` is the first day on which it continues, `2026-12-01`, for a month.
    LimitReached { span: LimitSpan, #[specta(type = u32)] limit: i64, from: String },
    LimitNearlyReached {
        span: LimitSpan,
        #[specta(type = u32)] limit: i64,
        #[specta(type = u32)] left: i64,
        #[specta(type = u32)] price: i64,
        from: String,
    },

    // ---- Why a generation ended without a clip.
    ReasonNotStored,
    EntryNotSent,
    Cancelled,
    FrameMissing { field: Field },
    PictureRefused { field: Field, said: String },
    FieldRefused { field: Field, said: String },
    RequestRefused { said: String },
    RequestNotTaken { said: String },
    KeyRefused,
    KeyForbidden { said: String },
    NoCredits { #[specta(type = u32)] needed: i64, #[specta(type = u32)] left: i64 },
    NotEnoughCredits,
    FateUnknown,
    FateUnknownAfterRescue,
    JobFailed,
    JobFailedBecause { said: String },
    JobCancelled,
    ClipExpired,
    NoResult,
    JobUnknown,
    NotTheClip { fault: ClipFault },
    ClipNotThere,
    ClipAddress { fault: AddressFault },

    // ---- Which settings are not allowed.
    UnknownSetting { name: String },
    EndWithoutStart,
    ReferencesNeedOmni,
    TooManyReferences { most: u32, count: u32 },
    PromptMissing,
    PromptTooLong { over: u32, most: u32 },
    LengthOutOfRange { least: u32, most: u32 },
    AvoidTooLong { over: u32, most: u32 },
    ShotsWithEnd,
    TooManyShots { most: u32, count: u32 },
    ShotMissing { number: u32 },
    ShotTooLong { number: u32, over: u32, most: u32 },
    ShotTooShort { number: u32 },
    ShotsUnequal { sum: u32, length: u32 },
    PictureNotKept { field: Field },
    SettingNotTold { field: Field },
    EntryUnreadable,
    SpendingUnpriced,
    SpendingTooLow { span: LimitSpan, #[specta(type = u32)] limit: i64, #[specta(type = u32)] price: i64 },
    SpendingReached {
        span: LimitSpan,
        #[specta(type = u32)] limit: i64,
        #[specta(type = u32)] used: i64,
        #[specta(type = u32)] price: i64,
        from: String,
    },

    // ---- The library.
    LibraryNewer,
    NotThere,
    LibraryFull,
    LibraryClosed,
    LibraryBusy,
    LibraryUnreachable,
    LibraryDamaged,
    LibraryTrouble { error: String },
    LibraryGone { folder: String },
    LibraryFolder { error: String },
    LibraryValue { what: String },
    LibraryDamagedInUse,
    /// `backup` is when the restored backup was made, and `file` is the path of the damaged
    /// library.
    LibraryReplaced {
        damaged: bool,
        #[specta(type = Option<u32>)] backup: Option<Millis>,
        found: u32,
        file: Option<String>,
    },
    LibraryHeldHere { process: String, folder: String },
    LibraryHeldByUser { user: Option<String>, folder: String },
    LibraryHeldElsewhere { host: String, user: Option<String>, folder: String },
    LibraryHeld { folder: String },
    FolderUnusable { folder: String, error: String },
    NoLibrary,

    // ---- Importing from Apiframe.
    JobIdMissing,
    JobIdMalformed,
    ImportSignedOut,
    ImportOffline,
    ImportPause { seconds: u32 },
    ImportShortPause,
    ImportTrouble,
    ImportUnknown,
    ImportFailed,
    ImportExpired,
    ImportNotAClip,

    // ---- Files of clips.
    AnotherFile { name: String, difference: Difference },
    AnotherSize {
        name: String,
        #[specta(type = u32)] bytes: u64,
        #[specta(type = u32)] wanted: u64,
    },
    FileUnreadable { name: String, error: String },
    ClipNotReady,
    ClipMissing { file: String },
    NotTrashed { name: String },
    CopyFailed { file: String, error: String },
    ExportFailed { file: String, error: String },
    ClipsFolderRefused { folder: String, error: String },
    NoFileManager { path: String },
    NoBrowser { address: String },
    NoDialog { picture: bool },
    WhereIs { name: String },

    // ---- Pictures.
    PictureIsFolder,
    PictureGone,
    PictureIsLink,
    PictureForbidden,
    PictureNotRead,
    PictureEmpty,
    PictureIsOther { kind: OtherKind },
    PictureUnsupported { format: String },
    PictureBroken,
    PictureTooSmall { width: u32, height: u32, least: u32 },
    PictureTooWide { width: u32, height: u32 },
    PictureTooTall { width: u32, height: u32 },
    PictureTooLarge { width: u32, height: u32, megapixels: u32 },
    PictureFileTooLarge { megabytes: u32 },
    PictureDiskFull,
    PictureNotStored { folder: String },
    PlaceRemoved,
    TurnedUpright,
    Converted { from: String, to: String },
    ConvertedFromPrint,
    FilledWithWhite,
    MadeSmaller { width: u32, height: u32 },
    /// In megabytes with one digit after the decimal point.
    Compressed { before: String, after: String },
    Cropped { width: u32, height: u32 },

    // ---- Keys and the keychain.
    KeyEmpty,
    KeyOfAnother,
    KeyBeginningOnly,
    KeyCharacters,
    KeyTooLong,
    KeyNotRecognised,
    KeyNotAllowed { said: String },
    KeyNotChecked,
    KeyCheckPause,
    KeyCheckTrouble,
    KeyFromEnvironment,
    KeyStopped,
    /// `why` is the sentence that says what is wrong with it.
    KeyVariable { variable: String, why: String },
    Disconnected,
    KeychainLocked,
    KeychainSilent,
    KeychainAbsent,
    KeychainFailed,
    KeychainNotAKey,
    KeychainSeveral,

    // ---- Models.
    /// `why` says what is wrong with a file of records, in the words of who wrote the format.
    ModelFileRefused { file: String, why: String },

    // ---- The program.
    SandboxFailed { error: String },
    DraftTooLong { most: u32 },
    DraftNotKept { error: String },
    PreferencesNotSaved { file: String },
    ClipboardSilent,
    ClipboardBusy,
    /// Neither the system nor the environment says where the user's files are.
    Homeless,
    AlreadyOpen,
    NoDesktop,
    NotRestarted { error: String },
    NoThreads { error: String },
    NoPort { error: String },
    NoWindow { error: String },
    BadAddress { variable: String, error: String },
    AddressInsecure,
    AddressNotABase,
    TlsUnavailable,
}

/// What a spending limit is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LimitSpan {
    /// A day in the user's time zone.
    Day,
    /// A month in the user's time zone.
    Month,
}

/// What is wrong with what was received instead of a clip.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ClipFault {
    Nothing,
    TooLarge,
    AnotherPart,
    NotMp4,
    Empty,
    NotVideo,
}

/// Why nothing is fetched from an address.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AddressFault {
    NoHost,
    ThisComputer,
    NotHttps,
    PrivateNetwork,
    Nowhere,
    TooManyRedirects,
}

/// How a file differs from a clip.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Difference {
    Path,
    NoFile,
    NotVideo,
    Picture,
}

/// What a file is if it is not a picture.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum OtherKind {
    Pdf,
    Video,
    SoundOrVideo,
    Sound,
    ArchiveOrDocument,
    Archive,
    Program,
    WebPage,
    Text,
    Device,
    Other,
}

impl From<&KeyShape> for Message {
    fn from(shape: &KeyShape) -> Self {
        match shape {
            KeyShape::Empty => Self::KeyEmpty,
            KeyShape::NotApiframe => Self::KeyOfAnother,
            KeyShape::OnlyTheBeginning => Self::KeyBeginningOnly,
            KeyShape::StrangeCharacters => Self::KeyCharacters,
            KeyShape::TooLong => Self::KeyTooLong,
        }
    }
}

impl From<&ConfigError> for Message {
    fn from(error: &ConfigError) -> Self {
        match error {
            ConfigError::Insecure => Self::AddressInsecure,
            ConfigError::NotABase => Self::AddressNotABase,
            ConfigError::UserAgent => Self::Internal {
                error: error.to_string(),
            },
            ConfigError::Tls { .. } => Self::TlsUnavailable,
        }
    }
}

impl Message {
    /// What prevents a connection; `None` if no more is known than that there is none.
    #[must_use]
    pub fn of_connection(unreached: &Unreached) -> Option<Self> {
        let host = unreached.host.clone();
        let proxy = unreached.proxy.clone();
        Some(match unreached.cause {
            UnreachedCause::NoConnection | UnreachedCause::TooSlow => return None,
            UnreachedCause::NoAddress => Self::HostNotFound { host },
            UnreachedCause::Inspected => Self::ConnectionInspected { host },
            UnreachedCause::Distrusted => Self::CertificateRejected { host },
            UnreachedCause::Clock => Self::ClockWrong {
                clock: jiff::Zoned::now().strftime("%Y-%m-%d %H:%M").to_string(),
            },
            UnreachedCause::ProxyUnreached => Self::ProxySilent { proxy },
            UnreachedCause::ProxyRefused => Self::ProxyRefused { proxy, host },
            UnreachedCause::ProxyPassword => Self::ProxyPassword { proxy },
        })
    }

    /// Its code, for the log. The log never gets the parameters: they may contain a prompt.
    #[must_use]
    pub fn code(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The form in which it is stored.
    #[must_use]
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored message: from this program, from an earlier one as a sentence, or from a
    /// later one with a code that is not known here.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) if value.is_object() => Self::from_value(value),
            _ => Self::Said { text: text.into() },
        }
    }

    /// The same for a JSON value.
    #[must_use]
    pub fn from_value(value: serde_json::Value) -> Self {
        let code = value["code"].as_str().unwrap_or_default().to_owned();
        serde_json::from_value(value).unwrap_or(Self::Unknown { unknown: code })
    }
}

/// Reads a message inside a stored value, as [`Message::from_stored`] does.
pub(crate) fn stored<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Message, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(match value {
        serde_json::Value::String(text) => Message::Said { text },
        value => Message::from_value(value),
    })
}

/// The same for several.
pub(crate) fn all_stored<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Vec<Message>, D::Error> {
    #[derive(Deserialize)]
    struct Stored(#[serde(deserialize_with = "stored")] Message);
    let all = Vec::<Stored>::deserialize(from)?;
    Ok(all.into_iter().map(|Stored(message)| message).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    /// One message of every code, in the form it has on disk. Lines are added, never changed.
    const GOLDEN: &str = include_str!("../tests/golden/messages.jsonl");

    #[test]
    fn every_message_that_was_ever_stored_is_read_as_it_was_meant() {
        for line in GOLDEN.lines() {
            let message = Message::from_stored(line);
            assert_eq!(message.to_stored(), line, "read as {message:?}");
        }
    }

    #[test]
    fn every_code_is_in_the_golden_file() {
        let golden: BTreeSet<String> = GOLDEN
            .lines()
            .map(|line| Message::from_stored(line).code().to_lowercase())
            .collect();
        for (name, _) in MESSAGES {
            assert!(
                golden.contains(&name.to_lowercase()),
                "add a line for {name} to tests/golden/messages.jsonl"
            );
        }
    }

    #[test]
    fn a_sentence_of_an_earlier_program_and_a_code_of_a_later_one_are_kept() {
        let early = Message::from_stored("You were offline.");
        assert_eq!(early.to_string(), "You were offline.");
        let late = Message::from_stored(r#"{"code":"madeUpLater","by":3}"#);
        assert_eq!(
            late,
            Message::Unknown {
                unknown: "madeUpLater".into()
            }
        );
    }
}
