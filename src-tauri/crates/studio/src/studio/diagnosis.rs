//! The facts of this installation for its report.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::Studio;
use crate::engine::Engine;
use crate::library::LibraryError;
use crate::paths::Profile;
use crate::report::{self, Facts, LibraryFacts, Place, Surroundings};
use crate::session::{Connection, KeySource, Session};

impl Studio {
    /// The report on this installation, as plain text without anything secret.
    pub async fn report(self: &Arc<Self>, around: Surroundings) -> String {
        let profile = self.profile();
        let library = match self.engine().await {
            Ok(engine) => library_facts(&engine)
                .await
                .map_err(|error| error.to_string()),
            Err(problem) => Err(problem.to_string()),
        };
        let not_known = || "not known".to_owned();
        let mut lines = vec![
            ("Version", around.version),
            ("System", system()),
            ("Desktop", desktop()),
            ("Web view", around.web_view.unwrap_or_else(not_known)),
            ("Plays", around.plays.unwrap_or_else(not_known)),
            (
                "Profile",
                match profile {
                    Some(Profile::Apiframe) => "Apiframe",
                    Some(Profile::Sandbox) => "sandbox",
                    None => "none chosen yet",
                }
                .to_owned(),
            ),
            ("Key", self.key_line()),
        ];
        if let Session::Ready { account } = self.session() {
            let said = match account.connection {
                Connection::Unknown => "not asked yet",
                Connection::Online => "online",
                Connection::Offline { .. } => "offline",
                Connection::Refused { .. } => "key refused",
            };
            lines.push(("Connection", said.to_owned()));
        }
        let clips = self.clips_folder(profile.unwrap_or(Profile::Apiframe));
        let (data, log) = (self.home().data.clone(), self.home().log.clone());
        let disk = tokio::task::spawn_blocking(move || {
            let places = [("Clips", clips), ("Data", data), ("Log", log.clone())]
                .map(|(name, path)| place(name, path));
            (places.into(), report::problems(&log))
        })
        .await;
        let (places, problems) = disk.unwrap_or_default();
        Facts {
            at: jiff::Timestamp::now(),
            lines,
            places,
            library,
            problems,
            home: directories::BaseDirs::new().map(|base| base.home_dir().to_owned()),
        }
        .text()
    }

    /// Whether there is a key and where it is stored: nothing about the key itself.
    fn key_line(&self) -> String {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        match key.as_ref().map(|(_, source)| *source) {
            Some(KeySource::Keychain) => "set, in the keychain",
            Some(KeySource::ThisRun) => "set, for this run only",
            Some(KeySource::Environment) => "set, from the environment",
            None => "none",
        }
        .to_owned()
    }
}

async fn library_facts(engine: &Engine) -> Result<LibraryFacts, LibraryError> {
    let missing = engine.look_for_clips().await?.len();
    engine
        .library()
        .run(move |library| {
            Ok(LibraryFacts {
                states: library.by_state()?,
                missing,
                version: library.version()?,
                wrong: library.integrity()?,
            })
        })
        .await
}

/// A folder with the free space on its disk; a folder that does not exist yet has its parent's.
fn place(name: &'static str, path: PathBuf) -> Place {
    let there: Option<&Path> = path.ancestors().find(|folder| folder.is_dir());
    let free = there.and_then(|folder| fs4::available_space(folder).ok());
    Place { name, path, free }
}

/// The system's own name, if it gives one, its kernel and its processor.
fn system() -> String {
    let named = std::fs::read_to_string("/etc/os-release")
        .ok()
        .and_then(|text| {
            text.lines()
                .find_map(|line| line.strip_prefix("PRETTY_NAME="))
                .map(|name| name.trim_matches('"').to_owned())
        });
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    let mut said = named.unwrap_or_else(|| std::env::consts::OS.to_owned());
    if let Some(kernel) = kernel {
        said.push_str(", kernel ");
        said.push_str(kernel.trim());
    }
    said.push_str(", ");
    said.push_str(std::env::consts::ARCH);
    said
}

/// The desktop and the type of its session, if the system has several.
fn desktop() -> String {
    let said: Vec<String> = ["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .filter(|said| !said.is_empty())
        .collect();
    if said.is_empty() {
        "not told".into()
    } else {
        said.join(", ")
    }
}
