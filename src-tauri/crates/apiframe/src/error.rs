//! What can go wrong with a call, grouped by what the caller can do about it.
//!
//! Each variant answers the questions that matter when money is at stake: did anything leave this
//! machine, and did the server refuse? The messages are for users. The details for the log are in
//! `detail`, free of addresses, queries and keys.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use crate::network::Network;
use crate::rejection::{Rejection, RejectionKind};

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing was sent, and repeating the same call would not help.
    #[error("{0}")]
    Unsendable(Unsendable),
    /// No connection was made, so no part of the request left this machine. Repeating it is free.
    #[error("{0}")]
    Connect(Unreached),
    /// The request may have arrived, but the answer is unknown. A submission may have been charged:
    /// repeat it only under the same idempotency key.
    #[error("{0}")]
    Lost(Loss),
    /// The server refused.
    #[error("{0}")]
    Rejected(Rejection),
}

impl Error {
    /// Whether the server certainly started nothing, so that repeating the call cannot pay twice,
    /// even under a new idempotency key. False for a lost answer, and for a 5xx, which may come
    /// from a gateway that had already passed the request on.
    #[must_use]
    pub const fn is_safe_to_repeat(&self) -> bool {
        match self {
            Self::Unsendable(_) | Self::Connect(_) => true,
            Self::Lost(_) => false,
            Self::Rejected(rejection) => !matches!(
                rejection.kind,
                RejectionKind::Unavailable | RejectionKind::Unexpected
            ),
        }
    }

    /// Whether the same request may succeed later without any change.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unsendable(_) => false,
            Self::Connect(_) | Self::Lost(_) => true,
            Self::Rejected(rejection) => matches!(
                rejection.kind,
                RejectionKind::RateLimited | RejectionKind::Unavailable
            ),
        }
    }

    /// How long the server asks the client to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Rejected(rejection) => rejection.retry_after,
            _ => None,
        }
    }

    /// Classifies the network library's error for a request that got no answer.
    pub(crate) fn unanswered(error: &reqwest::Error, network: &Network) -> Self {
        if error.is_connect() {
            return Self::Connect(network.unreached(error));
        }
        let detail = chain(error);
        if error.is_builder() {
            return Self::Unsendable(Unsendable::Malformed { detail });
        }
        Self::Lost(Loss {
            cause: LossCause::Broken,
            detail,
        })
    }

    pub(crate) fn lost(cause: LossCause, detail: impl Into<String>) -> Self {
        Self::Lost(Loss {
            cause,
            detail: detail.into(),
        })
    }
}

/// Why a call could not even be attempted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// The client was made without a key, and this call needs one.
    #[error("There is no Apiframe key. Add one in the settings.")]
    NoKey,
    /// An idempotency key that cannot be a header, or is longer than the 255 characters that
    /// the schema allows.
    #[error("The request could not be sent: its idempotency key is unusable.")]
    IdempotencyKey,
    /// A job id that cannot be part of an address.
    #[error("The job cannot be asked for: its id is unusable.")]
    JobId,
    /// The file to upload could not be read to its end.
    #[error("The file could not be read. Check that it is still there and try again.")]
    File {
        /// For the log.
        detail: String,
    },
    /// The network library could not build a request from it.
    #[error("The request could not be put together.")]
    Malformed {
        /// For the log.
        detail: String,
    },
}

/// A connection that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Unreached {
    /// What prevented the connection.
    pub cause: UnreachedCause,
    /// The name of the server that was to be reached.
    pub host: String,
    /// The proxy on the way to it, as `host:port`; empty if there is none.
    pub proxy: String,
    /// For the log.
    pub detail: String,
}

