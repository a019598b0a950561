//! Where a second start reports itself: it brings this window to the front instead of opening another one
//! on the same library.
//!
//! It is a port on loopback that accepts one word, which only programs of this user can know (it is
//! stored beside the library, readable by no other user), and answers it. It can do nothing except
//! bring the window to the front.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};

use crate::loopback;

/// How long either side waits for the other's complete message: both are on this machine.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
const ANSWER: &str = "here\n";
/// Longer than any word, so that a client can't fill the memory.
const LONGEST: u64 = 128;

/// A port that is not being served yet.
pub(crate) struct ActivationServer {
    listener: TcpListener,
    word: String,
}

impl ActivationServer {
    /// Makes one.
    pub(crate) fn make() -> std::io::Result<Self> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
        Ok(Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
            word: format!("{:032x}", u128::from_be_bytes(secret)),
        })
    }

    /// What a second start needs, for [`activate`].
    pub(crate) fn address(&self) -> std::io::Result<String> {
        Ok(format!("{} {}", self.listener.local_addr()?, self.word))
    }

    /// Calls `come` for each right word, until the program ends.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub(crate) fn open(self, come: impl Fn() + Send + Sync + 'static) -> std::io::Result<()> {
        self.listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let (word, come) = (Arc::new(self.word), Arc::new(come));
        tokio::spawn(loopback::accept(listener, move |stream, _| {
            let (word, come) = (Arc::clone(&word), Arc::clone(&come));
            async move {
                // A client that breaks off wastes only its own time.
                let _ = tokio::time::timeout(ANSWER_TIMEOUT, answer(stream, &word, &*come)).await;
            }
        }));
        Ok(())
    }
}

async fn answer(
    mut stream: tokio::net::TcpStream,
    word: &str,
    come: &(impl Fn() + Sync),
) -> std::io::Result<()> {
    let mut said = String::new();
    tokio::io::BufReader::new((&mut stream).take(LONGEST))
        .read_line(&mut said)
        .await?;
    if said.trim_end() == word {
        come();
        stream.write_all(ANSWER.as_bytes()).await?;
    }
    Ok(())
}

/// Asks the running program at an address to come to the front, and returns whether it answered.
pub(crate) fn activate(address: &str) -> bool {
    let ask = || -> Option<bool> {
        let (address, word) = address.split_once(' ')?;
        let address: SocketAddr = address.parse().ok()?;
        if !address.ip().is_loopback() {
            return None;
        }
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT).ok()?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT)).ok()?;
        writeln!(stream, "{word}").ok()?;
        let mut said = String::new();
        BufReader::new(stream.take(LONGEST))
            .read_line(&mut said)
            .ok()?;
        Some(said == ANSWER)
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// An open server, its address, and how often a client was let in.
    fn open_server() -> (tokio::runtime::Runtime, String, Arc<AtomicUsize>) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = ActivationServer::make().unwrap();
        let (address, came) = (server.address().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&came);
        let entered = runtime.enter();
        server
            .open(move || {
                count.fetch_add(1, Ordering::Relaxed);
            })
            .unwrap();
        drop(entered);
        (runtime, address, came)
    }

    #[test]
    fn the_right_word_is_answered_and_no_other() {
        let (_runtime, address, came) = open_server();
        assert!(activate(&address));
        let (port, _) = address.split_once(' ').unwrap();
        assert!(!activate(&format!("{port} {:032x}", 1)));
        assert_eq!(came.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn whoever_connects_and_says_nothing_keeps_nobody_out() {
        let (_runtime, address, came) = open_server();
        let (port, _) = address.split_once(' ').unwrap();
        let silent: Vec<_> = (0..300)
            .map(|_| TcpStream::connect(port).unwrap())
            .collect();
        assert!(activate(&address), "nobody answers");
        assert_eq!(came.load(Ordering::Relaxed), 1);
        drop(silent);
    }
}
