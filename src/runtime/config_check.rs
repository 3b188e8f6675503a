//! Everything that can be said of a configuration before it is used: its settings, keys and themes.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::app::Keymap;
use crate::config::{self, ConfigWarning};
use crate::model::{CleanText, Fault};

use super::config_file::read_config;
use super::looks::{load_themes, unknown_theme};
use super::paths::Paths;

/// Something in a configuration that cannot be used, or hides something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// The file; `None`: the words name it.
    pub file: Option<PathBuf>,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// Character in the line, from 1.
    pub column: Option<usize>,
    /// What is wrong, naming the setting.
    pub problem: CleanText,
    /// What would be right.
    pub expected: Option<CleanText>,
}

/// Checks a configuration file, the listener's own unless another is named, with the themes beside it. A file that is
/// not there has nothing wrong.
///
/// # Errors
/// When it cannot be read.
pub fn check_config(paths: &Paths, file: Option<&Path>) -> Result<Vec<Complaint>, Fault> {
    let own = paths.config_file();
    let path = file.unwrap_or(&own);
    let text = read_config(path)?.unwrap_or_default();
    let mut complaints = check_text(path, &text);
    let (themes, faults) = load_themes(paths);
    let (settings, _) = config::parse(&text);
    let unknown = unknown_theme(&themes, &settings.screen.theme);
    complaints.extend(unknown.map(|fault| placed(path, &text, fault)));
    complaints.extend(faults.into_iter().map(|fault| Complaint {
        file: None,
        line: None,
        column: None,
        problem: fault.message,
        expected: fault.hint.map(|hint| uncapitalised(hint.as_str())),
    }));
    Ok(complaints)
}

/// The same for a text that stands in no file yet, without the themes.
pub fn check_text(path: &Path, text: &str) -> Vec<Complaint> {
    let (settings, warnings) = config::parse(text);
    let (_, keys) = Keymap::new(settings.keys_preset, &settings.keys);
    let told = warnings.into_iter().map(|warning| {
        let ConfigWarning { line, column, problem, expected } = warning;
        Complaint {
            file: Some(path.to_owned()),
            line: Some(line),
            column: Some(column),
            problem: problem.into(),
            expected: expected.map(Into::into),
        }
    });
    let mut complaints: Vec<_> = told.collect();
    complaints.extend(keys.into_iter().map(|fault| placed(path, text, fault)));
    complaints
}

/// Whether a text can be read at all.
pub fn is_toml(text: &str) -> bool {
    config::with_text(text, "screen.theme", "auto").is_ok()
}

/// A fault whose words begin with the name of a setting, with the place of that setting.
fn placed(path: &Path, text: &str, fault: Fault) -> Complaint {
    let setting = fault.message.as_str().split(':').next().unwrap_or_default();
    let place = config::place_of(text, setting);
    Complaint {
        file: Some(path.to_owned()),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        problem: fault.message,
        expected: fault.hint.map(|hint| uncapitalised(hint.as_str())),
    }
}

/// Words that go on after a semicolon.
fn uncapitalised(text: &str) -> CleanText {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_lowercase).collect();
    CleanText::new(first + rest.as_str())
}
