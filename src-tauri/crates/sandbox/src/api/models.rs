//! `GET /v2/models`, which needs no key

use apiframe::{Modality, ModelCatalog, ModelCatalogEntry, PricingMode};
use axum::Json;
use axum::extract::Query;
use serde::Deserialize;

use super::Refusal;
use crate::price;
use crate::schema::MODELS;

#[derive(Deserialize)]
pub(super) struct Asked {
    modality: Option<String>,
}

pub(super) async fn models(Query(asked): Query<Asked>) -> Result<Json<ModelCatalog>, Refusal> {
    let ids: &[&str] = match asked.modality.as_deref() {
        None | Some("video") => &MODELS,
        Some("image" | "music") => &[],
        Some(_) => {
            return Err(Refusal::invalid_at(
                "modality",
                "Expected 'image', 'video' or 'music'",
            ));
        }
    };
    Ok(Json(ModelCatalog {
        models: ids.iter().map(|id| entry(id)).collect(),
    }))
}

fn entry(id: &str) -> ModelCatalogEntry {
    let (label, description) = match id {
        "kling-3.0-omni" => (
            "Kling 3.0 Omni",
            "From pictures, references or words, simulated on this machine.",
        ),
        _ => (
            "Kling 3.0",
            "From a first to a last picture, simulated on this machine.",
        ),
    };
    ModelCatalogEntry {
        id: id.to_owned(),
        label: label.to_owned(),
        modality: Some(Modality::Video),
        description: Some(description.to_owned()),
        cost_min: Some(price::RANGE.0.into()),
        cost_max: Some(price::RANGE.1.into()),
        pricing_mode: Some(PricingMode::PerSecond),
    }
}
