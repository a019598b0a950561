//! A server that reads one request per connection, records it, and follows its script.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apiframe::{ApiKey, Client, Config, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The key that the tests use; nothing printed may contain it.
pub const KEY: &str = "afk_test0123456789secret";

/// What the server does once it has a whole request.
pub enum Act {
    /// Sends these bytes and closes.
    Say(Vec<u8>),
    /// Sends these bytes and keeps the connection open without sending more.
    SayAndStall(Vec<u8>),
    /// Sends these bytes one at a time, however long it takes, with a pause between them.
    Drip(Vec<u8>, Duration),
    /// Resets the connection.
    Reset,
}

/// An answer with a JSON body.
pub fn json(status: &str, body: &str) -> Act {
    answer(status, "Content-Type: application/json\r\n", body)
}

/// An answer with additional header lines, each ending in CR LF.
pub fn answer(status: &str, headers: &str, body: &str) -> Act {
    Act::Say(raw(status, headers, body, body.len()))
}

/// The bytes of an answer that declares the given length instead of its own.
pub fn raw(status: &str, headers: &str, body: &str, length: usize) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// `POST /v2/videos/generate HTTP/1.1`
    pub line: String,
    /// In wire order, with names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Arrived {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(held, _)| held == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The scripted server.
pub struct Server {
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Server {
    /// Plays one act per connection; further connections are dropped unread.
    pub async fn with(acts: impl IntoIterator<Item = Act>) -> Self {
        let mut acts: VecDeque<_> = acts.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrived);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(act) = acts.pop_front() else {
                    continue;
                };
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let Some(request) = read_request(&mut stream).await else {
                        return;
                    };
                    kept.lock().unwrap().push(request);
                    play(stream, act).await;
                });
            }
        });
        Self { address, arrived }
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// The one request that arrived.
    pub fn only(&self) -> Arrived {
        let mut all = self.arrived();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub fn config(&self) -> Config {
        Config {
            base: format!("http://{}", self.address).parse().unwrap(),
            key: Some(ApiKey::parse(KEY).unwrap()),
            user_agent: "inbetween/0.1.0".into(),
            network: apiframe::Network::of_this_system(),
            timeouts: patient(),
        }
    }

    pub fn client(&self) -> Client {
        Client::new(self.config()).unwrap()
    }

    /// A client that gives up on silence quickly, for servers that stay silent.
    pub fn impatient_client(&self) -> Client {
        Client::new(Config {
            timeouts: impatient(),
            ..self.config()
        })
        .unwrap()
    }
}

/// Limits that even a busy machine does not reach: they only end a test that hangs.
pub fn patient() -> Timeouts {
    let hang = Duration::from_mins(5);
    Timeouts {
        connect: hang,
        idle: hang,
        call: hang,
        upload: hang,
    }
}

/// Limits that end a silence quickly but leave the call as a whole plenty of time.
pub fn impatient() -> Timeouts {
    Timeouts {
        connect: Duration::from_millis(400),
        idle: Duration::from_millis(400),
        ..patient()
    }
}

async fn play(mut stream: TcpStream, act: Act) {
    match act {
        Act::Say(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            stream.shutdown().await.unwrap();
        }
        Act::SayAndStall(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            // Until the client hangs up.
            let _ = stream.read(&mut [0]).await;
        }
        Act::Drip(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Act::Reset => stream.set_zero_linger().unwrap(),
    }
}

/// Reads the head and then as many bytes as it declares.
pub async fn read_request(stream: &mut TcpStream) -> Option<Arrived> {
    let (mut request, mut body) = read_head(stream).await?;
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut chunk = vec![0; 64 * 1024];
    while body.len() < length {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => body.extend_from_slice(&chunk[..read]),
        }
    }
    assert_eq!(body.len(), length, "more arrived than was promised");
    request.body = body;
    Some(request)
}

/// Reads the head, and the part of the body that arrived with it.
pub async fn read_head(stream: &mut TcpStream) -> Option<(Arrived, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    };
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let headers = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let request = Arrived {
        line,
        headers,
        body: Vec::new(),
    };
    Some((request, body))
}
