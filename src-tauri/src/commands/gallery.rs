//! The gallery's pages and the actions on a card.

use std::sync::Arc;

use serde::Serialize;
use specta::Type;
use studio::generation::{Generation, GenerationId, next_revision};
use studio::library::{Counts, Filter};
use studio::notice::{NoticeKind, Notices};
use studio::problem::Problem;
use studio::studio::Studio;
use tauri::State;
use tauri::ipc::{InvokeBody, Request};

/// A page of the gallery.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GalleryPage {
    generations: Vec<Generation>,
    /// The cursor for the next page.
    next: Option<String>,
    counts: Counts,
    /// What is true for the library as a whole.
    notices: Notices,
}

pub(crate) async fn page(
    studio: &Arc<Studio>,
    filter: Filter,
    cursor: Option<String>,
) -> Result<GalleryPage, Problem> {
    // Before the first sign-in there is no library, which is not a problem to report.
    if studio.profile().is_none() {
        return Ok(GalleryPage {
            generations: Vec::new(),
            next: None,
            counts: Counts {
                revision: next_revision(),
                ..Counts::default()
            },
            notices: Notices {
                list: Vec::new(),
                revision: next_revision(),
            },
        });
    }
    let engine = studio.engine().await?;
    let (generations, next, counts) = engine.page(filter, cursor).await?;
    Ok(GalleryPage {
        generations,
        next,
        counts,
        notices: engine.notices(),
    })
}

/// A page of the gallery, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn gallery(
    studio: State<'_, Arc<Studio>>,
    filter: Filter,
    cursor: Option<String>,
) -> Result<GalleryPage, Problem> {
    page(&studio, filter, cursor).await
}

/// One generation as it is now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn generation(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.generation(&id).await?)
}

/// Creates a generation in place of one that failed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.retry(&id).await?)
}

/// Continues a generation that is, or may be, paid for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.resume(&id).await?)
}

/// Pays again, by the user's own decision, for a generation whose outcome is unknown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_again(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.again(&id).await?)
}

/// Cancels a generation that was not sent yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<Generation, Problem> {
    Ok(studio.engine().await?.cancel(&id).await?)
}

/// Ends every wait now; of a pause that the server asked for, its first minutes are kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ask_now(studio: State<'_, Arc<Studio>>) -> Result<(), Problem> {
    studio.engine().await?.ask_now();
    Ok(())
}

/// Removes a generation from the gallery; its clip goes to the trash.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove(
    studio: State<'_, Arc<Studio>>,
    id: GenerationId,
) -> Result<(), Problem> {
    studio.remove(&id).await
}

/// Dismisses a notice that the user has read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_notice(
    studio: State<'_, Arc<Studio>>,
    kind: NoticeKind,
) -> Result<(), Problem> {
    studio.engine().await?.dismiss_notice(kind);
    Ok(())
}

/// Keeps a poster: the body is a JPEG, the header `x-generation` names the generation.
#[tauri::command]
pub(crate) async fn save_poster(
    studio: State<'_, Arc<Studio>>,
    request: Request<'_>,
) -> Result<(), Problem> {
    let id = request
        .headers()
        .get("x-generation")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.parse::<GenerationId>().ok());
    let (Some(id), InvokeBody::Raw(jpeg)) = (id, request.body()) else {
        return Err(Problem::internal(&"that is no poster"));
    };
    if !studio::clips::is_poster(jpeg) {
        return Err(Problem::internal(&"a poster is a small JPEG"));
    }
    Ok(studio
        .engine()
        .await?
        .save_poster(&id, jpeg.clone())
        .await?)
}
