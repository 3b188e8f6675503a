//! A list as it is shown: whole, or what the filter finds of it; and the line of the filter in the heading's place.

use std::ops::Range;

use ratatui::layout::{Position, Rect};

use crate::app::{Action, Filter, List, ListPlace, State, Target};
use crate::ui::canvas::Canvas;
use crate::ui::input::input;
use crate::ui::keys::first_key;
use crate::ui::layout::{below, row};
use crate::ui::theme::Theme;
use crate::ui::widgets::{BAR_CELLS, put_right};

/// The rows of a list that are shown.
#[derive(Clone, Copy)]
pub(super) struct Shown<'s> {
    rows: Option<&'s [usize]>,
    list: &'s List,
}

impl<'s> Shown<'s> {
    pub fn of(state: &'s State, place: ListPlace, list: &'s List) -> Self {
        match (state.filter_of(place), state.fold_of(place)) {
            (Some(filter), _) => Self { rows: Some(&filter.rows), list: &filter.list },
            (None, Some(fold)) => Self { rows: Some(fold.rows()), list: fold.list() },
            (None, None) => Self { rows: None, list },
        }
    }

    pub fn len(&self) -> usize {
        self.rows.map_or(self.list.len(), <[usize]>::len)
    }

    /// Where the cursor is among them.
    pub fn cursor(&self) -> Option<usize> {
        self.list.cursor()
    }

    /// Those that are in view.
    pub fn window(&self, height: usize) -> Range<usize> {
        self.list.window(height)
    }

    /// The real row of one of them.
    pub fn row(&self, shown: usize) -> usize {
        self.rows.map_or(shown, |rows| rows.get(shown).copied().unwrap_or(usize::MAX))
    }
}

/// The heading of a list, or the line of its filter, where there is one; with what is left below it, and the caret.
pub(super) fn heading_or_filter(
    buffer: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    theme: &Theme,
    place: ListPlace,
    (title, totals): (&str, &str),
) -> (Rect, Option<Position>) {
    match state.filter_of(place) {
        None => (super::heading(buffer, area, theme, title, totals), None),
        Some(filter) => {
            let caret = line(buffer, row(area, 0), state, theme, filter);
            (below(area, if area.height > 8 { 2 } else { 1 }), caret)
        }
    }
}

/// The line of a filter, with how much it finds at the right.
pub(super) fn line(
    buffer: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    theme: &Theme,
    filter: &Filter,
) -> Option<Position> {
    let area = Rect { width: area.width.saturating_sub(BAR_CELLS), ..area };
    let selected = state.marked_rows(filter.place);
    let mut words = format!("{} of {}", filter.rows.len(), state.rows_of(filter.place));
    if selected > 0 {
        words = format!("{selected} selected {} {words}", theme.signs.dot);
    }
    let rest = put_right(buffer, area, &words, theme.faint);
    let typing = filter.typing && state.overlays.is_empty();
    let caret = input(buffer, rest, theme, &filter.input, typing, "only rows with these words");
    buffer.mark(rest, Target::Action(Action::Filter));
    caret
}

/// What to say where the filter finds nothing.
pub(super) fn nothing_found(state: &State) -> Vec<String> {
    vec![format!("No row has these words. {} shows all rows.", first_key(state, &Action::DropFilter))]
}
