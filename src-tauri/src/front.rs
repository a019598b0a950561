//! The door that a second start knocks at: it brings this window forward instead of opening
//! another on the same library.
//!
//! A port on loopback that takes one word, which only programs of this user can know (it
//! lies beside the library, readable by nobody else), and answers it. It can do nothing
//! but bring the window forward.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use tauri::AppHandle;

use crate::window;

/// How long either side waits for the other: both are on this machine.
const PATIENCE: Duration = Duration::from_secs(3);
const ANSWER: &str = "here\n";
/// Longer than any word, so that nobody can fill the memory.
const LONGEST: u64 = 128;

/// A port that nobody listens at yet.
pub(crate) struct Door {
    listener: TcpListener,
    word: String,
}

impl Door {
    /// Makes one.
    pub(crate) fn make() -> std::io::Result<Self> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
        Ok(Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
            word: format!("{:032x}", u128::from_be_bytes(secret)),
        })
    }

    /// What a second start has to know, for [`knock`].
    pub(crate) fn address(&self) -> std::io::Result<String> {
        Ok(format!("{} {}", self.listener.local_addr()?, self.word))
    }

    /// Brings the window forward at each right word, until the program ends.
    pub(crate) fn open(self, app: AppHandle) {
        std::thread::spawn(move || {
            for stream in self.listener.incoming().flatten() {
                // Whoever breaks off has only wasted its own time.
                let _ = answer(stream, &self.word, &app);
            }
        });
    }
}

fn answer(mut stream: TcpStream, word: &str, app: &AppHandle) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut said = String::new();
    BufReader::new((&stream).take(LONGEST)).read_line(&mut said)?;
    if said.trim_end() == word {
        if let Err(error) = window::bring_forward(app) {
            tracing::warn!(%error, "the window could not be brought forward");
        }
        stream.write_all(ANSWER.as_bytes())?;
    }
    Ok(())
}

/// Asks the program behind a door to come forward, and says whether it answered.
pub(crate) fn knock(address: &str) -> bool {
    let ask = || -> Option<bool> {
        let (address, word) = address.split_once(' ')?;
        let address: SocketAddr = address.parse().ok()?;
        if !address.ip().is_loopback() {
            return None;
        }
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        writeln!(stream, "{word}").ok()?;
        let mut said = String::new();
        BufReader::new(stream.take(LONGEST))
            .read_line(&mut said)
            .ok()?;
        Some(said == ANSWER)
    };
    ask().unwrap_or(false)
}
