//! What a terminal makes of the screen: columns stand below each other whatever the script, and the
//! caret is where the next character will be.

use proptest::prelude::*;
use ratatui::buffer::CellWidth;

use super::golden::{found, playing};
use super::house::{House, track};
use super::screen::{buffer, terminal};
use crate::app::{Action, State};
use crate::ui::Theme;

/// Every cell that is not blank is, on the terminal, where it was drawn.
fn check(state: &State, columns: u16, rows: u16) {
    let drawn = buffer(state, &Theme::default(), columns, rows);
    let parser = terminal(&[state], columns, rows);
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let cell = &drawn[(x, y)];
            let seen = parser.screen().cell(y, x).unwrap().contents();
            // This terminal takes each picture of an emoji sequence for itself; the next cell is right again.
            let whole = cell.symbol().split('\u{200d}').next().unwrap_or_default();
            if cell.symbol() != " " {
                assert!(seen.starts_with(whole), "{seen:?} for {:?} at {x},{y}", cell.symbol());
            }
            x += cell.cell_width().max(1);
        }
    }
}

#[test]
fn cells_are_where_they_were_drawn() {
    for (columns, rows) in [(120, 40), (80, 24), (60, 20), (40, 12)] {
        check(&found(columns, rows).state, columns, rows);
        check(&playing(columns, rows).state, columns, rows);
        check(&House::usual(columns, rows).state, columns, rows);
    }
}

#[test]
fn lengths_end_in_one_column() {
    let (columns, rows) = (120, 40);
    let parser = terminal(&[&found(columns, rows).state], columns, rows);
    let ends: Vec<_> = (0..rows)
        .filter_map(|y| {
            let line: Vec<_> = (0..columns).map(|x| parser.screen().cell(y, x).unwrap().contents()).collect();
            let is_length = line.iter().rev().find(|text| !text.trim().is_empty())?.parse::<u8>().is_ok();
            let in_row = line.contains(&":") && is_length;
            in_row.then(|| line.iter().rposition(|text| !text.trim().is_empty()))?
        })
        .collect();
    assert!(ends.len() >= 10, "{ends:?}");
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}

#[test]
fn the_caret_stands_behind_what_is_typed() {
    let mut house = House::usual(80, 24);
    house.action(Action::Search);
    for (typed, cells) in [("a", 1), ("雨", 3), ("e\u{301}", 4)] {
        house.send(crate::app::Msg::Paste(typed.to_owned()));
        let parser = terminal(&[&house.state], 80, 24);
        assert!(!parser.screen().hide_cursor());
        assert_eq!(parser.screen().cursor_position(), (2, 3 + cells), "after {typed}");
    }
    // Else it stands on the row that keys act on, for whoever looks for it there.
    let parser = terminal(&[&House::usual(80, 24).state], 80, 24);
    let row =
        (0..24).find(|y| parser.screen().contents_between(*y, 0, *y, 80).contains("Listen now")).unwrap();
    assert!(!parser.screen().hide_cursor());
    assert_eq!(parser.screen().cursor_position().0, row);
    let mut capture = House::usual(80, 24);
    capture.keys("?e");
    let parser = terminal(&[&capture.state], 80, 24);
    assert!(parser.screen().hide_cursor(), "no cursor where there is neither a line nor a row");
}

/// Titles of all scripts, thick with what joins, combines and takes two cells.
fn titles() -> impl Strategy<Value = Vec<String>> {
    let parts = vec![
        "雨",
        "👩\u{200d}🚀",
        "❤\u{fe0f}",
        "👍🏽",
        "🇫🇮",
        "🇫",
        "e\u{301}",
        "\u{301}",
        "\u{200d}",
        "क्षि",
        "لا",
        "ｶﾞ",
        "한",
        "\u{1112}\u{1161}\u{11ab}",
        "ไม่",
        "\u{fe0f}",
        "a",
        " ",
        "©\u{fe0f}",
        "\u{600}",
        "☺\u{fe0e}",
        "\u{a0}",
    ];
    let title = prop_oneof![
        // This terminal leaves the replacement character out, as if it were a fault of the line.
        any::<String>().prop_map(|title| title.replace('\u{fffd}', "?")),
        prop::collection::vec(prop::sample::select(parts), 1..30).prop_map(|parts| parts.concat()),
    ];
    prop::collection::vec(title, 8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_title_moves_the_columns_behind_it(before in titles(), after in titles()) {
        let queue = |titles: &[String]| {
            let tracks = titles.iter().map(|title| track("audius", title, "Ada", "Tides", 230)).collect();
            House::with_queue(tracks, 80, 24)
        };
        let parser = terminal(&[&queue(&before).state, &queue(&after).state], 80, 24);
        for y in 5..13 {
            let line: String = (54..80).map(|x| match parser.screen().cell(y, x).unwrap().contents() {
                "" => " ",
                text => text,
            }).collect();
            prop_assert_eq!(line.trim_end(), "Audius              3:50", "row {} of {} after {}", y, after[usize::from(y) - 5].escape_unicode(), before[usize::from(y) - 5].escape_unicode());
        }
    }
}
