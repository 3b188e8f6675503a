//! The text of a theme into a look. What cannot be read is told and keeps what was inherited.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ink::{Colour, INK_WORDS, Ink, colour};
use super::shipped::TERMINAL;
use super::{Look, Role, Themes};
use crate::config::warning::{ConfigWarning, NOT_TOML, Place, in_order};
use crate::model::nearest;

/// Longest line of themes that inherit from each other.
const MAX_ANCESTORS: usize = 8;

/// Contrast below which words are told to be hard to read (WCAG 2.2, success criterion 1.4.3).
const READABLE: f64 = 4.5;

/// A theme of the listener's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTheme {
    /// Its file's name without `.toml`.
    pub name: String,
    /// What the file says.
    pub text: String,
}

/// Reads a theme with all that it inherits; the warnings are about its own text alone.
pub(super) fn read(themes: &Themes, name: &str) -> (Look, Vec<ConfigWarning>) {
    let Some(text) = themes.text(name, None) else { return (Look::default(), Vec::new()) };
    let mut reader = Reader { themes, text, warnings: Vec::new() };
    let look = reader.read(name, 0);
    if themes.is_own(name)
        && let Some((role, contrast)) = look.worst_contrast().filter(|(_, contrast)| *contrast < READABLE)
    {
        let problem = format!("{role} is hard to read: its contrast is {contrast:.1}:1");
        reader.warn(0, problem, Some(format!("at least {READABLE}:1 is advised")));
    }
    (look, in_order(reader.warnings))
}

struct Reader<'t> {
    themes: &'t Themes,
    text: &'t str,
    warnings: Vec<ConfigWarning>,
}

impl Reader<'_> {
    fn read(&mut self, name: &str, ancestors: usize) -> Look {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            self.warn(at, format!("{NOT_TOML}: {}", error.message().replace('\n', " ")), None);
        }
        let table = table.get_ref();
        let mut look = self.inherited(name, table.get("inherits"), ancestors);
        let palette = table.get("palette").map(|value| self.palette(value)).unwrap_or_default();
        for (key, value) in table {
            let key_name = key.get_ref().as_ref();
            let at = value.span().start;
            match Role::ALL.iter().find(|(_, known)| *known == key_name) {
                Some((role, _)) => match value.get_ref().as_str().map(|text| Ink::parse(text, &palette)) {
                    Some(Ok(ink)) => look.set(*role, finished(*role, ink, look.ink(Role::Text))),
                    Some(Err(problem)) => {
                        self.warn(
                            at,
                            format!("{key_name}: {problem}"),
                            Some(format!("expected {INK_WORDS}")),
                        );
                    }
                    None => {
                        let problem = format!("{key_name} is no text in quotes");
                        self.warn(at, problem, Some(format!("expected {INK_WORDS}")));
                    }
                },
                None if matches!(key_name, "inherits" | "palette") => {}
                None => {
                    let known = Role::ALL.iter().map(|(_, name)| *name).chain(["inherits", "palette"]);
                    let expected = nearest(key_name, known).map_or_else(
                        || {
                            let names: Vec<_> = Role::ALL.iter().map(|(_, name)| *name).collect();
                            format!("expected inherits, palette or a role: {}", names.join(", "))
                        },
                        |near| format!("did you mean {near}?"),
                    );
                    self.warn(key.span().start, format!("{key_name} is no role"), Some(expected));
                }
            }
        }
        look
    }

    /// What the theme begins with: another one, "terminal" unless it says which.
    fn inherited(&mut self, name: &str, says: Option<&Spanned<DeValue<'_>>>, ancestors: usize) -> Look {
        let parent = match says {
            None if name == TERMINAL => return Look::default(),
            None => TERMINAL,
            Some(value) => {
                let at = value.span().start;
                let known =
                    value.get_ref().as_str().filter(|parent| self.themes.text(parent, Some(name)).is_some());
                match known {
                    Some(_) if ancestors >= MAX_ANCESTORS => {
                        let expected =
                            format!("at most {MAX_ANCESTORS} after each other, none of them twice");
                        self.warn(
                            at,
                            "inherits goes round in a circle, or on for too long".to_owned(),
                            Some(expected),
                        );
                        TERMINAL
                    }
                    Some(parent) => parent,
                    None => {
                        let names = self.themes.names();
                        let said = value.get_ref().as_str().unwrap_or("this");
                        let expected = match nearest(said, names.iter().copied()) {
                            Some(near) => format!("did you mean {near}?"),
                            None => format!("expected the name of a theme: {}", names.join(", ")),
                        };
                        self.warn(at, format!("inherits: there is no theme {said}"), Some(expected));
                        TERMINAL
                    }
                }
            }
        };
        let Some(text) = self.themes.text(parent, Some(name)) else { return Look::default() };
        let mut reader = Reader { themes: self.themes, text, warnings: Vec::new() };
        let look = reader.read(parent, ancestors + 1);
        // What is wrong with the parent is told with the parent, a circle here as well.
        if reader.warnings.iter().any(|warning| warning.problem.starts_with("inherits goes")) {
            let at = says.map_or(0, |value| value.span().start);
            self.warn(at, "inherits goes round in a circle, or on for too long".to_owned(), None);
        }
        look
    }

    fn palette(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, Colour> {
        let mut palette = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            let expected = "expected a table of name = \"#rrggbb\"".to_owned();
            self.warn(value.span().start, "palette is no table".to_owned(), Some(expected));
            return palette;
        };
        for (name, value) in table {
            let said = value.get_ref().as_str().unwrap_or_default();
            match colour(said, &BTreeMap::new()) {
                Ok(colour) => {
                    palette.insert(name.get_ref().to_string(), colour);
                }
                Err(problem) => {
                    let problem = format!("palette.{}: {problem}", name.get_ref());
                    let expected =
                        "expected \"#rrggbb\", a name such as \"bright-blue\", or a number to 255".to_owned();
                    self.warn(value.span().start, problem, Some(expected));
                }
            }
        }
        palette
    }

    fn warn(&mut self, at: usize, problem: String, expected: Option<String>) {
        let Place { line, column } = Place::of(self.text, at);
        self.warnings.push(ConfigWarning { line, column, problem, expected });
    }
}

/// An ink as it is drawn. Text keeps the inherited background unless it says one. The cursor is drawn reversed where it
/// has a colour behind it, so that it looks as written and is seen without colour too.
fn finished(role: Role, ink: Ink, text: Ink) -> Ink {
    match role {
        Role::Text => Ink { back: ink.back.or(text.back), ..ink },
        Role::Cursor if ink.reversed => ink,
        Role::Cursor => {
            let (front, back) = (ink.back.or(text.front), ink.front.or(text.back));
            Ink { front, back, reversed: true, ..ink }
        }
        Role::IdleCursor => Ink { underlined: true, ..ink },
        _ => ink,
    }
}
