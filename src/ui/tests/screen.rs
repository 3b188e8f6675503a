//! Drawing a state for a test: as text for people's eyes, and through a real terminal's mind.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{CrosstermBackend, TestBackend};
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::app::State;
use crate::ui::{Theme, draw};

/// The cells that `state` is drawn as.
pub(super) fn buffer(state: &State, theme: &Theme, columns: u16, rows: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| _ = draw(frame, state, theme)).unwrap().buffer.clone()
}

/// The screen as text in a frame. At its left, `»` marks a row with reversed cells and `_` one with
/// underlined cells, since text alone does not show the cursor.
pub(super) fn picture(state: &State, columns: u16, rows: u16) -> String {
    let buffer = buffer(state, &Theme::default(), columns, rows);
    let edge = "─".repeat(columns.into());
    let mut text = format!(" ┌{edge}┐\n");
    for y in 0..rows {
        let has = |modifier| (0..columns).any(|x| buffer[(x, y)].modifier.contains(modifier));
        let margin = match (has(Modifier::REVERSED), has(Modifier::UNDERLINED)) {
            (true, _) => '»',
            (false, true) => '_',
            (false, false) => ' ',
        };
        let mut line = String::new();
        let mut x = 0;
        while x < columns {
            let cell = &buffer[(x, y)];
            line.push_str(cell.symbol());
            x += cell.cell_width().max(1);
        }
        text.extend([margin.to_string().as_str(), "│", &line, "│\n"]);
    }
    text + " └" + &edge + "┘"
}

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

/// What a terminal makes of the bytes that drawing `states`, one after the other, sends to it.
pub(super) fn terminal(states: &[&State], columns: u16, rows: u16) -> vt100::Parser {
    let sent = Sent::default();
    let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
    let backend = CrosstermBackend::new(sent.clone());
    let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
    for state in states {
        terminal.draw(|frame| _ = draw(frame, state, &Theme::default())).unwrap();
    }
    let mut parser = vt100::Parser::new(rows, columns, 0);
    parser.process(&sent.0.borrow());
    parser
}
