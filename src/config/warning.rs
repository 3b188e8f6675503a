//! What a configuration file says that cannot be used.

use std::fmt;

/// One complaint. The rest of the file still counts, and the default stands in for what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigWarning {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong, naming the key.
    pub problem: String,
    /// What would be right: the expected form, or the nearest valid name.
    pub expected: Option<String>,
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)?;
        match &self.expected {
            Some(expected) => write!(f, "; {expected}"),
            None => Ok(()),
        }
    }
}
