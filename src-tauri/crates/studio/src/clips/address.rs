//! Which addresses a clip may be fetched from: public ones over https, and this machine's own if
//! the sandbox is used.
//!
//! An address comes from a server's answer, so it is not trusted. A literal address must be public,
//! says [`judge`], and the code that follows redirects judges each target again. A name may resolve
//! to a private address: VPNs, filters and NAT64 make the system's resolver answer so for every
//! name, and over https an inner host can't answer for a name that it has no certificate for. Only
//! this machine and its own link, which no network does that for, are refused by [`Guard`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::message::AddressFault;

/// A name resolves to this machine or to its own link.
#[derive(Debug, thiserror::Error)]
#[error("it points to this computer")]
pub(super) struct PointsHere;

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
        // See `Guard`.
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
/// this machine's or its link's: an honest name has no reason to mix them. This machine's own names
/// are let through: they are only ever looked up for the sandbox and for a proxy.
pub(super) struct Guard {
    names: Arc<dyn Resolve>,
}

impl Guard {
    /// A guard around the resolver `names`.
    pub(super) fn new(names: Arc<dyn Resolve>) -> Self {
        Self { names }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let own = is_this_machine(&Host::Domain(name.as_str()));
        let looking = self.names.resolve(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = looking.await?.collect();
            if own || !found.iter().any(|address| is_here(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(PointsHere.into())
            }
        })
    }
}

/// Whether an address is this machine's or its link's, where clouds keep their metadata, or is none
/// of a single machine.
fn is_here(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            matches!(
                ip.octets(),
                [0 | 127 | 224..=239, ..] | [255, 255, 255, 255]
            ) || ip.is_link_local()
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unicast_link_local()
        }
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

    async fn looked_up(name: &str, found: &[&'static str]) -> bool {
        Guard::new(Arc::new(Says(found.to_vec())))
            .resolve(name.parse().unwrap())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn a_name_may_lead_into_a_private_network_but_not_to_this_machine() {
        let cdn = "cdn.example.com";
        for fetched in [
            "1.1.1.1",
            "2606:4700::1",
            // A fake address of a VPN's own resolver, and one of a carrier.
            "198.18.0.5",
            "100.64.3.2",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "fd00::1",
            // Through the NAT64 of an IPv6-only network.
            "64:ff9b::808:808",
        ] {
            assert!(looked_up(cdn, &[fetched]).await, "{fetched}");
        }
        for here in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!looked_up(cdn, &[here]).await, "{here}");
            let mixed = ["1.1.1.1", here];
            assert!(!looked_up(cdn, &mixed).await, "{mixed:?}");
        }
        assert!(looked_up("localhost", &["127.0.0.1", "::1"]).await);
    }
}
