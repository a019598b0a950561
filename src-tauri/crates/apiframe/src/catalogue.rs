//! The public list of models, for their price ranges.
//!
//! The vendor describes its schema as loose and allows extra fields, so only the fields in use are
//! read.

use serde::{Deserialize, Serialize};

use crate::lenient;

/// The models, as returned by `GET /v2/models`.
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
    /// The name used in requests.
    pub id: String,
    /// The display name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub label: String,
    /// What it generates.
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
    /// The lowest price, in credits for one unit of [`Self::pricing_mode`].
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub cost_min: Option<f64>,
    /// The highest price, in credits for one unit of [`Self::pricing_mode`].
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub cost_max: Option<f64>,
    /// The unit of the prices.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub pricing_mode: Option<PricingMode>,
}

/// What a model generates.
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
    /// The value on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Music => "music",
        }
    }
}

/// The unit of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PricingMode {
    /// One price per job.
    Flat,
    /// For each second of the clip.
    PerSecond,
    /// For each output.
    PerOutput,
}
