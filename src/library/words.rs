//! Text as the word index takes it: without accents and in small letters, as everywhere in the program, since the index by
//! itself keeps some letters with strokes. Scripts that are written without spaces are taken apart.
//!
//! Each Chinese, Japanese and Korean letter becomes a word of its own, and a search for several of them a search
//! for those words in a row. Trigrams, SQLite's other way, cannot find one or two letters, which most such
//! words have, and make the index three times as large.

use unicode_normalization::UnicodeNormalization;

use crate::model;

/// Text as it is compared; Korean syllables stay whole.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() { model::folded(text) } else { model::folded(text).nfc().collect() }
}

/// Whether words of this letter's script stand without spaces: ideographs, kana, hangul, Thai, Lao, Khmer and
/// Burmese vowels excluded, since they belong to the letter before.
fn stands_alone(letter: char) -> bool {
    matches!(
        u32::from(letter),
        0x3041..=0x3096 | 0x30a1..=0x30fa | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff66..=0xff9d | 0x2_0000..=0x3_ffff
    )
}

/// The text folded, with spaces around each letter that stands alone.
pub(super) fn indexed(text: &str) -> String {
    let text = folded(text);
    let mut spaced = String::with_capacity(text.len());
    for letter in text.chars() {
        if stands_alone(letter) {
            spaced.extend([' ', letter, ' ']);
        } else {
            spaced.push(letter);
        }
    }
    spaced
}

/// What finds a word, or the beginning of one, in the index: an FTS5 phrase that asks nothing else, whatever the
/// text holds. `None`: there is no letter in it that is indexed.
pub(super) fn phrase(word: &str) -> Option<String> {
    if !word.chars().any(char::is_alphanumeric) {
        return None;
    }
    let text: String = indexed(word).chars().filter(|letter| *letter != '\0').collect();
    Some(format!("\"{}\" *", text.replace('"', " ").trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_ask_for_nothing_but_words() {
        let rows = [
            ("ferry", Some("\"ferry\" *")),
            ("AC/DC", Some("\"ac/dc\" *")),
            ("Trentemøller", Some("\"trentemoller\" *")),
            ("a\" OR \"b", Some("\"a  or  b\" *")),
            ("夜想曲", Some("\"夜  想  曲\" *")),
            ("!!!", None),
            ("", None),
        ];
        for (word, expected) in rows {
            assert_eq!(phrase(word).as_deref(), expected, "{word}");
        }
    }
}
