//! What the palette shows.

use crate::app::filter::find::{Fit, Wanted, add};
use crate::app::input::TextInput;
use crate::app::list::List;
use crate::app::table::ActionInfo;
use crate::model::CleanText;

/// Actions to choose from, open over a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// What they are about; empty: all that can be done here.
    pub title: CleanText,
    /// Letters to find them by.
    pub input: TextInput,
    /// Those that are found, the best first.
    pub rows: Vec<PaletteRow>,
    /// Cursor over `rows`.
    pub list: List,
    /// All that can be done.
    all: Vec<PaletteRow>,
}

/// An action that can be done here and now.
#[derive(Clone, Debug, PartialEq)]
pub struct PaletteRow {
    /// The action with its words.
    pub info: &'static ActionInfo,
    /// Its keys here; empty: it has none.
    pub keys: Vec<String>,
}

impl Palette {
    pub(super) fn new(title: CleanText, all: Vec<PaletteRow>) -> Self {
        let (input, list) = (TextInput::default(), List::default());
        let mut palette = Self { title, input, rows: Vec::new(), list, all };
        palette.find();
        palette
    }

    /// Those of `all` that hold each of some words.
    pub(in crate::app) fn of_words(all: Vec<PaletteRow>, words: &str) -> Self {
        let mut palette = Self::new(CleanText::default(), all);
        let wanted = Wanted::new(words);
        palette.rows.retain(|row| row.meant(words, &wanted) >= Meant::Within);
        palette.list.set_len(palette.rows.len());
        palette
    }

    /// Takes over the rows that the typed letters mean: by their key, then words before
    /// beginnings of words before loose letters.
    pub(in crate::app) fn find(&mut self) {
        let typed = self.input.text().trim();
        let wanted = Wanted::new(typed);
        let mut found: Vec<_> = self.all.iter().map(|row| (row.meant(typed, &wanted), row)).collect();
        // Loose letters are for where nothing else is meant.
        let least = match found.iter().map(|(meant, _)| *meant).max() {
            Some(best) if best > Meant::Loosely => Meant::InBeginnings,
            _ => Meant::Loosely,
        };
        found.retain(|(meant, _)| *meant >= least);
        // Stable: what is meant equally stays in the order that it came in.
        found.sort_by_key(|(meant, _)| std::cmp::Reverse(*meant));
        self.rows = found.into_iter().map(|(_, row)| row.clone()).collect();
        self.list.set_len(self.rows.len());
        self.list.go_to(0, 1);
    }

    /// How many rows there are where nothing is typed.
    pub fn whole(&self) -> usize {
        self.all.len()
    }

    pub(super) fn selected(&self) -> Option<&PaletteRow> {
        self.rows.get(self.list.cursor()?)
    }
}

/// How well a row is meant, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meant {
    /// Not at all.
    Not,
    /// The letters come in order.
    Loosely,
    /// In beginnings of words.
    InBeginnings,
    /// Each typed word stands within a word.
    Within,
    /// Each typed word begins one.
    Begins,
    /// What is typed is its key.
    ByKey,
}

impl PaletteRow {
    fn meant(&self, typed: &str, wanted: &Wanted) -> Meant {
        let mut letters = String::new();
        add(&mut letters, self.info.help);
        add(&mut letters, self.info.name);
        let mut of_typed = String::new();
        add(&mut of_typed, typed);
        let begins = |word: &str| {
            letters.match_indices(word).any(|(at, _)| {
                !letters.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric))
            })
        };
        match wanted.fit(&letters) {
            _ if !typed.is_empty() && self.keys.iter().any(|keys| keys == typed) => Meant::ByKey,
            Fit::None => Meant::Not,
            Fit::Loose => Meant::Loosely,
            Fit::Whole if of_typed.split_whitespace().all(begins) => Meant::Begins,
            Fit::Whole if of_typed.split_whitespace().all(|word| letters.contains(word)) => Meant::Within,
            Fit::Whole => Meant::InBeginnings,
        }
    }
}
