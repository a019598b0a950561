//! Uploads: streamed, named, measured, and abandoned at the right point.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{self, Cursor, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use apiframe::{Client, Error, LossCause, Unsendable, UploadFile};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpListener;

use crate::script::{Act, KEY, Server, answer, impatient, json, read_head};

const REPLY: &str = r#"{"id":"up-1","url":"https://cdn.test/u/1.png?sig=a","kind":"image",
    "contentType":"image/png","byteSize":5,"expiresAt":"2026-07-16T13:00:00.000Z"}"#;

fn png(bytes: &'static [u8]) -> UploadFile {
    UploadFile::new(
        "start.png",
        "image/png",
        bytes.len() as u64,
        Cursor::new(bytes),
    )
}

#[tokio::test]
async fn a_file_arrives_whole_in_the_one_field_with_its_name_and_type() {
    let server = Server::with([json("201 Created", REPLY)]).await;

    let upload = server.client().upload(png(b"\x89PNG\r")).await.unwrap();

    assert_eq!(upload.url.as_str(), "https://cdn.test/u/1.png?sig=a");
    assert_eq!(upload.expires_at, "2026-07-16T13:00:00Z".parse().unwrap());
    assert_eq!((upload.kind.as_str(), upload.byte_size), ("image", 5));
    let arrived = server.only();
    assert_eq!(arrived.line, "POST /v2/uploads HTTP/1.1");
    assert_eq!(arrived.header("x-api-key"), Some(KEY));
    assert_eq!(arrived.header("user-agent"), Some("inbetween/0.1.0"));
    assert_eq!(arrived.header("transfer-encoding"), None);
    let media = arrived.header("content-type").unwrap();
    let boundary = media
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"start.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let expected = [head.as_bytes(), b"\x89PNG\r", tail.as_bytes()].concat();
    assert_eq!(arrived.body, expected);
    assert_eq!(
        arrived.header("content-length"),
        Some(expected.len().to_string().as_str())
    );
}

/// Counts what is read from the reader, and records the largest read.
struct Counted<R> {
    reader: R,
    taken: Arc<AtomicU64>,
    largest: Arc<AtomicU64>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.reader).poll_read(cx, buf);
        let bite = (buf.filled().len() - before) as u64;
        self.taken.fetch_add(bite, Ordering::SeqCst);
        self.largest.fetch_max(bite, Ordering::SeqCst);
        poll
    }
}

#[tokio::test]
async fn a_large_file_leaves_as_fast_as_it_is_taken_and_no_faster() {
    const LENGTH: u64 = 64 * 1024 * 1024;
    let mut file = tempfile::tempfile().unwrap();
    let page: Vec<u8> = (0..=u8::MAX).cycle().take(1024 * 1024).collect();
    for _ in 0..64 {
        file.write_all(&page).unwrap();
    }
    io::Seek::rewind(&mut file).unwrap();
    let (taken, largest) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let file = UploadFile::new(
        "large.png",
        "image/png",
        LENGTH,
        Counted {
            reader: tokio::fs::File::from_std(file),
            taken: Arc::clone(&taken),
            largest: Arc::clone(&largest),
        },
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Server::with([]).await.config();
    config.base = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let client = Client::new(config).unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (head, mut body) = read_head(&mut stream).await.unwrap();
        // The server reads nothing: the upload must stop once the system's buffers are full.
        let mut seen = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let now = taken.load(Ordering::SeqCst);
            if now == seen && now > 0 {
                break;
            }
            seen = now;
        }
        let length: usize = head.header("content-length").unwrap().parse().unwrap();
        let mut chunk = vec![0; 1024 * 1024];
        while body.len() < length {
            let read = stream.read(&mut chunk).await.unwrap();
            assert!(read > 0, "cut after {}", body.len());
            body.extend_from_slice(&chunk[..read]);
        }
        let Act::Say(reply) = json("201 Created", REPLY) else {
            unreachable!()
        };
        stream.write_all(&reply).await.unwrap();
        (seen, body)
    });

    client.upload(file).await.unwrap();

    let (held_back_at, body) = server.await.unwrap();
    assert!(held_back_at < LENGTH / 2, "{held_back_at} bytes had left");
    let bite = largest.load(Ordering::SeqCst);
    assert!((1..=64 * 1024).contains(&bite), "{bite} bytes at once");
    let start = body
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    let sent = &body[start..];
    let whole = (0..64).all(|n| sent[n * page.len()..].starts_with(&page));
    assert!(whole, "the file arrived altered");
}

