//! The cells that are drawn on, and what the mouse finds there, what is said of it in words, and where the terminal's
//! cursor stands. All come from the same drawing, so that what is clicked and what is said is what is seen.

use std::ops::{Deref, DerefMut};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::Target;

/// What a page says of itself in words, a line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What it is called, with its totals.
    pub heading: String,
    /// What stands in the place of rows.
    pub sentences: Vec<String>,
    /// What is to be typed, where the keys go into a line.
    pub line: Option<String>,
    /// The rows in view of the list that has the keys, with their numbers from 0.
    pub rows: Vec<(usize, String)>,
    /// How many rows that list has.
    pub len: usize,
    /// The row under its cursor, from 0.
    pub cursor: Option<usize>,
}

/// A buffer whose areas may be marked as something.
#[derive(Debug)]
pub(super) struct Canvas<'b> {
    buffer: &'b mut Buffer,
    targets: Vec<(Rect, Target)>,
    /// Where the picture is.
    pub picture: Option<Rect>,
    /// Whether right-to-left text is put in order.
    orders: bool,
    /// What is said of the page, or of what lies over it.
    pub words: Words,
    /// The row that keys act on.
    pub row: Option<Position>,
    /// The page's name, where the top line says no more than that, and its totals once they are known.
    pub named: Option<(&'static str, String)>,
}

impl<'b> Canvas<'b> {
    pub fn new(buffer: &'b mut Buffer, orders: bool) -> Self {
        Self {
            buffer,
            targets: Vec::new(),
            picture: None,
            orders,
            words: Words::default(),
            row: None,
            named: None,
        }
    }

    /// Something is drawn over all that was drawn.
    pub fn cover(&mut self) {
        self.words = Words::default();
        self.row = None;
    }

    /// What lies in `area` from now on; a later mark lies over an earlier one.
    pub fn mark(&mut self, area: Rect, target: Target) {
        let area = area.intersection(self.buffer.area);
        if !area.is_empty() {
            self.targets.push((area, target));
        }
    }

    /// What lies at a place.
    pub fn target_at(&self, place: Position) -> Option<&Target> {
        self.targets.iter().rev().find(|(area, _)| area.contains(place)).map(|(_, target)| target)
    }
}

impl Deref for Canvas<'_> {
    type Target = Buffer;

    fn deref(&self) -> &Buffer {
        self.buffer
    }
}

impl DerefMut for Canvas<'_> {
    fn deref_mut(&mut self) -> &mut Buffer {
        self.buffer
    }
}

/// What text is written on.
pub(super) trait Paper {
    /// Its cells.
    fn cells_mut(&mut self) -> &mut Buffer;
    /// Whether right-to-left text is put in order on it.
    fn orders(&self) -> bool;
}

impl Paper for Canvas<'_> {
    fn cells_mut(&mut self) -> &mut Buffer {
        self.buffer
    }

    fn orders(&self) -> bool {
        self.orders
    }
}

/// Cells alone take text as it is.
impl Paper for Buffer {
    fn cells_mut(&mut self) -> &mut Buffer {
        self
    }

    fn orders(&self) -> bool {
        false
    }
}
