//! A whole playlist into the queue, out of the list of playlists.

use super::state::{Asked, PlaylistRow};
use crate::app::browse::Place;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{Allowed, OpenedPlaylist, PlaylistOrder};

impl State {
    /// Puts the playlist under the cursor into the queue.
    pub(in crate::app) fn queue_playlist(&mut self, place: Place) -> Vec<Effect> {
        match self.playlists.selected() {
            Some(PlaylistRow::Own(about)) => {
                let id = about.id;
                self.order(PlaylistOrder::Open(id), Asked::Queue(id, place))
            }
            Some(PlaylistRow::At { .. }) => self.tell(Level::Info, "Open it, and queue one of its playlists"),
            None => Vec::new(),
        }
    }

    /// Its rows have come.
    pub(super) fn queue_rows_of(&mut self, opened: OpenedPlaylist, place: Place) -> Vec<Effect> {
        let name = opened.about.name;
        let tracks: Vec<_> = opened.entries.into_iter().map(|entry| entry.track).collect();
        let playable: Vec<_> = tracks.into_iter().filter(|track| track.playable == Allowed::Yes).collect();
        if playable.is_empty() {
            return self.tell(Level::Info, format!("There is nothing to play in {name}"));
        }
        self.add_tracks(playable, place, name.as_str())
    }
}
