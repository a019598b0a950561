//! `POST /v2/uploads`

use std::sync::Arc;

use apiframe::Upload;
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use bytes::Bytes;

use super::Refusal;
use super::caller::Caller;
use crate::reply;
use crate::upload::Kind;
use crate::world::World;

pub(super) async fn upload(
    _caller: Caller,
    State(world): State<Arc<World>>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<Upload>), Refusal> {
    let bytes = file(form).await?;
    let kind = Kind::of(&bytes).ok_or_else(|| {
        refused("Unsupported file type. This sandbox takes the service's pictures, videos and sounds, judged by the file's first bytes.")
    })?;
    if bytes.len() > kind.largest() {
        return Err(refused(
            "File too large. Images and audio can be up to 25 MB, videos up to 50 MB.",
        ));
    }
    let keeper = Arc::clone(&world);
    let kept = tokio::task::spawn_blocking(move || keeper.upload(bytes, kind)).await;
    let kept = kept
        .map_err(|error| Refusal::unavailable(&error))?
        .map_err(|error| Refusal::unavailable(&error))?;
    let upload =
        reply::upload(&kept, world.base_url()).map_err(|error| Refusal::unavailable(&error))?;
    Ok((StatusCode::CREATED, Json(upload)))
}

/// The form's field `file`. Its name and its declared type are ignored.
async fn file(form: Result<Multipart, MultipartRejection>) -> Result<Bytes, Refusal> {
    let mut form = form.map_err(|_| refused("Expected multipart/form-data with a field 'file'"))?;
    loop {
        let field = form
            .next_field()
            .await
            .map_err(|error| refused(&error.body_text()))?;
        let Some(field) = field else {
            return Err(refused("No file uploaded. Send it as the field 'file'."));
        };
        if field.name() == Some("file") {
            return field
                .bytes()
                .await
                .map_err(|error| refused(&error.body_text()));
        }
    }
}

fn refused(error: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, error)
}
