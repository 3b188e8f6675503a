//! The outputs over the page: where the sound can go, the present one marked.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::layout::row;
use super::text::Align;
use super::theme::Theme;
use super::widgets::{Column, List, Row, Span, Weight, blank, frame, put};
use crate::app::{ListPlace, Outputs, Target};

const COLUMNS: &[Column] = &[
    Column { title: "", span: Span::Cells(2), align: Align::Left, weight: Weight::Main },
    Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main },
];

/// Draws the list over `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, outputs: &Outputs, theme: &Theme) {
    let area = area.intersection(buffer.area);
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Outputs, height, row: None });
    let boxed = area.width >= 50 && area.height >= 8;
    let inner = if boxed { frame(buffer, area, theme, " Sound goes to ") } else { area };
    let rows = Rect { height: inner.height.saturating_sub(1), ..inner };
    let list = List {
        place: ListPlace::Outputs,
        columns: COLUMNS,
        len: outputs.rows.len(),
        cursor: outputs.list.cursor(),
        window: &|height| outputs.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| match outputs.rows.get(index) {
        Some(output) => {
            let sign = if output.is_present { theme.signs.playing } else { "" };
            let style = if output.is_present { theme.playing } else { theme.text };
            Row { texts: vec![sign.to_owned(), output.name.to_string()], style }
        }
        None => Row { texts: Vec::new(), style: theme.text },
    });
    let last = row(inner, inner.height.saturating_sub(1));
    match &outputs.fault {
        Some(fault) => put(buffer, last, &fault.to_string(), theme.failure),
        None if outputs.waiting => put(buffer, last, "Looking for devices...", theme.faint),
        None => 0,
    };
}
