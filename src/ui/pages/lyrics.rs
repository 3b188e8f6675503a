//! The words of what is heard: the line that is sung in the middle, or the one that was scrolled to.

use ratatui::layout::Rect;

use super::{heading, message};
use crate::app::{ListPlace, State, Target};
use crate::model::Lyrics;
use crate::ui::canvas::Canvas;
use crate::ui::layout::row;
use crate::ui::text::wrap;
use crate::ui::theme::Theme;
use crate::ui::widgets::put;

/// Rows of one line, at most.
const MAX_ROWS: usize = 4;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let pane = &state.lyrics;
    let Some(lyrics) = &pane.lyrics else {
        let area = heading(buffer, area, theme, "Lyrics", "");
        let words = match &pane.fault {
            Some(fault) => fault.to_string(),
            None if pane.is_waiting() => "Looking for the lyrics...".to_owned(),
            None => String::new(),
        };
        return message(buffer, area, theme, &[words]);
    };
    let area = heading(buffer, area, theme, "Lyrics", &about(lyrics, state, theme));
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Lyrics, height, row: None });
    let sung = state.sung_line();
    let middle = pane.by_hand.or(sung).unwrap_or_default();
    let shown = around(lyrics, middle, area);
    for (at, (line, words)) in (0..area.height).zip(shown) {
        let style = match pane.by_hand {
            Some(by_hand) if by_hand == line => theme.idle_cursor,
            _ if sung == Some(line) => theme.playing,
            _ if sung.is_some() => theme.faint,
            _ => theme.text,
        };
        // What is sung is told by a sign too, not by its colour alone.
        let sign = if sung == Some(line) { theme.signs.playing } else { " " };
        put(buffer, row(area, at), &format!("{sign} {words}"), style);
    }
}

/// Where they are from, whether they have times, and how they were shifted.
fn about(lyrics: &Lyrics, state: &State, theme: &Theme) -> String {
    let mut parts = vec![lyrics.from.title().to_owned()];
    if !lyrics.is_synced() {
        parts.push("without times".to_owned());
    }
    match state.lyrics.offset_ms {
        0 => {}
        offset => parts.push(format!("{:+.1} s", offset as f64 / 1000.0)),
    }
    if state.lyrics.by_hand.is_some() {
        parts.push("by hand".to_owned());
    }
    parts.join(&format!(" {} ", theme.signs.dot))
}

/// The rows that are in view, each with the number of its line: the middle one in the middle, as far as there are lines.
fn around(lyrics: &Lyrics, middle: usize, area: Rect) -> Vec<(usize, String)> {
    let (width, height) = (usize::from(area.width).saturating_sub(2).max(1), usize::from(area.height));
    let rows = |line: usize| -> Vec<(usize, String)> {
        let words = lyrics.lines.get(line).map(|line| wrap(line.text.as_str(), width)).unwrap_or_default();
        let words = if words.is_empty() { vec![String::new()] } else { words };
        words.into_iter().take(MAX_ROWS).map(|words| (line, words)).collect()
    };
    // Never more lines than rows are looked at, however many there are.
    let before: Vec<_> = (middle.saturating_sub(height)..middle).flat_map(rows).collect();
    let after: Vec<_> = (middle..lyrics.lines.len().min(middle + height)).flat_map(rows).collect();
    let above = before.len().min((height / 2).max(height.saturating_sub(after.len())));
    before.into_iter().rev().take(above).rev().chain(after).take(height).collect()
}
