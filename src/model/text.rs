//! Text from outside, made harmless before anything draws, logs or prints it.

use std::fmt;

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;

/// Longest cleaned text, in characters; what comes after is dropped.
pub const MAX_TEXT_CHARS: usize = 4096;

/// Most combining marks kept on one base character.
pub const MAX_MARKS_PER_BASE: usize = 8;

/// Text that is safe to send to a terminal: it holds no control, escape, bidi-control or tag
/// character. The only way to make one is [`CleanText::new`], so whatever takes a `CleanText`
/// cannot be handed raw text.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CleanText(String);

impl CleanText {
    /// Cleans `raw` as [`clean`] does.
    pub fn new(raw: impl AsRef<str>) -> Self {
        Self(clean(raw.as_ref()))
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for CleanText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for CleanText {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for CleanText {
    fn from(raw: String) -> Self {
        Self::new(raw)
    }
}

/// Makes text from outside safe for a terminal line.
///
/// White space of every kind becomes one space and is trimmed at the ends. Dropped: C0, DEL and C1
/// controls (also as U+0080..U+009F), bidi marks, embeddings, overrides and isolates, tag
/// characters, byte order marks, interlinear annotations and the soft hyphen. Zero-width joiners
/// stay where they join something, since emoji and several scripts need them: elsewhere terminals
/// disagree on what they do to their neighbours. At most [`MAX_MARKS_PER_BASE`] combining marks
/// stay on a base and at most [`MAX_TEXT_CHARS`] characters in all.
pub fn clean(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len().min(4 * MAX_TEXT_CHARS));
    let mut kept = 0;
    let mut marks = 0;
    let mut pending_space = false;
    let mut chars = raw.chars().filter(|c| c.is_whitespace() || !is_hostile(*c)).peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            pending_space = !out.is_empty();
            continue;
        }
        if is_joiner(c) {
            let is_within = !pending_space && out.chars().next_back().is_some_and(may_join);
            if !is_within || !chars.peek().is_some_and(|next| may_join(*next) && !is_combining(*next)) {
                continue;
            }
        }
        if is_combining(c) {
            marks += 1;
            if marks > MAX_MARKS_PER_BASE {
                continue;
            }
        } else {
            marks = 0;
        }
        if kept >= MAX_TEXT_CHARS {
            break;
        }
        if pending_space {
            out.push(' ');
            kept += 1;
            pending_space = false;
        }
        out.push(c);
        kept += 1;
    }
    // Where it was cut.
    while out.ends_with(is_joiner) {
        out.pop();
    }
    out
}

/// Characters that act on a terminal or on the order of text instead of being seen.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}'                  // soft hyphen: terminals disagree on its width
            | '\u{061C}' | '\u{200E}' | '\u{200F}'      // bidi marks
            | '\u{202A}'..='\u{202E}'   // embeddings and overrides
            | '\u{2066}'..='\u{2069}'   // isolates
            | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}'
            | '\u{FEFF}'                // byte order mark
            | '\u{FFF9}'..='\u{FFFB}'   // interlinear annotation
            | '\u{E0000}'..='\u{E007F}' // tag characters
        )
}

/// What sits on the character before it or joins it to the next: combining marks of every script, variation selectors, and
/// the joiners.
fn is_combining(c: char) -> bool {
    is_joiner(c) || is_combining_mark(c)
}

/// The two zero-width joiners.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Blocks of the scripts whose letters joiners shape (Unicode 16, chapters 9 to 16) and of emoji.
fn may_join(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
            | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}'
            | '\u{0600}'..='\u{109F}' | '\u{1700}'..='\u{18AF}' | '\u{1A00}'..='\u{1CFF}'
            | '\u{A800}'..='\u{ABFF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
            | '\u{10A00}'..='\u{11FFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_characters_go_and_the_rest_stays() {
        let rows: &[(&str, &str)] = &[
            ("Night Ferry", "Night Ferry"),
            ("\u{1b}[2Jgone", "[2Jgone"),
            ("\u{9b}31mred", "31mred"),
            ("a\u{7f}b\u{0}c", "abc"),
            ("  two\t\r\n words\u{2028}here ", "two words here"),
            ("abc\u{202e}txt.exe", "abctxt.exe"),
            ("\u{2066}left\u{2069}", "left"),
            ("\u{e0067}\u{e007f}tag", "tag"),
            ("👩\u{200d}🚀 雨の港", "👩\u{200d}🚀 雨の港"),
            ("&#27;[2J", "&#27;[2J"),
            ("", ""),
        ];
        for (raw, expected) in rows {
            assert_eq!(clean(raw), *expected, "{raw:?}");
        }
    }

    #[test]
    fn a_pile_of_marks_is_cut() {
        let raw = format!("Z{}algo", "\u{0301}".repeat(500));
        assert_eq!(clean(&raw).chars().count(), 1 + MAX_MARKS_PER_BASE + 4);
        // Marks of every script.
        for mark in ['\u{0301}', '\u{0610}', '\u{094d}', '\u{0e47}', '\u{a670}', '\u{1dfa}', '\u{fe0f}'] {
            let piled = clean(&format!("a{}b", mark.to_string().repeat(500)));
            assert_eq!(piled.chars().count(), 2 + MAX_MARKS_PER_BASE, "{}", mark.escape_unicode());
        }
        assert_eq!(clean("👨\u{200d}👩\u{200d}👧\u{200d}👦 क्षि"), "👨\u{200d}👩\u{200d}👧\u{200d}👦 क्षि");
    }

    #[test]
    fn joiners_stay_where_they_join() {
        let rows = [
            ("\u{200d}\u{200d}", ""),
            ("a\u{200d}b", "ab"),
            ("雨\u{200c}港", "雨港"),
            ("👩\u{200d}", "👩"),
            ("👩 \u{200d}🚀", "👩 🚀"),
            ("👩\u{200d}\u{200d}\u{202e}🚀", "👩\u{200d}🚀"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("🏳\u{fe0f}\u{200d}🌈", "🏳\u{fe0f}\u{200d}🌈"),
        ];
        for (raw, expected) in rows {
            assert_eq!(clean(raw), expected, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_a_terminal_acts_on_is_left(raw in any::<String>()) {
            let text = clean(&raw);
            prop_assert!(text.chars().all(|c| !c.is_control() && !is_hostile(c)));
            prop_assert!(text.chars().count() <= MAX_TEXT_CHARS);
            prop_assert_eq!(clean(&text), text.clone(), "cleaning twice changes nothing");
        }
    }
}
