//! Text in display cells: measuring, cutting, filling. Works by grapheme, so that no letter loses
//! its accent and no emoji is torn apart. Draws nothing and chooses no colours.

use std::time::Duration;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

/// What stands for the part that was cut off; one cell.
pub(super) const ELLIPSIS: &str = "…";

/// The same for terminals that have no more than ASCII.
pub(super) const TYPED_ELLIPSIS: &str = "~";

/// Where text stands in a column that is wider than it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// At the left edge.
    Left,
    /// At the right edge, as numbers and times do.
    Right,
}

/// Cells that `text` takes on the screen.
///
/// Every grapheme counts by itself, as it is drawn: Unicode's East Asian Width (UAX #11), 2 for an
/// emoji sequence, 0 for what only changes its neighbour. Controls count nothing, since they are
/// never drawn.
pub fn cells(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.graphemes(true).map(grapheme_cells).sum()
}

/// Whether each byte is a cell: most text is so, and need not be taken apart.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn grapheme_cells(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) { 0 } else { usize::from(grapheme.cell_width()) }
}

/// The longest beginning of `text` that takes at most `width` cells, with no ellipsis.
pub(super) fn beginning(text: &str, width: usize) -> &str {
    if is_plain(text) {
        return text.get(..width).unwrap_or(text);
    }
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += grapheme_cells(grapheme);
        if taken > width {
            return text.split_at(at).0;
        }
    }
    text
}

/// `text` in at most `width` cells; where something is cut off, an ellipsis says so.
pub fn cut(text: &str, width: usize) -> String {
    let whole = beginning(text, width);
    let kept = if whole.len() == text.len() || width == 0 {
        whole.to_owned()
    } else {
        beginning(text, width - 1).trim_end().to_owned() + ELLIPSIS
    };
    if !kept.contains(char::is_control) {
        return kept;
    }
    kept.graphemes(true).filter(|grapheme| !grapheme.contains(char::is_control)).collect()
}

/// `text` in exactly `width` cells: cut as [`cut`] does, or filled with spaces.
pub(super) fn fit(text: &str, width: usize, align: Align) -> String {
    let mut line = cut(text, width);
    let missing = width.saturating_sub(cells(&line));
    match align {
        Align::Left => line.push_str(&" ".repeat(missing)),
        Align::Right => line.insert_str(0, &" ".repeat(missing)),
    }
    // A few characters join whatever comes after them, so the whole may be narrower than its parts.
    while cells(&line) < width {
        line.push(' ');
    }
    line
}

/// The end of `text` that takes at most `width` cells, for an input line whose cursor stands last.
pub(super) fn ending(text: &str, width: usize) -> &str {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        taken += grapheme_cells(grapheme);
        if taken > width {
            return text.split_at(at + grapheme.len()).1;
        }
    }
    text
}

/// `text` in lines of at most `width` cells, broken between words where that can be.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = cells(&line) + usize::from(!line.is_empty()) + cells(word);
        if joined > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let mut rest = word;
        // A path or an address goes on in the next line.
        while cells(rest) > width {
            let (piece, behind) = rest.split_at(beginning(rest, width).len());
            if piece.is_empty() {
                break;
            }
            lines.push(cut(piece, width));
            rest = behind;
        }
        line.push_str(&cut(rest, width));
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A sum of lengths as a title tells it: `42 m 30 s`, `2 h 51 m`; seconds go from an hour up.
pub(super) fn total(length: Duration) -> String {
    let seconds = length.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes} m {rest:02} s"),
        (_, _) => format!("{hours} h {minutes:02} m"),
    }
}

/// What a title tells of lengths after how many there are, some of which may not be known; nothing where none is.
pub(super) fn known(length: Duration, some_unknown: bool) -> String {
    match (length.is_zero(), some_unknown) {
        (true, _) => String::new(),
        (false, true) => format!(", over {}", total(length)),
        (false, false) => format!(", {}", total(length)),
    }
}

/// How many tracks, and how long they play together as far as that is known: of `unknown` of them it is not.
pub(super) fn tracks_and_length(tracks: usize, length: Duration, unknown: usize) -> String {
    format!("{}{}", count(tracks, "track"), known(length, unknown > 0))
}

