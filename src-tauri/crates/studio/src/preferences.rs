//! The user's choices about the program itself: theme, clips folder, profile, window.
//!
//! One small JSON file. It does not contain the key (which is in the [vault](crate::vault)) or the
//! settings of generations (which are in the library). A file that cannot be parsed must never keep
//! the program from starting: it is set aside and the defaults are used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;

use crate::atomic_write;
use crate::ledger::Limits;
use crate::message::Message;
use crate::paths::Profile;
use crate::regular_file;

/// The most bytes of preferences: hundreds of times what they need.
const LONGEST: u64 = 1 << 20;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system says, following its changes.
    #[default]
    System,
    Dark,
    Light,
}

/// The window's size when it was last closed. Its position is not kept: under Wayland no program
/// can know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowSize {
    /// In logical pixels, without the frame, as it was before it was maximised.
    pub width: u32,
    /// In logical pixels, without the frame, as it was before it was maximised.
    pub height: u32,
    /// Whether it filled the screen.
    pub maximised: bool,
}

/// The preferences, as they are in the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    pub theme: Theme,
    /// The folder the user chose for clips; `None` for the default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clips_folder: Option<PathBuf>,
    /// The profile last used; `None` until one is chosen for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// A copy of the spending limits of each profile. The library holds the limits that count,
    /// where they are checked in the same transaction as the spending; this copy is for a library
    /// that was lost. One per profile, because the sandbox's credits are not money.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<Profile, Limits>,
    /// The window as it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowSize>,
    /// Fields written by a newer version, kept so that going back a version loses nothing.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// The preferences could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}", Message::from(self))]
pub struct NotSaved {
    pub file: PathBuf,
    pub source: io::Error,
}

impl From<&NotSaved> for Message {
    fn from(error: &NotSaved) -> Self {
        Self::PreferencesNotSaved {
            file: error.file.display().to_string(),
        }
    }
}

impl Preferences {
    /// Reads `file`. A missing file gives the defaults. From a file that can't be parsed, each
    /// field that can be read is used: an unknown theme of a newer program must not remove a
    /// spending limit. Such a file is then renamed to end in `.broken` so that nothing in it is
    /// lost.
    #[must_use]
    pub fn load(file: &Path) -> Self {
        let text = match regular_file::read(file, LONGEST) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the preferences could not be read; using the defaults");
                    // The next save must not replace it.
                    set_aside(file);
                }
                return Self::default();
            }
        };
        match serde_json::from_slice(&text) {
            Ok(preferences) => preferences,
            Err(error) => {
                tracing::warn!(
                    line = error.line(),
                    column = error.column(),
                    "the preferences could not be understood; setting them aside"
                );
                set_aside(file);
                let salvaged = Self::salvage(&text);
                // For the next start, which must find the same values.
                if salvaged != Self::default()
                    && let Err(error) = salvaged.save(file)
                {
                    tracing::warn!(error = %error.source, "the salvaged preferences could not be saved");
                }
                salvaged
            }
        }
    }

    /// The fields that can be read from preferences that can't be parsed as a whole.
    fn salvage(text: &[u8]) -> Self {
        let Ok(Value::Object(fields)) = serde_json::from_slice(text) else {
            return Self::default();
        };
        let good = fields.into_iter().filter(|(name, value)| {
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            serde_json::from_value::<Self>(Value::Object(alone)).is_ok()
        });
        serde_json::from_value(Value::Object(good.collect())).unwrap_or_default()
    }

    /// Writes them to `file`, completely or not at all.
    ///
    /// # Errors
    /// [`NotSaved`], with a sentence for the user; the old file is unchanged then.
    pub fn save(&self, file: &Path) -> Result<(), NotSaved> {
        let written = serde_json::to_vec_pretty(self)
            .map_err(io::Error::from)
            .and_then(|mut text| {
                text.push(b'\n');
                atomic_write::write(file, &text)
            });
        written.map_err(|source| NotSaved {
            file: file.to_path_buf(),
            source,
        })
    }
}

fn set_aside(file: &Path) {
    let mut name = file.as_os_str().to_owned();
    name.push(".broken");
    if let Err(error) = fs::rename(file, &name) {
        tracing::warn!(%error, "the broken preferences could not be set aside");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_chosen_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not made yet/preferences.json");
        let mut preferences = Preferences::load(&file);
        assert_eq!(preferences, Preferences::default());
        preferences.theme = Theme::Light;
        preferences.clips_folder = Some(folder.path().join("My clips"));
        preferences.profile = Some(Profile::Sandbox);
        let limits = Limits {
            day: Some(100),
            month: None,
        };
        preferences.limits.insert(Profile::Apiframe, limits);
        preferences.window = Some(WindowSize {
            width: 1280,
            height: 800,
            maximised: true,
        });
        preferences.save(&file).unwrap();
        assert_eq!(Preferences::load(&file), preferences);
    }

    #[test]
    fn the_file_reads_as_a_person_would_write_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        fs::write(&file, r#"{"theme":"dark","clipsFolder":"/films"}"#).unwrap();
        let preferences = Preferences::load(&file);
        assert_eq!(preferences.theme, Theme::Dark);
        assert_eq!(preferences.clips_folder, Some(PathBuf::from("/films")));
        assert_eq!(preferences.profile, None);
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        fs::write(&file, r#"{"theme":"dark","accent":{"hue":210}}"#).unwrap();
        let mut preferences = Preferences::load(&file);
        preferences.theme = Theme::System;
        preferences.save(&file).unwrap();
        let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(
            written,
            serde_json::json!({ "theme": "system", "accent": { "hue": 210 } })
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_their_place_keeps_nobody_waiting_and_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        crate::regular_file::make_pipe(&file);
        let mut preferences = Preferences::load(&file);
        assert_eq!(preferences, Preferences::default());
        preferences.theme = Theme::Dark;
        preferences.save(&file).unwrap();
        assert_eq!(Preferences::load(&file), preferences);
    }

    #[test]
    fn a_broken_file_is_set_aside_and_the_defaults_are_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        for broken in [&b"{\"theme\": \"dar"[..], b"", b"[]", b"\xff\xfe\0"] {
            fs::write(&file, broken).unwrap();
            assert_eq!(Preferences::load(&file), Preferences::default());
            assert!(!file.exists());
            let aside = folder.path().join("preferences.json.broken");
            assert_eq!(fs::read(&aside).unwrap(), broken);
        }
        Preferences::default().save(&file).unwrap();
        assert_eq!(Preferences::load(&file), Preferences::default());
    }

    #[test]
    fn one_value_that_is_not_understood_costs_no_other_and_lifts_no_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        let newer = r#"{"theme":"sepia","limits":{"apiframe":{"day":100}},"accent":1}"#;
        fs::write(&file, newer).unwrap();
        // At this start, and at the next.
        for _ in 0..2 {
            let preferences = Preferences::load(&file);
            assert_eq!(preferences.theme, Theme::default());
            assert_eq!(preferences.limits[&Profile::Apiframe].day, Some(100));
        }
        let aside = folder.path().join("preferences.json.broken");
        assert_eq!(fs::read_to_string(aside).unwrap(), newer);
    }

    #[test]
    fn saving_where_nothing_can_be_saved_says_so_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("a file, not a folder");
        fs::write(&blocked, b"").unwrap();
        let problem = Preferences::default()
            .save(&blocked.join("preferences.json"))
            .unwrap_err();
        let sentence = problem.to_string();
        assert!(sentence.starts_with("Your preferences could not be saved in "));
        assert!(sentence.contains("try again"));
    }
}
