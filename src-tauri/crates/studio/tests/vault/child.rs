//! The process that has the vault, and its side of the conversation with a test.

use std::env;
use std::io::{BufRead, BufReader, Write, stdin};
use std::process::{self, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use apiframe::ApiKey;
use studio::vault::{SERVICE, Vault};

use crate::session::Session;

/// Marks the program as the child, and says for how many milliseconds its vault waits.
const MARK: &str = "INBETWEEN_TEST_VAULT_CHILD";

/// The prefix of an answer, among the lines that a test program prints on its own.
const ANSWER: &str = "answer: ";

/// How long the child's keychain may take: only ends a test that would hang.
const HANG: Duration = Duration::from_mins(5);

/// The same for a child whose keychain does not answer at all.
const IMPATIENT: Duration = Duration::from_secs(5);

/// A started child. It takes one command at a time.
pub struct Child {
    process: process::Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Child {
    pub fn start(session: &Session) -> Self {
        Self::with(session, HANG)
    }

    /// A child that soon gives up on a keychain that does not answer.
    pub fn impatient(session: &Session) -> Self {
        Self::with(session, IMPATIENT)
    }

    fn with(session: &Session, patience: Duration) -> Self {
        let mut process = session
            .command(env::current_exe().unwrap())
            .args(["--exact", "child::obeys", "--ignored", "--nocapture"])
            .env(MARK, patience.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            commands: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    pub fn ask(&mut self, command: &str) -> String {
        writeln!(self.commands, "{command}").unwrap();
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "it ended");
            if let Some(answer) = line.strip_prefix(ANSWER) {
                return answer.trim_end().to_owned();
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Not a test of its own: this is what the child does. If it is started by hand, it ends at once.
#[tokio::test]
#[ignore = "the other tests start it, each in a session of its own"]
async fn obeys() {
    let patience = env::var(MARK).expect("run the other tests instead");
    let patience = Duration::from_millis(patience.parse().unwrap());
    let vault = Vault::new(SERVICE).with_timeout(patience);
    println!();
    for command in stdin().lines().map(Result::unwrap) {
        let answer = match command.split_once(' ').unwrap_or((&command, "")) {
            ("wait", _) => Ok("done".to_owned()),
            ("read", _) => vault
                .read()
                .await
                .map(|key| key.map_or("none".to_owned(), |key| key.expose().to_owned())),
            ("store", key) => vault
                .store(&ApiKey::parse(key).unwrap())
                .await
                .map(|()| "done".to_owned()),
            ("remove", _) => vault.remove().await.map(|()| "done".to_owned()),
            (unknown, _) => panic!("no such command: {unknown}"),
        };
        let answer = answer.unwrap_or_else(|error| format!("{:?}: {error}", error.problem));
        println!("{ANSWER}{answer}");
    }
}
