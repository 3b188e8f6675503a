//! What a configuration file says that cannot be used.

use std::fmt;
use std::path::Path;

use crate::model::{Fault, FaultKind};

/// One complaint. The rest of the file still counts, and the default stands in for what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigWarning {
    /// Line in the file, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
    /// What is wrong, naming the key.
    pub problem: String,
    /// What would be right: the expected form, or the nearest valid name.
    pub expected: Option<String>,
}

impl ConfigWarning {
    /// The same as a fault that names the file.
    pub fn fault(&self, file: &Path) -> Fault {
        let Self { line, column, problem, expected } = self;
        let message = format!("{}, line {line}, column {column}: {problem}", file.display());
        let fault = Fault::new(FaultKind::Usage, message);
        match expected {
            Some(expected) => fault.hint(capitalised(expected)),
            None => fault,
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)?;
        match &self.expected {
            Some(expected) => write!(f, "; {expected}"),
            None => Ok(()),
        }
    }
}

/// Where something stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// The place of the byte at `offset`.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: 1 + before.matches('\n').count(),
            column: 1 + before.get(line_start..).unwrap_or_default().chars().count(),
        }
    }
}

/// How the words about a syntax error begin.
pub(super) const NOT_TOML: &str = "not valid TOML";

/// In the order of the file, where those about syntax came first. A line's syntax error is enough: what its remains then
/// seem to say is left out.
pub(super) fn in_order(mut warnings: Vec<ConfigWarning>) -> Vec<ConfigWarning> {
    // Stable, so that a line's syntax error stays before everything else of it.
    warnings.sort_by_key(|warning| warning.line);
    warnings.dedup_by(|later, first| later.line == first.line && first.problem.starts_with(NOT_TOML));
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    warnings
}
