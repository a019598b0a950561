//! A disk that is slow to read from.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::home::Home;

const SOURCE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src-tauri/tests/window/harness/slow_disk.c"
);

/// The variables with which each read of the library takes this long for the program.
pub fn slow_disk(home: &Home, read: Duration) -> [(&'static str, String); 2] {
    let library = home.path("run/slow-disk.so");
    compile(&library);
    [
        ("LD_PRELOAD", library.display().to_string()),
        ("SLOW_DISK_MICROS", read.as_micros().to_string()),
    ]
}

fn compile(into: &Path) {
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([into, Path::new(SOURCE)])
        .arg("-ldl")
        .status();
    assert!(compiled.is_ok_and(|done| done.success()), "cc has failed");
}
