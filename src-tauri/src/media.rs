//! The media server: clips, posters and frames for the page, over HTTP on loopback.
//!
//! It exists because the web view on Linux plays video only over http. A random port, a 256-bit
//! token in the path, a check of the Host header, and ids instead of paths restrict it to this
//! window: no other page and no program of another user can guess its way in.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use studio::frames::FrameHash;
use studio::generation::{GenerationId, Phase};
use studio::studio::Studio;
use tower_http::cors::CorsLayer;
use tower_http::services::ServeFile;

use crate::loopback::{self, Known};

/// The origins of the page: Tauri's own on the three systems.
const ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
/// The origin of the page during development: Vite's server.
const DEVELOPMENT: &str = "http://localhost:5173";
/// How long a request's head may take, and how long a connection may wait for the next one.
const HEAD: Duration = Duration::from_secs(10);

/// The running server's address.
#[derive(Debug)]
pub(crate) struct Media {
    /// `http://127.0.0.1:PORT`: what the page's content policy allows.
    pub(crate) origin: String,
    /// `http://127.0.0.1:PORT/TOKEN`, without a slash at the end.
    pub(crate) base: String,
}

#[derive(Clone)]
struct Server {
    studio: Arc<Studio>,
    token: String,
    host: String,
}

/// Starts to serve the studio's media.
///
/// # Panics
/// Outside a tokio runtime.
pub(crate) fn serve(studio: Arc<Studio>) -> std::io::Result<Media> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    let host = listener.local_addr()?.to_string();
    let token = token()?;
    let origin = format!("http://{host}");
    let base = format!("{origin}/{token}");
    let server = Server {
        studio,
        token,
        host,
    };
    let router = Router::new()
        .route("/{token}/clip/{id}", get(clip))
        .route("/{token}/poster/{id}", get(poster))
        .route("/{token}/frame/{hash}", get(frame))
        .route("/{token}/thumb/{hash}", get(thumb))
        .layer(CorsLayer::new().allow_origin(origins()))
        .layer(middleware::from_fn_with_state(server.clone(), admit))
        .with_state(server);
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(loopback::accept(listener, move |stream, known| {
        let service = TowerToHyperService::new(router.clone().layer(Extension(known)));
        async move {
            // A page that no longer wants an answer closes the connection, which is not an error.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    }));
    Ok(Media { origin, base })
}

/// A release build does not accept the development server as the page.
fn origins() -> Vec<HeaderValue> {
    let development = tauri::is_dev().then_some(DEVELOPMENT);
    ORIGINS
        .into_iter()
        .chain(development)
        .map(HeaderValue::from_static)
        .collect()
}

/// 256 random bits, as hexadecimal digits.
fn token() -> std::io::Result<String> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits).map_err(std::io::Error::other)?;
    Ok(bits.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Accepts requests that name this very host and the token; all others get the same empty 404. The
/// web view must not cache any answer: its cache is on disk, outlives what was removed, and has the
/// token in the names of its entries.
async fn admit(
    State(server): State<Server>,
    Extension(known): Extension<Known>,
    request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let given = request.uri().path().split('/').nth(1).unwrap_or_default();
    let is_ours =
        host == Some(server.host.as_str()) && same(given.as_bytes(), server.token.as_bytes());
    let mut response = if is_ours {
        known.is_ours();
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Compares in constant time, so that the time does not show how much was right.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .fold(0, |differences, (a, b)| differences | (a ^ b))
            == 0
}

async fn clip(
    State(server): State<Server>,
    Path((_, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let file = async {
        let id = id.parse::<GenerationId>().ok()?;
        match server
            .studio
            .engine()
            .await
            .ok()?
            .generation(&id)
            .await
            .ok()?
            .phase
        {
            Phase::Ready { clip } => Some(PathBuf::from(clip.file)),
            _ => None,
        }
    };
    send(file.await, "video/mp4", request).await
}

async fn poster(
    State(server): State<Server>,
    Path((_, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let file = async {
        let id = id.parse::<GenerationId>().ok()?;
        Some(server.studio.engine().await.ok()?.poster_path(&id))
    };
    send(file.await, "image/jpeg", request).await
}

async fn frame(
    State(server): State<Server>,
    Path((_, hash)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Ok(hash) = FrameHash::try_from(hash) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = server
        .studio
        .frames()
        .content_type(hash)
        .unwrap_or("application/octet-stream");
    send(server.studio.frames().path(hash), kind, request).await
}

async fn thumb(
    State(server): State<Server>,
    Path((_, hash)): Path<(String, String)>,
    request: Request,
) -> Response {
    let file = FrameHash::try_from(hash)
        .ok()
        .and_then(|hash| server.studio.frames().thumb_path(hash));
    send(file, "image/jpeg", request).await
}

/// A file with support for ranges, or 404.
/// How long the disk may take to open a file. The page has few connections, and those that wait for
/// a share whose server is gone must not keep the others from it.
const DISK_TIMEOUT: Duration = Duration::from_secs(10);

async fn send(file: Option<PathBuf>, kind: &'static str, request: Request) -> Response {
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut serve = ServeFile::new(file);
    let Ok(answer) = tokio::time::timeout(DISK_TIMEOUT, serve.try_call(request)).await else {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    };
    match answer {
        Ok(response) => {
            let mut response = response.into_response();
            if response.status().is_success() {
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            }
            response
        }
        Err(error) => {
            tracing::warn!(%error, "a file could not be served");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
