//! Programs that a test starts and that never outlive it.
//!
//! Each one leads its own process group, which is killed when the value is dropped. If the test
//! itself is killed, the kernel kills the program (`setpriv --pdeathsig`). Its output goes to a
//! file that is kept when the test fails.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::wait::{until, until_some};

/// The variables a program is started with; nothing else is inherited from the environment of
/// whoever runs the tests.
pub type Environment = Vec<(String, String)>;

/// A running program.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` (a program and its arguments), writes `input` to its standard input and
    /// writes what it prints to `log`.
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

    /// Waits until `ready` returns true. If the program ends before that, the test fails with what
    /// it printed.
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        let (name, log) = (self.name.clone(), self.log.clone());
        let complaint = || {
            let printed = printed(&log);
            format!("{name} did not get as far as: {what}. It printed:\n{printed}")
        };
        until(
            || {
                let ended = self.child.try_wait().expect("the process can be asked");
                assert!(ended.is_none(), "{ended:?}: {}", complaint());
                ready()
            },
            complaint,
        );
    }

    /// Everything it has printed so far.
    pub fn printed(&self) -> String {
        printed(&self.log)
    }

    /// Waits for it to end on its own.
    pub fn ends(&mut self) {
        let name = self.name.clone();
        let ended = || self.child.try_wait().expect("the process can be asked");
        until_some(ended, || format!("{name} does not end"));
    }
}

fn printed(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
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

/// Runs a command to completion and returns what it printed, or `None` if it failed.
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
