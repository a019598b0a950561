//! Why a clip could not be fetched.

use std::time::Duration;

use apiframe::Unreached;
use reqwest::StatusCode;

use crate::message::{AddressFault, ClipFault};

/// Why an attempt ended without a complete file.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The address may not be fetched from at all.
    #[error("its address may not be fetched from: {0:?}")]
    Address(AddressFault),
    /// No connection could be made.
    #[error("the server was not reached: {0:?}")]
    Unreached(Unreached),
    /// The connection broke; what was received is kept.
    #[error("the connection broke")]
    Network,
    /// The server answered that the clip is not there (any more), or not available this way.
    #[error("the server does not give it out at that address ({0})")]
    NotThere(StatusCode),
    /// The server is there but can't serve it just now.
    #[error("the server answered {status}")]
    Busy {
        status: StatusCode,
        /// How long it asks us to wait; an hour at most.
        wait: Option<Duration>,
    },
    /// What was received is not a clip, or not all of it.
    #[error("it is no clip: {0:?}")]
    NotTheClip(ClipFault),
    /// The clip could not be written.
    #[error("it could not be written: {0}")]
    Disk(#[from] std::io::Error),
}
