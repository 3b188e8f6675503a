//! The page of what is heard, and its small form.

use super::effect::Effect;
use super::focus::Page;
use super::state::State;

/// How what is heard is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NowPage {
    /// Only a few lines, however much room there is.
    pub is_mini: bool,
}

impl State {
    /// Shows the page of what is heard; from there, the page before it.
    pub(super) fn toggle_now(&mut self) -> Vec<Effect> {
        if self.page == Page::Now && self.overlays.is_empty() { self.leave_page() } else { self.show_now() }
    }

    pub(super) fn show_now(&mut self) -> Vec<Effect> {
        self.now_page.is_mini = false;
        self.show_page(Page::Now)
    }

    /// Shows what is heard in a few lines, or all of the page again.
    pub(super) fn toggle_mini(&mut self) -> Vec<Effect> {
        let was_mini = self.page == Page::Now && self.now_page.is_mini;
        if was_mini {
            return self.leave_page();
        }
        let effects = self.show_now();
        self.now_page.is_mini = true;
        effects
    }
}
