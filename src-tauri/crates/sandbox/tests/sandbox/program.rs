//! The program `apiframe-sandbox`, started as a user or a test starts it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::harness::{client, status_and_json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_apiframe-sandbox");

#[tokio::test]
async fn its_first_line_tells_where_it_listens_and_the_key_and_credits_are_those_given() {
    let mut program = Command::new(PROGRAM)
        .args(["--key", "afk_mine", "--credits", "12", "--speed", "30"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let base = line
        .trim_end()
        .strip_prefix("listening on ")
        .expect("the line that says where")
        .to_owned();
    assert!(base.starts_with("http://127.0.0.1:"), "{base}");
    let me = status_and_json(
        client()
            .get(format!("{base}/v2/me"))
            .header("X-API-Key", "afk_mine"),
    )
    .await;
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!((me.0, &me.1["team"]["credits"]), (200, &12.into()));
}

#[test]
fn bad_arguments_are_answered_with_a_sentence_and_status_2() {
    let output = Command::new(PROGRAM)
        .args(["--port", "many"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr).trim_end(),
        "The option --port takes a whole number from 0 to 65535, not 'many'."
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn help_lists_every_option() {
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for option in [
        "--port",
        "--key",
        "--credits",
        "--speed",
        "--state",
        "--help",
    ] {
        assert!(help.contains(option), "{option} is missing");
    }
}

#[test]
fn a_port_that_is_taken_is_said_to_be_so() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Command::new(PROGRAM)
        .args(["--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .starts_with("The sandbox cannot listen on its port")
    );
}
