//! A D-Bus session and a gnome-keyring for one test, with their own folders.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use studio::vault::{SERVICE, USER};

/// A bus that starts nothing on its own: neither a keyring nor the window that asks for its
/// password.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

const PASSWORD: &[u8] = b"a password";

/// How long anything may take to start here.
const START: Duration = Duration::from_mins(5);

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Session {
    // Dropped before the folder, so that nothing writes into it while it is deleted.
    _bus: Option<Process>,
    folder: TempDir,
    address: String,
}

impl Session {
    pub fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        let text = BUS.replace("FOLDER", &folder.path().to_string_lossy());
        fs::write(&config, text).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(&config)
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            address: address.trim().to_owned(),
            folder,
            _bus: Some(Process(bus)),
        }
    }

    /// A session as on a machine without D-Bus.
    pub fn without_bus() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            address: format!("unix:path={}/nobody", folder.path().display()),
            folder,
            _bus: None,
        }
    }

    /// A folder of the session that only its user may access.
    fn private(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    /// A command that runs in this session and sees nothing of the one outside.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", self.private("home"))
            .env("XDG_DATA_HOME", self.private("data"))
            .env("XDG_CONFIG_HOME", self.private("config"))
            .env("XDG_CACHE_HOME", self.private("cache"))
            .env("XDG_RUNTIME_DIR", self.private("run"))
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GNOME_KEYRING_CONTROL");
        command
    }

    pub fn secret_tool_finds(&self) -> Option<String> {
        let output = self
            .command("secret-tool")
            .args(["lookup", "service", SERVICE, "username", USER])
            .output()
            .unwrap();
        let found = String::from_utf8(output.stdout).unwrap();
        output.status.success().then_some(found)
    }

    pub fn secret_tool_stores(&self, text: &str) {
        let mut tool = self
            .command("secret-tool")
            .args(["store", "--label=Test"])
            .args(["service", SERVICE, "username", USER])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        tool.stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(tool.wait().unwrap().success());
    }

    fn call(&self, service: &str, path: &str, method: &str, arguments: &[&str]) -> String {
        let output = self
            .command("gdbus")
            .args(["call", "--session", "--dest", service])
            .args(["--object-path", path, "--method", method])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn names(&self) -> String {
        let bus = "org.freedesktop.DBus";
        self.call(
            bus,
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.ListNames",
            &[],
        )
    }

    /// How many connections the bus has seen, including the one that asks: the bus names them
    /// `:1.0`, `:1.1` and so on, and never uses a name twice.
    pub fn connections_so_far(&self) -> usize {
        let names = self.names();
        let numbers = names.split("':1.").skip(1);
        let last = numbers
            .map(|rest| rest.split('\'').next().unwrap().parse::<usize>().unwrap())
            .max();
        last.unwrap() + 1
    }
}

/// A gnome-keyring that keeps its collection in the session's folder.
pub struct Keyring<'a> {
    session: &'a Session,
    daemon: Process,
}

impl<'a> Keyring<'a> {
    /// Unlocked from the start, as after a login.
    pub fn unlocked(session: &'a Session) -> Self {
        Self::start(session, &["--unlock"], PASSWORD)
    }

    /// As after a login without a password.
    pub fn never_unlocked(session: &'a Session) -> Self {
        Self::start(session, &[], b"")
    }

    fn start(session: &'a Session, arguments: &[&str], password: &[u8]) -> Self {
        let mut daemon = session
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        daemon.stdin.take().unwrap().write_all(password).unwrap();
        let keyring = Self {
            session,
            daemon: Process(daemon),
        };
        let begun = Instant::now();
        while !session.names().contains("'org.freedesktop.secrets'") {
            assert!(begun.elapsed() < START, "the keyring did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        keyring
    }

    /// Locks the collection, as a screen saver may.
    pub fn lock(&self) {
        let answer = self.session.call(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &["['/org/freedesktop/secrets/collection/login']"],
        );
        assert!(answer.contains("collection/login"), "{answer}");
    }

    /// Stops the daemon: it stays connected and answers nothing.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.daemon.0.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }
}
