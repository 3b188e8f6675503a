//! What is heard and what comes next, in a pane at the right of a page that has the room.

use ratatui::layout::Rect;

use super::upcoming;
use crate::app::{Action, Page, SidePane, State, Target};
use crate::ui::canvas::Canvas;
use crate::ui::cover;
use crate::ui::layout::{below, row, split};
use crate::ui::playing::about;
use crate::ui::text::wrap;
use crate::ui::theme::Theme;
use crate::ui::widgets::put;

/// Rows that what comes next needs to be of use.
const LEAST_UPCOMING: u16 = 6;

/// Most rows of a title.
const MAX_TITLE_ROWS: usize = 2;

/// Draws the pane where there is room and something in the queue, and gives what is left of `area`.
pub(super) fn beside(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Rect {
    let cells = state.panes.now_cells(area.width);
    if cells == 0 || state.queue.entries.is_empty() {
        return area;
    }
    let (rest, right) = split(area, area.width - cells);
    let (line, right) = split(right, 2);
    for at in 0..line.height {
        put(buffer, Rect { width: 1, ..row(line, at) }, theme.signs.divider, theme.faint);
    }
    buffer.mark(Rect { width: 1, ..line }, Target::Divider(SidePane::Now));
    let next = now(buffer, right, state, theme);
    // The queue's own page shows what comes next by itself.
    if next.height >= LEAST_UPCOMING && state.page != Page::Queue {
        upcoming::draw(buffer, next, state, theme);
    }
    Rect { width: rest.width.saturating_sub(1), ..rest }
}

/// Draws the cover and the words below it; gives what is left of `area`.
fn now(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Rect {
    if state.current_track().is_none() {
        return area;
    }
    let most = (area.width / 2).min(area.height * 2 / 5);
    let taken = cover::draw(buffer, Rect { height: most, ..area }, state, theme);
    let area = below(area, taken + u16::from(taken > 0));
    let taken = words(buffer, Rect { height: area.height.min(9), ..area }, state, theme);
    below(area, taken.saturating_add(1))
}

/// Writes title, artists, album and what is known of the sound; gives the rows that took.
pub(super) fn words(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> u16 {
    let Some(track) = state.current_track() else { return 0 };
    let on_air = state.playback.now.as_ref().and_then(|now| now.on_air.as_ref());
    let title = on_air.map_or(track.title.as_str(), |on_air| on_air.as_str());
    let title = wrap(title, area.width.into()).into_iter().take(MAX_TITLE_ROWS);
    let mut lines: Vec<_> = title.map(|line| (line, theme.strong)).collect();
    let album = track.album.as_ref().map(ToString::to_string).unwrap_or_default();
    lines.extend([track.artist_line(), album].map(|line| (line, theme.text)));
    lines.extend(about(state, theme).into_iter().map(|line| (line, theme.faint)));
    lines.retain(|(line, _)| !line.is_empty());
    let mut rows = 0;
    for (line, style) in lines.iter().take(area.height.into()) {
        put(buffer, row(area, rows), line, *style);
        rows += 1;
    }
    buffer.mark(Rect { height: rows, ..area }, Target::Action(Action::ShowNow));
    rows
}
