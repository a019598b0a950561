//! What SQLite's errors mean for the user. SQLite's own words go to the log.

use rusqlite::ErrorCode;

use crate::message::Message;

/// The message for an error. Whatever waits for it continues automatically.
pub(super) fn message(error: &rusqlite::Error) -> Message {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Message::LibraryFull,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Message::LibraryClosed,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Message::LibraryBusy,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Message::LibraryUnreachable,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Message::LibraryDamaged,
        _ => Message::LibraryTrouble {
            error: error.to_string(),
        },
    }
}
