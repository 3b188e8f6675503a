//! What the picker shows.

use std::sync::Arc;

use crate::app::input::TextInput;
use crate::app::list::List;
use crate::model::{CleanText, Collection, Fault, ListId, PlaylistInfo, ServiceId, Ticket, Track};

/// The picker, open over a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// What is to be added: a title, or how many.
    pub title: CleanText,
    /// Words to look for; the name of a new playlist.
    pub input: TextInput,
    /// How far the service's playlists are.
    pub state: PickerState,
    /// The rows that match, then new ones.
    pub rows: Vec<PickRow>,
    /// Cursor over `rows`.
    pub list: List,
    /// The service whose tracks they all are, where it keeps playlists.
    pub at: Option<PickerService>,
    pub(super) tracks: Vec<Arc<Track>>,
    /// The playlists on this machine.
    pub(in crate::app) own: Vec<PlaylistInfo>,
}

/// A service to whose playlists tracks may go.
#[derive(Clone, Debug, PartialEq)]
pub struct PickerService {
    /// In its own spelling.
    pub name: CleanText,
    pub(super) service: ServiceId,
    pub(super) source: ListId,
    /// Tracks that are not the service's, and stay out of playlists there.
    pub left_out: usize,
    pub(super) can_create: bool,
    pub(super) all: Vec<Collection>,
    pub(super) next_page: u32,
    pub(super) ticket: Option<Ticket>,
}

/// How far the listener's playlists at the service are.
#[derive(Clone, Debug, PartialEq)]
pub enum PickerState {
    /// They are asked for.
    Loading,
    /// All are there.
    Ready,
    /// They did not come.
    Failed(Fault),
    /// There are none, and why.
    None(CleanText),
}

/// A row of the picker.
#[derive(Clone, Debug, PartialEq)]
pub enum PickRow {
    /// A playlist on this machine.
    Own(PlaylistInfo),
    /// One of the listener's playlists at the service.
    Playlist(Box<Collection>),
    /// A new one of this name on this machine; empty: the name is yet to be typed.
    NewOwn(CleanText),
    /// A new one of this name at the service.
    New(CleanText),
}

impl Picker {
    /// Takes over the rows whose names hold every typed word.
    pub(in crate::app) fn find(&mut self) {
        let typed = self.input.text().trim();
        let words: Vec<_> = typed.split_whitespace().map(str::to_lowercase).collect();
        let holds = |name: &CleanText| {
            let name = name.as_str().to_lowercase();
            words.iter().all(|word| name.contains(word))
        };
        let own = self.own.iter().filter(|found| holds(&found.name)).cloned().map(PickRow::Own);
        let there = self.at.iter().flat_map(|at| &at.all).filter(|found| holds(&found.title));
        let there = there.cloned().map(|found| PickRow::Playlist(Box::new(found)));
        self.rows = own.chain(there).collect();
        self.rows.push(PickRow::NewOwn(typed.into()));
        if self.at.as_ref().is_some_and(|at| at.can_create) {
            self.rows.push(PickRow::New(typed.into()));
        }
        self.list.set_len(self.rows.len());
    }

    /// The row under the cursor.
    pub(super) fn selected(&self) -> Option<&PickRow> {
        self.rows.get(self.list.cursor()?)
    }
}
