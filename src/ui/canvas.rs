//! The cells that are drawn on, and what the mouse finds there. Both come from the same drawing, so that
//! what is clicked is what is seen.

use std::ops::{Deref, DerefMut};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::Target;

/// A buffer whose areas may be marked as something.
#[derive(Debug)]
pub(super) struct Canvas<'b> {
    buffer: &'b mut Buffer,
    targets: Vec<(Rect, Target)>,
    /// Where the picture is.
    pub picture: Option<Rect>,
}

impl<'b> Canvas<'b> {
    pub fn new(buffer: &'b mut Buffer) -> Self {
        Self { buffer, targets: Vec::new(), picture: None }
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
