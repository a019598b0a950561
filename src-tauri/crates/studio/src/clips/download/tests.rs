#![allow(clippy::unwrap_used)]
//! Tests against a server that says exactly what a test wants, over real HTTP.

use std::net::SocketAddr;
use std::sync::Mutex;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Sixteen bytes that begin like an mp4.
const CLIP: &str = "\0\0\0\x10ftypisom5678";

/// Answers one connection after another with these answers, and records the requests.
struct Server {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn saying(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 8192];
                let length = stream.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
                heard.lock().unwrap().push(request);
                // The client may hang up in the middle of an answer that it refuses.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { base, asked }
    }

    fn url(&self) -> Url {
        format!("{}/a.mp4?signature=secret", self.base)
            .parse()
            .unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n{body}")
}

fn whole(etag: &str) -> String {
    answer("200 OK", &format!("content-length: 16\r\n{etag}"), CLIP)
}

/// A fetcher that stops at 40 bytes.
fn small() -> Fetcher {
    let limits = FetchLimits {
        largest: 40,
        ..FetchLimits::default()
    };
    Fetcher::with_limits("test", true, Network::of_this_system(), limits).unwrap()
}

/// Makes one attempt into a `.part` that already holds `had`, and returns the mark it left behind.
async fn attempt(
    url: &Url,
    had: &str,
    mark: Option<&str>,
) -> (Result<u64, DownloadError>, String, Option<Option<String>>) {
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("x.part");
    std::fs::write(&part, had).unwrap();
    let mut left = None;
    let ended = small()
        .fetch(url, &part, mark, |news| {
            if let Download::Mark(mark) = news {
                left = Some(mark);
            }
        })
        .await;
    // Missing if an answer started over and sent nothing.
    let kept = String::from_utf8(std::fs::read(&part).unwrap_or_default()).unwrap();
    (ended, kept, left)
}

#[tokio::test]
async fn a_broken_download_goes_on_with_the_same_file_only() {
    let rest = "content-length: 8\r\ncontent-range: bytes 8-15/16\r\netag: \"a\"\r\n";
    let server = Server::saying(vec![answer("206 Partial", rest, &CLIP[8..])]).await;
    let (ended, kept, _) = attempt(&server.url(), &CLIP[..8], Some("\"a\"")).await;
    assert_eq!((ended.unwrap(), kept.as_str()), (16, CLIP));
    let asked = server.asked().remove(0);
    assert!(asked.contains("range: bytes=8-\r\n"), "{asked}");
    assert!(asked.contains("if-range: \"a\"\r\n"), "{asked}");
    assert!(!asked.contains("x-api-key"), "{asked}");
}

