//! The queue: what plays, what comes after, how long it takes in all.

use ratatui::layout::{Position, Rect};

use super::filtered::{Shown, heading_or_filter, nothing_found};
use super::{message, tracks};
use crate::app::{Action, Entry, Focus, ListPlace, Repeat, State};
use crate::ui::canvas::Canvas;
use crate::ui::keys::{first_key, search_key};
use crate::ui::playing::sign;
use crate::ui::text::tracks_and_length;
use crate::ui::theme::Theme;
use crate::ui::widgets::List;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let queue = &state.queue;
    let shown = Shown::of(state, ListPlace::Queue, &queue.list);
    let mut totals = String::new();
    if !queue.entries.is_empty() {
        totals = tracks_and_length(queue.entries.len(), queue.total_length(), queue.unknown_lengths());
    }
    let range = queue.selection.range(&queue.entries, queue.list.cursor());
    let is_selected = |index: usize, entry: &Entry| {
        queue.selection.holds(entry.id) || range.as_ref().is_some_and(|range| range.contains(&index))
    };
    match state.marked_rows(ListPlace::Queue) {
        0 => {}
        marked => totals = format!("{marked} selected {} {totals}", theme.signs.dot),
    }
    if queue.repeat != Repeat::Off {
        let separator = if totals.is_empty() { String::new() } else { format!(" {} ", theme.signs.dot) };
        totals = format!("repeat {}{separator}{totals}", queue.repeat.title());
    }
    let title = match queue.current {
        Some(row) => format!("Track {} of {}", row + 1, queue.entries.len()),
        None => "Queue".to_owned(),
    };
    let (area, caret) = heading_or_filter(buffer, area, state, theme, ListPlace::Queue, (&title, &totals));
    if queue.entries.is_empty() {
        let sentences = [
            "The queue is empty.".to_owned(),
            String::new(),
            format!(
                "{} searches all services, {} shows their lists; {} on a track puts it here.",
                search_key(state),
                first_key(state, &Action::ShowBrowse),
                first_key(state, &Action::AddToEnd),
            ),
        ];
        message(buffer, area, theme, &sentences);
        return caret;
    }
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let list = List {
        place: ListPlace::Queue,
        columns: &tracks::numbered(
            area.width,
            tracks::Sources::of(state),
            queue.is_rated(),
            queue.entries.len(),
        ),
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::Queue,
        headings: true,
    };
    list.draw(buffer, area, theme, |index| {
        let index = shown.row(index);
        let Some(entry) = queue.entries.get(index) else {
            return tracks::nothing();
        };
        let mark = match (queue.current == Some(index), &entry.problem) {
            (_, _) if is_selected(index, entry) => tracks::Mark::Selected,
            (true, _) => tracks::Mark::Current(sign(state, theme)),
            (false, Some(_)) => tracks::Mark::Failed,
            (false, None) => tracks::Mark::None,
        };
        let source = tracks::source(&entry.track.reference, &state.services);
        let track = Some(&*entry.track);
        let row = tracks::row(&entry.track, area.width, mark, Some(source), theme);
        let row = tracks::kept(row, track, state, theme);
        tracks::with_number(
            tracks::starred(row, track, area.width, queue.is_rated(), theme),
            area.width,
            index,
        )
    });
    caret
}
