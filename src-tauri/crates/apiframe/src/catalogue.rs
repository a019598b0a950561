//! The public list of models, for their price ranges.
//!
//! The vendor calls its shape loose and allows extra fields, so only what is used is read.

use serde::{Deserialize, Serialize};

use crate::lenient;

/// The models, as `GET /v2/models` tells them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelCatalog {
    /// The models. One that cannot be read at all is left out.
    #[serde(deserialize_with = "lenient::items")]
    pub models: Vec<ModelCatalogEntry>,
}

impl ModelCatalog {
    /// The entry with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&ModelCatalogEntry> {
        self.models.iter().find(|entry| entry.id == id)
    }
}

/// One model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCatalogEntry {
    /// The name a request uses.
    pub id: String,
    /// The name a person reads.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub label: String,
    /// What it makes.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub modality: Option<Modality>,
    /// What it is good at.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// The least it costs, in credits for one unit of [`Self::pricing_mode`].
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub cost_min: Option<f64>,
    /// The most it costs, in credits for one unit of [`Self::pricing_mode`].
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub cost_max: Option<f64>,
    /// What the costs are counted by.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub pricing_mode: Option<PricingMode>,
}

/// What a model makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// Pictures.
    Image,
    /// Clips.
    Video,
    /// Music.
    Music,
}

impl Modality {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Music => "music",
        }
    }
}

/// What a price is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PricingMode {
    /// One price a job.
    Flat,
    /// For each second of the clip.
    PerSecond,
    /// For each thing that comes out.
    PerOutput,
}
