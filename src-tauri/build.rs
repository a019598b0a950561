//! Tells Tauri where this package keeps its capability and which commands it has.

#![allow(
    clippy::expect_used,
    reason = "a build script that can't do its work has to stop the build"
)]

use std::fs;
use std::path::Path;

/// Every command the page may be allowed to call. The capability in `capabilities/` allows
/// each by name; a test in `src/commands` holds this list against what is registered.
const COMMANDS: &[&str] = &include!("src/commands/names.in");

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/src/commands/names.in");
    // Compilation needs the folder of the built page; an empty one will do for tests and tools.
    if !Path::new("ui/dist").exists() {
        fs::create_dir_all("ui/dist").expect("the folder for the built page can be made");
    }
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/*.json")
            .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS)),
    )
    .expect("tauri.conf.json and the capability are well formed");
}