/// What prevented a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreachedCause {
    /// The name has no address: most often, this machine is offline.
    #[error("Apiframe's address could not be found. Check the internet connection.")]
    NoAddress,
    /// Nothing accepted the connection: no route, a firewall, or a server that is down.
    #[error("Apiframe could not be reached. Check the internet connection.")]
    NoConnection,
    /// [`Timeouts::connect`](crate::Timeouts::connect) passed.
    #[error("Apiframe could not be reached in time. Check the internet connection.")]
    TooSlow,
    /// The certificate is not signed by anyone whom this computer trusts: most often, a program or
    /// a network in between replaces it to read the traffic.
    #[error(
        "No safe connection to Apiframe could be made: a program or network in between replaces its certificate."
    )]
    Inspected,
    /// The certificate is not valid at the time that this computer's clock shows.
    #[error("No safe connection to Apiframe could be made. Check this computer's date and time.")]
    Clock,
    /// The other side could not prove its identity in another way, or did not understand the
    /// request to do so.
    #[error(
        "No safe connection to Apiframe could be made. Check any program or network that inspects traffic."
    )]
    Distrusted,
    /// The proxy does not answer.
    #[error("The proxy of this computer could not be reached. Check that it is running.")]
    ProxyUnreached,
    /// The proxy refuses to connect to the server, or can't.
    #[error("The proxy of this computer does not let requests through to Apiframe.")]
    ProxyRefused,
    /// The proxy requires a name and a password, or others than it was sent.
    #[error("The proxy of this computer requires a name and a password.")]
    ProxyPassword,
}

impl UnreachedCause {
    /// The cause of an error that is about a connection. The network library keeps its errors about
    /// proxies to itself, so those are recognised by their text; tests with real proxies notice when
    /// it changes.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let said = chain(error);
        let says = |text: &str| said.contains(text);
        if says("tunnel error: ") || says("socks proxy") {
            return if says("proxy authorization required") || says("credentials not accepted") {
                Self::ProxyPassword
            } else if says("failed to create underlying connection") {
                Self::ProxyUnreached
            } else {
                Self::ProxyRefused
            };
        }
        if error.is_dns() {
            return Self::NoAddress;
        }
        if error.is_timeout() {
            return Self::TooSlow;
        }
        distrust(error).unwrap_or(Self::NoConnection)
    }
}

/// An answer that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Loss {
    /// How it was lost.
    pub cause: LossCause,
    /// For the log.
    pub detail: String,
}

/// How an answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LossCause {
    /// The connection ended before the answer started.
    #[error("The connection broke before Apiframe's answer arrived.")]
    Broken,
    /// No data moved for [`Timeouts::idle`](crate::Timeouts::idle).
    #[error("Apiframe went silent before its answer was complete.")]
    Silent,
    /// [`Timeouts::call`](crate::Timeouts::call) or [`Timeouts::upload`](crate::Timeouts::upload)
    /// passed, although data was still moving.
    #[error("Apiframe's answer took too long to arrive.")]
    TooSlow,
    /// The answer started but did not end.
    #[error("Apiframe's answer broke off in the middle.")]
    Truncated,
    /// The answer is not JSON, or is too long: most likely a gateway in between reported success.
    #[error("Apiframe's answer could not be understood.")]
    Unreadable,
    /// The server reported success in JSON that lacks what the schema promises: a job without an
    /// id, or with an impossible one. A repeated call most likely gets the same answer.
    #[error("Apiframe's answer could not be understood.")]
    Invalid,
}

/// The causes of an error on one line. Its own text is left out: it contains the address, which may
/// be secret.
pub(crate) fn chain(error: &reqwest::Error) -> String {
    let mut line = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}

/// What a failure of TLS means; `None` for an error that is none. Such failures arrive as the
/// `InvalidData` that tokio-rustls wraps them in, itself wrapped in another I/O error, whose `source`
/// skips what it wraps.
fn distrust(error: &reqwest::Error) -> Option<UnreachedCause> {
    let mut source = error.source();
    while let Some(cause) = source {
        let mut io = cause.downcast_ref::<io::Error>();
        while let Some(error) = io {
            if error.kind() == io::ErrorKind::InvalidData {
                return Some(match error.get_ref().and_then(|it| it.downcast_ref()) {
                    Some(rustls::Error::InvalidCertificate(why)) => of_certificate(why),
                    _ => UnreachedCause::Distrusted,
                });
            }
            io = error.get_ref().and_then(|inner| inner.downcast_ref());
        }
        source = cause.source();
    }
    None
}

const fn of_certificate(why: &CertificateError) -> UnreachedCause {
    match why {
        CertificateError::UnknownIssuer => UnreachedCause::Inspected,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => UnreachedCause::Clock,
        _ => UnreachedCause::Distrusted,
    }
}
