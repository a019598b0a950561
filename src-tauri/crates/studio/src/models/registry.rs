//! Every model that has a record.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use super::files;
use super::record::Model;
use crate::message::Message;

/// The model of a new composer.
pub const DEFAULT_MODEL: &str = "kling-3.0";

static BUILT_IN: LazyLock<Arc<Models>> = LazyLock::new(|| {
    // A test reads the same text and shows what is wrong with it.
    let records = files::read(include_str!("models.toml"), &[]).unwrap_or_default();
    Arc::new(Models { records })
});

/// Every model that has a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Models {
    records: Vec<Model>,
}

impl Models {
    /// The models that the program ships with.
    #[must_use]
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// The models of the program and those of every `.toml` file in `folder`, and what is wrong
    /// with the files that are not used. A record with the name of another one replaces it.
    #[must_use]
    pub fn with_files(folder: &Path) -> (Arc<Self>, Vec<Message>) {
        let built_in = Self::built_in();
        let (records, faults) = files::read_folder(folder, &built_in.records);
        (Arc::new(Self { records }), faults)
    }

    /// The record of the model with this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.records.iter().find(|model| model.id == id)
    }

    /// All records, in the order in which they are listed.
    #[must_use]
    pub fn all(&self) -> &[Model] {
        &self.records
    }
}

#[cfg(test)]
mod tests;
