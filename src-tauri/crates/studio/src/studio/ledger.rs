//! The ledger of the profile that is shown, and the limits on what it may spend.

use std::path::Path;
use std::sync::Arc;

use super::Studio;
use crate::ledger::{Books, Limits, Page, Today, csv};
use crate::library::Library;
use crate::message::Message;
use crate::paths::Profile;
use crate::preferences::Preferences;
use crate::problem::Problem;

impl Studio {
    /// The books at a glance.
    ///
    /// # Errors
    /// The library's, or that no one has signed in yet.
    pub async fn books(self: &Arc<Self>) -> Result<Books, Problem> {
        Ok(self.engine().await?.books().await?)
    }

    /// A page of the ledger, newest first.
    ///
    /// # Errors
    /// As [`Studio::books`].
    pub async fn ledger(self: &Arc<Self>, cursor: Option<String>) -> Result<Page, Problem> {
        Ok(self
            .engine()
            .await?
            .library()
            .run(move |library| library.ledger_page(cursor.as_deref()))
            .await?)
    }

    /// Sets the limits of the profile that is shown, and returns the books with the new limits.
    ///
    /// # Errors
    /// When they can't be stored; in that case they are unchanged.
    pub async fn set_limits(self: &Arc<Self>, limits: Limits) -> Result<Books, Problem> {
        let engine = self.engine().await?;
        engine.set_limits(limits).await?;
        // A copy, in case the library and its backups are lost.
        if let Some(profile) = self.profile() {
            let studio = Arc::clone(self);
            let keep = move |preferences: &mut Preferences| {
                if limits.any() {
                    preferences.limits.insert(profile, limits);
                } else {
                    preferences.limits.remove(&profile);
                }
            };
            tokio::task::spawn_blocking(move || studio.change_preferences(keep)).await??;
        }
        Ok(engine.books().await?)
    }

    /// A suggested name for a file with the ledger: `Inbetween credits 2026-11-22.csv`.
    ///
    /// # Errors
    /// That no one has signed in yet.
    pub async fn ledger_file_name(self: &Arc<Self>) -> Result<String, Problem> {
        let zone = self.engine().await?.library().zone();
        let day = Today::at(self.clock.now(), &zone).day();
        Ok(match self.profile() {
            Some(Profile::Sandbox) => format!("Inbetween sandbox credits {day}.csv"),
            _ => format!("Inbetween credits {day}.csv"),
        })
    }

    /// Writes the whole ledger to a file for a spreadsheet, replacing an existing file.
    ///
    /// # Errors
    /// The library's, or that the file can't be written; in that case an existing file is
    /// unchanged.
    pub async fn export_ledger(self: &Arc<Self>, file: &Path) -> Result<(), Problem> {
        let library = self.engine().await?.library().clone();
        let zone = library.zone();
        let entries = library.run(Library::entries).await?;
        let target = file.to_owned();
        let written = tokio::task::spawn_blocking(move || {
            crate::atomic_write::write(&target, &csv::write(&entries, &zone))
        })
        .await
        .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)));
        written.map_err(|error| {
            let file = file.display().to_string();
            let error = error.to_string();
            Message::ExportFailed { file, error }.into()
        })
    }
}
