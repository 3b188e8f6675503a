//! The cover of what plays, as half blocks: two pixels a cell. Terminals that show pixels get them laid over the same cells.

use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Block, Widget};

use super::canvas::Canvas;
use super::layout::row;
use super::text::cells;
use super::theme::{Pictures, Theme};
use super::widgets::put;
use crate::app::{Action, State, Target};
use crate::model::Pixels;

/// The upper half of a cell.
const HALF: &str = "▀";

/// The fewest rows in which a picture shows something.
const LEAST_ROWS: u16 = 4;

/// Draws the cover into the middle of `area` at its top; gives the rows it took.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> u16 {
    let area = area.intersection(buffer.area);
    if area.height < LEAST_ROWS || !state.cover.is_shown() || theme.pictures == Pictures::None {
        return 0;
    }
    let Some(picture) = &state.cover.picture else {
        let place = fitted(area, 1, 1);
        Block::bordered().border_set(theme.border()).border_style(theme.faint).render(place, &mut **buffer);
        let words = if state.cover.is_waiting() { "..." } else { "no cover" };
        let line = row(place, place.height / 2);
        let left = line.width.saturating_sub(u16::try_from(cells(words)).unwrap_or(0)) / 2;
        put(buffer, Rect { x: line.x + left, width: line.width - left, ..line }, words, theme.faint);
        return place.height;
    };
    let place = fitted(area, picture.large.width(), picture.large.height());
    blocks(buffer, place, &picture.small, theme);
    buffer.picture = Some(place);
    buffer.mark(place, Target::Action(Action::ShowNow));
    place.height
}

/// The largest place in `area` of a picture's shape, in its middle at the top; cells are twice as high as wide.
fn fitted(area: Rect, width: usize, height: usize) -> Rect {
    let (width, height) =
        (u64::try_from(width).unwrap_or(1).max(1), u64::try_from(height).unwrap_or(1).max(1));
    let part = |whole: u16, by: u64, of: u64| {
        let cells = (u64::from(whole) * by + of / 2) / of;
        u16::try_from(cells).unwrap_or(u16::MAX).max(1)
    };
    let columns = part(area.height, 2 * width, height);
    let (columns, rows) = if columns <= area.width {
        (columns, area.height)
    } else {
        (area.width, part(area.width, height, 2 * width).min(area.height))
    };
    Rect { x: area.x + (area.width - columns) / 2, y: area.y, width: columns, height: rows }
}

fn blocks(buffer: &mut Canvas<'_>, place: Rect, pixels: &Pixels, theme: &Theme) {
    let colour: fn([u8; 3]) -> Color = match theme.pictures {
        Pictures::None | Pictures::Empty => return,
        Pictures::Blocks => |[red, green, blue]| Color::Rgb(red, green, blue),
        Pictures::FewBlocks => |pixel| Color::Indexed(indexed(pixel)),
    };
    let width = usize::from(place.width);
    let means = pixels.means(width, 2 * usize::from(place.height));
    let rows: Vec<&[[u8; 3]]> = means.chunks(width.max(1)).collect();
    for (y, pair) in (place.y..place.bottom()).zip(rows.chunks(2)) {
        let [upper, lower] = pair else { break };
        for (x, (upper, lower)) in (place.x..place.right()).zip(upper.iter().zip(*lower)) {
            let style = Style::new().fg(colour(*upper)).bg(colour(*lower));
            buffer[(x, y)].set_symbol(HALF).set_style(style);
        }
    }
}

/// The nearest of the cube of 6 steps each way: 0, 95, 135, 175, 215, 255 (xterm).
fn indexed(pixel: [u8; 3]) -> u8 {
    let [red, green, blue] = pixel.map(|part| match part {
        0..48 => 0,
        48..115 => 1,
        115.. => (part - 35) / 40,
    });
    16 + 36 * red + 6 * green + blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_twice_as_wide_as_high() {
        for ((columns, rows), (width, height), expected) in [
            ((40, 10), (1, 1), (10, 20, 10)),
            ((20, 30), (1, 1), (0, 20, 10)),
            ((40, 10), (2, 1), (0, 40, 10)),
            ((40, 10), (1, 2), (15, 10, 10)),
            ((40, 10), (100, 1), (0, 40, 1)),
        ] {
            let place = fitted(Rect::new(0, 0, columns, rows), width, height);
            assert_eq!((place.x, place.width, place.height), expected, "{columns}x{rows} {width}:{height}");
        }
    }

    #[test]
    fn few_colours_are_the_nearest() {
        // Each of the cube's own colours is its own nearest.
        for (number, colour) in
            [(16, [0, 0, 0]), (231, [255, 255, 255]), (196, [255, 0, 0]), (67, [95, 135, 175])]
        {
            assert_eq!(indexed(colour), number);
        }
        assert_eq!(indexed([250, 10, 100]), 16 + 36 * 5 + 1);
    }
}
