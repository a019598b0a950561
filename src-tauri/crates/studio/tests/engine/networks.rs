//! The ways out of this computer: through proxies of every kind, with resolvers that answer with
//! private addresses, past certificates that are wrong.
//!
//! The libraries read proxies and trusted certificates from the environment when they start, so a
//! test runs its engine in a process of its own ([`apart`]). The proxy, and the https server behind
//! it that passes everything on to the sandbox, stay in the first process, which looks at what went
//! through them ([`Outside`]).

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use apiframe::{AskDesktop, Network};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::harness::{HANG, Harness, QUICK_PRICE, Setup, quick};

/// The folder in which both processes leave things for each other. Set in the second one.
const FOLDER: &str = "INBETWEEN_TEST_FOLDER";
/// The proxy that the desktop names, in the second process.
const DESKTOP: &str = "INBETWEEN_TEST_DESKTOP";

/// A proxy's rule.
#[derive(Clone, Copy)]
enum Rule {
    /// Lets everyone through.
    Open,
    /// Wants this name and password.
    Password(&'static str, &'static str),
    /// Lets nobody through.
    Closed,
}

/// Everything outside the computer.
struct Outside {
    proxy: SocketAddr,
    /// Where the proxy was asked to connect to.
    asked: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

impl Outside {
    async fn with(rule: Rule) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let servers = Arc::new(Servers::new(folder.path()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (servers, seen) = (Arc::clone(&servers), Arc::clone(&seen));
                // A client may hang up at any time.
                tokio::spawn(async move { serve(stream, rule, &servers, &seen).await.ok() });
            }
        });
        Self {
            proxy,
            asked,
            folder,
        }
    }

    /// Runs a test's second process, with these variables, and asserts that it passes.
    async fn runs(&self, test: &str, variables: &[(&str, String)]) {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command
            .args([&format!("networks::{test}"), "--exact", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env("SSL_CERT_FILE", self.folder.path().join("trusted.pem"))
            .kill_on_drop(true);
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let ended = tokio::time::timeout(HANG, command.status()).await;
        let ended = ended.expect("it ends").unwrap();
        assert!(ended.success(), "{test} {variables:?}: {ended}");
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// The servers behind the proxy, by their names: each shows its own certificate, and passes what it
/// gets on to the sandbox.
struct Servers {
    folder: PathBuf,
    trusted: Issuer<'static, KeyPair>,
    stranger: Issuer<'static, KeyPair>,
}

impl Servers {
    fn new(folder: &Path) -> Self {
        let issuer = |file: &str| {
            let key = KeyPair::generate().unwrap();
            let mut authority = CertificateParams::new(Vec::new()).unwrap();
            authority.distinguished_name.push(DnType::CommonName, file);
            authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let certificate = authority.self_signed(&key).unwrap();
            std::fs::write(folder.join(file), certificate.pem()).unwrap();
            Issuer::new(authority, key)
        };
        Self {
            folder: folder.to_owned(),
            trusted: issuer("trusted.pem"),
            stranger: issuer("stranger.pem"),
        }
    }

    fn acceptor(&self, host: &str) -> TlsAcceptor {
        let name = match host {
            "impostor.test" => "another.test",
            // An address that was made up for the clips' server.
            host if host.parse::<IpAddr>().is_ok() => "clips.test",
            host => host,
        };
        let mut server = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match host {
            "expired.test" => server.not_after = date_time_ymd(2020, 1, 1),
            "early.test" => server.not_before = date_time_ymd(2400, 1, 1),
            _ => {}
        }
        let issuer = match host {
            "inspected.test" => &self.stranger,
            _ => &self.trusted,
        };
        let key = KeyPair::generate().unwrap();
        let certificate = server.signed_by(&key, issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    async fn pass_on(&self, client: TcpStream, host: &str) -> std::io::Result<()> {
        let mut client = self.acceptor(host).accept(client).await?;
        let port = std::fs::read_to_string(self.folder.join("port"))?;
        let mut sandbox = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
        copy_bidirectional(&mut client, &mut sandbox).await?;
        Ok(())
    }

    /// Whether the second process has cut this server off.
    fn is_blocked(&self, host: &str) -> bool {
        std::fs::read_to_string(self.folder.join("blocked")).is_ok_and(|blocked| blocked == host)
    }
}

/// A proxy for HTTP CONNECT and SOCKS 5, whichever the client speaks.
async fn serve(
    mut stream: TcpStream,
    rule: Rule,
    servers: &Servers,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    let is_socks = first == [5];
    let (target, password) = if is_socks {
        socks(&mut stream, rule).await?
    } else {
        connect(&mut stream).await?
    };
    seen.lock().unwrap().push(target.clone());
    let host = target.rsplit_once(':').unwrap().0.trim_matches(['[', ']']);
    let refusal = match rule {
        Rule::Closed => Some("403 Forbidden"),
        Rule::Password(name, word) if !is_socks && password != basic(name, word) => {
            Some("407 Proxy Authentication Required")
        }
        _ if servers.is_blocked(host) => Some("403 Forbidden"),
        _ => None,
    };
    match (refusal, is_socks) {
        (None, true) => stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?,
        (None, false) => stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?,
        (Some(_), true) => return stream.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]).await,
        (Some(status), false) => {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            return stream.write_all(answer.as_bytes()).await;
        }
    }
    servers.pass_on(stream, host).await
}

async fn connect(stream: &mut TcpStream) -> std::io::Result<(String, String)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let password = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization")
            .then(|| value.to_owned())
    });
    Ok((target, password.unwrap_or_default()))
}

