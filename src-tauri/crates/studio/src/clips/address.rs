//! Which addresses a clip may be fetched from: public ones over https, and this machine's own if
//! the sandbox is used.
//!
//! An address comes from a server's answer, so it is not trusted. A literal address is judged by
//! [`judge`]. A name is judged by [`Guard`] when it is looked up for the connection itself: the
//! address that was judged is the one that is connected to, even if the name resolves to something
//! else a moment later. The code that follows redirects judges each target again.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::message::AddressFault;

/// A name resolves to an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("it points into a private network")]
pub(super) struct NotPublic;

/// Judges an address as written. `loopback` allows this machine, also without https.
///
/// # Errors
/// The reason why nothing may be fetched from there.
pub(super) fn judge(url: &Url, loopback: bool) -> Result<(), AddressFault> {
    let host = url.host().ok_or(AddressFault::NoHost)?;
    if is_this_machine(&host) {
        return match url.scheme() {
            "http" | "https" if loopback => Ok(()),
            _ => Err(AddressFault::ThisComputer),
        };
    }
    if url.scheme() != "https" {
        return Err(AddressFault::NotHttps);
    }
    match host {
        Host::Ipv4(ip) if !is_public_v4(ip) => Err(AddressFault::PrivateNetwork),
        Host::Ipv6(ip) if !is_public_v6(ip) => Err(AddressFault::PrivateNetwork),
        // The address behind the name is judged when it is looked up.
        _ => Ok(()),
    }
}

/// Whether an address names this machine, as far as that is visible without a look-up.
pub(super) fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// Looks up names for the connections of downloads, and refuses a name if any of its addresses is
/// not public: an honest name has no reason to mix them.
pub(super) struct Guard {
    names: Arc<dyn Resolve>,
    loopback: bool,
}

impl Guard {
    /// A guard around the resolver `names`. `loopback` lets this machine's own names through.
    pub(super) fn new(names: Arc<dyn Resolve>, loopback: bool) -> Self {
        Self { names, loopback }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback && is_this_machine(&Host::Domain(name.as_str()));
        let looking = self.names.resolve(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = looking.await?.collect();
            let allowed = |ip: IpAddr| {
                if loopback {
                    ip.is_loopback()
                } else {
                    is_public_behind_a_name(ip)
                }
            };
            if found.iter().all(|address| allowed(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(NotPublic.into())
            }
        })
    }
}

/// The system's own name resolution.
pub(super) struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Whether an address that a name resolves to is public. In an IPv6-only network the resolver
/// itself writes public IPv4 addresses into the NAT64 prefix (RFC 6147), so such an address is
/// judged by the IPv4 address inside it.
fn is_public_behind_a_name(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.octets() {
            [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => {
                is_public_v4(Ipv4Addr::new(a, b, c, d))
            }
            _ => is_public_v6(ip),
        },
    }
}

/// Whether an address belongs to the public internet: it is none of those that IANA's registry of
/// special-purpose IPv4 addresses (RFC 6890 and its successors) sets aside.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        // This network; private; this machine; private; multicast, reserved and broadcast.
        [0 | 10 | 127 | 224..=255, ..]
        // Carrier-grade NAT, RFC 6598.
        | [100, 64..=127, ..]
        // Link-local, where clouds keep their metadata.
        | [169, 254, ..]
        | [172, 16..=31, ..]
        | [192, 168, ..]
        // IETF protocols, documentation, 6to4 relays.
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        // Benchmarks, RFC 2544, and the other two for documentation, RFC 5737.
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
    )
}

