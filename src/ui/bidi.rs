//! Right-to-left text in the order in which it is seen (UAX #9), for terminals that show cells as they come.

use std::borrow::Cow;

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_segmentation::UnicodeSegmentation;

/// Pairs of signs that look the other way in right-to-left text (UAX #9, L4): those that titles have.
const MIRRORED: [(&str, &str); 8] =
    [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("«", "»"), ("‹", "›"), ("≤", "≥"), ("⟨", "⟩")];

/// One line as it is seen. White space at its ends stays there: it fills a column. What holds letters of both directions
/// goes from left to right as a whole, as the line that it is part of does.
pub(super) fn ordered(line: &str) -> Cow<'_, str> {
    let is_right_to_left = |c: char| matches!(bidi_class(c), BidiClass::R | BidiClass::AL);
    // Nothing below this writes from right to left.
    if !line.chars().any(|c| c >= '\u{590}' && is_right_to_left(c)) {
        return Cow::Borrowed(line);
    }
    // What goes on with a line: its parts stand one behind the other, as the line goes.
    let after = |sign| line.strip_prefix(sign).map(|rest| (sign, rest));
    if let Some((sign, rest)) = [" — ", " - ", " · "].into_iter().find_map(after) {
        let parts: Vec<_> = rest.split(" · ").map(ordered).collect();
        return Cow::Owned(format!("{sign}{}", parts.join(" · ")));
    }
    let start = line.len() - line.trim_start().len();
    let text = line.trim();
    let (before, after) =
        (line.get(..start).unwrap_or_default(), line.get(start + text.len()..).unwrap_or_default());
    let is_mixed = text.chars().any(|c| bidi_class(c) == BidiClass::L);
    let base = if is_mixed { Level::ltr() } else { Level::rtl() };
    let info = BidiInfo::new(text, Some(base));
    let mut out = before.to_owned();
    for paragraph in &info.paragraphs {
        let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let piece = text.get(run.clone()).unwrap_or_default();
            if levels.get(run.start).is_some_and(|level| level.is_rtl()) {
                // A letter and its marks stay together.
                out.extend(piece.graphemes(true).rev().map(mirrored));
            } else {
                out.push_str(piece);
            }
        }
    }
    out.push_str(after);
    Cow::Owned(out)
}

fn mirrored(sign: &str) -> &str {
    let pair = MIRRORED.iter().find_map(|(one, other)| match sign {
        _ if sign == *one => Some(*other),
        _ if sign == *other => Some(*one),
        _ => None,
    });
    pair.unwrap_or(sign)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ui::text::cells;

    #[test]
    fn lines_are_seen_in_order() {
        // From the rules of UAX #9; capital letters there stand for Hebrew here.
        let rows = [
            ("Night Ferry", "Night Ferry"),
            ("雨の港", "雨の港"),
            ("שלום חבר", "רבח םולש"),
            ("  שלום  ", "  םולש  "),
            ("שלום (חבר)", "(רבח) םולש"),
            ("car means מכונית", "car means תינוכמ"),
            ("שלום — Ada Cole", "םולש — Ada Cole"),
            // Numbers go from left to right within.
            ("שיר 42", "42 ריש"),
            ("مرحبا", "ابحرم"),
            // The second part of a line.
            (" — שלום חבר", " — רבח םולש"),
            (" — שלום · חבר", " — םולש · רבח"),
            (" -  - שלום", " -  - םולש"),
            // A letter keeps its points.
            ("שָׁלוֹם", "םוֹלשָׁ"),
        ];
        for (logical, seen) in rows {
            assert_eq!(ordered(logical), seen, "{logical}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_wider(line in "[a-z0-9 ()שלוםחבמ\u{5b8}مرحا\u{64b}雨!.,-]{0,40}") {
            let seen = ordered(&line);
            prop_assert_eq!(cells(&seen), cells(&line));
            let sorted = |text: &str| {
                let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
                letters.sort_unstable();
                letters
            };
            prop_assert_eq!(sorted(&seen), sorted(&line));
        }

        #[test]
        fn no_text_panics(line in any::<String>()) {
            ordered(&line);
        }
    }
}
