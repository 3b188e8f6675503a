//! A key as it is pressed, and how it is written: `j`, `<Enter>`, `<C-d>`, `<S-Left>`, `g g`.

use std::fmt;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// What it types; a shifted letter is the capital.
    Char(char),
    /// Enter or Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with shift it goes back.
    Tab,
    /// Erases what is before.
    Backspace,
    /// Erases what is after.
    Delete,
    /// Insert.
    Insert,
    /// Arrow.
    Left,
    /// Arrow.
    Right,
    /// Arrow.
    Up,
    /// Arrow.
    Down,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// A function key, 1 to 24.
    F(u8),
}

/// Names of the keys that type nothing. The first of several is the one that is written.
const NAMES: [(&str, Key); 20] = [
    ("Space", Key::Char(' ')),
    ("lt", Key::Char('<')),
    ("gt", Key::Char('>')),
    ("Enter", Key::Enter),
    ("Return", Key::Enter),
    ("CR", Key::Enter),
    ("Esc", Key::Esc),
    ("Tab", Key::Tab),
    ("Backspace", Key::Backspace),
    ("BS", Key::Backspace),
    ("Delete", Key::Delete),
    ("Insert", Key::Insert),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("Home", Key::Home),
    ("End", Key::End),
    ("PageUp", Key::PageUp),
    ("PageDown", Key::PageDown),
];

/// One key press with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; never set for a key that types, whose character tells it already.
    pub shift: bool,
}

impl Chord {
    /// A key as a terminal reports it. Shift is dropped where the character tells it, and control
    /// with a capital is control with the small letter, as terminals disagree on both.
    pub fn new(key: Key, ctrl: bool, alt: bool, shift: bool) -> Self {
        match key {
            Key::Char(c) if ctrl => Self { key: Key::Char(c.to_ascii_lowercase()), ctrl, alt, shift: false },
            Key::Char(_) => Self { key, ctrl, alt, shift: false },
            _ => Self { key, ctrl, alt, shift },
        }
    }

    /// A key alone.
    pub fn plain(key: Key) -> Self {
        Self::new(key, false, false, false)
    }

    /// What it would type into a line of text.
    pub fn typed(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt && !c.is_control() => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, key)| *key == self.key).map(|(name, _)| *name);
        let base = match (self.key, name) {
            (Key::Char(c @ ('<' | '>')), _) if !self.ctrl && !self.alt => return write!(f, "{c}"),
            (_, Some(name)) => name.to_owned(),
            (Key::Char(c), None) if !self.ctrl && !self.alt => return write!(f, "{c}"),
            (Key::Char(c), None) => c.to_string(),
            (Key::F(number), None) => format!("F{number}"),
            (other, None) => format!("{other:?}"),
        };
        let mark = |held: bool, mark| if held { mark } else { "" };
        write!(f, "<{}{}{}{base}>", mark(self.ctrl, "C-"), mark(self.alt, "A-"), mark(self.shift, "S-"))
    }
}

/// Keys one after the other, as they are written: a space between keys means nothing.
pub fn write_keys(chords: &[Chord]) -> String {
    chords.iter().map(Chord::to_string).collect::<Vec<_>>().join(" ")
}

/// Reads keys: each character is a key, `<Name>` a special one, with `C-`, `A-` (or `M-`) and `S-`
/// for control, alt and shift before the name. White space only separates; `<Space>` is the space
/// bar. `<` and `>` stand for themselves where no name in brackets begins.
/// The error says which part names no key.
pub fn parse_keys(text: &str) -> Result<Vec<Chord>, String> {
    let mut chords = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let bracketed = rest.strip_prefix('<').and_then(|inner| inner.split_once('>'));
        match bracketed {
            Some((name, after)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
                chords.push(named(name).ok_or_else(|| {
                    format!("<{name}> is no key; expected a name as in <Enter>, <Esc>, <F3> or <C-d>")
                })?);
                rest = after;
            }
            _ => {
                if !c.is_whitespace() {
                    chords.push(Chord::plain(Key::Char(c)));
                }
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    Ok(chords)
}

fn named(text: &str) -> Option<Chord> {
    let (mut ctrl, mut alt, mut shift) = (false, false, false);
    let mut name = text;
    while let Some((mark, rest)) = name.split_once('-') {
        match mark {
            _ if rest.is_empty() => break,
            "C" | "c" => ctrl = true,
            "A" | "a" | "M" | "m" => alt = true,
            "S" | "s" => shift = true,
            _ => return None,
        }
        name = rest;
    }
    let mut characters = name.chars();
    let key = match (characters.next(), characters.next()) {
        (Some(c), None) if shift => Key::Char(c.to_ascii_uppercase()),
        (Some(c), None) => Key::Char(c),
        _ => NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, key)| *key)
            .or_else(|| function_key(name))?,
    };
    Some(Chord::new(key, ctrl, alt, shift))
}

fn function_key(name: &str) -> Option<Key> {
    let number = name.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=24).contains(&number).then_some(Key::F(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_written() {
        let rows: &[(&str, Result<&str, &str>)] = &[
            ("j", Ok("j")),
            ("g g", Ok("g g")),
            ("gg", Ok("g g")),
            ("2<Enter>j<C-d>", Ok("2 <Enter> j <C-d>")),
            ("<space>", Ok("<Space>")),
            ("<C-D>", Ok("<C-d>")),
            ("<S-left><A-x><M-x>", Ok("<S-Left> <A-x> <A-x>")),
            ("<C-A-Home>", Ok("<C-A-Home>")),
            ("<S-a>", Ok("A")),
            ("<", Ok("<")),
            (">", Ok(">")),
            ("<lt>x", Ok("< x")),
            ("<>", Ok("< >")),
            ("<C-->", Ok("<C-->")),
            ("<F3>", Ok("<F3>")),
            ("/雨", Ok("/ 雨")),
            ("", Ok("")),
            ("<F25>", Err("<F25> is no key")),
            ("a<Entr>", Err("<Entr> is no key")),
            ("<X-a>", Err("<X-a> is no key")),
        ];
        for (text, expected) in rows {
            match (parse_keys(text), expected) {
                (Ok(chords), Ok(written)) => {
                    assert_eq!(write_keys(&chords), *written, "{text}");
                    assert_eq!(parse_keys(written).as_ref(), Ok(&chords), "{text} reads back");
                }
                (Err(words), Err(part)) => assert!(words.contains(part), "{text}: {words}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn terminals_that_disagree_on_shift_give_one_chord() {
        assert_eq!(Chord::new(Key::Char('G'), false, false, true), Chord::plain(Key::Char('G')));
        assert_eq!(
            Chord::new(Key::Char('D'), true, false, true),
            Chord::new(Key::Char('d'), true, false, false)
        );
        assert!(Chord::new(Key::Left, false, false, true).shift);
        assert_eq!(Chord::plain(Key::Char('x')).typed(), Some('x'));
        assert_eq!(Chord::new(Key::Char('x'), true, false, false).typed(), None);
    }
}
