//! Which rows are meant by a few letters. Forgives case and accents, and letters that are left out where what is typed
//! goes on at the beginning of a word: `nigfer` finds Night Ferry.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest word that is looked for, in letters; what is typed beyond is not compared.
const MAX_WORD: usize = 32;

/// Stands between the texts of a row: no word holds it.
const BETWEEN: char = '\n';

/// The words that are looked for.
#[derive(Debug)]
pub(super) struct Wanted {
    words: Vec<Vec<char>>,
}

impl Wanted {
    pub fn new(typed: &str) -> Self {
        let word = |word: &str| {
            let mut letters = Vec::new();
            fold(word, &mut letters);
            letters.truncate(MAX_WORD);
            letters
        };
        Self { words: typed.split_whitespace().map(word).collect() }
    }

    /// Whether a row of these letters holds every word; `loosely`: the letters of a word need only come in order.
    pub fn is_in(&self, row: &[char], loosely: bool) -> bool {
        self.words
            .iter()
            .all(|word| holds(row, word) || begins_words(row, word) || (loosely && comes_in_order(row, word)))
    }
}

/// Adds a text to a row's letters.
pub(super) fn add(row: &mut Vec<char>, text: &str) {
    if !row.is_empty() {
        row.push(BETWEEN);
    }
    fold(text, row);
}

/// Small letters without accents.
fn fold(text: &str, to: &mut Vec<char>) {
    if text.is_ascii() {
        to.extend(text.chars().map(|letter| letter.to_ascii_lowercase()));
        return;
    }
    let bare = text.nfd().filter(|letter| !is_combining_mark(*letter));
    to.extend(bare.flat_map(char::to_lowercase).map(without_stroke));
}

/// Letters whose stroke is no mark of its own in Unicode.
fn without_stroke(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        other => other,
    }
}

fn holds(row: &[char], word: &[char]) -> bool {
    let Some(first) = word.first() else { return true };
    let mut rest = row;
    while let Some(at) = rest.iter().position(|letter| letter == first) {
        rest = &rest[at..];
        if rest.starts_with(word) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Whether the word is made of beginnings of the row's words, in order.
fn begins_words(row: &[char], word: &[char]) -> bool {
    if word.len() > MAX_WORD {
        return false;
    }
    // For each number of letters that are found: where the search goes on, as early as can be.
    let mut ends = [usize::MAX; MAX_WORD + 1];
    ends[0] = 0;
    for found in 0..word.len() {
        let from = ends[found];
        let mut place = from;
        while place < row.len() {
            let is_start = row[place].is_alphanumeric() && (place == 0 || !row[place - 1].is_alphanumeric());
            if is_start && row[place] == word[found] {
                let same = row[place..].iter().zip(&word[found..]).take_while(|(one, other)| one == other);
                for count in 1..=same.count() {
                    ends[found + count] = ends[found + count].min(place + count);
                }
            }
            place += 1;
        }
    }
    ends[word.len()] != usize::MAX
}

fn comes_in_order(row: &[char], word: &[char]) -> bool {
    let mut row = row.iter();
    word.iter().all(|wanted| row.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(row: &[&str], typed: &str, loosely: bool) -> bool {
        let mut letters = Vec::new();
        row.iter().for_each(|text| add(&mut letters, text));
        Wanted::new(typed).is_in(&letters, loosely)
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
