//! The only place of the command line that writes to standard output and standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::clean;

/// A line for people on standard output, made safe for a terminal. A closed pipe ends the talk
/// quietly, as with other tools.
pub(super) fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{}", clean_keeping_indent(text));
}

/// A line for people on standard error, made safe for a terminal.
pub(super) fn error_line(text: &str) {
    let _ = writeln!(io::stderr(), "{}", clean(text));
}

/// A value as one line of JSON on standard output. JSON escapes what a terminal would act on.
pub(super) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        let _ = writeln!(io::stdout(), "{text}");
    }
}

fn clean_keeping_indent(text: &str) -> String {
    let indent = text.len() - text.trim_start_matches(' ').len();
    format!("{}{}", &text[..indent], clean(text))
}
