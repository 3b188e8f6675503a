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
    for letter in bare.flat_map(char::to_lowercase) {
        match two_letters(letter) {
            Some(two) => to.push_str(two),
            None => to.push(without_stroke(letter)),
        }
    }
}

/// Letters that are written as two where they cannot be typed.
fn two_letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_compared_as_they_can_be_typed() {
        let rows = [
            ("Große STRAẞE", "grosse strasse"),
            ("Sigur Rós: Ágætis", "sigur ros: agaetis"),
            ("Þorp Œuvre Æ", "thorp oeuvre ae"),
            ("Jørn Łódź Đorđe Ísafjörður İı", "jorn lodz dorde isafjordur ii"),
            ("雨の港", "雨の港"),
        ];
        for (text, expected) in rows {
            assert_eq!(folded(text), expected, "{text}");
        }
    }
}
