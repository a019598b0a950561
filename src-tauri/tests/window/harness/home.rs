//! A user's home, made for one test: every folder that the program and the desktop around it may
//! write to is in one temporary folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::process::Environment;

/// The temporary home. Its folders are deleted when it is dropped.
pub struct Home {
    root: TempDir,
}

/// What the program wrote to its log in this folder.
pub fn said_in(log: &Path) -> String {
    let files = fs::read_dir(log).into_iter().flatten().flatten();
    files
        .filter_map(|file| fs::read_to_string(file.path()).ok())
        .collect()
}

impl Home {
    /// Makes the folders.
    pub fn new() -> Self {
        // Sockets are in here, and their paths may have at most 107 bytes, so the prefix is short.
        let root = tempfile::Builder::new()
            .prefix("inb-")
            .tempdir()
            .expect("a temporary folder");
        let home = Self { root };
        for folder in [
            "bin", "home", "cache", "config", "data", "state", "run", "logs", "studio", "desk",
        ] {
            fs::create_dir(home.path(folder)).expect("a folder in the home");
        }
        fs::set_permissions(home.path("run"), fs::Permissions::from_mode(0o700))
            .expect("a private folder");
        // The command that opens URLs in other programs only records them.
        let opener = home.path("bin/xdg-open");
        let script = format!(
            "#!/bin/sh\necho \"$1\" >>'{}'\n",
            home.path("logs/opened").display()
        );
        fs::write(&opener, script).expect("a program in the home");
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755))
            .expect("a program that can be run");
        let portals = home.path("config/xdg-desktop-portal");
        fs::create_dir(&portals).expect("a folder in the home");
        fs::write(portals.join("portals.conf"), "[preferred]\ndefault=gtk\n")
            .expect("the portal's settings");
        home
    }

    /// A path inside the home.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.path().join(inside)
    }

    /// `INBETWEEN_HOME`: everything the program keeps.
    pub fn studio(&self) -> PathBuf {
        self.path("studio")
    }

    /// The URLs that were opened in another program.
    pub fn opened(&self) -> String {
        fs::read_to_string(self.path("logs/opened")).unwrap_or_default()
    }

    /// The folder with the pictures that a test drops or picks.
    pub fn desktop(&self) -> PathBuf {
        self.path("desk")
    }

    /// The output of the programs around the test, one file each.
    pub fn logs(&self) -> PathBuf {
        self.path("logs")
    }

    /// The variables that point every program to this home.
    pub fn environment(&self) -> Environment {
        let text = |inside: &str| self.path(inside).display().to_string();
        let mut environment = vec![
            ("HOME".into(), text("home")),
            ("XDG_CACHE_HOME".into(), text("cache")),
            ("XDG_CONFIG_HOME".into(), text("config")),
            ("XDG_DATA_HOME".into(), text("data")),
            ("XDG_STATE_HOME".into(), text("state")),
            ("XDG_RUNTIME_DIR".into(), text("run")),
            ("XDG_CURRENT_DESKTOP".into(), "GNOME".into()),
            ("INBETWEEN_HOME".into(), text("studio")),
            ("LANG".into(), "C.UTF-8".into()),
            ("TZ".into(), "UTC".into()),
            // No helpers of a full desktop: no virtual file systems, no accessibility bus, no
            // settings service. Each would be started on demand and keep running.
            ("GIO_USE_VFS".into(), "local".into()),
            ("GSETTINGS_BACKEND".into(), "memory".into()),
            ("NO_AT_BRIDGE".into(), "1".into()),
            ("GDK_BACKEND".into(), "x11".into()),
            ("LIBGL_ALWAYS_SOFTWARE".into(), "1".into()),
            // Making the list of codecs takes seconds, and it is the same for every test.
            (
                "GST_REGISTRY".into(),
                Path::new(env!("CARGO_TARGET_TMPDIR"))
                    .join("gstreamer.registry")
                    .display()
                    .to_string(),
            ),
        ];
        if let Ok(path) = std::env::var("PATH") {
            environment.push(("PATH".into(), format!("{}:{path}", text("bin"))));
        }
        environment
    }

    /// Every file below `INBETWEEN_HOME`, the home and the XDG folders.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders: Vec<PathBuf> = ["home", "cache", "config", "data", "state", "studio"]
            .iter()
            .map(|name| self.path(name))
            .collect();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => found.push(entry.path()),
                    _ => {}
                }
            }
        }
        found
    }
}
