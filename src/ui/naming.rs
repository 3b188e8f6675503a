//! The line over the page in which a playlist gets its name.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::input::input;
use super::layout::row;
use super::theme::Theme;
use super::widgets::{blank, frame, put};
use crate::app::Naming;

/// Rows of the box.
const ROWS: u16 = 4;

/// Draws the line over `area`; gives the caret's place.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, naming: &Naming, theme: &Theme) -> Option<Position> {
    let area = area.intersection(buffer.area);
    let boxed = area.width >= 50 && area.height >= ROWS + 2;
    let area = Rect { height: if boxed { ROWS } else { area.height.min(2) }, ..area };
    blank(buffer, area, theme);
    let inner = if boxed {
        frame(buffer, area, theme, &format!(" {} ", naming.title))
    } else {
        put(buffer, row(area, 0), &naming.title, theme.strong);
        let top = u16::from(area.height > 1);
        Rect { x: area.x + 1, y: area.y + top, width: area.width - 1, height: area.height - top }
    };
    input(buffer, row(inner, 0), theme, &naming.input, true, naming.asks())
}
