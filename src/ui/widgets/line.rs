//! One line of text, in one style or several.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::ui::bidi::ordered;
use crate::ui::canvas::Paper;
use crate::ui::text::{cells, cut};
use crate::ui::theme::Theme;

/// Some words and what they look like.
pub(in crate::ui) type Ink<'t> = (&'t str, Style);

/// Writes `text` at the left of the first row of `area`, cut where it does not fit; gives the cells
/// it took.
pub(in crate::ui) fn put<P: Paper>(paper: &mut P, area: Rect, text: &str, style: Style) -> u16 {
    let orders = paper.orders();
    let buffer = paper.cells_mut();
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let line = cut(text, area.width.into());
    let seen = if orders { ordered(&line) } else { Cow::Borrowed(line.as_str()) };
    buffer.set_stringn(area.x, area.y, &seen, area.width.into(), style);
    narrow(cells(&line))
}

/// Writes `text` at the right of the first row of `area`, or nothing when it does not fit whole;
/// gives what is left of `area` at its left.
pub(in crate::ui) fn put_right<P: Paper>(buffer: &mut P, area: Rect, text: &str, style: Style) -> Rect {
    let width = narrow(cells(text));
    if width == 0 || width > area.width {
        return area;
    }
    put(buffer, Rect { x: area.right() - width, width, ..area }, text, style);
    Rect { width: (area.width - width).saturating_sub(2), ..area }
}

/// Writes `inks` after each other in the first row of `area` until one does not fit; gives the cells
/// they took.
pub(in crate::ui) fn spans<P: Paper>(buffer: &mut P, area: Rect, inks: &[Ink<'_>]) -> u16 {
    let mut taken = 0;
    for (text, style) in inks {
        let rest = Rect { x: area.x + taken, width: area.width - taken, ..area };
        taken = (taken + put(buffer, rest, text, *style)).min(area.width);
        if cells(text) > rest.width.into() {
            break;
        }
    }
    taken
}

/// Draws a line from edge to edge.
pub(in crate::ui) fn rule(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    put(buffer, area, &theme.signs.rule.repeat(area.width.into()), theme.faint);
}

fn narrow(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}
