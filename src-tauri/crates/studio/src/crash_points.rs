//! Named points in the life of a generation, for the crash harness.
//!
//! The program may be killed between any two of them. The harness (`tests/torture`) does so at
//! each, and asserts that nothing is lost or paid for twice. In the released program there is no
//! listener, and reaching a point costs one atomic load.

use std::sync::OnceLock;

/// Every point, in the order of a generation without failures.
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

/// Generate was pressed; nothing is written yet.
pub const GENERATE_ASKED: &str = "generate.asked";
/// Its row is on disk.
pub const GENERATE_RECORDED: &str = "generate.recorded";
/// A picture is about to be sent.
pub const UPLOAD_BEGUN: &str = "upload.begun";
/// The server has the picture; its address is not written yet.
pub const UPLOAD_ANSWERED: &str = "upload.answered";
/// The picture's address is written.
pub const UPLOAD_STORED: &str = "upload.stored";
/// The body and the key exist only in memory.
pub const REQUEST_MADE: &str = "request.made";
/// The body and the key are on disk.
pub const REQUEST_STORED: &str = "request.stored";
/// The attempt to send the request is recorded; the request has not left yet.
pub const SUBMIT_MARKED: &str = "submit.marked";
/// The server has answered; nothing of the answer is written. The job is charged, and only the
/// server knows.
pub const SUBMIT_ANSWERED: &str = "submit.answered";
/// The job's id is on disk.
pub const SUBMIT_ACCEPTED: &str = "submit.accepted";
/// The server has reported the job's status.
pub const LOOK_ANSWERED: &str = "look.answered";
/// The job runs, and that is written.
pub const LOOK_STORED: &str = "look.stored";
/// The job is done, and that is written with the clip's address.
pub const RENDERED_STORED: &str = "rendered.stored";
/// The clip is about to be fetched.
pub const DOWNLOAD_BEGUN: &str = "download.begun";
/// The server's mark for the file is written.
pub const DOWNLOAD_MARKED: &str = "download.marked";
/// Some of the clip's bytes have arrived.
pub const DOWNLOAD_MOVING: &str = "download.moving";
/// The whole clip is in the `.part`, synced but not checked.
pub const DOWNLOAD_WHOLE: &str = "download.whole";
/// The clip's future name is written; the file does not have it yet.
pub const CLIP_CLAIMED: &str = "clip.claimed";
/// The file has its name; that is not in the library yet.
pub const CLIP_NAMED: &str = "clip.named";
/// The clip is in the gallery.
pub const READY_STORED: &str = "ready.stored";
/// The generation ended without a clip; that is not written yet.
pub const FAILED_FOUND: &str = "failed.found";
/// The generation ended without a clip, and that is written.
pub const FAILED_STORED: &str = "failed.stored";

static LISTENER: OnceLock<fn(&'static str)> = OnceLock::new();

/// Calls `listener` at each point of this process from now on. A second listener is ignored.
pub fn listen(listener: fn(&'static str)) {
    let _ = LISTENER.set(listener);
}

/// Reports that a point is reached.
pub(crate) fn reach(point: &'static str) {
    if let Some(listener) = LISTENER.get() {
        listener(point);
    }
}
