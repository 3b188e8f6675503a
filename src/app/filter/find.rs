//! Which rows are meant by a few letters. Forgives case and accents, and letters that are left out where what is typed
//! goes on at the beginning of a word: `nigfer` finds Night Ferry.

use crate::model::{fold_onto, folded};

/// Longest word that is looked for, in bytes; what is typed beyond is not compared.
const MAX_WORD: usize = 48;

/// Most beginnings of words of a row that are looked at.
const MAX_STARTS: usize = 48;

/// Stands between the texts of a row: no word holds it.
const BETWEEN: char = '\n';

/// The words that are looked for.
#[derive(Debug)]
pub(in crate::app) struct Wanted {
    words: Vec<Vec<u8>>,
}

/// How well a row fits what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::app) enum Fit {
    /// Not at all.
    None,
    /// The letters of each word come in order.
    Loose,
    /// Each word is there, whole or in beginnings of words.
    Whole,
}

impl Wanted {
    pub fn new(typed: &str) -> Self {
        let word = |word: &str| {
            let mut letters = folded(word).into_bytes();
            letters.truncate(MAX_WORD);
            letters
        };
        Self { words: typed.split_whitespace().map(word).collect() }
    }

    /// How well a row of these texts fits.
    pub fn fit(&self, row: &str) -> Fit {
        let row = row.as_bytes();
        let mut fit = Fit::Whole;
        for word in &self.words {
            if holds(row, word) {
                continue;
            }
            if !comes_in_order(row, word) {
                return Fit::None;
            }
            if !begins_words(row, word) {
                fit = Fit::Loose;
            }
        }
        fit
    }
}

/// Whether each word of what is typed is in one of these texts, whole or in beginnings of words.
pub(in crate::app) fn is_found(typed: &str, texts: &[&str]) -> bool {
    let mut row = String::new();
    for text in texts {
        add(&mut row, text);
    }
    Wanted::new(typed).fit(&row) == Fit::Whole
}

/// Adds a text to those of a row.
pub(in crate::app) fn add(row: &mut String, text: &str) {
    if !row.is_empty() {
        row.push(BETWEEN);
    }
    fold_onto(text, row);
}

fn holds(row: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return true };
    let last = row.len().saturating_sub(word.len() - 1);
    let places = row.get(..last).unwrap_or_default().iter().enumerate();
    places.filter(|(_, letter)| *letter == first).any(|(place, _)| row[place + 1..].starts_with(rest))
}

fn comes_in_order(row: &[u8], word: &[u8]) -> bool {
    let mut row = row.iter();
    word.iter().all(|wanted| row.any(|letter| letter == wanted))
}

/// Whether the word is made of beginnings of the row's words, in order.
fn begins_words(row: &[u8], word: &[u8]) -> bool {
    let mut starts = [0; MAX_STARTS];
    let mut count = 0;
    let mut was_letter = false;
    for (place, letter) in row.iter().enumerate() {
        let is_letter = letter.is_ascii_alphanumeric() || !letter.is_ascii();
        if is_letter && !was_letter && count < MAX_STARTS {
            starts[count] = place;
            count += 1;
        }
        was_letter = is_letter;
    }
    // For each number of letters that are found: where the search goes on, as early as can be.
    let mut ends = [usize::MAX; MAX_WORD + 1];
    ends[0] = 0;
    for found in 0..word.len() {
        let from = ends[found];
        for start in starts.iter().take(count).filter(|start| **start >= from) {
            let same = row[*start..].iter().zip(&word[found..]).take_while(|(one, other)| one == other);
            for length in 1..=same.count() {
                ends[found + length] = ends[found + length].min(start + length);
            }
        }
    }
    ends[word.len()] != usize::MAX
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn found(row: &[&str], typed: &str, loosely: bool) -> bool {
        let mut letters = String::new();
        for text in row {
            add(&mut letters, text);
        }
        Wanted::new(typed).fit(&letters) >= if loosely { Fit::Loose } else { Fit::Whole }
    }

    #[test]
    fn a_few_letters_find_what_is_meant() {
        let row = ["Night Ferry", "Ada Cole, Zoë Łukasz", "Ærlig Talt (Über-Mix)"];
        for typed in [
            "",
            "ferry",
            "FERRY",
            "ight",
            "nf",
            "nigfer",
            "ferry ada",
            "cole night",
            "zoe",
            "ZOË",
            "lukasz",
            "uber",
            "über mix",
            "nfada",
            "cole zoe",
            "acz",
            "ferryada",
        ] {
            assert!(found(&row, typed, false), "{typed}");
        }
        for typed in ["q", "ferrys", "nght", "fn", "night bo", "ih"] {
            assert!(!found(&row, typed, false), "{typed}");
        }
        for typed in ["nght", "ngtfry", "frycol"] {
            assert!(found(&row, typed, true), "{typed}");
        }
        assert!(!found(&row, "qnight", true));
        // A mark of its own and one letter with it are the same; scripts without case stay.
        assert!(found(&["Cafe\u{301}"], "café", false) && found(&["Café"], "cafe", false));
        assert!(found(&["雨の港"], "の港", false));
    }

    proptest! {
        #[test]
        fn a_piece_of_a_text_finds_it(text in "\\PC{0,30}", from in 0_usize..30, count in 0_usize..12) {
            let piece: String = text.chars().skip(from).take(count).collect();
            // A mark that is torn off its letter may become another letter.
            prop_assume!(piece.nfd().eq(text.nfd().skip(text.chars().take(from).collect::<String>().nfd().count()).take(piece.nfd().count())));
            prop_assert!(found(&["other", &text], &piece, false), "{piece:?} in {text:?}");
        }

        #[test]
        fn nothing_typed_breaks_it(text in any::<String>(), typed in any::<String>()) {
            let strictly = found(&[&text], &typed, false);
            prop_assert!(!strictly || found(&[&text], &typed, true));
        }
    }
}
