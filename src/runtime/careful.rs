//! A ratatui backend that never trusts a terminal's idea of a character's width: after every symbol
//! that terminals disagree about (combined signs, emoji, scripts with marks of their own) the cursor is
//! placed anew, so that no disagreement moves what stands behind.

use std::io::{self, Write};
use std::ops::Range;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Size};

use crate::ui::cells;

/// The crossterm backend, drawn in runs that end after each doubtful symbol.
#[derive(Debug)]
pub(super) struct Careful<W: Write>(CrosstermBackend<W>);

impl<W: Write> Careful<W> {
    pub fn new(writer: W) -> Self {
        Self(CrosstermBackend::new(writer))
    }
}

/// Cells that a symbol may be wider in some terminal than it is here, at most.
const MOST_TOO_WIDE: u16 = 3;

/// Whether every terminal gives this symbol one cell: ASCII, Latin, Greek, Cyrillic and box drawing.
fn is_sure(symbol: &str) -> bool {
    let mut letters = symbol.chars();
    matches!(
        (letters.next(), letters.next()),
        (Some('\u{20}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{2500}'..='\u{259f}'), None)
    )
}

/// The places of doubtful symbols in the frame that is shown.
#[derive(Debug, Default)]
pub(super) struct Doubts(Vec<Doubt>);

#[derive(Clone, Copy, Debug)]
struct Doubt {
    x: u16,
    y: u16,
    width: u16,
}

impl Doubts {
    /// Marks what must be sent with this frame even where it did not change: the cells behind doubtful
    /// symbols, which a terminal that gave them more room has drawn over, and those under doubtful
    /// symbols that are gone, which a terminal that split them has filled.
    pub fn settle(&mut self, buffer: &mut Buffer) {
        let now = find(buffer);
        for gone in &self.0 {
            if !now.iter().any(|doubt| (doubt.x, doubt.y) == (gone.x, gone.y)) {
                send(buffer, gone.y, gone.x..gone.x + gone.width);
            }
        }
        for Doubt { x, y, width } in &now {
            send(buffer, *y, x + width..x + width + MOST_TOO_WIDE);
        }
        self.0 = now;
    }
}

fn find(buffer: &Buffer) -> Vec<Doubt> {
    let area = buffer.area;
    let mut doubts = Vec::new();
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let symbol = buffer.cell((x, y)).map_or("", Cell::symbol);
            if !symbol.is_empty() && !is_sure(symbol) && !is_wide_everywhere(symbol) {
                let width = u16::try_from(cells(symbol)).unwrap_or(1).max(1);
                doubts.push(Doubt { x, y, width });
            }
        }
    }
    doubts
}

fn send(buffer: &mut Buffer, y: u16, columns: Range<u16>) {
    for x in columns {
        // Those under a wide symbol are never sent: it would be cut in half.
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.diff_option = CellDiffOption::AlwaysUpdate;
        }
    }
}

/// Whether every terminal gives this symbol two cells: CJK ideographs, kana and Hangul.
fn is_wide_everywhere(symbol: &str) -> bool {
    let mut letters = symbol.chars();
    matches!(
        (letters.next(), letters.next()),
        (
            Some(
                '\u{3041}'..='\u{3096}'
                | '\u{30a1}'..='\u{30ff}'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{ac00}'..='\u{d7a3}',
            ),
            None,
        )
    )
}

impl<W: Write> Backend for Careful<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut run = Vec::new();
        for (x, y, cell) in content {
            run.push((x, y, cell));
            if !is_sure(cell.symbol()) {
                self.0.draw(run.drain(..))?;
            }
        }
        self.0.draw(run.into_iter())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.0.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use ratatui::layout::Rect;
    use ratatui::{Terminal, TerminalOptions, Viewport};

    use super::*;

    #[derive(Clone, Default)]
    struct Sent(Rc<RefCell<Vec<u8>>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What a terminal shows after these lines were drawn one after the other in the same place.
    fn shown(lines: &[&str]) -> String {
        let sent = Sent::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, 40, 1));
        let options = TerminalOptions { viewport };
        let mut terminal = Terminal::with_options(Careful::new(sent.clone()), options).unwrap();
        let mut doubts = Doubts::default();
        for line in lines {
            terminal
                .draw(|frame| {
                    frame.buffer_mut().set_string(0, 0, line, ratatui::style::Style::new());
                    doubts.settle(frame.buffer_mut());
                })
                .unwrap();
        }
        let mut emulator = vt100::Parser::new(1, 40, 0);
        emulator.process(&sent.0.borrow());
        emulator.screen().contents().trim_end().to_owned()
    }

    #[test]
    fn nothing_stays_of_symbols_that_a_terminal_draws_wider() {
        // vt100 gives each sign of these a cell of its own.
        for wide in ["नदी का गीत   |", "🇯🇵 🇫🇷   |", "👨‍👩‍👧‍ family   |"]
        {
            for after in ["plain", "", "x        y"] {
                assert_eq!(shown(&[wide, after]), shown(&[after]), "{wide} then {after:?}");
            }
        }
        assert_eq!(shown(&["雨の港 |"]), "雨の港 |");
    }
}
