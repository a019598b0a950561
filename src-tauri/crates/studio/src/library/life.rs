//! The steps of a generation's life, each one statement that also says from which state it
//! may be taken. A step that comes too late (the generation was called off, or another
//! answer was first) changes nothing and says [`LibraryError::NotThere`]. A step that
//! reveals a charge or a return books it in the same transaction.

use std::path::Path;

use rusqlite::{Connection, ToSql, named_params};

use super::records::json;
use super::{Library, LibraryError};
use crate::generation::{Clip, Failure, GenerationId, JobRecord, Millis, Submission};

impl Library {
    /// Its pictures are being sent, for a request that has not left yet.
    ///
    /// # Errors
    /// As for all steps: SQLite's, or [`LibraryError::NotThere`].
    pub fn uploading(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = 'uploading', waiting = NULL",
            "('recorded','uploading','submitting') AND first_sent IS NULL",
            named_params! {},
        )
    }

    /// Its exact request and key, on the disk before the request leaves. Replaces a
    /// request only if that can't have reached the server.
    ///
    /// # Errors
    /// As for all steps.
    pub fn submitting(
        &self,
        id: &GenerationId,
        submission: &Submission,
    ) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = 'submitting', waiting = NULL, submit_key = :key, body = :body, \
             pictures_until = :until, first_sent = NULL",
            "('recorded','uploading','submitting') AND first_sent IS NULL",
            named_params! {
                ":key": submission.key,
                ":body": submission.body,
                ":until": submission.pictures_until,
            },
        )
    }

    /// The request is about to leave, with the API key of the fingerprint `by`. Keeps the time
    /// and the key of the first one.
    ///
    /// # Errors
    /// As for all steps, or [`LibraryError::Gone`].
    pub fn sent(&self, id: &GenerationId, now: Millis, by: &str) -> Result<(), LibraryError> {
        self.is_in_place()?;
        self.step(
            id,
            "first_sent = coalesce(first_sent, :now), sent_by = coalesce(sent_by, :by)",
            "('submitting')",
            named_params! {":now": now, ":by": by},
        )
    }

    /// The request of the time `sent` did not leave this machine after all.
    ///
    /// # Errors
    /// As for all steps.
    pub fn unsent(&self, id: &GenerationId, sent: Millis) -> Result<(), LibraryError> {
        self.step(
            id,
            "first_sent = NULL, sent_by = NULL",
            "('submitting') AND first_sent = :sent",
            named_params! {":sent": sent},
        )
    }

    /// Apiframe has taken the job. Where the job was brought in while its answer was lost,
    /// that generation goes on with these settings, and this one is gone.
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

    /// What the server says of a running job. Progress never goes back.
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
             result_url = :url, completed = :completed, credits = coalesce(:credits, credits), \
             etag = CASE WHEN result_url IS :url THEN etag END",
            "('rendering')",
            named_params! {
                ":url": job.result_url,
                ":completed": job.completed,
                ":credits": job.credits,
            },
            |connection| self.book_charge(connection, id),
        )
    }

    /// The address of the clip does not serve it: ask the job for another.
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
        self.step(
            id,
            "state = 'ready', waiting = NULL, file = :file, bytes = :bytes, width = :width, \
             height = :height, duration_ms = :duration, last_frame_ms = :last, \
             finished = :now, etag = NULL",
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
        )
    }

    /// It ended without a clip. A job that ended uncharged gives back what it took.
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

    /// It may have been paid for; nobody here knows.
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

    /// Why it does not move just now, or that it does.
    ///
    /// # Errors
    /// As for all steps.
    pub fn waiting(&self, id: &GenerationId, sentence: Option<&str>) -> Result<(), LibraryError> {
        self.step(
            id,
            "waiting = :waiting",
            "('recorded','uploading','submitting','rendering','downloading')",
            named_params! {":waiting": sentence},
        )
    }

    /// Goes on with a generation that is paid for or may be: with its job, if that is
    /// known, else with looking for it. That never sends the request again: a person who
    /// checks has been told that it costs nothing.
    ///
    /// # Errors
    /// As for all steps.
    pub fn resume(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = CASE WHEN job_id IS NULL THEN 'submitting' ELSE 'rendering' END, \
             doubtful = doubtful OR job_id IS NULL, failure = NULL, finished = NULL, waiting = NULL",
            "('failed','uncertain') AND (job_id IS NOT NULL OR first_sent IS NOT NULL)",
            named_params! {},
        )
    }

    /// It was called off before anything that costs was sent.
    ///
    /// # Errors
    /// As for all steps: once sent, it can't be called off.
    pub fn cancel(
        &self,
        id: &GenerationId,
        failure: &Failure,
        now: Millis,
    ) -> Result<(), LibraryError> {
        self.step(
            id,
            "state = 'failed', waiting = NULL, failure = :failure, finished = :now",
            "('recorded','uploading','submitting') AND first_sent IS NULL",
            named_params! {":failure": json(failure)?, ":now": now},
        )
    }

    /// The server's mark of the file being fetched, to go on with the same one later.
    ///
    /// # Errors
    /// As for all steps.
    pub fn set_etag(&self, id: &GenerationId, etag: Option<&str>) -> Result<(), LibraryError> {
        self.step(
            id,
            "etag = :etag",
            "('downloading')",
            named_params! {":etag": etag},
        )
    }

    /// The mark stored by [`Library::set_etag`].
    ///
    /// # Errors
    /// SQLite's.
    pub fn etag(&self, id: &GenerationId) -> Result<Option<String>, LibraryError> {
        self.with(|connection| {
            Ok(connection.query_row(
                "SELECT etag FROM generations WHERE id = ?1",
                [id.as_str()],
                |row| row.get(0),
            )?)
        })
    }

    /// A poster picture is stored.
    ///
    /// # Errors
    /// As for all steps.
    pub fn has_poster(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.step(id, "has_poster = 1", "('ready')", named_params! {})
    }

    /// The clip's file is now there.
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

    /// Takes a finished generation out of the library. What it cost stays in the ledger.
    ///
    /// # Errors
    /// As for all steps: an unfinished one stays.
    pub fn remove(&self, id: &GenerationId) -> Result<(), LibraryError> {
        self.with(|connection| {
            let gone = connection.execute(
                "DELETE FROM generations WHERE id = ?1 AND state IN ('ready','failed','uncertain')",
                [id.as_str()],
            )?;
            if gone == 1 {
                Ok(())
            } else {
                Err(LibraryError::NotThere)
            }
        })
    }

    fn step(
        &self,
        id: &GenerationId,
        set: &str,
        from: &str,
        values: &[(&str, &dyn ToSql)],
    ) -> Result<(), LibraryError> {
        self.with(|connection| advance(connection, id, set, from, values))
    }

    /// A step with what it brings with it: both are written, or neither is.
    fn step_and(
        &self,
        id: &GenerationId,
        set: &str,
        from: &str,
        values: &[(&str, &dyn ToSql)],
        also: impl FnOnce(&Connection) -> Result<(), LibraryError>,
    ) -> Result<(), LibraryError> {
        self.with(|connection| {
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
    let id = id.as_str();
    all.push((":id", &id));
    if statement.execute(all.as_slice())? == 1 {
        Ok(())
    } else {
        Err(LibraryError::NotThere)
    }
}
