//! `GET /v2/models`, which needs no key

use std::sync::Arc;

use apiframe::{Modality, ModelCatalog, ModelCatalogEntry, PricingMode};
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::Refusal;
use crate::price;
use crate::schema::{Model, Role};
use crate::world::World;

#[derive(Deserialize)]
pub(super) struct Asked {
    modality: Option<String>,
}

pub(super) async fn models(
    State(world): State<Arc<World>>,
    Query(asked): Query<Asked>,
) -> Result<Json<ModelCatalog>, Refusal> {
    let models = match asked.modality.as_deref() {
        None | Some("video") => world.models.all(),
        Some("image" | "music") => &[],
        Some(_) => {
            return Err(Refusal::invalid_at(
                "modality",
                "Expected 'image', 'video' or 'music'",
            ));
        }
    };
    Ok(Json(ModelCatalog {
        models: models.iter().map(entry).collect(),
    }))
}

fn entry(model: &Model) -> ModelCatalogEntry {
    let (least, most) = price::range(model);
    // A clip of a model without a length counts as five seconds.
    let is_flat = model.fields(Role::Length).next().is_none();
    let (times, pricing) = if is_flat {
        (5, PricingMode::Flat)
    } else {
        (1, PricingMode::PerSecond)
    };
    ModelCatalogEntry {
        id: model.id.clone(),
        label: model.label.clone(),
        modality: Some(Modality::Video),
        description: Some("Simulated on this machine.".to_owned()),
        cost_min: Some((least * times).into()),
        cost_max: Some((most * times).into()),
        pricing_mode: Some(pricing),
    }
}
