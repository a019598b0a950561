//! Programs that a test starts, and that never outlive it.
//!
//! Each one leads a process group of its own, which is killed when the value is dropped,
//! and dies by the kernel's hand (`setpriv --pdeathsig`) when the test itself is killed.
//! What it prints goes to a file that is kept when the test fails.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The variables a program is started with; nothing else is inherited from the person
/// who runs the tests.
pub type Environment = Vec<(String, String)>;

/// A running program.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` (a program and its arguments), gives it `input` on standard
    /// input and writes what it prints to `log`.
    pub fn start(command: &[&str], input: &str, environment: &Environment, log: &Path) -> Self {
        let out = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("the log can be written");
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .args(command)
            .env_clear()
            .envs(environment.iter().cloned())
            .stdin(if input.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(out.try_clone().expect("the log can be shared"))
            .stderr(out)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{} does not start: {error}. Run scripts/setup.", command[0])
            });
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(input.as_bytes())
                .expect("it reads its input");
        }
        Self {
            name: command[0].to_owned(),
            child,
            log: log.to_owned(),
        }
    }

    /// Waits until `ready` says so; a program that ends or takes over 20 seconds fails
    /// the test with what it printed.
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        let started = Instant::now();
        while !ready() {
            let ended = self.child.try_wait().expect("the process can be asked");
            assert!(
                ended.is_none() && started.elapsed() < Duration::from_secs(20),
                "{} did not get as far as: {what} ({ended:?}). It printed:\n{}",
                self.name,
                self.printed()
            );
            sleep(Duration::from_millis(10));
        }
    }

    /// Everything it printed so far.
    pub fn printed(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Waits for it to end by itself and tells whether it did so in time.
    pub fn ends_within(&mut self, limit: Duration) -> bool {
        let started = Instant::now();
        while started.elapsed() < limit {
            if self
                .child
                .try_wait()
                .expect("the process can be asked")
                .is_some()
            {
                return true;
            }
            sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end and gives back what it printed, or `None` when it failed.
pub fn ask(command: &[&str], environment: &Environment) -> Option<String> {
    let output = Command::new(command[0])
        .args(&command[1..])
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| {
            panic!("{} does not start: {error}. Run scripts/setup.", command[0])
        });
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
