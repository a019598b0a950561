//! What SQLite's errors mean for a person: what is in the way, and what to do about it.
//! SQLite's own words go to the log.

use rusqlite::ErrorCode;

/// The sentence for an error. Whatever waits for it goes on by itself.
pub(super) fn sentence(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            "The disk with the library is full. Free some space and it goes on by itself.".into()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "Inbetween may not write to the library. Allow it to write to the library's folder and \
             it goes on by itself."
                .into()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "Another program holds the library. Close it and this goes on by itself.".into()
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            "The library can't be reached just now. Check that its disk is connected and has room; \
             it goes on by itself."
                .into()
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "The library's file is damaged. Start Inbetween again; nothing that was paid for is \
             given up."
                .into()
        }
        _ => format!("The library could not be read or written: {error}."),
    }
}
