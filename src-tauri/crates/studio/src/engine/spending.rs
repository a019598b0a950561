//! What a clip will cost, and the limits the user set: both are checked before a generation is
//! recorded, and again before its request leaves.

use std::sync::Arc;

use apiframe::{Modality, ModelCatalog};

use super::error::EngineError;
use super::handle::Engine;
use super::outcome::Outcome;
use super::shared::Shared;
use crate::generation::{Millis, Record};
use crate::ledger::{Books, Limits};
use crate::library::{Library, LibraryError};
use crate::price::{Price, price};
use crate::settings::Settings;

impl Engine {
    /// Sets the most that may be spent from now on. Generations that waited for a higher limit
    /// continue at once.
    ///
    /// # Errors
    /// The library's; in that case the limits are unchanged.
    pub async fn set_limits(&self, limits: Limits) -> Result<(), EngineError> {
        self.shared
            .storage
            .library
            .run(move |library| library.set_limits(limits))
            .await?;
        self.shared.retry_now();
        Ok(())
    }

    /// Stores the prices that Apiframe reports for its models.
    pub fn learn_prices(&self, catalogue: ModelCatalog) {
        self.shared.remote.set_catalogue(catalogue);
        // Something may wait for a price.
        self.shared.retry_now();
    }

    /// What these settings will cost, as far as is known.
    ///
    /// # Errors
    /// The library's.
    pub async fn price(&self, settings: Settings) -> Result<Price, EngineError> {
        Ok(self.shared.price(&settings).await?)
    }

    /// The books at a glance, as they are now.
    ///
    /// # Errors
    /// The library's.
    pub async fn books(&self) -> Result<Books, EngineError> {
        let now = self.shared.now();
        Ok(self
            .shared
            .storage
            .library
            .run(move |library| library.books(now))
            .await?)
    }
}

impl Shared {
    async fn has_limits(&self) -> Result<bool, LibraryError> {
        Ok(self.storage.library.run(Library::limits).await?.any())
    }

    async fn price(&self, settings: &Settings) -> Result<Price, LibraryError> {
        let model = settings.model;
        let paid = self
            .storage
            .library
            .run(move |library| library.paid(model))
            .await?;
        Ok(self.remote.with_catalogue(|catalogue| {
            let entry = catalogue.and_then(|catalogue| catalogue.find(model.id()));
            price(settings, &paid, entry)
        }))
    }

    /// The most that these settings may cost. If a limit needs this and the prices are not known
    /// yet, Apiframe is asked for them.
    pub(super) async fn most(&self, settings: &Settings) -> Result<Option<i64>, LibraryError> {
        let most = self.price(settings).await?.most();
        if most.is_some() || !self.has_limits().await? {
            return Ok(most);
        }
        if let Some(client) = self.remote.client()
            && let Ok(catalogue) = client.models(Modality::Video).await
        {
            self.remote.set_catalogue(catalogue);
        }
        Ok(self.price(settings).await?.most())
    }
}

/// Why an unsent generation may not continue at the moment, if a limit prevents it. Checked before
/// its pictures are uploaded: a generation that has to wait until tomorrow must not upload them
/// again each hour.
pub(super) async fn held_back(
    shared: &Arc<Shared>,
    record: &Record,
) -> Result<Option<Outcome>, LibraryError> {
    if !shared.has_limits().await? {
        return Ok(None);
    }
    let most = shared.most(&record.settings).await?;
    let (id, now) = (record.id, shared.now());
    let answer = shared
        .storage
        .library
        .run(move |library| library.may_leave(&id, now, most))
        .await?;
    Ok(answer
        .err()
        .map(|overrun| Outcome::Retry(overrun.waiting())))
}

/// Marks a request as leaving at `now` with the API key of the fingerprint `by`. A request that may
/// have arrived before is never held back: it may already be paid for, and sending it again costs
/// nothing more. A request that never left has to keep within the limits, and is not marked if it
/// does not.
pub(super) async fn leave(
    shared: &Arc<Shared>,
    record: &Record,
    now: Millis,
    by: String,
    lost_before: bool,
) -> Result<Option<Outcome>, LibraryError> {
    let id = record.id;
    if lost_before {
        shared
            .storage
            .library
            .run(move |library| library.sent(&id, now, &by))
            .await?;
        return Ok(None);
    }
    let most = shared.most(&record.settings).await?;
    let answer = shared
        .storage
        .library
        .run(move |library| library.sent_within(&id, now, &by, most))
        .await?;
    Ok(answer
        .err()
        .map(|overrun| Outcome::Retry(overrun.waiting())))
}
