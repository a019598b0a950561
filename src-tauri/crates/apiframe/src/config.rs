//! Where the API is, who calls it, and how long to wait.

use std::time::Duration;

use url::{Host, Url};

use crate::key::ApiKey;
use crate::network::Network;

/// The configuration of a [`Client`](crate::Client).
#[derive(Clone, Debug)]
pub struct Config {
    /// The base address of the API: `https`, or `http` on this machine only.
    pub base: Url,
    /// The key; without one, only the model list can be requested.
    pub key: Option<ApiKey>,
    /// The caller's name, as `name/version`. Required: the edge refuses requests without one (403,
    /// `error code: 1010`).
    pub user_agent: String,
    /// The way out of this computer.
    pub network: Network,
    /// The time limits.
    pub timeouts: Timeouts,
}

/// The time limits of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, including name lookup and TLS. 10 s: the system resends an unanswered
    /// first packet after 1, 3 and 7 s, so this allows for three lost packets; a server that can be
    /// reached at all answers in well under one second.
    pub connect: Duration,
    /// For silence in both directions, once there is a connection. 30 s: no call waits for a
    /// render, so such a silence means a dead connection and not a slow server. A wrong guess costs
    /// nothing: the caller asks again, and repeats a submission under its idempotency key.
    pub idle: Duration,
    /// For any call except an upload, from start to end. 60 s: the largest answer, a page of 100
    /// jobs, stays under a megabyte, so this limit is meant for connections below 0.15 Mbit/s. It
    /// is also how long the answer to an upload may take after the last byte was handed over: part
    /// of the file may still be in this machine's buffers, and the server forwards the file before
    /// it answers.
    pub call: Duration,
    /// For an upload, from start to end. 10 minutes: 25 MB, the largest picture that the server
    /// accepts, needs 400 s at 0.5 Mbit/s.
    pub upload: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            call: Duration::from_mins(1),
            upload: Duration::from_mins(10),
        }
    }
}

/// Why a client cannot be created with this configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Plain `http` to another machine, or not a web address at all. The key could be read in
    /// transit.
    #[error(
        "The API's address must begin with https://, or with http:// for a server on this computer."
    )]
    Insecure,
    /// An address with a user name, a password, a query or a fragment.
    #[error(
        "The API's address must be just a server and a path, without a user name, a ? or a # part."
    )]
    NotABase,
    /// An empty user agent, or one that cannot be a header.
    #[error("The client needs a name to send as its User-Agent, in plain ASCII.")]
    UserAgent,
    /// The system's certificates or the TLS library could not be set up.
    #[error(
        "Secure connections could not be set up on this computer. Check that its certificates are installed."
    )]
    Tls {
        /// For the log.
        detail: String,
    },
}

/// Whether the base address is on this machine, where `http` is allowed and no proxy is used.
///
/// # Errors
/// [`ConfigError`] when no key should be sent to the address.
pub(crate) fn is_local(base: &Url) -> Result<bool, ConfigError> {
    let local = match base.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match base.scheme() {
        "https" => {}
        "http" if local => {}
        _ => return Err(ConfigError::Insecure),
    }
    let extras = [base.password(), base.query(), base.fragment()];
    if !base.username().is_empty() || extras.iter().any(Option::is_some) {
        return Err(ConfigError::NotABase);
    }
    Ok(local)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn judged(base: &str) -> Result<bool, ConfigError> {
        is_local(&Url::parse(base).unwrap())
    }

    #[test]
    fn a_key_travels_encrypted_or_stays_on_this_machine() {
        for base in [
            "https://api.apiframe.ai",
            "https://gateway.test:8443/apiframe/",
        ] {
            assert_eq!(judged(base), Ok(false), "{base}");
        }
        for base in [
            "http://127.0.0.1:4000",
            "http://127.9.9.9",
            "http://localhost:1",
            "http://[::1]:80/x",
            "https://127.0.0.1",
        ] {
            assert_eq!(judged(base), Ok(true), "{base}");
        }
        for base in [
            "http://api.apiframe.ai",
            "http://192.168.0.2",
            "http://localhost.evil.test",
            "http://127.0.0.1.evil.test",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "mailto:a@b.test",
        ] {
            assert_eq!(judged(base), Err(ConfigError::Insecure), "{base}");
        }
    }

    #[test]
    fn a_base_is_a_server_and_a_path() {
        for base in [
            "https://user@api.test",
            "https://:pw@api.test",
            "https://api.test/?a=b",
            "https://api.test/#a",
        ] {
            assert_eq!(judged(base), Err(ConfigError::NotABase), "{base}");
        }
    }
}
