//! What plays next, beside a page that has the room.

use ratatui::layout::Rect;

use super::{heading, message, tracks};
use crate::app::{ListPlace, State};
use crate::model::format_clock;
use crate::ui::canvas::Canvas;
use crate::ui::layout::{row, split};
use crate::ui::text::{Align, count};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight, put};

/// From this many columns up, there is room.
const ROOMY_COLUMNS: u16 = 140;

/// Cells for what plays next.
const CELLS: u16 = 44;

const COLUMNS: &[Column] = &[
    Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main },
    Column { title: "", span: Span::Cells(7), align: Align::Right, weight: Weight::Aside },
];

/// Draws it at the right where there is room and a queue, and gives what is left of `area`.
pub(super) fn beside(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Rect {
    if area.width < ROOMY_COLUMNS || state.queue.entries.is_empty() {
        return area;
    }
    let (rest, right) = split(area, area.width - CELLS);
    let (line, right) = split(right, 2);
    for at in 0..line.height {
        put(buffer, Rect { width: 1, ..row(line, at) }, theme.signs.divider, theme.faint);
    }
    let upcoming = state.queue.upcoming();
    let totals = if upcoming.is_empty() { String::new() } else { count(upcoming.len(), "track") };
    let area = heading(buffer, right, theme, "Up next", &totals);
    if upcoming.is_empty() {
        message(buffer, area, theme, &["The queue ends with this track.".to_owned()]);
    }
    let list = List {
        place: ListPlace::Upcoming,
        columns: COLUMNS,
        len: upcoming.len(),
        cursor: None,
        window: &|height| 0..height.min(upcoming.len()),
        focused: false,
        headings: false,
    };
    list.draw(buffer, area, theme, |index| match upcoming.get(index) {
        Some(entry) => {
            let length = entry.track.length.map(format_clock).unwrap_or_default();
            Row { texts: vec![tracks::line(&entry.track, theme), length], style: theme.text }
        }
        None => tracks::nothing(),
    });
    Rect { width: rest.width.saturating_sub(1), ..rest }
}
