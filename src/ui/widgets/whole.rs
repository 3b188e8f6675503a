//! All of a text that has no room in its row, below the list.

use ratatui::layout::Rect;

use super::{BAR_CELLS, put, rule};
use crate::ui::canvas::Canvas;
use crate::ui::layout::{below, row};
use crate::ui::text::{cells, wrap};
use crate::ui::theme::Theme;

/// From this many rows up, a line stands above it.
const RULE_ROWS: u16 = 10;

/// Draws `text` at the bottom of `area` when it takes more than `room` cells, in at most `most` rows; gives what is left
/// above it.
pub(in crate::ui) fn whole(
    buffer: &mut Canvas<'_>,
    area: Rect,
    theme: &Theme,
    text: &str,
    room: u16,
    most: u16,
) -> Rect {
    let width = area.width.saturating_sub(BAR_CELLS);
    if cells(text) <= usize::from(room) || width == 0 {
        return area;
    }
    let ruled = u16::from(area.height >= RULE_ROWS);
    let lines = wrap(text, usize::from(width));
    let taken = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(ruled);
    let taken = taken.min(most).min(area.height.saturating_sub(1));
    let rest = Rect { height: area.height - taken, ..area };
    let place = Rect { width, ..below(area, rest.height) };
    if ruled > 0 {
        rule(buffer, row(place, 0), theme);
    }
    for (line, at) in lines.iter().zip(ruled..taken) {
        put(buffer, row(place, at), line, theme.text);
    }
    rest
}
