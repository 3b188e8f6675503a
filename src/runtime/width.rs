//! How much room there is for a line, and how much a text takes of it.

use std::io;

pub use crate::ui::{cells, cut};

/// Cells of a line on standard output; `None` when that is no terminal, and lines may be of any length.
pub fn stdout_cells() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    // A terminal that does not know its size says 0.
    Some(if size.ws_col == 0 { 80 } else { usize::from(size.ws_col) })
}