#[tokio::test]
async fn without_a_strong_mark_it_begins_anew() {
    let server = Server::saying(vec![whole("etag: W/\"a\"\r\n"), whole("")]).await;
    for _ in 0..2 {
        let (ended, kept, left) = attempt(&server.url(), "half a cl", None).await;
        assert_eq!((ended.unwrap(), kept.as_str()), (16, CLIP));
        assert_eq!(left, Some(None));
    }
    assert!(server.asked().iter().all(|asked| !asked.contains("range:")));
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_comes_whole() {
    let server = Server::saying(vec![whole("etag: \"b\"\r\n")]).await;
    let (ended, kept, left) = attempt(&server.url(), "of another", Some("\"a\"")).await;
    assert_eq!((ended.unwrap(), kept.as_str()), (16, CLIP));
    assert_eq!(left, Some(Some("\"b\"".to_owned())));
}

#[tokio::test]
async fn a_part_that_contradicts_itself_is_not_glued_on() {
    for lie in [
        "content-length: 8\r\ncontent-range: bytes 0-7/16\r\n",
        "content-length: 8\r\ncontent-range: bytes 8-15/99\r\n",
        "content-length: 8\r\ncontent-range: bytes 8-31/32\r\n",
        "content-length: 8\r\ncontent-range: bytes 8-18446744073709551615/*\r\n",
        "content-length: 8\r\ncontent-range: bytes 8-7/8\r\n",
        "content-length: 8\r\ncontent-range: bytes 8-15/16\r\netag: \"b\"\r\n",
        "content-length: 8\r\ncontent-range: nonsense\r\n",
        "content-length: 8\r\n",
    ] {
        let server = Server::saying(vec![answer("206 Partial", lie, &CLIP[8..])]).await;
        let (ended, kept, left) = attempt(&server.url(), &CLIP[..8], Some("\"a\"")).await;
        assert!(
            matches!(ended, Err(DownloadError::NotTheClip(_))),
            "{lie}: {ended:?}"
        );
        assert_eq!(kept, CLIP[..8], "{lie}");
        assert_eq!(left, Some(None), "{lie}");
    }
}

#[tokio::test]
async fn a_part_that_was_the_whole_already_is_kept() {
    let server = Server::saying(vec![
        answer("416 No", "content-range: bytes */16\r\n", ""),
        answer("416 No", "content-range: bytes */17\r\n", ""),
    ])
    .await;
    let (ended, kept, _) = attempt(&server.url(), CLIP, Some("\"a\"")).await;
    assert_eq!((ended.unwrap(), kept.as_str()), (16, CLIP));
    let (ended, _, left) = attempt(&server.url(), CLIP, Some("\"a\"")).await;
    assert!(matches!(ended, Err(DownloadError::NotTheClip(_))));
    assert_eq!(left, Some(None));
}

#[tokio::test]
async fn more_than_the_cap_is_refused_whether_it_is_announced_or_not() {
    let much = "x".repeat(64);
    let chunks = format!("10\r\n{CLIP}\r\n40\r\n{much}\r\n0\r\n\r\n");
    for answer in [
        answer("200 OK", "content-length: 80\r\n", CLIP),
        answer("200 OK", "transfer-encoding: chunked\r\n", &chunks),
        answer("200 OK", "", &format!("{CLIP}{much}")),
    ] {
        let server = Server::saying(vec![answer]).await;
        let (ended, kept, _) = attempt(&server.url(), "", None).await;
        assert!(
            matches!(ended, Err(DownloadError::NotTheClip(ClipFault::TooLarge))),
            "{ended:?}"
        );
        assert!(kept.len() <= 40, "{} bytes", kept.len());
    }
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_judged_each_time() {
    let to = |place: &str| answer("302 Found", &format!("location: {place}\r\n"), "");
    let server = Server::saying(vec![to("/b"), to("/c"), to("d"), whole("")]).await;
    let (ended, kept, _) = attempt(&server.url(), "", None).await;
    assert_eq!((ended.unwrap(), kept.as_str()), (16, CLIP));
    assert!(server.asked()[3].starts_with("get /d "));

    let server = Server::saying(vec![to("/b"), to("/c"), to("/d"), to("/e"), whole("")]).await;
    let (ended, ..) = attempt(&server.url(), "", None).await;
    assert!(matches!(ended, Err(DownloadError::Address(_))), "{ended:?}");

    for inside in [
        "http://10.0.0.1/a.mp4",
        "https://10.0.0.1/a.mp4",
        "//169.254.169.254/latest",
        "https://[fd00::1]/a.mp4",
        "http://cdn.example.com/a.mp4",
        "file:///etc/passwd",
        "https://",
    ] {
        let server = Server::saying(vec![to(inside)]).await;
        let (ended, ..) = attempt(&server.url(), "", None).await;
        assert!(
            matches!(ended, Err(DownloadError::Address(_))),
            "{inside}: {ended:?}"
        );
    }
}

/// Resolves every name to one address.
struct Says(&'static str);

impl Resolve for Says {
    fn resolve(&self, _: Name) -> Resolving {
        let address = SocketAddr::new(self.0.parse().unwrap(), 0);
        Box::pin(async move { Ok(Box::new(std::iter::once(address)) as Addrs) })
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_at_the_connection_itself() {
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("x.part");
    let url = "https://cdn.example.com/a.mp4".parse().unwrap();
    for (loopback, inside) in [
        (false, "127.0.0.1"),
        (true, "127.0.0.1"),
        (true, "169.254.169.254"),
    ] {
        let network = Network::of_this_system().with_names(Arc::new(Says(inside)));
        let fetcher = Fetcher::new("test", loopback, network).unwrap();
        let ended = fetcher.fetch(&url, &part, None, |_| {}).await;
        assert!(
            matches!(
                ended,
                Err(DownloadError::Address(AddressFault::ThisComputer))
            ),
            "{inside}: {ended:?}"
        );
    }
    assert!(!part.exists());
}

#[tokio::test]
async fn a_server_that_is_busy_says_for_how_long() {
    let date =
        "date: Fri, 02 Jan 2026 03:04:05 GMT\r\nretry-after: Fri, 02 Jan 2026 03:04:12 GMT\r\n";
    for (status, headers, wait) in [
        ("429 Slow", "retry-after: 7\r\n", Some(7)),
        ("503 No", date, Some(7)),
        ("503 No", "retry-after: 999999\r\n", Some(3600)),
        ("500 No", "retry-after: soon\r\n", None),
        ("502 No", "", None),
    ] {
        let server = Server::saying(vec![answer(status, headers, "")]).await;
        let (ended, ..) = attempt(&server.url(), "", None).await;
        let Err(DownloadError::Busy { wait: asked, .. }) = ended else {
            panic!("{status}: {ended:?}")
        };
        assert_eq!(asked, wait.map(Duration::from_secs), "{status} {headers}");
    }
}

#[tokio::test]
async fn an_error_never_holds_the_address() {
    let server = Server::saying(vec![answer("403 No", "", "")]).await;
    let (ended, ..) = attempt(&server.url(), "", None).await;
    let error = ended.unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("secret"),
        "{error:?}"
    );
}
