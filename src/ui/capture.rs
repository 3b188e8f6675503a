//! The box that takes keys for an action: what was pressed, and what it would be in the way of.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::keys::spoken;
use super::layout::{below, row};
use super::text::wrap;
use super::theme::Theme;
use super::widgets::{blank, frame, put};
use crate::app::{Capture, How, write_keys};

/// Rows of the box.
const ROWS: u16 = 12;

/// Draws the box over `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, capture: &Capture, theme: &Theme) {
    let area = area.intersection(buffer.area);
    let boxed = area.width >= 50 && area.height >= ROWS;
    // Nothing of what lies below looks out where there is hardly more room.
    let area = if boxed && area.height > ROWS + 3 { Rect { height: ROWS, ..area } } else { area };
    blank(buffer, area, theme);
    let title = match capture.how {
        How::Instead => format!("Keys for {}", capture.info.name),
        How::Beside => format!("More keys for {}", capture.info.name),
    };
    let inner = if boxed {
        frame(buffer, area, theme, &format!(" {title} "))
    } else {
        let inner = Rect { x: area.x + 1, width: area.width - 1, ..area };
        put(buffer, row(inner, 0), &title, theme.strong);
        below(inner, u16::from(inner.height > 1))
    };
    let keys = spoken(&write_keys(&capture.chords));
    let (words, style) =
        if keys.is_empty() { ("Press them.", theme.faint) } else { (keys.as_str(), theme.key) };
    put(buffer, row(inner, 0), words, style);
    buffer.words.sentences = vec![words.to_owned()];
    let advice = if capture.chords.is_empty() {
        "One, or several one after the other. Esc leaves everything as it is."
    } else {
        "Enter keeps them, Backspace takes the last one back, Esc leaves everything as it is."
    };
    let mut lines: Vec<(String, _)> = Vec::new();
    let width = usize::from(inner.width.saturating_sub(1));
    // What is in the way comes before what everyone learns soon.
    for conflict in &capture.conflicts {
        lines.extend(wrap(conflict.as_str(), width).into_iter().map(|line| (line, theme.warning)));
    }
    lines.extend(wrap(advice, width).into_iter().map(|line| (line, theme.faint)));
    buffer.words.sentences.extend(capture.conflicts.iter().map(ToString::to_string));
    buffer.words.sentences.push(advice.to_owned());
    let rest = below(inner, if inner.height > 5 { 2 } else { 1 });
    for ((line, style), at) in lines.iter().zip(0..rest.height) {
        put(buffer, row(rest, at), line, *style);
    }
}