/// `count` things: `1 track`, `12 tracks`.
pub(super) fn count(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where the cursor of a terminal stands after `text` was sent to it.
    fn terminal_cells(text: &str) -> usize {
        let mut terminal = vt100::Parser::new(2, 200, 0);
        terminal.process(text.as_bytes());
        usize::from(terminal.screen().cursor_position().1)
    }

    #[test]
    fn cells_are_as_unicode_and_a_terminal_count_them() {
        // EastAsianWidth.txt: W and F are two cells, Na, H, N and A one; Mn and Me none.
        let rows = [
            ("", 0),
            ("Night Ferry", 11),
            ("雨の港", 6),            // W
            ("ｶﾀｶﾅ", 4),              // H
            ("Ｆｕｌｌ", 8),          // F
            ("한국어", 6),            // W
            ("e\u{301}te\u{301}", 3), // Mn
            ("Café Müller", 11),      // N
            ("🎧🎵", 4),              // W
            ("שלום", 4),              // N
            ("مرحبا", 5),             // N
            ("ไม่เป็นไร", 7),           // Mn above and below
            ("a\u{200d}b", 2),        // a joiner alone joins nothing
            ("…━─╾▶", 5),             // A: one cell outside East Asian fonts
        ];
        for (text, expected) in rows {
            assert_eq!(cells(text), expected, "{text}");
            assert_eq!(terminal_cells(text), expected, "the terminal differs: {text}");
        }
    }

    #[test]
    fn emoji_sequences_are_one_picture_of_two_cells() {
        // UTS #51: each is a single image of the width of two cells, however many characters it has.
        for text in [
            "👩\u{200d}🚀",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👍🏽",
            "🇫🇮",
            "❤\u{fe0f}",
            "🏴\u{200d}☠\u{fe0f}",
        ] {
            assert_eq!(cells(text), 2, "{text}");
            assert_eq!(cut(text, 1), ELLIPSIS, "{text} is not torn apart");
        }
    }

    #[test]
    fn text_is_cut_and_filled() {
        let rows = [
            ("Night Ferry", 11, "Night Ferry", "Night Ferry"),
            ("Night Ferry", 8, "Night F…", "Night F…"),
            ("Night Ferry", 7, "Night…", " Night…"),
            ("雨の港", 5, "雨の…", "雨の…"),
            ("雨の港", 4, "雨…", " 雨…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…", "e\u{301}…"),
            ("3:50", 7, "3:50", "   3:50"),
            ("x", 0, "", ""),
            ("xy", 1, "…", "…"),
            ("a\u{1b}[2Jb\u{9b}c", 9, "a[2Jbc", "   a[2Jbc"),
        ];
        for (text, width, cut_to, filled) in rows {
            assert_eq!(cut(text, width), cut_to, "{text:?} in {width}");
            assert_eq!(fit(text, width, Align::Right), filled, "{text:?} in {width}");
        }
        assert_eq!(fit("雨の港", 4, Align::Left), "雨… ");
        assert_eq!(ending("Night 雨の港", 5), "の港");
        assert_eq!(wrap("Audius did not answer.", 12), ["Audius did", "not answer."]);
        assert_eq!(wrap("", 12), Vec::<String>::new());
        assert_eq!(wrap("in /music/ada.flac 雨の港", 7), ["in", "/music/", "ada.fla", "c", "雨の港"]);
        assert_eq!(wrap("雨", 1), ["…"]);
    }

    #[test]
    fn sums_are_told_in_words() {
        for (seconds, expected) in
            [(30, "30 s"), (2550, "42 m 30 s"), (10260, "2 h 51 m"), (3605, "1 h 00 m")]
        {
            assert_eq!(total(Duration::from_secs(seconds)), expected);
        }
        assert_eq!((count(1, "track"), count(0, "track")), ("1 track".to_owned(), "0 tracks".to_owned()));
    }

    /// Text of all scripts, thick with the troublesome: joiners, marks, flags, wide letters.
    fn any_text() -> impl Strategy<Value = String> {
        let troublesome = proptest::sample::select(vec![
            "\u{200d}", "\u{fe0f}", "\u{301}", "\u{600}", "🇫", "👩", "🚀", "雨", "ｶ", "ﾞ", "क", "्", "ष", "ل",
            "ا", " ", "a", "\u{1b}", "\n", "\u{115f}", "\u{1160}", "\u{e33}",
        ]);
        prop_oneof![
            any::<String>(),
            proptest::collection::vec(troublesome, 0..30).prop_map(|parts| parts.concat()),
        ]
    }

    proptest! {
        #[test]
        fn a_filled_line_is_exactly_as_wide_as_asked(text in any_text(), width in 0_usize..40, right in any::<bool>()) {
            let line = fit(&text, width, if right { Align::Right } else { Align::Left });
            prop_assert_eq!(cells(&line), width);
            prop_assert!(!line.contains(char::is_control));
        }

        #[test]
        fn what_is_cut_is_a_beginning_by_graphemes(text in any_text(), width in 0_usize..40) {
            let kept = cut(&text, width);
            prop_assert!(cells(&kept) <= width);
            let kept = kept.strip_suffix(ELLIPSIS).unwrap_or(&kept);
            let seen: String = text.graphemes(true).filter(|grapheme| !grapheme.contains(char::is_control)).collect();
            prop_assert!(seen.starts_with(kept) || seen.starts_with(ELLIPSIS), "{:?} of {:?}", kept, seen);
            prop_assert!(kept.is_empty() || text.grapheme_indices(true).any(|(at, grapheme)| {
                let before: String = text[..at + grapheme.len()].chars().filter(|c| !c.is_control()).collect();
                before.trim_end() == kept || before == kept
            }), "{:?} ends within a grapheme of {:?}", kept, text);
        }

        #[test]
        fn an_ending_is_an_end_that_fits(text in any_text(), width in 0_usize..40) {
            let end = ending(&text, width);
            prop_assert!(text.ends_with(end));
            prop_assert!(cells(end) <= width);
        }
    }
}
