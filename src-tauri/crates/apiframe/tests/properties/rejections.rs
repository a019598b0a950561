//! Refusals as they come over the wire: any status with any body becomes a sentence that
//! is short and holds no key.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use apiframe::{ApiKey, Client, Config, Error, Timeouts};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const KEY: &str = "afk_0123456789abcdef0123456789abcdef";

/// Bodies as gateways and APIs send them, some with the key echoed.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let echoed = Just(format!("{{\"error\":\"Key {KEY} is not valid\"}}").into_bytes());
    prop_oneof![
        1 => echoed,
        3 => crate::json().prop_map(|value| serde_json::to_vec(&value).unwrap()),
        2 => proptest::collection::vec(any::<u8>(), 0..2000),
        1 => ".{0,40}".prop_map(|text| format!("<html><p>{text}</p></html>").into_bytes()),
    ]
}

#[test]
fn any_refusal_becomes_a_sentence_without_the_key() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let next = Arc::new(Mutex::new(Vec::new()));
    let client = runtime.block_on(serve(Arc::clone(&next)));
    let cases = (300..600_u16, "[ -~]{0,30}", body());
    TestRunner::new(Cases::with_cases(256))
        .run(&cases, |(status, wait, body)| {
            let head = format!(
                "HTTP/1.1 {status} No\r\nconnection: close\r\nretry-after: {wait}\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            *next.lock().unwrap() = [head.as_bytes(), &body].concat();
            let Err(Error::Rejected(said)) = runtime.block_on(client.me()) else {
                return Err(TestCaseError::fail("that was a refusal"));
            };
            prop_assert_eq!(said.status, status);
            prop_assert!(!said.message.is_empty());
            // 500, plus one that marks the cut, plus two around right-to-left text.
            prop_assert!(said.message.chars().count() <= 503);
            prop_assert!(!said.message.contains(char::is_control), "{:?}", said.message);
            prop_assert!(!format!("{said:?}").contains(KEY), "{:?}", said.kind);
            prop_assert!(said.retry_after.is_none_or(|wait| wait <= Duration::from_hours(24)));
            Ok(())
        })
        .unwrap();
}

/// Answers every connection with the current bytes of `next`, whatever is requested.
async fn serve(next: Arc<Mutex<Vec<u8>>>) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            let answer = next.lock().unwrap().clone();
            let _ = stream.write_all(&answer).await;
        }
    });
    Client::new(Config {
        base: base.parse().unwrap(),
        key: Some(ApiKey::parse(KEY).unwrap()),
        user_agent: "test/1".into(),
        network: apiframe::Network::of_this_system(),
        timeouts: Timeouts::default(),
    })
    .unwrap()
}