async fn socks(stream: &mut TcpStream, rule: Rule) -> std::io::Result<(String, String)> {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await?;
    let mut methods = vec![0; greeting[1].into()];
    stream.read_exact(&mut methods).await?;
    if let Rule::Password(name, word) = rule {
        stream.write_all(&[5, 2]).await?;
        let mut given = Vec::new();
        stream.read_u8().await?;
        for _ in 0..2 {
            let mut part = vec![0; stream.read_u8().await?.into()];
            stream.read_exact(&mut part).await?;
            given.push(String::from_utf8(part).unwrap());
        }
        let right = given == [name, word];
        stream.write_all(&[1, u8::from(!right)]).await?;
    } else {
        stream.write_all(&[5, 0]).await?;
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => {
            let mut ip = [0; 4];
            stream.read_exact(&mut ip).await?;
            IpAddr::from(ip).to_string()
        }
        4 => {
            let mut ip = [0; 16];
            stream.read_exact(&mut ip).await?;
            format!("[{}]", IpAddr::from(ip))
        }
        _ => {
            let mut name = vec![0; stream.read_u8().await?.into()];
            stream.read_exact(&mut name).await?;
            String::from_utf8(name).unwrap()
        }
    };
    let port = stream.read_u16().await?;
    Ok((format!("{host}:{port}"), String::new()))
}

/// `Basic` authorization, for the one name and password that the tests use.
fn basic(name: &str, word: &str) -> &'static str {
    assert_eq!((name, word), ("anna", "secret"));
    "Basic YW5uYTpzZWNyZXQ="
}

/// The folder shared with the first process, if this is the second.
fn apart() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// A harness in the second process whose Apiframe is `https://HOST`, and whose clips come from
/// `https://clips.test`.
async fn harness(folder: &Path, host: &str, network: Network) -> Harness {
    let setup = Setup {
        network,
        ..Setup::default()
    };
    let harness = Harness::with(setup).await;
    std::fs::write(folder.join("port"), harness.sandbox.port().to_string()).unwrap();
    harness
        .sandbox
        .set_clips_base(Some("https://clips.test".into()));
    sign_in(&harness, host);
    harness
}

fn sign_in(harness: &Harness, host: &str) {
    let client = harness.client_at(&format!("https://{host}"), "afk_test");
    harness.engine.set_client(Some(client));
}

/// Makes a clip of two pictures, as the second process.
async fn make_a_clip(folder: &Path, network: Network) {
    let harness = harness(folder, "api.test", network).await;
    let mut settings = quick("Through");
    settings.start = Some(harness.frame([200, 30, 30]));
    settings.end = Some(harness.frame([30, 30, 200]));
    let id = harness.generate(settings).await;
    harness.until_ready(&id).await;
    harness.is_settled(1, QUICK_PRICE).await;
}

#[tokio::test]
async fn requests_pictures_and_clips_all_go_through_the_proxy_of_the_environment() {
    if let Some(folder) = apart() {
        return make_a_clip(&folder, Network::of_this_system()).await;
    }
    let test = "requests_pictures_and_clips_all_go_through_the_proxy_of_the_environment";
    for (rule, kind, user) in [
        (Rule::Open, "http", ""),
        (Rule::Password("anna", "secret"), "http", "anna:secret@"),
        (Rule::Open, "socks5h", ""),
        (Rule::Password("anna", "secret"), "socks5h", "anna:secret@"),
    ] {
        let outside = Outside::with(rule).await;
        let proxy = format!("{kind}://{user}{}", outside.proxy);
        outside.runs(test, &[("HTTPS_PROXY", proxy)]).await;
        let asked = outside.asked();
        for server in ["api.test:443", "clips.test:443"] {
            assert!(asked.iter().any(|one| one == server), "{kind}: {asked:?}");
        }
    }
}

