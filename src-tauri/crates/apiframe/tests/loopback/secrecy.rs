//! The key and the queries of addresses must not appear in anything that is printed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::{Debug, Display};

use apiframe::{Client, ConfigError, Error, JobQuery};
use bytes::Bytes;

use crate::script::{Act, KEY, Server, json, raw};

fn assert_silent(thing: &(impl Debug + Display), about: &str) {
    let shown = format!("{thing} {thing:?} {thing:#?}");
    assert!(!shown.contains(KEY), "the key is shown by {about}: {shown}");
    assert!(
        !shown.contains("cursor-secret") && !shown.contains("?status"),
        "a query is shown by {about}: {shown}"
    );
}

/// Whether the bytes with this complement are anywhere in this process's own memory.
#[cfg(target_os = "linux")]
fn is_in_memory(complement: &[u8]) -> bool {
    use std::io::{Read, Seek, SeekFrom};

    let is_it = |part: &[u8]| {
        let mut pairs = part.iter().zip(complement);
        pairs.all(|(byte, wanted)| *byte == !wanted)
    };
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().any(|line| {
        let mut parts = line.split_whitespace();
        let (range, rights) = (parts.next().unwrap(), parts.next().unwrap());
        let (from, to) = range.split_once('-').unwrap();
        let address = |text| u64::from_str_radix(text, 16).unwrap();
        let mut bytes = vec![0; usize::try_from(address(to) - address(from)).unwrap()];
        rights.starts_with("rw")
            && memory.seek(SeekFrom::Start(address(from))).is_ok()
            && memory.read_exact(&mut bytes).is_ok()
            && bytes.windows(complement.len()).any(is_it)
    })
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_copy_of_a_key_outlives_its_client() {
    use apiframe::ApiKey;

    // This test keeps the secret whole in memory only where the search is meant to find it.
    let secret = (0..36_u8).map(|n| b'a' + n * 7 % 26);
    let complement: Vec<u8> = b"afk_"
        .iter()
        .copied()
        .chain(secret)
        .map(|byte| !byte)
        .collect();
    let mut text = String::with_capacity(complement.len());
    text.extend(complement.iter().map(|byte| char::from(!byte)));
    let key = ApiKey::parse(&text).unwrap();
    let mut text = text.into_bytes();
    text.fill(0);
    let mut config = Server::with([]).await.config();
    config.base = "http://127.0.0.1:1".parse().unwrap();
    config.key = Some(key);
    let client = Client::new(config).unwrap();
    assert!(client.me().await.is_err());
    // The allocator overwrites the start of freed memory, so the test searches for the end.
    let end = &complement[20..];
    assert!(is_in_memory(end), "the search finds nothing");
    drop(client);
    assert!(!is_in_memory(end), "a copy is left");
    assert_eq!(text.iter().max(), Some(&0));
}

#[tokio::test]
async fn no_error_shows_the_key_or_a_query() {
    let echo = format!(r#"{{"error":"Bad key {KEY}","details":{{"{KEY}":["{KEY}"]}}}}"#);
    let url = r#"{"error":"No such page: https://api.test/v2/jobs?status=X&cursor=cursor-secret"}"#;
    let unreadable = format!(r#"{{"jobs":"{KEY}"}}"#);
    let bare = format!("key {KEY} refused");
    let query = JobQuery {
        cursor: Some("cursor-secret".into()),
        status: Some("QUEUED".into()),
        ..JobQuery::default()
    };
    for (about, act) in [
        ("an echoed key", json("401 Unauthorized", &echo)),
        ("an echoed address", json("404 Not Found", url)),
        ("bare words", json("403 Forbidden", &bare)),
        ("an unreadable answer", json("200 OK", &unreadable)),
        ("a reset", Act::Reset),
        ("a silence", Act::SayAndStall(Vec::new())),
        ("a cut answer", Act::Say(raw("200 OK", "", "{", 100))),
        ("no http", Act::Say(b"what?\r\n".to_vec())),
        ("a redirect", json("302 Found", "{}")),
    ] {
        let server = Server::with([act]).await;
        let error = server.impatient_client().jobs(&query).await.unwrap_err();
        assert_silent(&error, about);
    }
}

#[tokio::test]
async fn no_failed_connection_shows_the_key_or_a_query() {
    let mut config = Server::with([]).await.config();
    for base in ["http://127.0.0.1:1", "https://no-such-host.invalid"] {
        config.base = base.parse().unwrap();
        let client = Client::new(config.clone()).unwrap();
        let query = JobQuery {
            cursor: Some("cursor-secret".into()),
            ..JobQuery::default()
        };
        let error = client.jobs(&query).await.unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error:?}");
        assert_silent(&error, base);
    }
}

#[tokio::test]
async fn neither_client_nor_configuration_shows_the_key() {
    let config = Server::with([]).await.config();
    let client = Client::new(config.clone()).unwrap();
    for shown in [
        format!("{config:?}"),
        format!("{client:?}"),
        format!("{:#?}", client.clone()),
    ] {
        assert!(!shown.contains(KEY), "{shown}");
        assert!(shown.contains("cret"), "the last four stay: {shown}");
    }
}

#[tokio::test]
async fn a_key_is_not_sent_where_others_could_read_it() {
    let mut config = Server::with([]).await.config();
    config.base = "http://api.apiframe.ai".parse().unwrap();
    assert_eq!(
        Client::new(config.clone()).unwrap_err(),
        ConfigError::Insecure
    );
    config.base = "https://api.apiframe.ai".parse().unwrap();
    assert!(Client::new(config).is_ok());
}

#[tokio::test]
async fn a_client_without_a_name_is_not_made() {
    let mut config = Server::with([]).await.config();
    for name in ["", "  ", "inbetween\r\nX: 1"] {
        config.user_agent = name.into();
        let made = Client::new(config.clone());
        assert_eq!(made.unwrap_err(), ConfigError::UserAgent, "{name:?}");
    }
}

#[tokio::test]
async fn an_error_is_a_sentence_and_not_a_code() {
    let server = Server::with([Act::Reset, json("503 Busy", "")]).await;
    let client = server.client();
    for _ in 0..2 {
        let sentence = client
            .generate(Bytes::new(), "k")
            .await
            .unwrap_err()
            .to_string();
        assert!(
            sentence.ends_with('.') && sentence.contains(' '),
            "{sentence}"
        );
    }
}