/// Whether an address belongs to the public internet: it is in the one block that is assigned
/// (`2000::/3`), and is none of those set aside in it. An address that contains an IPv4 address
/// (mapped, NAT64, 6to4, Teredo) is not accepted: no server offers clips at such a literal.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let given_out = parts[0] & 0xe000 == 0x2000;
    let set_aside = matches!(
        parts,
        // IETF protocols with Teredo and benchmarks; documentation; 6to4.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..]
        // Documentation, RFC 9637.
        | [0x3fff, 0..=0x0fff, ..]
    );
    given_out && !set_aside
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn allowed(loopback: bool, url: &str) -> bool {
        judge(&Url::parse(url).unwrap(), loopback).is_ok()
    }

    #[test]
    fn only_public_https_is_fetched_from() {
        for public in [
            "https://cdn.example.com/a.mp4?sig=1",
            "https://8.8.8.8/a.mp4",
            "https://192.0.1.1/a.mp4",
            "https://172.32.0.1/a.mp4",
            "https://100.128.0.1/a.mp4",
            "https://[2606:4700::1]/a.mp4",
            "https://[2a00:1450:4001::1]/a.mp4",
        ] {
            assert!(allowed(false, public), "{public}");
        }
        for refused in [
            "http://cdn.example.com/a.mp4",
            "http://8.8.8.8/a.mp4",
            "ftp://cdn.example.com/a.mp4",
            "file:///etc/passwd",
            "data:video/mp4,xxxx",
            "https://localhost/a.mp4",
            "https://localhost./a.mp4",
            "https://clips.localhost/a.mp4",
            "https://127.0.0.1/a.mp4",
            // The same in other spellings, which the URL parser reads as browsers do.
            "https://127.1/a.mp4",
            "https://2130706433/a.mp4",
            "https://0x7f.0.0.1/a.mp4",
            "https://0.0.0.0/a.mp4",
            "https://0.1.2.3/a.mp4",
            "https://10.1.2.3/a.mp4",
            "https://172.16.0.1/a.mp4",
            "https://172.31.255.255/a.mp4",
            "https://192.168.1.1/a.mp4",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/a.mp4",
            "https://100.127.255.255/a.mp4",
            "https://192.0.0.1/a.mp4",
            "https://192.0.2.1/a.mp4",
            "https://198.51.100.1/a.mp4",
            "https://203.0.113.1/a.mp4",
            "https://198.19.0.1/a.mp4",
            "https://192.88.99.1/a.mp4",
            "https://224.0.0.1/a.mp4",
            "https://240.0.0.1/a.mp4",
            "https://255.255.255.255/a.mp4",
            "https://[::]/a.mp4",
            "https://[::1]/a.mp4",
            "https://[::ffff:10.0.0.1]/a.mp4",
            "https://[::ffff:8.8.8.8]/a.mp4",
            "https://[::10.0.0.1]/a.mp4",
            "https://[fe80::1]/a.mp4",
            "https://[fec0::1]/a.mp4",
            "https://[fd00::1]/a.mp4",
            "https://[fc00::1]/a.mp4",
            "https://[ff02::1]/a.mp4",
            "https://[64:ff9b::a00:1]/a.mp4",
            "https://[64:ff9b::808:808]/a.mp4",
            "https://[64:ff9b:1::a00:1]/a.mp4",
            "https://[100::1]/a.mp4",
            "https://[2002:a00:1::1]/a.mp4",
            "https://[2001::1]/a.mp4",
            "https://[2001:2::1]/a.mp4",
            "https://[2001:db8::1]/a.mp4",
            "https://[3fff::1]/a.mp4",
            "https://[5f00::1]/a.mp4",
        ] {
            assert!(!allowed(false, refused), "{refused}");
        }
    }

    #[test]
    fn this_machine_is_allowed_to_the_sandbox_and_nothing_else_is_looser() {
        for local in [
            "http://127.0.0.1:9/a.mp4",
            "http://localhost:9/a.mp4",
            "http://[::1]:9/a.mp4",
        ] {
            assert!(allowed(true, local), "{local}");
            assert!(!allowed(false, local), "{local}");
        }
        for refused in [
            "http://192.168.1.1/a.mp4",
            "https://192.168.1.1/a.mp4",
            "http://cdn.example.com/a.mp4",
            "ftp://127.0.0.1/a.mp4",
        ] {
            assert!(!allowed(true, refused), "{refused}");
        }
    }

    /// Answers every name with these addresses.
    struct Says(Vec<&'static str>);

    impl Resolve for Says {
        fn resolve(&self, _: Name) -> Resolving {
            let found: Vec<SocketAddr> = self
                .0
                .iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
                .collect();
            Box::pin(async { Ok(Box::new(found.into_iter()) as Addrs) })
        }
    }

    async fn looked_up(loopback: bool, name: &str, found: &[&'static str]) -> bool {
        Guard::new(Arc::new(Says(found.to_vec())), loopback)
            .resolve(name.parse().unwrap())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn a_name_is_judged_by_where_it_leads() {
        let cdn = "cdn.example.com";
        assert!(looked_up(false, cdn, &["1.1.1.1", "2606:4700::1"]).await);
        // A public IPv4 address through the NAT64 of an IPv6-only network.
        assert!(looked_up(false, cdn, &["64:ff9b::808:808"]).await);
        for inside in [
            "10.0.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "::1",
            "::ffff:10.0.0.1",
            "fd00::1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
        ] {
            assert!(!looked_up(false, cdn, &[inside]).await, "{inside}");
            assert!(!looked_up(true, cdn, &[inside]).await, "{inside}");
            let mixed = ["1.1.1.1", inside];
            assert!(!looked_up(false, cdn, &mixed).await, "{mixed:?}");
        }
        assert!(looked_up(true, "localhost", &["127.0.0.1", "::1"]).await);
        assert!(!looked_up(true, "localhost", &["1.1.1.1"]).await);
        assert!(!looked_up(false, "localhost", &["127.0.0.1"]).await);
    }
}