#[tokio::test]
async fn a_slow_file_is_not_a_silent_connection() {
    let server = Server::with([json("201 Created", REPLY)]).await;
    let (mut writer, reader) = tokio::io::duplex(16);
    tokio::spawn(async move {
        // Together longer than the connection and idle limits; each pause is shorter.
        for byte in b"\x89PNG..." {
            tokio::time::sleep(Duration::from_millis(600)).await;
            writer.write_all(&[*byte]).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    });
    let file = UploadFile::new("slow.png", "image/png", 7, reader);
    let mut config = server.config();
    config.timeouts.idle = Duration::from_secs(3);
    assert!(Client::new(config).unwrap().upload(file).await.is_ok());
}

#[tokio::test]
async fn a_server_that_stops_taking_the_file_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Server::with([]).await.config();
    config.base = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    config.timeouts = impatient();
    let endless = tokio::io::repeat(7);
    let file = UploadFile::new("a.png", "image/png", 256 * 1024 * 1024, endless);
    let error = Client::new(config).unwrap().upload(file).await.unwrap_err();
    assert!(
        matches!(&error, Error::Lost(loss) if loss.cause == LossCause::Silent),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_file_that_ends_early_or_fails_is_the_files_fault() {
    struct Broken;
    impl AsyncRead for Broken {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::Error::other("the disk is gone")))
        }
    }
    let server = Server::with([json("201 Created", REPLY), json("201 Created", REPLY)]).await;
    for (file, why) in [
        (
            UploadFile::new("a.png", "image/png", 500_000, Cursor::new(vec![0; 400_000])),
            "the file ended 100000 bytes early",
        ),
        (
            UploadFile::new("a.png", "image/png", 5, Broken),
            "the disk is gone",
        ),
    ] {
        assert_eq!(
            server.client().upload(file).await.unwrap_err(),
            Error::Unsendable(Unsendable::File { detail: why.into() })
        );
    }
    assert!(server.arrived().is_empty(), "no half file counts as one");
}

#[tokio::test]
async fn of_a_longer_file_only_the_promised_length_is_sent() {
    let server = Server::with([json("201 Created", REPLY)]).await;
    let file = UploadFile::new("a.png", "image/png", 3, Cursor::new(b"abcdef"));
    server.client().upload(file).await.unwrap();
    let body = String::from_utf8(server.only().body).unwrap();
    assert!(body.contains("\r\n\r\nabc\r\n--"), "{body}");
}

#[tokio::test]
async fn a_refused_file_says_why() {
    let server = Server::with([json(
        "400 Bad Request",
        r#"{"error":"Unsupported file type"}"#,
    )])
    .await;
    let error = server.client().upload(png(b"GIF89a")).await.unwrap_err();
    assert_eq!(error.to_string(), "Unsupported file type");
    assert!(matches!(error, Error::Rejected(_)));
}

#[tokio::test]
async fn a_file_name_cannot_break_out_of_its_place() {
    let server = Server::with([answer("201 Created", "", REPLY)]).await;
    let name = "a\"; name=\"b\r\nX-Evil: 1\r\n\r\n.png";
    let file = UploadFile::new(name, "image/png", 1, Cursor::new(b"x"));
    server.client().upload(file).await.unwrap();
    let body = String::from_utf8(server.only().body).unwrap();
    assert_eq!(body.matches("name=\"file\"").count(), 1, "{body}");
    assert!(!body.contains("\r\nX-Evil"), "{body}");
    assert_eq!(body.matches("\r\n\r\n").count(), 1, "{body}");
}

#[tokio::test]
async fn a_media_type_that_is_none_never_leaves() {
    let server = Server::with([]).await;
    let file = UploadFile::new("a", "no type\r\n", 1, Cursor::new(b"x"));
    let error = server.client().upload(file).await.unwrap_err();
    assert!(
        matches!(error, Error::Unsendable(Unsendable::Malformed { .. })),
        "{error:?}"
    );
}
