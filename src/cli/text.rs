//! The only place of the command line that writes to standard output and standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{clean, is_hostile};
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

/// "1 row", "3 rows".
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A value as one line of JSON on standard output. What a terminal would act on is escaped.
pub(super) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        let _ = writeln!(io::stdout(), "{}", escaped(&text));
    }
}

/// The same in many lines, for people to read.
pub(super) fn pretty_json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        let _ = writeln!(io::stdout(), "{}", escaped(&text));
    }
}

/// The same JSON with every character that [`clean`] drops wherever it stands as `\uXXXX` (RFC 8259 section 7). Line ends
/// are JSON's own: those of texts are escaped already.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_hostile(c) {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// Columns and indents are made of spaces; everything between them is cleaned.
fn clean_keeping_spaces(text: &str) -> String {
    text.split(' ').map(clean).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_escaped() {
        let rows = [
            ("Night Ferry 雨の港 👩\u{200d}🚀 e\u{301}", "\"Night Ferry 雨の港 👩\u{200d}🚀 e\u{301}\""),
            ("\u{9b}31m\u{202e}\u{7f}", "\"\\u009b31m\\u202e\\u007f\""),
            ("\u{e0067}", "\"\\udb40\\udc67\""),
            ("\u{85}\n\u{1b}", "\"\\u0085\\n\\u001b\""),
        ];
        for (text, expected) in rows {
            assert_eq!(escaped(&Value::from(text).to_string()), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_changed_by_it(text in any::<String>()) {
            let json = escaped(&Value::from(text.as_str()).to_string());
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            prop_assert!(json.chars().all(|c| !c.is_control()));
        }
    }
}
