//! One line of text with a caret.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

use crate::model::clean;

/// Longest line, in characters; more is not taken.
pub const MAX_INPUT_CHARS: usize = 400;

/// What is typed, and where the caret is. Holds no control characters; its memory is wiped when it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextInput {
    text: Zeroizing<String>,
    caret: usize,
    /// What is typed next takes the place of all of it.
    is_old: bool,
}

impl TextInput {
    /// What is typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the caret.
    pub fn before_caret(&self) -> &str {
        self.text.get(..self.caret).unwrap_or(&self.text)
    }

    /// What stands after the caret.
    pub fn after_caret(&self) -> &str {
        self.text.get(self.caret..).unwrap_or_default()
    }

    /// Whether the caret is at the end.
    pub fn is_at_end(&self) -> bool {
        self.caret == self.text.len()
    }

    /// Whether what is typed next takes the place of all of it; any other key edits it as it is.
    pub fn is_old(&self) -> bool {
        self.is_old
    }

    /// What was typed before stands there until something else is typed.
    pub(super) fn begin_anew(&mut self) {
        self.caret_end();
        self.is_old = !self.text.is_empty();
    }

    /// What was typed before is edited after all.
    pub(super) fn keep_old(&mut self) {
        self.is_old = false;
    }

    /// Puts `typed` in at the caret, without what a terminal would act on.
    pub(super) fn insert(&mut self, typed: &str) {
        self.insert_within(typed, MAX_INPUT_CHARS);
    }

    /// The same for a line that may be of another length.
    pub(super) fn insert_within(&mut self, typed: &str, most_chars: usize) {
        // `clean` trims; a space that was typed on its own is meant.
        let harmless = Zeroizing::new(if typed == " " { typed.to_owned() } else { clean(typed) });
        let place = if self.is_old { 0..self.text.len() } else { self.caret..self.caret };
        let kept = if self.is_old { 0 } else { self.text.chars().count() };
        if kept + harmless.chars().count() <= most_chars {
            self.replace(place, &harmless);
        }
    }

    pub(super) fn erase(&mut self) {
        let length = self.before_caret().graphemes(true).next_back().map_or(0, str::len);
        self.replace(self.caret - length..self.caret, "");
    }

    pub(super) fn erase_next(&mut self) {
        let length = self.after_caret().graphemes(true).next().map_or(0, str::len);
        self.replace(self.caret..self.caret + length, "");
    }

    pub(super) fn erase_word(&mut self) {
        let kept = self.before_caret().trim_end().rfind(' ').map_or(0, |space| space + 1);
        self.replace(kept..self.caret, "");
    }

    pub(super) fn erase_line(&mut self) {
        self.replace(0..self.caret, "");
    }

    pub(super) fn caret_left(&mut self) {
        self.is_old = false;
        self.caret -= self.before_caret().graphemes(true).next_back().map_or(0, str::len);
    }

    pub(super) fn caret_right(&mut self) {
        self.is_old = false;
        self.caret += self.after_caret().graphemes(true).next().map_or(0, str::len);
    }

    pub(super) fn caret_start(&mut self) {
        self.is_old = false;
        self.caret = 0;
    }

    pub(super) fn caret_end(&mut self) {
        self.is_old = false;
        self.caret = self.text.len();
    }

    /// Puts `with` in place of what stands there, and the caret after it. The line as it was is wiped: it may be a
    /// password.
    fn replace(&mut self, place: Range<usize>, with: &str) {
        let (Some(before), Some(after)) = (self.text.get(..place.start), self.text.get(place.end..)) else {
            return;
        };
        let mut text = Zeroizing::new(String::with_capacity(before.len() + with.len() + after.len()));
        for part in [before, with, after] {
            text.push_str(part);
        }
        self.is_old = false;
        self.caret = before.len() + with.len();
        self.text = text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_to_graphemes() {
        type Edit = fn(&mut TextInput);
        let rows: &[(&str, &[Edit], &str)] = &[
            ("night", &[TextInput::erase], "nigh|"),
            ("ne\u{301}", &[TextInput::erase], "n|"),
            ("ab", &[TextInput::caret_left, TextInput::erase], "|b"),
            ("ab", &[TextInput::caret_start, TextInput::erase_next], "|b"),
            ("night ferry ", &[TextInput::erase_word], "night |"),
            ("night", &[TextInput::erase_word, TextInput::erase_word, TextInput::erase], "|"),
            ("雨の港", &[TextInput::caret_left, TextInput::caret_left, TextInput::caret_right], "雨の|港"),
            ("one two", &[TextInput::caret_left, TextInput::erase_line], "|o"),
            ("x\u{1b}[2J\n", &[|input| input.insert(" ")], "x[2J |"),
            ("x", &[TextInput::caret_start, TextInput::caret_left, TextInput::caret_end], "x|"),
            (
                "night",
                &[TextInput::begin_anew, |input| input.insert("d"), |input| input.insert("ay")],
                "day|",
            ),
            ("night", &[TextInput::begin_anew, TextInput::erase, |input| input.insert("d")], "nighd|"),
            ("night", &[TextInput::begin_anew, TextInput::caret_right, |input| input.insert("s")], "nights|"),
            ("night", &[TextInput::begin_anew, TextInput::caret_start, |input| input.insert("a")], "a|night"),
            ("", &[TextInput::begin_anew, |input| input.insert("a"), |input| input.insert("b")], "ab|"),
        ];
        for (typed, edits, expected) in rows {
            let mut input = TextInput::default();
            input.insert(typed);
            edits.iter().for_each(|edit| edit(&mut input));
            assert_eq!(format!("{}|{}", input.before_caret(), input.after_caret()), *expected, "{typed:?}");
        }
    }

    #[test]
    fn a_line_has_an_end() {
        let mut input = TextInput::default();
        input.insert(&"x".repeat(MAX_INPUT_CHARS));
        input.insert("y");
        assert_eq!(input.text().len(), MAX_INPUT_CHARS);
        input.begin_anew();
        input.insert("y");
        assert_eq!(input.text(), "y");
    }
}
