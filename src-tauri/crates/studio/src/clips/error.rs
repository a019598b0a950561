//! Why a clip did not come.

use std::time::Duration;

use reqwest::StatusCode;

use crate::message::{AddressFault, ClipFault};

/// Why an attempt ended without a whole file.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The address may not be fetched from at all.
    #[error("its address may not be fetched from: {0:?}")]
    Address(AddressFault),
    /// The connection could not be made or broke; what came is kept.
    #[error("the connection broke")]
    Network,
    /// The server answered that it is not there (any more), or not to be had this way.
    #[error("the server does not give it out at that address ({0})")]
    NotThere(StatusCode),
    /// The server is there and can't serve just now.
    #[error("the server answered {status}")]
    Busy {
        /// What it answered.
        status: StatusCode,
        /// How long it asks to be left alone; an hour at most.
        wait: Option<Duration>,
    },
    /// What came is no clip, or not all of it.
    #[error("it is no clip: {0:?}")]
    NotTheClip(ClipFault),
    /// It could not be written.
    #[error("it could not be written: {0}")]
    Disk(#[from] std::io::Error),
}
