//! What plays next.

use ratatui::layout::Rect;

use super::{heading, message, tracks};
use crate::app::{ListPlace, State};
use crate::model::format_clock;
use crate::ui::canvas::Canvas;
use crate::ui::text::{Align, count};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight};

const COLUMNS: &[Column] = &[
    Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main },
    Column { title: "", span: Span::Cells(7), align: Align::Right, weight: Weight::Aside },
];

/// Draws it over all of `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    // What is said is said of the page.
    let said = std::mem::take(&mut buffer.words);
    let upcoming = state.queue.upcoming();
    let totals = if upcoming.is_empty() { String::new() } else { count(upcoming.len(), "track") };
    let area = heading(buffer, area, theme, "Up next", &totals);
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
    buffer.words = said;
}