#[tokio::test]
async fn the_desktops_proxy_is_used_unless_the_environment_names_one() {
    if let Some(folder) = apart() {
        let ask: AskDesktop = Arc::new(|_| {
            Box::pin(async { Some(std::env::var(DESKTOP).unwrap().parse().unwrap()) })
        });
        return make_a_clip(&folder, Network::with_desktop(ask)).await;
    }
    let test = "the_desktops_proxy_is_used_unless_the_environment_names_one";
    let (desktop, environment) = (
        Outside::with(Rule::Open).await,
        Outside::with(Rule::Open).await,
    );
    let named = |outside: &Outside| format!("http://{}", outside.proxy);
    desktop.runs(test, &[(DESKTOP, named(&desktop))]).await;
    assert!(desktop.asked().iter().any(|one| one == "clips.test:443"));
    let both = [
        (DESKTOP, named(&desktop)),
        ("https_proxy", named(&environment)),
    ];
    environment.runs(test, &both).await;
    assert!(
        environment
            .asked()
            .iter()
            .any(|one| one == "clips.test:443")
    );
    assert_eq!(desktop.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_and_nothing_is_sent() {
    const WORDS: &str = "INBETWEEN_TEST_WORDS";
    if let Some(folder) = apart() {
        let harness = harness(&folder, "api.test", Network::of_this_system()).await;
        let id = harness.generate(quick("Refused")).await;
        let words = std::env::var(WORDS).unwrap();
        let waiting = harness.until_waiting(&id, &words).await;
        assert!(waiting.can_cancel, "nothing was sent");
        assert_eq!(harness.sandbox.jobs(), []);
        return;
    }
    let test = "a_proxy_that_refuses_is_named_and_nothing_is_sent";
    for kind in ["http", "socks5h"] {
        let outside = Outside::with(Rule::Closed).await;
        let proxy = outside.proxy;
        let words = format!("The proxy {proxy} does not let requests through to api.test");
        let variables = [("ALL_PROXY", format!("{kind}://{proxy}")), (WORDS, words)];
        outside.runs(test, &variables).await;

        let outside = Outside::with(Rule::Password("anna", "secret")).await;
        let proxy = outside.proxy;
        let words = format!("The proxy {proxy} asks for a name and a password");
        let wrong = format!("{kind}://anna:wrong@{proxy}");
        outside
            .runs(test, &[("ALL_PROXY", wrong), (WORDS, words)])
            .await;

        // A port that nothing listens on.
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = closed.local_addr().unwrap();
        drop(closed);
        let words = format!("The proxy {proxy}, which this computer is set to use, does not");
        let variables = [("ALL_PROXY", format!("{kind}://{proxy}")), (WORDS, words)];
        outside.runs(test, &variables).await;
    }
}

#[tokio::test]
async fn nothing_is_paid_while_the_server_of_the_last_clip_is_cut_off() {
    if let Some(folder) = apart() {
        let network = Network::of_this_system();
        let before = harness(&folder, "api.test", network.clone()).await;
        let first = before.generate(quick("Arrives")).await;
        before.until_ready(&first).await;
        // In the next run.
        let setup = Setup {
            network,
            ..Setup::default()
        };
        let harness = Harness::start_again_with(before.kill(), setup);
        sign_in(&harness, "api.test");
        std::fs::write(folder.join("blocked"), "clips.test").unwrap();
        let second = harness.generate(quick("Would not arrive")).await;
        let waiting = harness
            .until_waiting(&second, "does not let requests through to clips.test")
            .await;
        assert!(waiting.can_cancel, "nothing was sent");
        assert_eq!(harness.sandbox.jobs().len(), 1);
        std::fs::remove_file(folder.join("blocked")).unwrap();
        harness.until_ready(&second).await;
        harness.is_settled(2, 2 * QUICK_PRICE).await;
        return;
    }
    let test = "nothing_is_paid_while_the_server_of_the_last_clip_is_cut_off";
    let outside = Outside::with(Rule::Open).await;
    let proxy = format!("http://{}", outside.proxy);
    outside.runs(test, &[("HTTPS_PROXY", proxy)]).await;
}

/// Resolves every name to one address, as the resolvers of some VPNs and filters do.
struct Says(IpAddr);

impl Resolve for Says {
    fn resolve(&self, _: Name) -> Resolving {
        let found = std::iter::once(SocketAddr::new(self.0, 0));
        Box::pin(async { Ok(Box::new(found) as Addrs) })
    }
}

/// The proxy stands in for the network behind such a resolver: SOCKS 5 without the `h` is asked for
/// the address that this computer found.
#[tokio::test]
async fn a_name_behind_a_private_address_is_fetched_from_and_has_to_prove_itself() {
    const ADDRESS: &str = "INBETWEEN_TEST_ADDRESS";
    if let Some(folder) = apart() {
        let address: IpAddr = std::env::var(ADDRESS).unwrap().parse().unwrap();
        let network = Network::of_this_system().with_names(Arc::new(Says(address)));
        let harness = Harness::with(Setup {
            network,
            ..Setup::default()
        })
        .await;
        std::fs::write(folder.join("port"), harness.sandbox.port().to_string()).unwrap();
        harness
            .sandbox
            .set_clips_base(Some("https://clips.test".into()));
        let first = harness.generate(quick("Arrives")).await;
        harness.until_ready(&first).await;
        // An inner host has no certificate for the name that the address was given out for.
        harness
            .sandbox
            .set_clips_base(Some("https://elsewhere.test".into()));
        let second = harness.generate(quick("Would be another's")).await;
        harness
            .until_waiting(&second, "elsewhere.test could not prove its identity")
            .await;
        return;
    }
    let test = "a_name_behind_a_private_address_is_fetched_from_and_has_to_prove_itself";
    for address in ["198.18.0.5", "100.64.7.8", "10.1.2.3", "fd00::5"] {
        let outside = Outside::with(Rule::Open).await;
        let proxy = format!("socks5://{}", outside.proxy);
        let variables = [("ALL_PROXY", proxy), (ADDRESS, address.into())];
        outside.runs(test, &variables).await;
        let asked = outside.asked();
        assert!(
            asked.iter().all(|one| one.contains(address)),
            "{address}: {asked:?}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_secure_connection_is_said_and_nothing_is_sent() {
    if let Some(folder) = apart() {
        let harness = harness(&folder, "api.test", Network::of_this_system()).await;
        for (host, words) in [
            (
                "inspected.test",
                "reads secure connections to inspected.test",
            ),
            ("expired.test", "this computer's clock says 20"),
            ("early.test", "this computer's clock says 20"),
            (
                "impostor.test",
                "impostor.test could not prove its identity",
            ),
        ] {
            sign_in(&harness, host);
            let id = harness.generate(quick(host)).await;
            harness.until_waiting(&id, words).await;
            harness.engine.cancel(&id).await.unwrap();
        }
        assert_eq!(harness.sandbox.jobs(), []);
        return;
    }
    let test = "what_is_wrong_with_a_secure_connection_is_said_and_nothing_is_sent";
    let outside = Outside::with(Rule::Open).await;
    let proxy = format!("http://{}", outside.proxy);
    outside.runs(test, &[("HTTPS_PROXY", proxy)]).await;
}

#[tokio::test]
async fn a_name_without_an_address_is_named() {
    let harness = Harness::new().await;
    sign_in(&harness, "no-such-host.invalid");
    let id = harness.generate(quick("Nowhere")).await;
    harness
        .until_waiting(&id, "no-such-host.invalid was not found")
        .await;
}

#[tokio::test]
async fn nothing_on_this_computer_is_asked_through_a_proxy() {
    if apart().is_some() {
        let harness = Harness::new().await;
        let id = harness.generate(quick("Inside")).await;
        harness.until_ready(&id).await;
        harness.is_settled(1, QUICK_PRICE).await;
        return;
    }
    let test = "nothing_on_this_computer_is_asked_through_a_proxy";
    let outside = Outside::with(Rule::Closed).await;
    let proxy = || format!("http://{}", outside.proxy);
    let variables = [("HTTP_PROXY", proxy()), ("HTTPS_PROXY", proxy())];
    outside.runs(test, &variables).await;
    assert_eq!(outside.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_desktop_is_not_asked_about_what_is_on_this_computer() {
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let heard = Arc::clone(&asked);
    let ask: AskDesktop = Arc::new(move |url| {
        heard.lock().unwrap().push(url.to_string());
        Box::pin(async { None })
    });
    let harness = Harness::with(Setup {
        network: Network::with_desktop(ask),
        ..Setup::default()
    })
    .await;
    let id = harness.generate(quick("Inside")).await;
    harness.until_ready(&id).await;
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
}
