//! Jobs of the account that are added to the library without having been submitted here.

use rusqlite::{OptionalExtension, named_params, params};

use super::columns::text;
use super::records::json;
use super::transitions::set_address;
use super::{Library, LibraryError};
use crate::generation::{GenerationId, Record};
use crate::settings::Field;

impl Library {
    /// Records a generation for an existing job, with its state and its job. Returns whether it is
    /// new: if some generation here already has the job, nothing changes, so that importing twice,
    /// or again after a crash, has no effect.
    ///
    /// # Errors
    /// SQLite's, or [`LibraryError::Unreadable`] for a record without a job.
    pub fn import_job(&self, record: &Record) -> Result<bool, LibraryError> {
        let (Some(job), Some(imported)) = (
            &record.job,
            record.job.as_ref().and_then(|job| job.imported.as_ref()),
        ) else {
            return Err(LibraryError::Unreadable("generation without its job"));
        };
        let settings = &record.settings;
        let unknown = |field: Field| imported.unknown.contains(&field);
        // The history of times and prices queries these columns. A placeholder must not influence
        // it, and no mode has this name.
        let mode = if [Field::Quality, Field::Length, Field::Sound]
            .into_iter()
            .any(unknown)
        {
            "unknown"
        } else {
            settings.mode.id()
        };
        let model = if unknown(Field::Model) {
            imported.model.as_str()
        } else {
            settings.model.id()
        };
        self.write(|connection| {
            let change = connection.transaction()?;
            let written = change.execute(
                "INSERT INTO generations (id, created, settings, prompt, state, model, mode, length, \
                 sound, job_id, accepted, queued, progress, completed, credits, brought_in) \
                 VALUES (:id, :created, :settings, :prompt, :state, :model, :mode, :length, \
                 :sound, :job, :accepted, :queued, :progress, :completed, :credits, :imported) \
                 ON CONFLICT DO NOTHING",
                named_params! {
                    ":id": record.id,
                    ":created": record.created,
                    ":settings": settings.to_stored(),
                    ":prompt": settings.prompt,
                    ":state": record.state.word(),
                    ":model": model,
                    ":mode": mode,
                    ":length": settings.length,
                    ":sound": settings.sound,
                    ":job": job.id,
                    ":accepted": job.accepted,
                    ":queued": job.queued,
                    ":progress": job.progress,
                    ":completed": job.completed,
                    ":credits": job.credits,
                    ":imported": json(imported)?,
                },
            )?;
            if written == 1 {
                if job.result_url.is_some() {
                    set_address(&change, &record.id, job.result_url.as_deref())?;
                }
                self.book_charge(&change, &record.id)?;
            }
            change.commit()?;
            Ok(written == 1)
        })
    }

