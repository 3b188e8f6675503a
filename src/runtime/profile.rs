//! Whose settings and folders this run uses: the listener's, or the demo's.

use std::fs;
use std::io;

use crate::config::{self, Settings};
use crate::model::{Fault, FaultKind};

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

impl Profile {
    /// Finds the folders and reads the configuration. Only a system without a home folder is an
    /// error; a bad configuration becomes warnings.
    pub fn load(demo: bool) -> Result<Self, Fault> {
        let paths = Paths::find().ok_or_else(|| {
            Fault::new(FaultKind::Other, "This system names no home folder")
                .hint("Set SEGUE_CONFIG_DIR, SEGUE_DATA_DIR, SEGUE_CACHE_DIR and SEGUE_STATE_DIR")
        })?;
        let paths = if demo { paths.demo() } else { paths };
        let (settings, warnings) = read_settings(&paths);
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

fn read_settings(paths: &Paths) -> (Settings, Vec<Fault>) {
    let file = paths.config_file();
    let text = match fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let fault = Fault::new(FaultKind::Usage, format!("{} cannot be read: {error}", file.display()))
                .hint("The default settings are used");
            return (Settings::default(), vec![fault]);
        }
    };
    let (settings, warnings) = config::parse(&text);
    let told = |warning: config::ConfigWarning| {
        let fault = Fault::new(
            FaultKind::Usage,
            format!("{}, line {}: {}", file.display(), warning.line, warning.problem),
        );
        match warning.expected {
            Some(expected) => fault.hint(capitalised(&expected)),
            None => fault,
        }
    };
    (settings, warnings.into_iter().map(told).collect())
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
