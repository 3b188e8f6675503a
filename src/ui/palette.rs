//! The palette over the page: what can be done here and now, each with its key.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::input::input;
use super::keys::spoken;
use super::layout::{below, row};
use super::text::{Align, count};
use super::theme::Theme;
use super::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, blank, frame, put, put_right, whole};
use crate::app::{ListPlace, Palette, Target};

/// Cells for all keys of an action, and for the first one.
const KEYS_CELLS: u16 = 16;
const FIRST_KEY_CELLS: u16 = 9;

const WORDS: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const KEYS: Column =
    Column { title: "", span: Span::Cells(KEYS_CELLS), align: Align::Right, weight: Weight::Aside };
/// The same where there is little room.
const FIRST_KEY: Column =
    Column { title: "", span: Span::Cells(FIRST_KEY_CELLS), align: Align::Right, weight: Weight::Aside };

/// From this many columns up, all keys of an action are told, below it the first one.
const KEYS_COLUMNS: u16 = 60;

/// Rows around those of a menu: its box, and the line that is typed into with a gap below it.
const AROUND: usize = 4;

/// Draws the palette over `area`; gives the caret's place.
pub(super) fn draw(
    buffer: &mut Canvas<'_>,
    area: Rect,
    palette: &Palette,
    theme: &Theme,
) -> Option<Position> {
    let area = area.intersection(buffer.area);
    // What can be done with one thing is a menu, and no higher than its rows.
    let most = if palette.title.is_empty() {
        u16::MAX
    } else {
        u16::try_from(palette.whole() + AROUND).unwrap_or(u16::MAX)
    };
    let area = Rect { height: area.height.min(most), ..area };
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Palette, height, row: None });
    let title = if palette.title.is_empty() { "What to do" } else { palette.title.as_str() };
    let inner = if area.width >= 50 && area.height >= 10 {
        frame(buffer, area, theme, &format!(" {title} "))
    } else {
        let inner = Rect { x: area.x + 1, width: area.width - 1, ..area };
        let titled = !palette.title.is_empty() && inner.height > 4;
        if titled {
            put(buffer, row(inner, 0), title, theme.strong);
        }
        below(inner, u16::from(titled))
    };
    let line = Rect { width: inner.width.saturating_sub(BAR_CELLS), ..row(inner, 0) };
    let rest = put_right(buffer, line, &count(palette.rows.len(), "action"), theme.faint);
    let caret = input(buffer, rest, theme, &palette.input, true, "a few letters");
    let rows = below(inner, if inner.height > 8 { 2 } else { 1 });
    if palette.rows.is_empty() {
        put(buffer, row(rows, 0), "Nothing that can be done here has these letters.", theme.text);
        return caret;
    }
    let many = rows.width >= KEYS_COLUMNS;
    let here = palette.list.cursor().and_then(|row| palette.rows.get(row));
    let keys = if many { KEYS_CELLS } else { FIRST_KEY_CELLS };
    let room = rows.width.saturating_sub(BAR_CELLS + keys + 2);
    let rows = whole(buffer, rows, theme, here.map_or("", |found| found.info.help), room, rows.height / 2);
    let list = List {
        place: ListPlace::Palette,
        columns: if many { &[WORDS, KEYS] } else { &[WORDS, FIRST_KEY] },
        len: palette.rows.len(),
        cursor: palette.list.cursor(),
        window: &|height| palette.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| {
        let texts = palette.rows.get(index).map_or_else(Vec::new, |found| {
            let shown = if many { found.keys.len() } else { 1 };
            let keys: Vec<_> = found.keys.iter().take(shown).map(|keys| spoken(keys)).collect();
            vec![found.info.help.to_owned(), keys.join("  ")]
        });
        Row { texts, style: theme.text }
    });
    caret
}