    /// The generation that has this job; `None` also if its id can't be read.
    ///
    /// # Errors
    /// SQLite's.
    pub fn generation_of_job(&self, job: &str) -> Result<Option<GenerationId>, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT id FROM generations WHERE job_id = ?1")?
                .query_row([job], |row| text(row, 0))
                .optional()?
                .flatten()
                .and_then(|id| id.parse().ok()))
        })
    }

    /// Whether this job belongs to a generation that was submitted here, so that another generation
    /// can't be waiting for it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn is_spoken_for(&self, job: &str) -> Result<bool, LibraryError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT 1 FROM generations WHERE job_id = ?1 AND brought_in IS NULL",
                )?
                .exists([job])?)
        })
    }

    /// Handles a generation that waits for its answer while its job was imported. The imported
    /// generation may be half downloaded, so it continues, now with the settings and the request
    /// that its job came from, and the waiting generation is removed. Returns whether this was the
    /// case.
    pub(super) fn give_way(&self, id: &GenerationId, job: &str) -> Result<bool, LibraryError> {
        self.write(|connection| {
            let transaction = connection.transaction()?;
            let other: Option<GenerationId> = transaction
                .prepare_cached(
                    "SELECT id FROM generations WHERE job_id = ?2 AND id <> ?1 \
                     AND brought_in IS NOT NULL AND EXISTS (SELECT 1 FROM generations AS asked \
                      WHERE asked.id = ?1 AND asked.state IN ('submitting', 'uncertain'))",
                )?
                .query_row(params![id, job], |row| row.get(0))
                .optional()?;
            let Some(other) = other else {
                return Ok(false);
            };
            transaction.execute(
                "UPDATE generations SET brought_in = NULL, \
                 (created, settings, prompt, model, mode, length, sound, expected) = \
                 (SELECT created, settings, prompt, model, mode, length, sound, expected \
                  FROM generations AS asked WHERE asked.id = ?1) \
                 WHERE id = ?2",
                params![id, other],
            )?;
            // A generation whose clip is already downloaded needs no request any more.
            transaction.execute(
                "INSERT INTO submissions \
                 (generation, key, body, pictures_until, first_sent, doubtful, sent_by) \
                 SELECT ?2, key, body, pictures_until, first_sent, doubtful, sent_by \
                 FROM submissions WHERE generation = ?1 AND NOT EXISTS \
                  (SELECT 1 FROM generations WHERE id = ?2 AND state = 'ready') \
                 ON CONFLICT DO UPDATE SET key = excluded.key, body = excluded.body, \
                 pictures_until = excluded.pictures_until, first_sent = excluded.first_sent, \
                 doubtful = excluded.doubtful, sent_by = excluded.sent_by",
                params![id, other],
            )?;
            transaction.execute("DELETE FROM generations WHERE id = ?1", [id])?;
            transaction.commit()?;
            Ok(true)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::generation::{JobRecord, State};
    use crate::remote::ImportedSettings;
    use crate::settings::Settings;

    fn library() -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        (folder, library)
    }

    fn record(created: i64, job: Option<&str>) -> Record {
        let settings = Settings {
            prompt: format!("Clip of {created}"),
            ..Settings::default()
        };
        Record {
            state: State::Rendering,
            job: job.map(|job| JobRecord {
                id: job.into(),
                accepted: created,
                progress: Some(40),
                imported: Some(ImportedSettings {
                    model: "kling-3.0".into(),
                    unknown: vec![Field::Sound],
                    not_kept: vec![Field::Start],
                }),
                ..JobRecord::default()
            }),
            ..Record::new(created, settings)
        }
    }

    #[test]
    fn what_was_imported_is_read_back_as_it_was() {
        let (_folder, library) = library();
        let one = record(1000, Some("job"));
        assert!(library.import_job(&one).unwrap());
        assert_eq!(library.record(&one.id).unwrap().unwrap(), one);
        assert_eq!(library.generation_of_job("job").unwrap(), Some(one.id));
        assert_eq!(library.generation_of_job("other").unwrap(), None);
    }

    #[test]
    fn a_job_that_is_here_stays_with_the_generation_it_has() {
        let (_folder, library) = library();
        let one = record(1000, Some("job"));
        assert!(library.import_job(&one).unwrap());
        assert!(!library.import_job(&record(2000, Some("job"))).unwrap());
        assert_eq!(library.counts().unwrap().all, 1);
        assert_eq!(library.generation_of_job("job").unwrap(), Some(one.id));
    }

    #[test]
    fn without_a_job_there_is_nothing_to_bring_in() {
        let (_folder, library) = library();
        assert!(library.import_job(&record(1000, None)).is_err());
        assert_eq!(library.counts().unwrap().all, 0);
    }

    #[test]
    fn only_one_that_waits_for_its_answer_gives_way() {
        let (_folder, library) = library();
        let one = record(1000, Some("job"));
        library.import_job(&one).unwrap();
        assert!(!library.is_spoken_for("job").unwrap());
        // Cancelled before it was sent: the job can't be its own.
        let mut other = record(2000, None);
        other.state = State::Failed;
        library.insert(&other).unwrap();
        assert!(!library.give_way(&other.id, "job").unwrap());
        assert_eq!(library.record(&one.id).unwrap().unwrap(), one);
        let mut asked = record(3000, None);
        asked.state = State::Submitting;
        library.insert(&asked).unwrap();
        assert!(library.give_way(&asked.id, "job").unwrap());
        assert!(library.record(&asked.id).unwrap().is_none());
        let now = library.record(&one.id).unwrap().unwrap();
        assert_eq!((now.created, &now.settings), (3000, &asked.settings));
        let job = now.job.unwrap();
        assert_eq!((job.progress, job.imported), (Some(40), None));
        assert!(library.is_spoken_for("job").unwrap());
    }
}
