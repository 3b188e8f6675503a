//! The panes beside a page: how wide they are, and whether they are there at all.

use super::effect::Effect;
use super::state::State;

/// Cells by which a key press makes a pane wider.
const STEP: u16 = 4;

/// The narrowest pane.
const LEAST: u16 = 16;

/// What a page keeps for itself beside its panes.
const LEAST_PAGE: u16 = 40;

/// From this many cells of a page up, what is heard has a pane of its own without being asked for.
const NOW_FROM: u16 = 110;

/// From this many cells up it has the wider one.
const WIDE_NOW_FROM: u16 = 140;

/// A pane beside a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The services' lists, on the left.
    Lists,
    /// What is heard and what comes next, on the right.
    Now,
}

/// The panes as the listener wants them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panes {
    /// Cells of the lists; `None`: as it suits the page.
    pub lists: Option<u16>,
    /// Cells of what is heard; `None`: as it suits the page.
    pub now: Option<u16>,
    /// Whether there are no lists beside a page.
    pub hides_lists: bool,
    /// Whether what is heard is not shown beside a page.
    pub hides_now: bool,
}

impl Panes {
    /// Cells of the lists beside a page of `width` cells.
    pub fn lists_cells(&self, width: u16) -> u16 {
        let wanted = self.lists.unwrap_or((width / 3).clamp(30, 40));
        wanted.clamp(LEAST, width.saturating_sub(LEAST_PAGE).max(LEAST))
    }

    /// Cells of what is heard beside a page of `width` cells; 0 where it is not shown.
    pub fn now_cells(&self, width: u16) -> u16 {
        if self.hides_now || width < NOW_FROM {
            return 0;
        }
        let wanted = self.now.unwrap_or(if width >= WIDE_NOW_FROM { 44 } else { 34 });
        wanted.clamp(LEAST, width.saturating_sub(LEAST_PAGE + LEAST).max(LEAST))
    }
}

impl State {
    /// Makes a pane wider by a step, or narrower; one that is hidden comes back.
    pub(super) fn widen_pane(&mut self, pane: Pane, wider: bool) -> Vec<Effect> {
        let step = |cells: u16| if wider { cells.saturating_add(STEP) } else { cells.saturating_sub(STEP) };
        // The page begins a cell from the edge, and has one of air before the pane at its right.
        let page = self.columns.saturating_sub(1);
        let cells = match pane {
            Pane::Lists if self.queue.entries.is_empty() => self.panes.lists_cells(page),
            Pane::Lists => {
                let now = self.panes.now_cells(page);
                self.panes.lists_cells(page.saturating_sub(if now > 0 { now + 1 } else { 0 }))
            }
            Pane::Now => Panes { hides_now: false, ..self.panes }.now_cells(page),
        };
        self.size_pane(pane, step(cells));
        Vec::new()
    }

    /// Gives a pane so many cells, as far as there is room.
    pub(super) fn size_pane(&mut self, pane: Pane, cells: u16) {
        let most = self.columns.saturating_sub(LEAST_PAGE).max(LEAST);
        let cells = Some(cells.clamp(LEAST, most));
        match pane {
            Pane::Lists => (self.panes.lists, self.panes.hides_lists) = (cells, false),
            Pane::Now => (self.panes.now, self.panes.hides_now) = (cells, false),
        }
    }

    /// Hides a pane, or shows it again.
    pub(super) fn hide_pane(&mut self, pane: Pane) -> Vec<Effect> {
        match pane {
            Pane::Lists => self.panes.hides_lists = !self.panes.hides_lists,
            Pane::Now => self.panes.hides_now = !self.panes.hides_now,
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_suit_the_page_unless_they_are_sized() {
        let usual = Panes::default();
        let wide = Panes { lists: Some(200), now: Some(200), ..usual };
        let narrow = Panes { lists: Some(1), now: Some(1), ..usual };
        let hidden = Panes { hides_now: true, ..wide };
        for (panes, width, lists, now) in [
            (usual, 80, 30, 0),
            (usual, 120, 40, 34),
            (usual, 200, 40, 44),
            (wide, 120, 80, 64),
            (wide, 30, 16, 0),
            (narrow, 120, 16, 16),
            (hidden, 200, 160, 0),
        ] {
            assert_eq!((panes.lists_cells(width), panes.now_cells(width)), (lists, now), "{panes:?} {width}");
        }
    }
}
