//! Where Inbetween keeps its files on this machine.
//!
//! All paths are decided once, from the environment and the system's own folders, and passed on as
//! plain paths. No folder is created here: the code that writes into a folder creates it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs, UserDirs};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::message::Message;
use crate::private;

/// Moves the library, the clips, the preferences and the log into one folder.
pub const HOME_VARIABLE: &str = "INBETWEEN_HOME";

/// The name of the folder in the user's Videos folder.
const CLIPS_FOLDER: &str = "Inbetween";

/// Which Apiframe the program talks to. Each has its own library, so that sandbox clips never
/// appear among paid ones.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum Profile {
    /// The real service, with a key, for credits.
    Apiframe,
    /// A simulation of Apiframe on this machine, without a key.
    Sandbox,
}

/// The folders of one installation. All are absolute; none need to exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The program's own data: the libraries, the frames, the draft.
    pub data: PathBuf,
    /// Where the preferences are.
    pub config: PathBuf,
    pub log: PathBuf,
    /// Where finished clips go until the user chooses another folder.
    pub clips_default: PathBuf,
}

/// Neither the system nor the environment says where this user's files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Message::Homeless)]
pub struct Homeless;

impl Home {
    /// Decides the folders. `variable` reads one environment variable; it is used for
    /// [`HOME_VARIABLE`], while the system's own folders come from the real environment.
    ///
    /// # Errors
    /// [`Homeless`] if this user has no home folder and the variable is not set.
    pub fn resolve(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, Homeless> {
        match variable(HOME_VARIABLE).filter(|value| !value.is_empty()) {
            Some(folder) => Self::in_one_folder(Path::new(&folder)),
            None => Self::in_system_folders(),
        }
    }

    fn in_one_folder(folder: &Path) -> Result<Self, Homeless> {
        // Made absolute at once: a relative one would depend on the working directory.
        let folder = std::path::absolute(folder).map_err(|_| Homeless)?;
        Ok(Self {
            log: folder.join("log"),
            clips_default: folder.join("clips"),
            config: folder.clone(),
            data: folder,
        })
    }

    fn in_system_folders() -> Result<Self, Homeless> {
        let project = ProjectDirs::from("app", "", "inbetween").ok_or(Homeless)?;
        let base = BaseDirs::new().ok_or(Homeless)?;
        // A system without a Videos folder, or without a setting for it, gets the usual one.
        let videos = UserDirs::new()
            .and_then(|user| user.video_dir().map(Path::to_path_buf))
            .unwrap_or_else(|| base.home_dir().join("Videos"));
        Ok(Self {
            // The local folders: a roaming profile must not copy a library to other machines.
            data: project.data_local_dir().to_path_buf(),
            config: project.config_local_dir().to_path_buf(),
            log: project
                .state_dir()
                .unwrap_or_else(|| project.data_local_dir())
                .join("log"),
            clips_default: videos.join(CLIPS_FOLDER),
        })
    }

    /// Decides the folders from the environment of the process.
    ///
    /// # Errors
    /// See [`Home::resolve`].
    pub fn of_this_process() -> Result<Self, Homeless> {
        Self::resolve(&|name| env::var_os(name))
    }

    /// The file of the [`Preferences`](crate::preferences::Preferences), one for both
    /// profiles.
    #[must_use]
    pub fn preferences_file(&self) -> PathBuf {
        self.config.join("preferences.json")
    }

    /// The folder of a profile's library.
    #[must_use]
    pub fn library(&self, profile: Profile) -> PathBuf {
        self.data.join("library").join(match profile {
            Profile::Apiframe => "apiframe",
            Profile::Sandbox => "sandbox",
        })
    }

    /// The folder of the frames, one for both profiles: a picture in the composer stays
    /// there when the profile changes.
    #[must_use]
    pub fn frames(&self) -> PathBuf {
        self.data.join("frames")
    }

    /// The folder of the web view: its data, which lasts only while the program runs.
    #[must_use]
    pub fn web_view(&self) -> PathBuf {
        self.data.join("web-view")
    }

    /// The folder of the sandbox's own state.
    #[must_use]
    pub fn sandbox(&self) -> PathBuf {
        self.data.join("sandbox")
    }

    /// Closes to other users what an older version, or a manual change, left open here: everything
    /// that the program made for itself. For the folders that the user named (`chosen` for clips,
    /// [`HOME_VARIABLE`]), the user decides the mode.
    pub(crate) fn close(&self, chosen: Option<&Path>) {
        if self.data != self.config {
            private::close_folder(&self.data);
            private::close_folder(&self.config);
        }
        for folder in [
            self.data.join("library"),
            self.frames(),
            self.sandbox(),
            self.log.clone(),
        ] {
            private::close_folder(&folder);
        }
        if chosen.is_none_or(|chosen| chosen != self.clips_default) {
            private::close_folder(&self.clips_default);
        }
    }

    /// The file of the composer's content.
    #[must_use]
    pub fn draft_file(&self) -> PathBuf {
        self.data.join("draft.json")
    }

    /// The folder that a profile's clips go to: inside the one the user chose, or otherwise inside
    /// the default one. Sandbox clips are kept separate in it.
    #[must_use]
    pub fn clips(&self, profile: Profile, chosen: Option<&Path>) -> PathBuf {
        let folder = chosen.unwrap_or(&self.clips_default);
        match profile {
            Profile::Apiframe => folder.to_path_buf(),
            Profile::Sandbox => folder.join("Sandbox"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn moved_to(folder: &Path) -> Home {
        let folder = folder.as_os_str().to_owned();
        Home::resolve(&|name| (name == HOME_VARIABLE).then(|| folder.clone())).unwrap()
    }

    #[test]
    fn one_variable_moves_everything_into_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let home = moved_to(folder.path());
        for path in [
            home.preferences_file(),
            home.log.clone(),
            home.library(Profile::Apiframe),
            home.library(Profile::Sandbox),
            home.frames(),
            home.clips(Profile::Apiframe, None),
            home.clips(Profile::Sandbox, None),
        ] {
            assert!(path.starts_with(folder.path()), "{}", path.display());
        }
        assert_eq!(home.log, folder.path().join("log"));
        assert_eq!(home.clips_default, folder.path().join("clips"));
        assert!(
            home.library(Profile::Apiframe)
                .starts_with(folder.path().join("library"))
        );
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_relative_home_is_made_absolute() {
        let home = moved_to(Path::new("somewhere"));
        assert_eq!(home.data, env::current_dir().unwrap().join("somewhere"));
    }

    #[test]
    fn an_empty_variable_counts_as_none() {
        let empty = Home::resolve(&|_| Some(OsString::new()));
        assert_eq!(empty, Home::resolve(&|_| None));
    }

    #[test]
    fn without_the_variable_clips_go_to_the_videos_folder_and_data_elsewhere() {
        let home = Home::resolve(&|_| None).unwrap();
        assert!(home.clips_default.is_absolute());
        assert!(home.clips_default.ends_with(CLIPS_FOLDER));
        assert!(!home.data.starts_with(&home.clips_default));
        assert!(!home.log.starts_with(&home.clips_default));
        #[cfg(target_os = "linux")]
        {
            assert!(home.data.ends_with("inbetween"));
            assert!(home.config.ends_with("inbetween"));
            assert_ne!(home.data, home.config);
        }
    }

    #[test]
    fn the_sandbox_shares_neither_library_nor_clips_with_the_real_service() {
        let home = Home::resolve(&|_| None).unwrap();
        let real = home.library(Profile::Apiframe);
        let sandbox = home.library(Profile::Sandbox);
        assert!(!real.starts_with(&sandbox) && !sandbox.starts_with(&real));
        let chosen = Path::new("/clips of mine");
        assert_eq!(home.clips(Profile::Apiframe, Some(chosen)), chosen);
        assert_eq!(
            home.clips(Profile::Sandbox, Some(chosen)),
            chosen.join("Sandbox")
        );
        assert_eq!(
            home.clips(Profile::Sandbox, None),
            home.clips_default.join("Sandbox")
        );
    }

    #[test]
    fn profiles_are_written_as_the_page_knows_them() {
        let both = serde_json::to_string(&[Profile::Apiframe, Profile::Sandbox]).unwrap();
        assert_eq!(both, r#"["apiframe","sandbox"]"#);
    }
}
