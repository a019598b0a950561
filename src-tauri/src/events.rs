//! The events that are sent to the page.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;
use studio::engine::Event;
use studio::generation::{Generation, GenerationId};
use studio::library::Counts;
use studio::notice::Notices;
use studio::paths::Profile;
use studio::session::Session;
use studio::studio::{News, Studio};
use tauri::AppHandle;
use tauri_specta::Event as _;
use tokio::sync::broadcast::error::RecvError;

/// A generation is new or different.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct GenerationChanged(pub(crate) Generation);

/// A generation is gone.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct GenerationRemoved(pub(crate) GenerationId);

/// The counts of generations have changed.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct CountsChanged(pub(crate) Counts);

/// The notices about the library as a whole have changed.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct NoticesChanged(pub(crate) Notices);

/// The session, or what is known about it, has changed.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct SessionChanged(pub(crate) Session);

/// Another profile's library is shown: the page must request everything again. Also sent when the
/// page could not keep up with the other events.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct ProfileChanged(pub(crate) Option<Profile>);

/// Forwards the studio's events to the page.
pub(crate) fn forward(app: AppHandle, studio: &Arc<Studio>) {
    let mut news = studio.news();
    let studio = Arc::clone(studio);
    tauri::async_runtime::spawn(async move {
        loop {
            let emitted = match news.recv().await {
                Ok(News::Gallery(Event::Changed(generation))) => {
                    GenerationChanged(*generation).emit(&app)
                }
                Ok(News::Gallery(Event::Removed(id))) => GenerationRemoved(id).emit(&app),
                Ok(News::Gallery(Event::Counts(counts))) => CountsChanged(counts).emit(&app),
                Ok(News::Gallery(Event::Notices(notices))) => NoticesChanged(notices).emit(&app),
                // The studio handles these itself, with an event about the session.
                Ok(News::Gallery(Event::Balance | Event::KeyRefused)) => Ok(()),
                Ok(News::Session(session)) => SessionChanged(session).emit(&app),
                Ok(News::Profile(profile)) => ProfileChanged(profile).emit(&app),
                Err(RecvError::Lagged(_)) => SessionChanged(studio.session())
                    .emit(&app)
                    .and_then(|()| ProfileChanged(studio.profile()).emit(&app)),
                Err(RecvError::Closed) => return,
            };
            if let Err(error) = emitted {
                tracing::warn!(%error, "the page could not be told");
            }
        }
    });
}
