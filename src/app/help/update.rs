//! Decisions about the help.

use super::state::Help;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::state::{Overlay, State};

impl State {
    pub(in crate::app) fn toggle_help(&mut self) -> Vec<Effect> {
        match self.overlays.pop() {
            Some(Overlay::Help(_)) => Vec::new(),
            Some(_) | None => self.open_help(false),
        }
    }

    /// Opens the help, in its line when `typing`.
    pub(in crate::app) fn open_help(&mut self, typing: bool) -> Vec<Effect> {
        self.overlays.clear();
        self.overlays.push(Overlay::Help(Help::new(&self.keymap, typing)));
        Vec::new()
    }

    pub(in crate::app) fn type_in_help(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Help(help)) = self.overlays.last_mut() {
            help.typing = true;
        }
        Vec::new()
    }

    /// Closes the help and does what the row under its cursor says.
    pub(in crate::app) fn run_help_row(&mut self) -> Vec<Effect> {
        let Some(Overlay::Help(help)) = self.overlays.pop() else { return Vec::new() };
        match help.list.cursor().and_then(|row| help.rows.get(row)).map(|row| &row.info.action) {
            // Closing what is open has just been done; once more would leave the program.
            Some(Action::Close | Action::Back | Action::Help) | None => Vec::new(),
            Some(action) => self.perform(action.clone()),
        }
    }
}
