//! A box around what lies over the page.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Clear, Widget};

use super::put;
use crate::ui::canvas::Canvas;
use crate::ui::layout::inset;
use crate::ui::theme::Theme;

/// Widest box.
const MAX_COLUMNS: u16 = 100;

/// Draws a box in the middle of `area` and gives what is inside.
pub(in crate::ui) fn frame(buffer: &mut Canvas<'_>, area: Rect, theme: &Theme, title: &str) -> Rect {
    let edge = area.width.saturating_sub(MAX_COLUMNS) / 2;
    let frame = inset(area, edge.max(1));
    let block = Block::bordered().border_set(theme.border()).border_style(theme.faint);
    let inner = block.inner(frame);
    block.render(frame, buffer);
    buffer.words.heading = title.trim().to_owned();
    put(buffer, Rect { x: frame.x + 2, width: frame.width - 4, height: 1, ..frame }, title, theme.strong);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), ..inner }
}

/// Takes away what stands in `area`, down to the theme's background.
pub(in crate::ui) fn blank(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    Clear.render(area, buffer);
    buffer.set_style(area, theme.text);
}
