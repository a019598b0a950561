//! Tells Tauri where this package keeps its capability and which commands it has.

#![allow(
    clippy::expect_used,
    reason = "a build script that can't do its work has to stop the build"
)]

use std::fs;
use std::path::Path;

/// The commands, as `src/commands` registers them: one `room::command,` per line.
const LIST: &str = "src-tauri/src/commands/list.in";
/// The one other command. It takes raw bytes.
const RAW: &str = "save_poster";
/// The permissions of the capability: all commands and nothing else.
const PERMISSIONS: &str = "permissions/commands.toml";

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed={LIST}");
    let list = fs::read_to_string(LIST).expect("the list of commands can be read");
    let commands: Vec<&'static str> = list
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.rsplit_once("::"))
        .map(|(_, name)| name)
        .chain([RAW])
        // Leaked: the names are needed for as long as the build script runs.
        .map(|name| &*name.to_owned().leak())
        .collect();
    let allowed: Vec<String> = commands
        .iter()
        .map(|name| format!("    \"allow-{}\",\n", name.replace('_', "-")))
        .collect();
    fs::create_dir_all("permissions").expect("the folder of permissions can be made");
    fs::write(
        PERMISSIONS,
        format!(
            "[[set]]\nidentifier = \"commands\"\n\
             description = \"Every command of this program.\"\n\
             permissions = [\n{}]\n",
            allowed.concat()
        ),
    )
    .expect("the permissions can be written");
    // Compilation needs the folder of the built page; an empty one is enough for tests and tools.
    if !Path::new("ui/dist").exists() {
        fs::create_dir_all("ui/dist").expect("the folder for the built page can be made");
    }
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/*.json")
            .app_manifest(tauri_build::AppManifest::new().commands(commands.leak())),
    )
    .expect("tauri.conf.json and the capability are well formed");
}
