//! What a terminal can show, as far as its environment tells.

use super::depth::Depth;
use crate::config::colour::{Rgb, SIXTEEN};

/// Terminals of which all colours are known, by the beginning of `TERM` or the whole of `TERM_PROGRAM`.
const TRUE_COLOUR: [&str; 12] = [
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "iterm2",
    "rio",
    "wezterm",
    "xterm-ghostty",
    "xterm-kitty",
    "xterm-direct",
    "iTerm.app",
    "vscode",
];

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// How many colours.
    pub depth: Depth,
    /// Its background, where the environment tells.
    pub background: Option<Rgb>,
    /// Whether it has more signs than a keyboard.
    pub has_signs: bool,
}

impl Terminal {
    /// What the environment that `variable` reads tells: no colour where `NO_COLOR` is set and not empty (no-color.org)
    /// or the terminal is `dumb` or monochrome; all colours where `COLORTERM` or the terminal's name says so, else
    /// 256 or sixteen by its name; the background from `COLORFGBG`; typed signs where the locale is none of UTF-8 or the
    /// terminal is the Linux console, whose font is small.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            depth: depth(&term, &set),
            background: set("COLORFGBG").and_then(|value| background(&value)),
            has_signs: utf8 && term != "linux" && term != "dumb",
        }
    }
}

fn depth(term: &str, set: &impl Fn(&str) -> Option<String>) -> Depth {
    if set("NO_COLOR").is_some() || term == "dumb" || term.ends_with("-m") || term.starts_with("vt") {
        return Depth::Monochrome;
    }
    let says_all = set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    let program = set("TERM_PROGRAM").unwrap_or_default();
    // Within tmux and screen only COLORTERM tells: their own name stands in TERM and in TERM_PROGRAM.
    let named = TRUE_COLOUR.iter().any(|name| term.starts_with(name) || program.eq_ignore_ascii_case(name));
    let inside = term.starts_with("tmux") || term.starts_with("screen");
    if says_all || term.ends_with("-direct") || (named && !inside) || set("WT_SESSION").is_some() {
        Depth::True
    } else if term.contains("256") || program == "Apple_Terminal" || term.starts_with("tmux") {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

/// The background in rxvt's variable: numbers of the sixteen colours, that of the background last.
fn background(value: &str) -> Option<Rgb> {
    let number: usize = value.rsplit(';').next()?.parse().ok()?;
    SIXTEEN.get(number).copied()
}
