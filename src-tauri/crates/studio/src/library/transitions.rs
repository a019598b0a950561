//! The steps of a generation's life. Each is one statement that also says in which states it is
//! allowed. A step that comes too late (the generation was cancelled, or another answer was first)
//! changes nothing and returns [`LibraryError::NotThere`]. A step that reveals a charge or a return
//! books it in the same transaction.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, ToSql, named_params, params};

use super::columns::text;
use super::records::json;
use super::{Library, LibraryError, clip_server};
use crate::generation::{Clip, Failure, GenerationId, JobRecord, Millis, Submission};
use crate::message::Message;

/// The states before a request is sent, for a generation whose request was never sent.
const UNSENT: &str = "('recorded','uploading','submitting') AND NOT EXISTS \
    (SELECT 1 FROM submissions WHERE generation = id AND first_sent IS NOT NULL)";

impl Library {
    /// Its pictures are being sent, for a request that has not left yet.
    ///
    /// # Errors
    /// As for all steps: SQLite's, or [`LibraryError::NotThere`].
    pub fn uploading(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = 'uploading', waiting = NULL",
            UNSENT,
            named_params! {},
        )
    }

    /// Its exact request and key, stored on the disk before the request leaves. Replaces a request
    /// only if that can't have reached the server.
    ///
    /// # Errors
    /// As for all steps.
    pub fn submitting(
        &self,
        id: &GenerationId,
        submission: &Submission,
    ) -> Result<(), LibraryError> {
        self.step_and(
            id,
            "state = 'submitting', waiting = NULL",
            UNSENT,
            named_params! {},
            |connection| {
                connection
                    .prepare_cached(
                        "INSERT INTO submissions (generation, key, body, pictures_until) \
                         VALUES (:id, :key, :body, :until) \
                         ON CONFLICT DO UPDATE SET key = excluded.key, body = excluded.body, \
                         pictures_until = excluded.pictures_until",
                    )?
                    .execute(named_params! {
                        ":id": id,
                        ":key": submission.key,
                        ":body": submission.body,
                        ":until": submission.pictures_until,
                    })?;
                Ok(())
            },
        )
    }

    /// The request is about to leave, with the API key of the fingerprint `by`. Keeps the time and
    /// the key of the first attempt.
    ///
    /// # Errors
    /// As for all steps, or [`LibraryError::Gone`].
    pub fn sent(&self, id: &GenerationId, now: Millis, by: &str) -> Result<(), LibraryError> {
        self.is_in_place()?;
        self.write(|connection| mark_sent(connection, id, now, by))
    }

    /// The request that was sent at the time `sent` did not leave this machine after all.
    ///
    /// # Errors
    /// As for all steps.
    pub fn unsent(&self, id: &GenerationId, sent: Millis) -> Result<(), LibraryError> {
        self.write(|connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE submissions SET first_sent = NULL, sent_by = NULL \
                 WHERE generation = ?1 AND first_sent = ?2 AND EXISTS \
                 (SELECT 1 FROM generations WHERE id = ?1 AND state = 'submitting')",
            )?;
            one(statement.execute(params![id, sent])?)
        })
    }

    /// Apiframe has accepted the job. If the job was imported while its answer was lost, the
    /// imported generation continues with these settings, and this one is removed.
    ///
    /// # Errors
    /// As for all steps.
    pub fn accepted(
        &self,
        id: &GenerationId,
        job_id: &str,
        now: Millis,
    ) -> Result<(), LibraryError> {
        if self.give_way(id, job_id)? {
            return Ok(());
        }
        self.step_and(
            id,
            "state = 'rendering', waiting = NULL, job_id = :job, accepted = :now, queued = 1, \
             failure = NULL, finished = NULL",
            "('submitting','uncertain')",
            named_params! {":job": job_id, ":now": now},
            |connection| self.book_charge(connection, id),
        )
    }

    /// What the server reports about a running job. Progress never decreases.
    ///
    /// # Errors
    /// As for all steps.
    pub fn observed(
        &self,
        id: &GenerationId,
        queued: bool,
        progress: Option<u8>,
        credits: Option<i64>,
    ) -> Result<(), LibraryError> {
        self.step_and(
            id,
            "waiting = NULL, queued = :queued, \
             progress = nullif(max(coalesce(progress, -1), coalesce(:progress, -1)), -1), \
             credits = coalesce(:credits, credits)",
            "('rendering')",
            named_params! {":queued": queued, ":progress": progress, ":credits": credits},
            |connection| self.book_charge(connection, id),
        )
    }

    /// The clip is made.
    ///
    /// # Errors
    /// As for all steps.
    pub fn rendered(&self, id: &GenerationId, job: &JobRecord) -> Result<(), LibraryError> {
        self.step_and(
            id,
            "state = 'downloading', waiting = NULL, queued = 0, progress = 100, \
             completed = :completed, credits = coalesce(:credits, credits)",
            "('rendering')",
            named_params! {":completed": job.completed, ":credits": job.credits},
            |connection| {
                set_address(connection, id, job.result_url.as_deref())?;
                self.book_charge(connection, id)
            },
        )
    }

    /// The address of the clip does not work: ask the job for another.
    ///
    /// # Errors
    /// As for all steps.
    pub fn look_again(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = 'rendering', failure = NULL, finished = NULL",
            "('downloading','failed') AND job_id IS NOT NULL",
            named_params! {},
        )
    }

    /// The name and size the clip's file is about to get.
    ///
    /// # Errors
    /// As for all steps.
    pub fn claim(&self, id: &GenerationId, file: &Path, bytes: u64) -> Result<(), LibraryError> {
        self.step(
            id,
            "file = :file, bytes = :bytes",
            "('downloading')",
            named_params! {
                ":file": file.to_string_lossy(),
                ":bytes": i64::try_from(bytes).unwrap_or(i64::MAX),
            },
        )
    }

    /// The clip is on the disk under its own name.
    ///
    /// # Errors
    /// As for all steps.
    pub fn ready(&self, id: &GenerationId, clip: &Clip, now: Millis) -> Result<(), LibraryError> {
        self.step_and(
            id,
            "state = 'ready', waiting = NULL, file = :file, bytes = :bytes, width = :width, \
             height = :height, duration_ms = :duration, last_frame_ms = :last, \
             finished = :now",
            "('downloading')",
            named_params! {
                ":file": clip.file,
                ":bytes": i64::try_from(clip.bytes).unwrap_or(i64::MAX),
                ":width": clip.width,
                ":height": clip.height,
                ":duration": clip.duration_ms,
                ":last": clip.last_frame_ms,
                ":now": now,
            },
            |connection| {
                clip_server::remember(connection, id)?;
                forget_submission(connection, id)
            },
        )
    }

    /// It ended without a clip. If the job ended uncharged, the credits that it took are returned.
    ///
    /// # Errors
    /// As for all steps.
    pub fn failed(
        &self,
        id: &GenerationId,
        failure: &Failure,
        now: Millis,
    ) -> Result<(), LibraryError> {
        let failure_json = json(failure)?;
        self.step_and(
            id,
            "state = 'failed', waiting = NULL, failure = :failure, finished = :now, \
             credits = CASE WHEN :charged = 0 THEN NULL ELSE credits END",
            "('recorded','uploading','submitting','rendering','downloading')",
            named_params! {":failure": failure_json, ":now": now, ":charged": failure.charged},
            |connection| match failure.charged {
                Some(false) => self.book_return(connection, id, now),
                _ => Ok(()),
            },
        )
    }

    /// It may have been paid for; this is not known here.
    ///
    /// # Errors
    /// As for all steps.
    pub fn uncertain(
        &self,
        id: &GenerationId,
        failure: &Failure,
        now: Millis,
    ) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = 'uncertain', waiting = NULL, failure = :failure, finished = :now",
            "('submitting')",
            named_params! {":failure": json(failure)?, ":now": now},
        )
    }

    /// Why it is waiting now, or that it is not.
    ///
    /// # Errors
    /// As for all steps.
    pub fn waiting(
        &self,
        id: &GenerationId,
        message: Option<&Message>,
    ) -> Result<(), LibraryError> {
        self.step(
            id,
            "waiting = :waiting",
            "('recorded','uploading','submitting','rendering','downloading')",
            named_params! {":waiting": message.map(Message::to_stored)},
        )
    }

    /// Continues a generation that is paid for or may be: with its job, if that is known, otherwise
    /// with the search for it. This never sends the request again: a user who checks has been told
    /// that it costs nothing.
    ///
    /// # Errors
    /// As for all steps.
    pub fn resume(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step_and(
            id,
            "state = CASE WHEN job_id IS NULL THEN 'submitting' ELSE 'rendering' END, \
             failure = NULL, finished = NULL, waiting = NULL",
            "('failed','uncertain') AND (job_id IS NOT NULL OR EXISTS \
             (SELECT 1 FROM submissions WHERE generation = id AND first_sent IS NOT NULL))",
            named_params! {},
            |connection| {
                connection
                    .prepare_cached(
                        "UPDATE submissions SET doubtful = 1 WHERE generation = ?1 AND \
                         (SELECT job_id FROM generations WHERE id = ?1) IS NULL",
                    )?
                    .execute([id])?;
                Ok(())
            },
        )
    }

    /// It was cancelled before anything that costs credits was sent.
    ///
    /// # Errors
    /// As for all steps: once sent, it can't be cancelled.
    pub fn cancel(
        &self,
        id: &GenerationId,
        failure: &Failure,
        now: Millis,
    ) -> Result<(), LibraryError> {
        self.step_and(
            id,
            "state = 'failed', waiting = NULL, failure = :failure, finished = :now",
            UNSENT,
            named_params! {":failure": json(failure)?, ":now": now},
            |connection| forget_submission(connection, id),
        )
    }

    /// The server's mark of the file being fetched, so that the same file can be continued later.
    ///
    /// # Errors
    /// As for all steps.
    pub fn set_etag(&self, id: &GenerationId, etag: Option<&str>) -> Result<(), LibraryError> {
        self.write(|connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE submissions SET etag = ?2 WHERE generation = ?1 AND EXISTS \
                 (SELECT 1 FROM generations WHERE id = ?1 AND state = 'downloading')",
            )?;
            one(statement.execute(params![id, etag])?)
        })
    }

    /// The mark stored by [`Library::set_etag`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn etag(&self, id: &GenerationId) -> Result<Option<String>, LibraryError> {
        self.read(|connection| {
            let etag = connection
                .prepare_cached("SELECT etag FROM submissions WHERE generation = ?1")?
                .query_row([id], |row| text(row, 0))
                .optional()?;
            Ok(etag.flatten())
        })
    }

    /// A poster is stored.
    ///
    /// # Errors
    /// As for all steps.
    pub fn has_poster(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step(id, "has_poster = 1", "('ready')", named_params! {})
    }

    /// The clip's file is now at this path.
    ///
    /// # Errors
    /// As for all steps.
    pub fn moved(&self, id: &GenerationId, file: &Path) -> Result<(), LibraryError> {
        self.step(
            id,
            "file = :file",
            "('ready')",
            named_params! {":file": file.to_string_lossy()},
        )
    }

    /// Removes a finished generation from the library. What it cost stays in the ledger.
    ///
    /// # Errors
    /// As for all steps: an unfinished generation stays.
    pub fn remove(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.write(|connection| {
            one(connection.execute(
                "DELETE FROM generations WHERE id = ?1 AND state IN ('ready','failed','uncertain')",
                [id],
            )?)
        })
    }

    fn step(
        &self,
        id: &GenerationId,
        set: &str,
        from: &str,
        values: &[(&str, &dyn ToSql)],
    ) -> Result<(), LibraryError> {
        self.write(|connection| advance(connection, id, set, from, values))
    }

    /// A step with its consequences: both are written, or neither is.
    fn step_and(
        &self,
        id: &GenerationId,
        set: &str,
        from: &str,
        values: &[(&str, &dyn ToSql)],
        also: impl FnOnce(&Connection) -> Result<(), LibraryError>,
    ) -> Result<(), LibraryError> {
        self.write(|connection| {
            let transaction = connection.transaction()?;
            advance(&transaction, id, set, from, values)?;
            also(&transaction)?;
            Ok(transaction.commit()?)
        })
    }
}

