//! The only place of the command line that writes to standard output and standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::clean;
use crate::runtime::write_real;

/// A line for people on standard output, made safe for a terminal. A closed pipe ends the talk
/// quietly, as with other tools.
pub(super) fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{}", clean_keeping_spaces(text));
}

/// A line for people on standard error, made safe for a terminal.
pub(super) fn error_line(text: &str) {
    write_real(&format!("{}\n", clean(text)));
}

/// Words on standard error after which something is typed.
pub(super) fn prompt(text: &str) {
    write_real(&format!("{} ", clean(text)));
}

/// A line on standard error that is written over and over.
pub(super) struct ProgressLine {
    wanted: bool,
    shown: bool,
}

impl ProgressLine {
    /// Shows nothing unless it is `wanted`.
    pub fn new(wanted: bool) -> Self {
        Self { wanted, shown: false }
    }

    /// Replaces what was shown. Longer texts are cut to the terminal's width.
    pub fn show(&mut self, text: &str) {
        if self.wanted {
            // No wrapping meanwhile, so that the next one covers all of it.
            write_real(&format!("\r\x1b[2K\x1b[?7l{}\x1b[?7h", clean(text)));
            self.shown = true;
        }
    }

    /// Takes it away.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            write_real("\r\x1b[2K");
        }
    }
}

/// A value as one line of JSON on standard output. JSON escapes what a terminal would act on.
pub(super) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        let _ = writeln!(io::stdout(), "{text}");
    }
}

/// Columns and indents are made of spaces; everything between them is cleaned.
fn clean_keeping_spaces(text: &str) -> String {
    text.split(' ').map(clean).collect::<Vec<_>>().join(" ")
}
