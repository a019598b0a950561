//! The proxy that the desktop is set to use. The desktop's portal answers for GNOME, KDE and others,
//! and also runs a script that the settings name.

use std::sync::Arc;

use apiframe::AskDesktop;
use url::Url;
use zbus::Connection;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const RESOLVER: &str = "org.freedesktop.portal.ProxyResolver";

/// Asks the portal. Without one, or without an answer, no proxy is used.
pub(crate) fn ask() -> AskDesktop {
    Arc::new(|url| {
        Box::pin(async move {
            match look_up(&url).await {
                Ok(answers) => first(&answers),
                Err(error) => {
                    tracing::debug!(%error, "the desktop does not say which proxy to use");
                    None
                }
            }
        })
    })
}

async fn look_up(url: &Url) -> zbus::Result<Vec<String>> {
    let bus = Connection::session().await?;
    // The rest of an address may be secret.
    let server = url.origin().ascii_serialization();
    bus.call_method(Some(PORTAL), PATH, Some(RESOLVER), "Lookup", &server)
        .await?
        .body()
        .deserialize()
}

/// The first of the proxies that the desktop lists, in the order in which they are to be tried.
/// `None` if that is `direct://`, or is of a kind that the network library does not know.
fn first(answers: &[String]) -> Option<Url> {
    let (kind, rest) = answers.first()?.split_once("://")?;
    let kind = match kind {
        "http" | "https" => kind,
        // The proxy looks up the names, as the desktop's own programs have it do.
        "socks" | "socks5" => "socks5h",
        "socks4" | "socks4a" => "socks4a",
        _ => return None,
    };
    format!("{kind}://{rest}").parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_the_desktop_answers_is_an_address_that_is_understood() {
        for (answers, proxy) in [
            (vec!["direct://"], None),
            (vec![], None),
            (
                vec!["http://proxy.test:3128"],
                Some("http://proxy.test:3128/"),
            ),
            (
                vec!["socks://127.0.0.1:1080", "direct://"],
                Some("socks5h://127.0.0.1:1080"),
            ),
            (vec!["socks5://a.test:1080"], Some("socks5h://a.test:1080")),
            (vec!["socks4://a.test:1080"], Some("socks4a://a.test:1080")),
            (vec!["wpad://x"], None),
        ] {
            let answers: Vec<String> = answers.into_iter().map(Into::into).collect();
            assert_eq!(first(&answers).as_ref().map(Url::as_str), proxy);
        }
    }
}
