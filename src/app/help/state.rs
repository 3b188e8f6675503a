//! What the help shows.

use crate::app::input::TextInput;
use crate::app::keymap::Keymap;
use crate::app::list::List;
use crate::app::table::{ACTIONS, ActionInfo};

/// The help, open over a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Help {
    /// Words to look for.
    pub input: TextInput,
    /// Whether keys go into the line.
    pub typing: bool,
    /// The rows that match.
    pub rows: Vec<HelpRow>,
    /// Cursor over `rows`.
    pub list: List,
}

/// A row of the help.
#[derive(Clone, Debug, PartialEq)]
pub struct HelpRow {
    /// The action with its words and its context, whose title heads the rows of that context.
    pub info: &'static ActionInfo,
    /// Its keys now; empty: it has none.
    pub keys: Vec<String>,
}

impl Help {
    pub(in crate::app) fn new(keymap: &Keymap, typing: bool) -> Self {
        let mut help = Self { typing, ..Self::default() };
        help.find(keymap);
        help
    }

    /// Takes over the rows that hold every typed word in their sentence, name or keys.
    pub(in crate::app) fn find(&mut self, keymap: &Keymap) {
        let words: Vec<_> = self.input.text().split_whitespace().map(str::to_lowercase).collect();
        self.rows = ACTIONS
            .iter()
            .map(|info| HelpRow { info, keys: keymap.keys_of(&info.action) })
            .filter(|row| words.iter().all(|word| row.holds(word)))
            .collect();
        self.list.set_len(self.rows.len());
    }
}

impl HelpRow {
    fn holds(&self, word: &str) -> bool {
        let keys = self.keys.iter().any(|keys| keys.to_lowercase() == word);
        keys || self.info.help.to_lowercase().contains(word) || self.info.name.contains(word)
    }
}
