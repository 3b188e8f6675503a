//! Whose settings and folders this run uses: the listener's, or the demo's.

use std::collections::BTreeMap;

use crate::config::{self, Settings};
use crate::model::{Fault, FaultKind};

use super::config_file::read_config;
use super::paths::Paths;

/// Settings and folders of one run.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Where things are kept.
    pub paths: Paths,
    /// What the listener wants.
    pub settings: Settings,
    /// What the configuration says that cannot be used.
    pub warnings: Vec<Fault>,
    /// Whether this is the demo.
    pub demo: bool,
}

/// What is said to every run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunAs {
    /// With the demo's settings and folders.
    pub demo: bool,
    /// Without asking anybody for anything.
    pub offline: bool,
}

impl Profile {
    /// Finds the folders and reads the configuration. Only a system without a home folder is an
    /// error; a bad configuration becomes warnings.
    pub fn load(RunAs { demo, offline }: RunAs) -> Result<Self, Fault> {
        let paths = Paths::find().ok_or_else(|| {
            Fault::new(FaultKind::Other, "This system names no home folder")
                .hint("Set SEGUE_CONFIG_DIR, SEGUE_DATA_DIR, SEGUE_CACHE_DIR and SEGUE_STATE_DIR")
        })?;
        let paths = if demo { paths.demo() } else { paths };
        let (mut settings, warnings) = read_settings(&paths);
        settings.network.offline |= offline;
        Ok(Self { paths, settings, warnings, demo })
    }

    /// The same program as a demo, in the demo's folders.
    pub fn into_demo(self) -> Self {
        if self.demo {
            return self;
        }
        let paths = self.paths.demo();
        let (settings, warnings) = read_settings(&paths);
        Self { paths, settings, warnings, demo: true }
    }
}

/// Where the listener's own keys stand in the configuration, in words, by the name of the setting.
pub(super) fn places_of_keys(paths: &Paths) -> BTreeMap<String, String> {
    let file = paths.config_file();
    let text = read_config(&file).ok().flatten().unwrap_or_default();
    let words = |(line, column)| format!("{}, line {line}, column {column}", file.display());
    config::places_of_keys(&text).into_iter().map(|(name, place)| (name, words(place))).collect()
}

pub(super) fn read_settings(paths: &Paths) -> (Settings, Vec<Fault>) {
    let file = paths.config_file();
    let text = match read_config(&file) {
        Ok(text) => text.unwrap_or_default(),
        Err(fault) => return (Settings::default(), vec![fault.hint("The default settings are used")]),
    };
    let (settings, warnings) = config::parse(&text);
    (settings, warnings.iter().map(|warning| warning.fault(&file)).collect())
}
