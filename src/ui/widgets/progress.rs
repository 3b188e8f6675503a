//! The progress line, exact to half a cell.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::theme::Theme;

/// Draws how far the ear is, how far sound is ready, and what lies ahead.
pub(in crate::ui) fn progress(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    position: Duration,
    ready: Duration,
    length: Duration,
) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let halves = usize::from(area.width) * 2;
    let heard = share(position, length, halves);
    let ready = share(position.saturating_add(ready), length, halves);
    for cell in 0..area.width {
        let left = usize::from(cell) * 2;
        let (sign, style) = if left + 2 <= heard {
            (theme.signs.heard, theme.heard)
        } else if left < heard {
            (theme.signs.half_heard, theme.heard)
        } else if left < ready {
            (theme.signs.buffered, theme.text)
        } else {
            (theme.signs.ahead, theme.faint)
        };
        buffer[(area.x + cell, area.y)].set_symbol(sign).set_style(style);
    }
}

/// `part` of `whole` in steps of `steps`; everything once the whole is over, nothing of nothing.
fn share(part: Duration, whole: Duration, steps: usize) -> usize {
    if whole.is_zero() {
        return 0;
    }
    let steps = u128::try_from(steps).unwrap_or(u128::MAX);
    let taken = part.min(whole).as_millis().saturating_mul(steps) / whole.as_millis().max(1);
    usize::try_from(taken.min(steps)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_half_cells() {
        let rows = [
            ((0, 0, 100), "╌╌╌╌╌╌╌╌╌╌"),
            ((0, 20, 100), "──╌╌╌╌╌╌╌╌"),
            ((5, 20, 100), "╾──╌╌╌╌╌╌╌"),
            ((10, 20, 100), "━──╌╌╌╌╌╌╌"),
            ((47, 100, 100), "━━━━╾─────"),
            ((100, 0, 100), "━━━━━━━━━━"),
            ((500, 0, 100), "━━━━━━━━━━"),
            ((5, 5, 0), "╌╌╌╌╌╌╌╌╌╌"),
        ];
        for ((position, ready, length), expected) in rows {
            let area = Rect::new(0, 0, 10, 1);
            let mut buffer = Buffer::empty(area);
            let [position, ready, length] = [position, ready, length].map(Duration::from_secs);
            progress(&mut buffer, area, &Theme::default(), position, ready, length);
            let line: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            assert_eq!(line, expected, "{position:?} of {length:?}");
        }
    }
}
