//! What the screen looks like: the list of themes, each shown while the cursor is on it.

use super::effect::Effect;
use super::list::List;
use super::notices::Level;
use super::state::{Overlay, State};

/// A theme that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeRow {
    /// As the configuration names it.
    pub name: String,
    /// Whether it is the listener's own.
    pub is_own: bool,
}

/// The themes, open over a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThemeList {
    /// Cursor over the state's themes.
    pub list: List,
}

impl State {
    /// The name of the theme to draw with: the one under the cursor while one is chosen.
    pub fn theme(&self) -> &str {
        let under_cursor = match self.overlays.last() {
            Some(Overlay::Themes(open)) => open.list.cursor().and_then(|row| self.themes.get(row)),
            Some(_) | None => None,
        };
        under_cursor.map_or(&self.kept_theme, |row| &row.name)
    }

    pub(super) fn open_themes(&mut self) -> Vec<Effect> {
        self.overlays.clear();
        let mut open = ThemeList::default();
        open.list.set_len(self.themes.len());
        let kept = self.themes.iter().position(|row| row.name == self.kept_theme);
        open.list.go_to(kept.unwrap_or_default(), self.list_height());
        self.overlays.push(Overlay::Themes(open));
        Vec::new()
    }

    /// Keeps the theme under the cursor.
    pub(super) fn choose_theme(&mut self) -> Vec<Effect> {
        let name = self.theme().to_owned();
        if !matches!(self.overlays.pop(), Some(Overlay::Themes(_))) || name == self.kept_theme {
            return Vec::new();
        }
        self.kept_theme.clone_from(&name);
        let mut effects = vec![Effect::KeepTheme(name.clone())];
        effects.extend(self.tell(Level::Info, format!("Theme: {name}")));
        effects
    }
}
