//! Decisions about the palette.

use super::state::{Palette, PaletteRow};
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::{Overlay, State};

impl State {
    /// Offers everything that can be done on this page, in place of what lies over it.
    pub(in crate::app) fn open_palette(&mut self) -> Vec<Effect> {
        self.overlays.clear();
        let rows = self.offered();
        self.show_actions(Palette::new("".into(), rows))
    }

    /// Offers what can be done with the thing under the cursor, or with all that are marked.
    pub(in crate::app) fn open_item_actions(&mut self) -> Vec<Effect> {
        self.overlays.clear();
        let Some(title) = self.title_here() else {
            return self.tell(Level::Info, "There is nothing under the cursor to do something with");
        };
        let rows = self.offered_here();
        self.show_actions(Palette::new(title, rows))
    }

    fn show_actions(&mut self, palette: Palette) -> Vec<Effect> {
        self.pending.clear();
        self.overlays.push(Overlay::Palette(Box::new(palette)));
        Vec::new()
    }

    /// Closes the palette and does what its row says.
    pub(in crate::app) fn run_palette_row(&mut self) -> Vec<Effect> {
        let Some(Overlay::Palette(palette)) = self.overlays.last() else { return Vec::new() };
        let Some(action) = palette.selected().map(|PaletteRow { info, .. }| info.action.clone()) else {
            return Vec::new();
        };
        self.overlays.pop();
        self.perform(action)
    }
}
