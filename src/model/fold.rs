//! Text as it is compared with what is typed: small letters without accents, whatever the text is of.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in small letters without accents.
pub fn folded(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    fold_onto(text, &mut letters);
    letters
}

/// The same, behind what `to` holds already.
pub fn fold_onto(text: &str, to: &mut String) {
    if text.is_ascii() {
        let from = to.len();
        to.push_str(text);
        if let Some(added) = to.get_mut(from..) {
            added.make_ascii_lowercase();
        }
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
        'ħ' => 'h',
        'ŧ' => 't',
        'ı' => 'i',
        other => other,
    }
}
