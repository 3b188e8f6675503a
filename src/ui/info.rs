//! What is known of a row, over the page.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::text::Align;
use super::theme::Theme;
use super::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, blank, frame, whole};
use crate::app::{Info, ListPlace, Target};

/// Cells for what a fact is called.
const NAME_CELLS: u16 = 12;

const COLUMNS: &[Column] = &[
    Column { title: "", span: Span::Cells(NAME_CELLS), align: Align::Left, weight: Weight::Aside },
    Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main },
];

/// Draws the facts over `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, info: &Info, theme: &Theme) {
    let area = area.intersection(buffer.area);
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Info, height, row: None });
    let boxed = area.width >= 50 && area.height >= 8;
    let inner = if boxed { frame(buffer, area, theme, &format!(" {} ", info.what)) } else { area };
    let here = info.list.cursor().and_then(|row| info.rows.get(row));
    let text = here.map_or("", |(_, words)| words.as_str());
    let room = inner.width.saturating_sub(BAR_CELLS + NAME_CELLS + 2);
    let inner = whole(buffer, inner, theme, text, room, inner.height.saturating_sub(2));
    let list = List {
        place: ListPlace::Info,
        columns: COLUMNS,
        len: info.rows.len(),
        cursor: info.list.cursor(),
        window: &|height| info.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, inner, theme, |index| match info.rows.get(index) {
        Some((name, words)) => Row { texts: vec![name.to_string(), words.to_string()], style: theme.text },
        None => Row { texts: Vec::new(), style: theme.text },
    });
}
