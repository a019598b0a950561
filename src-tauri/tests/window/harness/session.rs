//! A separate desktop session for one test: a message bus, the portal that opens file dialogs and,
//! if the test wants one, a real keychain.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::home::Home;
use super::process::{Environment, Process, ask};

/// The keychain's password in every test.
pub const KEYCHAIN_PASSWORD: &str = "open sesame";

/// The state of the user's keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keychain {
    /// Running and unlocked, as after signing in to a desktop.
    Open,
    /// Running, with a collection that needs its password first.
    Locked,
    /// Not there at all, and nothing starts it.
    Absent,
}

/// The services that programs on this bus can start on demand. The keychain is not one of them:
/// each test decides whether there is one.
const SERVICES: [&str; 5] = [
    "org.freedesktop.impl.portal.PermissionStore",
    "org.freedesktop.impl.portal.desktop.gtk",
    "org.freedesktop.portal.Desktop",
    "org.gnome.keyring.PrivatePrompter",
    "org.gnome.keyring.SystemPrompter",
];

/// A running session.
pub struct Session {
    environment: Environment,
    keychain: Option<Process>,
    _bus: Process,
}

impl Session {
    /// Starts the bus and the keychain. The bus runs on a display, so that dialogs started on
    /// demand appear there.
    pub fn start(home: &Home, keychain: Keychain, environment: &Environment) -> Self {
        let services = home.path("run/services");
        fs::create_dir(&services).expect("a folder for services");
        for name in SERVICES {
            let file = format!("{name}.service");
            let installed = Path::new("/usr/share/dbus-1/services").join(&file);
            fs::copy(&installed, services.join(&file)).unwrap_or_else(|_| {
                panic!("{} is missing. Run scripts/setup.", installed.display())
            });
        }
        let socket = home.path("run/bus");
        let settings = home.path("run/bus.conf");
        let text = format!(
            r#"<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#,
            socket.display(),
            services.display()
        );
        fs::write(&settings, text).expect("the bus's settings");
        let mut environment = environment.clone();
        environment.push((
            "DBUS_SESSION_BUS_ADDRESS".into(),
            format!("unix:path={}", socket.display()),
        ));
        let mut bus = Process::start(
            &[
                "dbus-daemon",
                "--nofork",
                "--config-file",
                &settings.display().to_string(),
            ],
            "",
            &environment,
            &home.logs().join("bus.log"),
        );
        bus.wait_until("a bus to connect to", || socket.exists());

        let mut session = Self {
            environment,
            keychain: None,
            _bus: bus,
        };
        match keychain {
            Keychain::Open => session.open_keychain(home),
            Keychain::Locked => {
                // The first start creates the collection and protects it with the password.
                session.open_keychain(home);
                session.lock_keychain(home);
            }
            Keychain::Absent => {}
        }
        session
    }

    /// The address of the bus.
    pub fn bus(&self) -> &str {
        let (_, address) = self
            .environment
            .iter()
            .find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS")
            .expect("a bus");
        address
    }

    fn open_keychain(&mut self, home: &Home) {
        self.start_keychain(
            home,
            &[
                "gnome-keyring-daemon",
                "--unlock",
                "--components=secrets",
                "--foreground",
            ],
            KEYCHAIN_PASSWORD,
        );
    }

    fn start_keychain(&mut self, home: &Home, command: &[&str], input: &str) {
        let mut keychain = Process::start(
            command,
            input,
            &self.environment,
            &home.logs().join("keychain.log"),
        );
        let collections = home.path("data/keyrings/login.keyring");
        keychain.wait_until("a collection of secrets", || {
            collections.exists() && owned(&self.environment, "org.freedesktop.secrets")
        });
        self.keychain = Some(keychain);
    }

    /// The variables for programs of this session.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What `secret-tool lookup` finds, as a user would look it up in a terminal.
    pub fn secret(&self, attributes: &[&str]) -> Option<String> {
        let command: Vec<&str> = ["secret-tool", "lookup"]
            .iter()
            .chain(attributes)
            .copied()
            .collect();
        ask(&command, &self.environment)
    }

    /// Records every call to the keychain, with its time, until the returned value is dropped.
    pub fn overhear_keychain(&self, log: &Path) -> Ear {
        let command = [
            "dbus-monitor",
            "--session",
            "--profile",
            "destination=org.freedesktop.secrets",
        ];
        let mut monitor = Process::start(&command, "", &self.environment, log);
        // The monitor receives its own name first; from then on it receives everything.
        let log = log.to_owned();
        monitor.wait_until("listening", || {
            fs::read_to_string(&log).is_ok_and(|all| all.contains("NameAcquired"))
        });
        Ear { monitor }
    }

    /// Restarts the keychain without its password, as after a login without one.
    pub fn lock_keychain(&mut self, home: &Home) {
        self.keychain = None;
        let command = [
            "gnome-keyring-daemon",
            "--components=secrets",
            "--foreground",
        ];
        self.start_keychain(home, &command, "");
    }
}

/// Listens to the calls to the keychain.
pub struct Ear {
    monitor: Process,
}

impl Ear {
    /// When the keychain was first called.
    pub fn first_call(&self) -> Option<SystemTime> {
        // Message type, seconds since 1970 and more fields, separated by tabs.
        let printed = self.monitor.printed();
        let call = printed.lines().find_map(|line| line.strip_prefix("mc\t"))?;
        let seconds: f64 = call.split('\t').next()?.parse().ok()?;
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds))
    }
}

fn owned(environment: &Environment, name: &str) -> bool {
    let answer = ask(
        &[
            "dbus-send",
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner",
            &format!("string:{name}"),
        ],
        environment,
    );
    answer.is_some_and(|answer| answer.contains("boolean true"))
}
