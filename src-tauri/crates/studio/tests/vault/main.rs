//! The vault against a real gnome-keyring, each test in a D-Bus session of its own.
//!
//! A process can only be told where D-Bus is through its environment. So the vault runs in a child:
//! this same program, started again to run only [`child::obeys`], which reads commands from its
//! standard input. It stays the same process while the keychain around it is locked, unlocked or
//! taken away.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod child;
mod session;

use std::process::Command;
use std::time::Duration;

use child::Child;
use session::{Keyring, Session};

const KEY: &str = "afk_first_key_0123456789";
const OTHER: &str = "afk_other_key_9876543210";

/// Whether the programs that the tests need are installed; says so if they are not.
fn equipped() -> bool {
    let missing: Vec<_> = [
        "dbus-daemon",
        "gnome-keyring-daemon",
        "secret-tool",
        "gdbus",
    ]
    .into_iter()
    .filter(|program| Command::new(program).arg("--version").output().is_err())
    .collect();
    if !missing.is_empty() {
        eprintln!("not tested, for want of {}", missing.join(", "));
    }
    missing.is_empty()
}

#[test]
fn a_stored_key_is_found_by_other_programs_and_after_a_restart() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let _keyring = Keyring::unlocked(&session);
    let mut program = Child::start(&session);
    assert_eq!(program.ask("read"), "none");
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    assert_eq!(session.secret_tool_finds(), Some(KEY.to_owned()));
    assert_eq!(program.ask("read"), KEY);
    drop(program);
    assert_eq!(Child::start(&session).ask("read"), KEY);
}

#[test]
fn a_new_key_takes_the_place_of_the_old_one_and_a_removed_one_is_gone() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let _keyring = Keyring::unlocked(&session);
    let mut program = Child::start(&session);
    assert_eq!(program.ask("remove"), "done");
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    assert_eq!(program.ask(&format!("store {OTHER}")), "done");
    assert_eq!(session.secret_tool_finds(), Some(OTHER.to_owned()));
    assert_eq!(program.ask("remove"), "done");
    assert_eq!(program.ask("read"), "none");
    assert_eq!(session.secret_tool_finds(), None);
    assert_eq!(program.ask("remove"), "done");
}

#[test]
fn what_is_no_key_is_told_and_can_be_replaced() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let _keyring = Keyring::unlocked(&session);
    session.secret_tool_stores("my shopping list");
    let mut program = Child::start(&session);
    let answer = program.ask("read");
    assert!(answer.starts_with("Failed: "), "{answer}");
    assert!(answer.contains("is not an Apiframe key"), "{answer}");
    assert!(!answer.contains("shopping"), "{answer}");
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    assert_eq!(program.ask("read"), KEY);
}

#[test]
fn without_a_session_the_keychain_is_absent() {
    if !equipped() {
        return;
    }
    let session = Session::without_bus();
    let mut program = Child::start(&session);
    for command in ["read", "remove", &format!("store {KEY}")] {
        let answer = program.ask(command);
        assert!(answer.starts_with("Absent: "), "{answer}");
        assert!(answer.contains("GNOME Keyring or KWallet"), "{answer}");
        assert!(!answer.contains(KEY), "{answer}");
    }
}

#[test]
fn a_keychain_that_is_started_later_is_found_by_the_same_process() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let mut program = Child::start(&session);
    let answer = program.ask("read");
    assert!(answer.starts_with("Absent: "), "{answer}");
    let keyring = Keyring::unlocked(&session);
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    assert_eq!(program.ask("read"), KEY);
    drop(keyring);
    let answer = program.ask("read");
    assert!(answer.starts_with("Absent: "), "{answer}");
    let _keyring = Keyring::unlocked(&session);
    assert_eq!(program.ask("read"), KEY);
}

#[test]
fn a_locked_keychain_is_not_an_empty_one_and_opens_for_the_same_process() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let keyring = Keyring::unlocked(&session);
    let mut program = Child::start(&session);
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    keyring.lock();
    for command in ["read", "remove", &format!("store {OTHER}")] {
        let answer = program.ask(command);
        assert!(answer.starts_with("Locked: "), "{command}: {answer}");
        assert!(answer.contains("nlock it"), "{answer}");
        assert!(!answer.contains(OTHER), "{answer}");
    }
    drop(keyring);
    let _keyring = Keyring::unlocked(&session);
    assert_eq!(program.ask("read"), KEY);
}

#[test]
fn a_keychain_that_was_never_unlocked_takes_no_key() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let keyring = Keyring::never_unlocked(&session);
    let mut program = Child::start(&session);
    // There is no key, and finding that out needs no password.
    assert_eq!(program.ask("read"), "none");
    let answer = program.ask(&format!("store {KEY}"));
    assert!(answer.starts_with("Locked: "), "{answer}");
    drop(keyring);
    let _keyring = Keyring::unlocked(&session);
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    assert_eq!(session.secret_tool_finds(), Some(KEY.to_owned()));
}

#[test]
fn a_keychain_that_does_not_answer_is_given_up_in_time_and_asked_again_later() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let keyring = Keyring::unlocked(&session);
    let mut program = Child::impatient(&session);
    assert_eq!(program.ask(&format!("store {KEY}")), "done");
    keyring.freeze();
    for command in ["read", &format!("store {OTHER}")] {
        let answer = program.ask(command);
        assert!(answer.starts_with("Locked: "), "{answer}");
        assert!(answer.contains("did not answer"), "{answer}");
    }
    keyring.thaw();
    // The store that was given up may finish now: it must not override what was reported.
    assert_eq!(program.ask("read"), KEY);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(program.ask("read"), KEY);
    assert_eq!(program.ask(&format!("store {OTHER}")), "done");
    assert_eq!(program.ask("read"), OTHER);
}

#[test]
fn a_vault_connects_to_nothing_before_the_first_question() {
    if !equipped() {
        return;
    }
    let session = Session::begin();
    let _keyring = Keyring::unlocked(&session);
    let mut program = Child::start(&session);
    let before = session.connections_so_far();
    assert_eq!(program.ask("wait"), "done");
    // The connection that asks this is itself a new one each time.
    assert_eq!(session.connections_so_far(), before + 1);
    assert_eq!(program.ask("read"), "none");
    assert!(session.connections_so_far() > before + 2);
}
