//! What the page of settings and the choice of a value show.

use crate::app::input::TextInput;
use crate::app::list::List;
use crate::config::{Setting, as_toml};
use crate::model::{CleanText, Fault};

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsPage {
    /// Every setting, in the order of the documented configuration.
    pub rows: Vec<Setting>,
    /// Cursor over `rows`.
    pub list: List,
    /// Why they could not be read.
    pub fault: Option<Fault>,
    /// The one that is being kept, with its words.
    pub(in crate::app) keeping: Option<String>,
}

impl SettingsPage {
    /// The setting under the cursor.
    pub fn selected(&self) -> Option<&Setting> {
        self.rows.get(self.list.cursor()?)
    }
}

/// The choice of a value, open over the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is set.
    pub setting: Setting,
    /// What is typed: a value, or letters of one of those there are.
    pub input: TextInput,
    /// The values that are found.
    pub rows: Vec<CleanText>,
    /// Cursor over `rows`.
    pub list: List,
    /// All values to choose from.
    all: Vec<String>,
}

impl Choice {
    /// A choice with `more` values beside those that the setting itself names, the cursor on the present one.
    pub(super) fn new(setting: Setting, more: impl IntoIterator<Item = String>, height: usize) -> Self {
        let mut all = setting.choices.clone();
        for value in more {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        let mut input = TextInput::default();
        let present = setting.typed();
        let place = all.iter().position(|value| *value == present);
        if all.is_empty() {
            input.insert(&present);
        }
        let mut choice = Self { setting, input, rows: Vec::new(), list: List::default(), all };
        choice.find();
        choice.list.go_to(place.unwrap_or_default(), height);
        choice
    }

    /// How many values there are where nothing is typed.
    pub fn whole(&self) -> usize {
        self.all.len()
    }

    /// Takes over the values that hold what is typed.
    pub(in crate::app) fn find(&mut self) {
        let typed = self.input.text().trim().to_lowercase();
        let found = self.all.iter().filter(|value| value.to_lowercase().contains(&typed));
        self.rows = found.map(CleanText::new).collect();
        self.list.set_len(self.rows.len());
    }

    /// The value that counts: the row under the cursor, or what is typed where no row has it.
    ///
    /// # Errors
    /// What is expected, in words.
    pub(super) fn value(&self) -> Result<String, String> {
        let typed = self.input.text().trim();
        let is_named = self.all.iter().any(|value| value == typed);
        let row = self.list.cursor().and_then(|row| self.rows.get(row)).filter(|_| !is_named);
        as_toml(&self.setting.path, row.map_or(typed, CleanText::as_str))
    }

    /// What is wrong with what is typed, where no value there is has it.
    pub fn problem(&self) -> Option<String> {
        self.value().err().filter(|_| self.rows.is_empty() && !self.input.text().is_empty())
    }
}
