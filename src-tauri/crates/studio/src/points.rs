//! Named points in the life of a generation, for the crash harness.
//!
//! Between any two of them the program may be killed; the harness (`tests/torture`) does so
//! at each, and asserts that nothing is lost or paid for twice. In the program nobody
//! listens, and reaching a point costs one atomic load.

use std::sync::OnceLock;

/// Every point, in the order of a good life.
pub const ALL: [&str; 22] = [
    GENERATE_ASKED,
    GENERATE_RECORDED,
    UPLOAD_BEGUN,
    UPLOAD_ANSWERED,
    UPLOAD_STORED,
    REQUEST_MADE,
    REQUEST_STORED,
    SUBMIT_MARKED,
    SUBMIT_ANSWERED,
    SUBMIT_ACCEPTED,
    LOOK_ANSWERED,
    LOOK_STORED,
    RENDERED_STORED,
    DOWNLOAD_BEGUN,
    DOWNLOAD_MARKED,
    DOWNLOAD_MOVING,
    DOWNLOAD_WHOLE,
    CLIP_CLAIMED,
    CLIP_NAMED,
    READY_STORED,
    FAILED_FOUND,
    FAILED_STORED,
];

/// Generate was pressed; nothing is written.
pub const GENERATE_ASKED: &str = "generate.asked";
/// Its row is on the disk.
pub const GENERATE_RECORDED: &str = "generate.recorded";
/// A picture is about to be sent.
pub const UPLOAD_BEGUN: &str = "upload.begun";
/// The server has the picture; its address is not written yet.
pub const UPLOAD_ANSWERED: &str = "upload.answered";
/// The picture's address is written.
pub const UPLOAD_STORED: &str = "upload.stored";
/// The body and the key exist in memory only.
pub const REQUEST_MADE: &str = "request.made";
/// The body and the key are on the disk.
pub const REQUEST_STORED: &str = "request.stored";
/// It is written that the request leaves; it has not left.
pub const SUBMIT_MARKED: &str = "submit.marked";
/// The server has answered; nothing of that is written. Charged, and only the server knows.
pub const SUBMIT_ANSWERED: &str = "submit.answered";
/// The job's id is on the disk.
pub const SUBMIT_ACCEPTED: &str = "submit.accepted";
/// The server has said how the job is.
pub const LOOK_ANSWERED: &str = "look.answered";
/// It runs, and that is written.
pub const LOOK_STORED: &str = "look.stored";
/// It is done, and that is written with the clip's address.
pub const RENDERED_STORED: &str = "rendered.stored";
/// The clip is about to be fetched.
pub const DOWNLOAD_BEGUN: &str = "download.begun";
/// The server's mark of the file is written.
pub const DOWNLOAD_MARKED: &str = "download.marked";
/// Some of the clip's bytes have come.
pub const DOWNLOAD_MOVING: &str = "download.moving";
/// All of it is in the `.part`, synced and unchecked.
pub const DOWNLOAD_WHOLE: &str = "download.whole";
/// The name it is going to have is written; it does not have it.
pub const CLIP_CLAIMED: &str = "clip.claimed";
/// The file has its name; the library does not know.
pub const CLIP_NAMED: &str = "clip.named";
/// The clip is in the gallery.
pub const READY_STORED: &str = "ready.stored";
/// It ended without a clip; that is not written.
pub const FAILED_FOUND: &str = "failed.found";
/// It ended without a clip, and that is written.
pub const FAILED_STORED: &str = "failed.stored";

static LISTENER: OnceLock<fn(&'static str)> = OnceLock::new();

/// Calls `listener` at each point of this process from now on. The first listener stays.
pub fn listen(listener: fn(&'static str)) {
    let _ = LISTENER.set(listener);
}

/// A point is reached.
pub(crate) fn reach(point: &'static str) {
    if let Some(listener) = LISTENER.get() {
        listener(point);
    }
}
