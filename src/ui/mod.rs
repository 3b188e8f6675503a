//! The pictures: the screen as a function of the state. Changes nothing, knows no clock, asks no one.

mod bidi;
mod canvas;
mod capture;
mod choice;
mod cover;
mod header;
mod help;
mod info;
mod input;
mod journal;
mod keys;
mod layout;
mod naming;
mod outputs;
mod pages;
mod palette;
mod picker;
mod playing;
mod said;
mod spectrum;
mod status;
mod text;
mod theme;
mod themes;
mod widgets;

#[cfg(test)]
mod tests;

pub use canvas::Words;
pub use said::{Said, said, said_now, told};
pub use text::{cells, cut};
pub use theme::{Pictures, Theme};

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Overlay, Page, State, Target};

use canvas::Canvas;

/// Draws `state` on the whole frame, at any size from one cell up. The terminal's own cursor stands
/// at the caret of the line that is typed into, else on the row that keys act on; where there is neither it is hidden. What
/// comes back is where the cover of what plays is to be seen, if anywhere.
pub fn draw(frame: &mut Frame<'_>, state: &State, theme: &Theme) -> Option<Rect> {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), theme.orders);
    let caret = screen(&mut canvas, area, state, theme).or(canvas.row);
    if theme.is_typed() {
        for cell in canvas.content.iter_mut().filter(|cell| cell.symbol() == text::ELLIPSIS) {
            cell.set_symbol(text::TYPED_ELLIPSIS);
        }
    }
    // What lies over the page lies over its picture too.
    let picture = canvas.picture.filter(|_| state.overlays.is_empty());
    if let Some(caret) = caret {
        frame.set_cursor_position(caret);
    }
    picture
}

/// What lies at `column` and `row` of a screen of this size, both from 0, for the mouse.
pub fn target_at(state: &State, theme: &Theme, size: (u16, u16), column: u16, row: u16) -> Option<Target> {
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buffer = Buffer::empty(area);
    let mut canvas = Canvas::new(&mut buffer, theme.orders);
    screen(&mut canvas, area, state, theme);
    canvas.target_at(Position { x: column, y: row }).cloned()
}

/// A few lines at the top: what is heard, how far, why it is silent, keys; and the spectrum where it is wanted.
fn mini(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let rows = if state.playback.shows_spectrum { 2 + layout::SPECTRUM_ROWS } else { 2 };
    let rows = if area.height > rows { rows } else { 2 };
    playing::draw(buffer, Rect { height: rows.min(area.height), ..area }, state, theme);
    status::draw(buffer, layout::row(area, rows), state, theme);
    status::hints(buffer, layout::row(area, rows + 1), state, theme);
}

fn screen(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    buffer.set_style(area, theme.text);
    let is_mini = state.page == Page::Now && state.now_page.is_mini && state.overlays.is_empty();
    if area.width >= layout::MIN_COLUMNS && (is_mini || (2..layout::MIN_ROWS).contains(&area.height)) {
        mini(buffer, layout::inset(area, 1), state, theme);
        return None;
    }
    if area.width < layout::MIN_COLUMNS || area.height < layout::MIN_ROWS {
        widgets::put(buffer, area, &playing::line(state, theme), theme.text);
        return None;
    }
    let words = status::rows(state, theme, area);
    let bands = layout::bands(area, words, state.playback.shows_spectrum && state.page != Page::Now);
    let inside = |band: Rect| layout::inset(band, 1);
    buffer.named = header::name_alone(inside(bands.header), state).map(|name| (name, String::new()));
    // Scrollbars stand at the very edge, so that rows end where the other bands do.
    let body = Rect { x: bands.body.x + 1, width: bands.body.width - 1, ..bands.body };
    let mut caret = pages::draw(buffer, body, state, theme);
    header::draw(buffer, inside(bands.header), state, theme);
    for overlay in &state.overlays {
        buffer.cover();
        caret = match overlay {
            Overlay::Help(help) => help::draw(buffer, bands.body, state, help, theme),
            Overlay::Outputs(outputs) => {
                outputs::draw(buffer, bands.body, outputs, theme);
                None
            }
            Overlay::Themes(open) => {
                themes::draw(buffer, bands.body, state, open, theme);
                None
            }
            Overlay::Picker(picker) => picker::draw(buffer, bands.body, picker, theme),
            Overlay::Palette(open) => palette::draw(buffer, bands.body, open, theme),
            Overlay::Choice(open) => choice::draw(buffer, bands.body, open, theme),
            Overlay::Capture(open) => {
                capture::draw(buffer, bands.body, open, theme);
                None
            }
            Overlay::Naming(naming) => naming::draw(buffer, bands.body, naming, theme),
            Overlay::Info(info) => {
                info::draw(buffer, bands.body, info, theme);
                None
            }
            Overlay::Journal(page) => {
                journal::draw(buffer, bands.body, page, theme);
                None
            }
        };
    }
    widgets::rule(buffer, bands.rule, theme);
    playing::draw(buffer, inside(bands.playing), state, theme);
    status::draw(buffer, inside(bands.status), state, theme);
    status::hints(buffer, inside(bands.hints), state, theme);
    caret
}
