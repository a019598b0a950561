//! Sets up the environment before anything else is done: every process that this one starts
//! inherits it, including the web view's own.
//!
//! The key must not be in it, and some web views need an extra variable. A program can't change its
//! own environment safely, so it starts itself again, on Unix in the same process, and hands the
//! key over through a pipe: neither the environment nor the command line of the new program
//! contains it.

use std::env;
use std::io::{self, IsTerminal, Read, Write};
use std::process::{Command, Stdio};

use studio::message::Message;
use zeroize::Zeroizing;

/// A key for this run.
pub(crate) const KEY_VARIABLE: &str = "APIFRAME_API_KEY";
/// Says that the key comes on standard input. An argument, because programs that this one starts do
/// not inherit it.
const KEY_FOLLOWS: &str = "--key-from-stdin";
/// The most bytes that are handed over: far more than a key has, and less than a pipe holds.
const MOST_BYTES: usize = 4096;
/// The number of open files, including connections, that are allowed at the same time, if the
/// system permits it. The usual initial limit is 1024.
#[cfg(unix)]
const OPEN_FILES: u64 = 8192;

/// Starts this program again if its environment has to change. Returns if the environment is right,
/// with the key for this run, if there is one.
pub(crate) fn prepare() -> Option<Zeroizing<String>> {
    if env::args_os()
        .skip(1)
        .any(|argument| argument == KEY_FOLLOWS)
    {
        return read_key();
    }
    let key = env::var_os(KEY_VARIABLE)
        .map(|key| Zeroizing::new(key.into_encoded_bytes()))
        .filter(|key| !key.trim_ascii().is_empty());
    let more = more_variables();
    if key.is_some() || more.is_some() {
        let error = match start_again(key.as_ref().map(|key| key.as_slice()), more) {
            Ok(never) => match never {},
            Err(error) => error,
        };
        let error = error.to_string();
        eprintln!("{}", Message::NotRestarted { error });
    }
    key.map(|key| Zeroizing::new(String::from_utf8_lossy(&key).into_owned()))
}

#[cfg(target_os = "linux")]
fn more_variables() -> Option<(&'static str, &'static str)> {
    crate::graphics::variable()
}

#[cfg(not(target_os = "linux"))]
fn more_variables() -> Option<(&'static str, &'static str)> {
    None
}

fn read_key() -> Option<Zeroizing<String>> {
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return None;
    }
    // Enough capacity from the start, so that growing leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 * MOST_BYTES));
    input.read_to_end(&mut bytes).ok()?;
    let key = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    Some(key).filter(|key| !key.trim().is_empty())
}

fn start_again(
    key: Option<&[u8]>,
    more: Option<(&str, &str)>,
) -> io::Result<std::convert::Infallible> {
    let mut command = Command::new(env::current_exe()?);
    command
        .args(env::args_os().skip(1))
        .env_remove(KEY_VARIABLE);
    if let Some((name, value)) = more {
        command.env(name, value);
    }
    if let Some(key) = key {
        let (reader, mut writer) = io::pipe()?;
        writer.write_all(&key[..key.len().min(MOST_BYTES)])?;
        command.arg(KEY_FOLLOWS).stdin(Stdio::from(reader));
    }
    Err(replace(command))
}

#[cfg(unix)]
fn replace(mut command: Command) -> io::Error {
    std::os::unix::process::CommandExt::exec(&mut command)
}

/// Without a way to replace itself, this program waits until the other one ends.
#[cfg(not(unix))]
fn replace(mut command: Command) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

/// Allows as many open files as are useful: every connection to one of our ports uses one.
#[cfg(unix)]
pub(crate) fn allow_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(OPEN_FILES).min(OPEN_FILES);
    if limit.current.is_some_and(|current| current < most) {
        limit.current = Some(most);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "no more open files are allowed");
        }
    }
}

#[cfg(not(unix))]
pub(crate) fn allow_open_files() {}
