//! What the picker shows.

use crate::app::input::TextInput;
use crate::app::list::List;
use crate::model::{CleanText, Collection, Fault, ListId, ServiceId, Ticket};

/// The picker, open over a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// What is to be added.
    pub title: CleanText,
    /// The service whose track it is, in its own spelling.
    pub service_name: CleanText,
    /// Words to look for; the name of a new playlist.
    pub input: TextInput,
    /// How far the playlists are.
    pub state: PickerState,
    /// The rows that match, then a new one where the service makes some.
    pub rows: Vec<PickRow>,
    /// Cursor over `rows`.
    pub list: List,
    pub(super) service: ServiceId,
    pub(super) source: ListId,
    /// The service's id of the track.
    pub(super) track: String,
    pub(super) can_create: bool,
    pub(super) all: Vec<Collection>,
    pub(super) next_page: u32,
    pub(super) ticket: Option<Ticket>,
}

/// How far the listener's playlists are.
#[derive(Clone, Debug, PartialEq)]
pub enum PickerState {
    /// They are asked for.
    Loading,
    /// All are there.
    Ready,
    /// They did not come.
    Failed(Fault),
}

/// A row of the picker.
#[derive(Clone, Debug, PartialEq)]
pub enum PickRow {
    /// One of the listener's playlists.
    Playlist(Box<Collection>),
    /// A new one of this name; empty: the name is yet to be typed.
    New(CleanText),
}

impl Picker {
    /// Takes over the rows whose names hold every typed word.
    pub(in crate::app) fn find(&mut self) {
        let typed = self.input.text().trim();
        let words: Vec<_> = typed.split_whitespace().map(str::to_lowercase).collect();
        let holds = |playlist: &&Collection| {
            let title = playlist.title.as_str().to_lowercase();
            words.iter().all(|word| title.contains(word))
        };
        self.rows =
            self.all.iter().filter(holds).cloned().map(|found| PickRow::Playlist(Box::new(found))).collect();
        if self.can_create {
            self.rows.push(PickRow::New(typed.into()));
        }
        self.list.set_len(self.rows.len());
    }

    /// The row under the cursor.
    pub(super) fn selected(&self) -> Option<&PickRow> {
        self.rows.get(self.list.cursor()?)
    }
}
