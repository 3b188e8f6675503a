//! The page of what is heard: its cover, what is known of it, and what comes next.

use ratatui::layout::Rect;

use super::{lyrics, message, now_pane, upcoming};
use crate::app::State;
use crate::ui::canvas::Canvas;
use crate::ui::layout::{WIDE_COLUMNS, below, split};
use crate::ui::theme::Theme;
use crate::ui::{cover, spectrum};

/// Rows of words beside or below a cover.
const WORDS_ROWS: u16 = 9;

/// Most rows of the spectrum.
const MAX_SPECTRUM_ROWS: u16 = 8;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let area = Rect { width: area.width.saturating_sub(1), ..area };
    if state.current_track().is_none() {
        message(buffer, area, theme, &["Nothing is playing.".to_owned()]);
        return;
    }
    let area = with_spectrum(buffer, area, state, theme);
    if area.width < WIDE_COLUMNS {
        return stacked(buffer, area, state, theme);
    }
    // Cells are twice as high as wide: a square that leaves room for words below.
    let rows = area.height.saturating_sub(WORDS_ROWS.min(area.height / 2));
    let (left, right) = split(area, (2 * rows).clamp(area.width / 3, area.width / 2));
    let taken = cover::draw(buffer, Rect { height: rows, ..left }, state, theme);
    now_pane::words(buffer, below(left, taken + u16::from(taken > 0)), state, theme);
    let (_, right) = split(right, 3);
    beside(buffer, right, state, theme);
}

/// What stands beside the cover.
fn beside(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    if state.lyrics.is_shown {
        lyrics::draw(buffer, area, state, theme);
    } else {
        upcoming::draw(buffer, area, state, theme);
    }
}

/// Below each other: the words first, they say most.
fn stacked(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    // Beside lyrics, title and artist will do.
    let most = if state.lyrics.is_shown { 2 } else { WORDS_ROWS };
    let taken = now_pane::words(buffer, Rect { height: area.height.min(most), ..area }, state, theme);
    let rest = below(area, taken + 1);
    if state.lyrics.is_shown {
        lyrics::draw(buffer, rest, state, theme);
    } else {
        cover::draw(buffer, rest, state, theme);
    }
}

/// The spectrum at the bottom where it is wanted; gives what is left of `area`.
fn with_spectrum(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Rect {
    let rows = (area.height / 4).min(MAX_SPECTRUM_ROWS);
    if !state.playback.shows_spectrum || rows < 2 {
        return area;
    }
    let rest = Rect { height: area.height - rows - 1, ..area };
    spectrum::draw(buffer, Rect { y: area.bottom() - rows, height: rows, ..area }, state, theme);
    rest
}
