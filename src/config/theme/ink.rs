//! What words look like: their colour, what is behind them, and whether they are bold, faint and so on.

use std::collections::BTreeMap;

use crate::config::colour::{Rgb, indexed};
use crate::model::nearest;

/// A colour as a terminal is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The terminal's own for text or background.
    Default,
    /// One of its 256 by number; the first sixteen are its own.
    Indexed(u8),
    /// This very one.
    Rgb(Rgb),
}

impl Colour {
    /// What it looks like, unless only the terminal knows.
    pub fn known(self) -> Option<Rgb> {
        match self {
            Self::Rgb(colour) => Some(colour),
            Self::Indexed(number @ 16..) => Some(indexed(number)),
            Self::Indexed(_) | Self::Default => None,
        }
    }
}

/// Names of the terminal's sixteen, in their order; the second eight are called `bright-` as the first.
const NAMES: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// What words look like. Where there is no colour, that of the text around stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ink {
    /// The colour of the words.
    pub front: Option<Colour>,
    /// The colour behind them.
    pub back: Option<Colour>,
    /// Heavier.
    pub bold: bool,
    /// Paler.
    pub faint: bool,
    /// Slanted.
    pub italic: bool,
    /// With a line below.
    pub underlined: bool,
    /// The two colours for each other.
    pub reversed: bool,
}

/// What an ink is written as, for warnings.
pub(super) const INK_WORDS: &str = "a colour and words such as \"#88c0d0 bold\", \"black on yellow\", \"bright-blue\", \"214\" or \"reversed\" (bold, faint, italic, underlined, reversed)";

impl Ink {
    /// Reads an ink; `palette` has the listener's own names of colours. The error says which word is none.
    pub(super) fn parse(text: &str, palette: &BTreeMap<String, Colour>) -> Result<Self, String> {
        let mut ink = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "bold" => ink.bold = true,
                "faint" | "dim" => ink.faint = true,
                "italic" => ink.italic = true,
                "underlined" | "underline" => ink.underlined = true,
                "reversed" | "reverse" => ink.reversed = true,
                "on" => {
                    let word = words.next().ok_or("after \"on\" comes a colour")?;
                    ink.back = Some(colour(word, palette)?);
                }
                _ if ink.front.is_some() => {
                    return Err(format!(
                        "{word:?} is one colour too many; the one behind comes after \"on\""
                    ));
                }
                _ => ink.front = Some(colour(word, palette)?),
            }
        }
        Ok(ink)
    }
}

/// Reads a colour by its value, number or name.
pub(super) fn colour(word: &str, palette: &BTreeMap<String, Colour>) -> Result<Colour, String> {
    if let Some(colour) = palette.get(word) {
        return Ok(*colour);
    }
    if word == "default" {
        return Ok(Colour::Default);
    }
    if let Some(rgb) = Rgb::parse(word) {
        return Ok(Colour::Rgb(rgb));
    }
    if let Ok(number) = word.parse() {
        return Ok(Colour::Indexed(number));
    }
    let (plain, bright) = word.strip_prefix("bright-").map_or((word, 0), |plain| (plain, 8));
    let number = (0_u8..).zip(NAMES).find(|(_, name)| *name == plain).map(|(number, _)| number + bright);
    number.map(Colour::Indexed).ok_or_else(|| {
        let known = NAMES.into_iter().chain(["default", "bold", "faint", "italic", "underlined", "reversed"]);
        match nearest(word, known.chain(palette.keys().map(String::as_str))) {
            Some(near) => format!("{word:?} is no colour; did you mean {near}?"),
            None => format!("{word:?} is no colour"),
        }
    })
}
