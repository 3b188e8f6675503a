//! Where things are kept: config, data, cache and state, each in a folder of its own.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::clock;

/// The four folders. None of them needs to exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paths {
    /// What the listener writes: `config.toml`.
    pub config: PathBuf,
    /// What must not be lost: library, playlists, downloads.
    pub data: PathBuf,
    /// What can be fetched again.
    pub cache: PathBuf,
    /// What tells how things were left: the log.
    pub state: PathBuf,
}

impl Paths {
    /// The folders of this system (XDG on Linux), each replaced by `SEGUE_CONFIG_DIR`,
    /// `SEGUE_DATA_DIR`, `SEGUE_CACHE_DIR` or `SEGUE_STATE_DIR` where that is set. `None` when the
    /// system names no home folder and not all four are set.
    pub fn find() -> Option<Self> {
        let project = directories::ProjectDirs::from("", "", "segue");
        let place = |name: &str, of: fn(&directories::ProjectDirs) -> PathBuf| {
            let set = env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
            set.or_else(|| project.as_ref().map(of))
        };
        Some(Self {
            config: place("SEGUE_CONFIG_DIR", |dirs| dirs.config_dir().to_owned())?,
            data: place("SEGUE_DATA_DIR", |dirs| dirs.data_dir().to_owned())?,
            cache: place("SEGUE_CACHE_DIR", |dirs| dirs.cache_dir().to_owned())?,
            state: place("SEGUE_STATE_DIR", |dirs| {
                dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned()
            })?,
        })
    }

    /// The demo's own profile: a folder `demo` inside each, so that it never meets the listener's things.
    pub fn demo(&self) -> Self {
        Self {
            config: self.config.join("demo"),
            data: self.data.join("demo"),
            cache: self.cache.join("demo"),
            state: self.state.join("demo"),
        }
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The listener's own themes.
    pub fn themes_folder(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The log file.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("segue.log")
    }

    /// What C libraries print while sound or the screen runs.
    pub fn stderr_file(&self) -> PathBuf {
        self.state.join("stderr.log")
    }

    /// What is kept of sound that came over the line.
    pub fn sound_folder(&self) -> PathBuf {
        self.cache.join("sound")
    }

    /// Covers that were fetched.
    pub fn covers_folder(&self) -> PathBuf {
        self.cache.join("covers")
    }

    /// The program's own folder for copies for listening offline.
    pub fn downloads_folder(&self) -> PathBuf {
        self.data.join("downloads")
    }

    /// The library's database.
    pub fn library_file(&self) -> PathBuf {
        self.data.join("library.db")
    }

    /// The system's music folder; `Music` in the home folder where the system names none.
    pub fn music() -> Option<PathBuf> {
        let user = directories::UserDirs::new()?;
        Some(user.audio_dir().map_or_else(|| user.home_dir().join("Music"), Path::to_owned))
    }
}

/// Makes a folder that only its owner can look into.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
/// A name for a file that is needed for a moment, which nobody can guess: `segue-WHAT-....EXTENSION` where the system
/// keeps such files.
pub fn temporary_file(what: &str, extension: &str) -> PathBuf {
    let random = u128::from_be_bytes(clock::random_bytes());
    env::temp_dir().join(format!("segue-{what}-{random:032x}.{extension}"))
}