/// Changes a generation that is in one of the states `from`.
pub(super) fn advance(
    connection: &Connection,
    id: &GenerationId,
    set: &str,
    from: &str,
    values: &[(&str, &dyn ToSql)],
) -> Result<(), LibraryError> {
    let mut statement = connection.prepare_cached(&format!(
        "UPDATE generations SET {set} WHERE id = :id AND state IN {from}"
    ))?;
    let mut all: Vec<(&str, &dyn ToSql)> = values.to_vec();
    all.push((":id", id));
    one(statement.execute(all.as_slice())?)
}

/// The request of a generation is sent, for the first time or once more.
pub(super) fn mark_sent(
    connection: &Connection,
    id: &GenerationId,
    now: Millis,
    by: &str,
) -> Result<(), LibraryError> {
    let mut statement = connection.prepare_cached(
        "UPDATE submissions SET first_sent = coalesce(first_sent, ?2), \
         sent_by = coalesce(sent_by, ?3) WHERE generation = ?1 AND EXISTS \
         (SELECT 1 FROM generations WHERE id = ?1 AND state = 'submitting')",
    )?;
    one(statement.execute(params![id, now, by])?)
}

/// Stores where a generation's clip can be fetched. The mark of the file belongs to the address.
pub(super) fn set_address(
    connection: &Connection,
    id: &GenerationId,
    url: Option<&str>,
) -> Result<(), LibraryError> {
    connection
        .prepare_cached(
            "INSERT INTO submissions (generation, result_url) VALUES (?1, ?2) \
             ON CONFLICT DO UPDATE SET result_url = excluded.result_url, \
             etag = CASE WHEN result_url IS excluded.result_url THEN etag END",
        )?
        .execute(params![id, url])?;
    Ok(())
}

/// The clip is ready, or nothing was sent: what was needed to get it is not needed any more.
pub(super) fn forget_submission(
    connection: &Connection,
    id: &GenerationId,
) -> Result<(), LibraryError> {
    connection
        .prepare_cached("DELETE FROM submissions WHERE generation = ?1")?
        .execute([id])?;
    Ok(())
}

/// Checks that a step changed exactly one row.
fn one(changed: usize) -> Result<(), LibraryError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(LibraryError::NotThere)
    }
}
