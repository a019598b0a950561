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

use crate::folder_limit::FolderLimit;
use crate::loopback::{self, Known};

/// The origins of the page: Tauri's own on the three systems.
const ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
/// The origin of the page during development: Vite's server.
const DEVELOPMENT: &str = "http://localhost:5173";
/// How long a request's head may take, and how long a connection may wait for the next one.
const HEAD: Duration = Duration::from_millis(if cfg!(test) { 300 } else { 10_000 });
/// How long the disk may take to find or open a file. The page has few connections, and those that
/// wait for a share whose server is gone must not keep the others from it.
const DISK_TIMEOUT: Duration = Duration::from_secs(10);

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
    limit: FolderLimit,
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
        limit: FolderLimit::default(),
    };
    let router = Router::new()
        .route("/{token}/clip/{id}", get(clip))
        .route("/{token}/poster/{id}", get(poster))
        .route("/{token}/frame/{hash}", get(frame))
        .route("/{token}/thumb/{hash}", get(thumb))
        .layer(CorsLayer::new().allow_origin(origins(tauri::is_dev())))
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

/// The page's origins. A release build does not accept the development server as the page.
fn origins(in_development: bool) -> Vec<HeaderValue> {
    let development = in_development.then_some(DEVELOPMENT);
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
    send(&server, file.await, "video/mp4", request).await
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
    send(&server, file.await, "image/jpeg", request).await
}

async fn frame(
    State(server): State<Server>,
    Path((_, hash)): Path<(String, String)>,
    request: Request,
) -> Result<Response, StatusCode> {
    let hash = FrameHash::try_from(hash).map_err(|_| StatusCode::NOT_FOUND)?;
    let frames = server.studio.frames().clone();
    let (file, kind) = on_disk(move || frames.path(hash).zip(frames.content_type(hash))).await?;
    Ok(send(&server, Some(file), kind, request).await)
}

async fn thumb(
    State(server): State<Server>,
    Path((_, hash)): Path<(String, String)>,
    request: Request,
) -> Result<Response, StatusCode> {
    let hash = FrameHash::try_from(hash).map_err(|_| StatusCode::NOT_FOUND)?;
    let frames = server.studio.frames().clone();
    let file = on_disk(move || frames.thumb_path(hash)).await?;
    Ok(send(&server, Some(file), "image/jpeg", request).await)
}

/// Looks for something on the disk; a status if it is not there or the disk does not answer.
async fn on_disk<T: Send + 'static>(
    look: impl FnOnce() -> Option<T> + Send + 'static,
) -> Result<T, StatusCode> {
    match tokio::time::timeout(DISK_TIMEOUT, tokio::task::spawn_blocking(look)).await {
        Ok(Ok(found)) => found.ok_or(StatusCode::NOT_FOUND),
        Ok(Err(_)) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        Err(_) => Err(StatusCode::GATEWAY_TIMEOUT),
    }
}

/// A file with support for ranges, or 404.
async fn send(
    server: &Server,
    file: Option<PathBuf>,
    kind: &'static str,
    request: Request,
) -> Response {
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let opened = ServeFile::new(&file).try_call(request);
    let folder = file.parent().unwrap_or(&file);
    let Some(answer) = server.limit.run(folder, DISK_TIMEOUT, opened).await else {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::path::Path;

    use studio::clock::Clock;
    use studio::paths::{HOME_VARIABLE, Home};
    use studio::studio::StudioConfig;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    fn open(folder: &Path) -> Arc<Studio> {
        let home = Home::resolve(&|name| (name == HOME_VARIABLE).then(|| folder.into()));
        Studio::open(StudioConfig {
            home: home.unwrap(),
            clock: Clock::system(),
            user_agent: "inbetween/test".into(),
            network: apiframe::Network::of_this_system(),
            base_url: Some("http://127.0.0.1:1".parse().unwrap()),
            key: None,
            sandbox: Box::new(|| Box::pin(async { Err("not here".into()) })),
            sandbox_time: Duration::from_millis(500),
        })
        .unwrap()
    }

    /// Sends bytes to the server and returns all that comes until it closes the connection.
    async fn answer(media: &Media, sent: &str) -> String {
        let address = media.origin.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = stream.read_to_end(&mut answer);
        let closed = tokio::time::timeout(20 * HEAD, closed).await;
        closed.expect("it is closed").unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(media: &Media, path: &str) -> String {
        let host = media.origin.strip_prefix("http://").unwrap();
        let token = media.base.rsplit('/').next().unwrap();
        let head =
            format!("GET /{token}/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        answer(media, &head).await
    }

    #[tokio::test]
    async fn pictures_are_served_and_no_answer_may_be_cached() {
        let folder = tempfile::tempdir().unwrap();
        let studio = open(folder.path());
        let picture = image::RgbImage::from_pixel(480, 320, image::Rgb([200, 30, 30]));
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let frames = studio.frames();
        let kept = frames.import_bytes("red.png", png.get_ref()).unwrap().hash;
        let media = serve(Arc::clone(&studio)).unwrap();
        let none = "ab".repeat(32);
        for (path, status, kind) in [
            (format!("frame/{kept}"), "200 OK", "image/png"),
            (format!("thumb/{kept}"), "200 OK", "image/jpeg"),
            (format!("frame/{none}"), "404 Not Found", ""),
            (format!("thumb/{none}"), "404 Not Found", ""),
            ("frame/nonsense".into(), "404 Not Found", ""),
        ] {
            let answer = get(&media, &path).await;
            let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
            let first = format!("http/1.1 {}", status.to_lowercase());
            assert!(head.starts_with(&first), "{path}: {head}");
            assert!(head.contains("cache-control: no-store"), "{path}: {head}");
            assert!(head.contains(kind), "{path}: {head}");
        }
    }

    #[tokio::test]
    async fn a_request_that_is_never_finished_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let media = serve(open(folder.path())).unwrap();
        let answer = answer(&media, "GET /token/fra").await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }

    #[test]
    fn only_during_development_is_the_development_server_the_page() {
        let development = HeaderValue::from_static(DEVELOPMENT);
        assert!(!origins(false).contains(&development));
        assert!(origins(true).contains(&development));
        assert_eq!(origins(false).len(), ORIGINS.len());
    }
}
