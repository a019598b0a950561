//! States that do not exist, which a damaged file or another program may have left.

use rusqlite::{Connection, ErrorCode};

use super::LibraryError;
use crate::generation::State;

/// Gives generations with a state that does not exist the one that the rest of their row shows. A
/// job that is paid for is asked about again, a request that may have arrived stays uncertain, and
/// nothing is sent. The count keeps this fast: usually there are none.
pub(super) fn replace(connection: &Connection) -> Result<(), LibraryError> {
    let known = State::ALL
        .map(|state| format!("'{}'", state.word()))
        .join(",");
    let unknown: bool = connection.query_row(
        &format!(
            "SELECT EXISTS (SELECT 1 FROM generation_counts \
             WHERE number > 0 AND state NOT IN ({known}))"
        ),
        [],
        |row| row.get(0),
    )?;
    if unknown {
        let result = connection.execute(
            &format!(
                "UPDATE generations SET state = CASE \
                 WHEN file IS NOT NULL AND (finished IS NOT NULL OR job_id IS NULL) THEN 'ready' \
                 WHEN job_id IS NOT NULL THEN 'rendering' \
                 WHEN EXISTS (SELECT 1 FROM submissions \
                     WHERE generation = generations.id AND first_sent IS NOT NULL) THEN 'uncertain' \
                 ELSE 'failed' END \
                 WHERE state NOT IN ({known})"
            ),
            [],
        );
        match result {
            Ok(changed) => tracing::error!(changed, "generations had a state that does not exist"),
            // A row with another value that its column can't have can't be changed. It is shown as
            // failed, and keeps nothing else from being used.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                tracing::error!(?error, "states that do not exist could not be replaced");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
