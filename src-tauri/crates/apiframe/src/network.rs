//! How requests leave this computer: through which proxy, and why a connection can't be made.
//!
//! The environment's variables (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and their lower-case forms)
//! come first, then the settings of macOS or Windows, which the network library reads itself, then
//! the answer of the desktop, which [`Network::with_desktop`] passes on. Nothing on this computer is
//! ever asked through a proxy: it would see the key in plain http.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{ClientBuilder, Proxy, redirect, retry};
use url::Url;

use crate::error::{Unreached, UnreachedCause, chain};

/// Asks the desktop which proxy to use for an address; `None` for none.
pub type AskDesktop = Arc<dyn Fn(Url) -> BoxFuture<'static, Option<Url>> + Send + Sync>;

/// How long an answer of the desktop is used: someone who changes the settings because nothing works
/// waits about as long for the next attempt.
const ANSWER_KEPT: Duration = Duration::from_secs(30);

/// How long the desktop may take to answer. It reads its settings, or runs a script that they name.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// The variables that name a proxy for https.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The way out of this computer, shared by everything that uses it.
#[derive(Clone)]
pub struct Network {
    names: Arc<dyn Resolve>,
    system: Arc<Matcher>,
    desktop: Option<Arc<Desktop>>,
}

struct Desktop {
    ask: AskDesktop,
    /// By scheme, host and port.
    answers: Mutex<HashMap<String, Answer>>,
}

struct Answer {
    proxy: Option<Url>,
    at: Instant,
}

impl Network {
    /// With the proxies of the environment, or of macOS or Windows.
    #[must_use]
    pub fn of_this_system() -> Self {
        Self {
            names: Arc::new(SystemNames),
            system: Arc::new(Matcher::from_system()),
            desktop: None,
        }
    }

    /// Asks the desktop for a proxy, unless the environment names one.
    #[must_use]
    pub fn with_desktop(ask: AskDesktop) -> Self {
        let named = VARIABLES
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
        let desktop = Desktop {
            ask,
            answers: Mutex::default(),
        };
        Self {
            desktop: (!named).then(|| Arc::new(desktop)),
            ..Self::of_this_system()
        }
    }

    /// Looks up names elsewhere than with the system's own resolver.
    #[must_use]
    pub fn with_names(self, names: Arc<dyn Resolve>) -> Self {
        Self { names, ..self }
    }

    /// What looks up names.
    #[must_use]
    pub fn names(&self) -> Arc<dyn Resolve> {
        Arc::clone(&self.names)
    }

    /// A client for addresses outside this computer. It follows no redirect and repeats nothing.
    /// [`Network::prepare`] must be called before each request.
    pub fn outside(&self) -> ClientBuilder {
        let builder = self.plain();
        match &self.desktop {
            Some(desktop) => {
                let desktop = Arc::clone(desktop);
                builder.proxy(Proxy::custom(move |url| desktop.answer(url)))
            }
            None => builder,
        }
    }

    /// A client for addresses on this computer.
    pub fn inside(&self) -> ClientBuilder {
        self.plain().no_proxy()
    }

    /// A redirect could carry a key, or a submission, to another host, and a repeated request could
    /// pay twice.
    fn plain(&self) -> ClientBuilder {
        reqwest::Client::builder()
            .dns_resolver(self.names())
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
    }

    /// Finds out how to reach an address, if the desktop has not just been asked.
    pub async fn prepare(&self, url: &Url) {
        if let Some(desktop) = &self.desktop {
            desktop.learn(url).await;
        }
    }

    /// Why a request to an address had no connection.
    #[must_use]
    pub fn unreached(&self, error: &reqwest::Error) -> Unreached {
        let url = error.url();
        Unreached {
            cause: UnreachedCause::of(error),
            host: url.and_then(Url::host_str).unwrap_or_default().to_owned(),
            proxy: url.and_then(|url| self.proxy(url)).unwrap_or_default(),
            detail: chain(error),
        }
    }

    /// The proxy for an address, as `host:port`, without a password.
    fn proxy(&self, url: &Url) -> Option<String> {
        if let Some(desktop) = &self.desktop {
            let proxy = desktop.answer(url)?;
            let port = proxy.port_or_known_default()?;
            return Some(format!("{}:{port}", proxy.host_str()?));
        }
        let intercept = self.system.intercept(&url.as_str().parse().ok()?)?;
        Some(intercept.uri().authority()?.to_string())
    }
}

/// The system's own name resolution.
struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

impl fmt::Debug for Network {
    // A proxy's address may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("asks_desktop", &self.desktop.is_some())
            .finish_non_exhaustive()
    }
}

impl Desktop {
    fn answer(&self, url: &Url) -> Option<Url> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(&place(url))?.proxy.clone()
    }

    async fn learn(&self, url: &Url) {
        let place = place(url);
        {
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers
                .get(&place)
                .is_some_and(|answer| answer.at.elapsed() < ANSWER_KEPT)
            {
                return;
            }
        }
        let asked = tokio::time::timeout(ANSWER_WITHIN, (self.ask)(url.clone())).await;
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        // A desktop that does not answer has not changed its settings either.
        let before = answers.get(&place).and_then(|answer| answer.proxy.clone());
        let answer = Answer {
            proxy: asked.unwrap_or(before),
            at: Instant::now(),
        };
        answers.insert(place, answer);
    }
}

/// What the answer for an address depends on: a desktop is not told the path, which may be secret.
fn place(url: &Url) -> String {
    url.origin().ascii_serialization()
}
