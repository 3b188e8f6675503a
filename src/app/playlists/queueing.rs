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
        match self.playlists.selected().cloned() {
            Some(PlaylistRow::Own(about)) => {
                self.order(PlaylistOrder::Open(about.id), Asked::Queue(about.id, place))
            }
            // As it is here: with what has not reached its service.
            Some(PlaylistRow::There { kept: Some(about), .. }) => {
                self.order(PlaylistOrder::Open(about.id), Asked::Queue(about.id, place))
            }
            Some(PlaylistRow::There { found: Some(found), title, .. }) => {
                self.gather(&found.reference, &title, place)
            }
            Some(PlaylistRow::At { .. }) => self.tell(Level::Info, "Open it, and queue one of its playlists"),
            Some(PlaylistRow::There { .. }) | None => Vec::new(),
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

    /// Makes the playlist under the cursor the queue again, where it stood when it was saved.
    pub(in crate::app) fn bring_queue_back(&mut self) -> Vec<Effect> {
        match self.playlist_meant() {
            Some((id, _)) => self.order(PlaylistOrder::Open(id), Asked::BringBack(id)),
            None => self.tell(Level::Info, "Only a playlist on this machine can be the queue again"),
        }
    }

    /// Its rows have come. It waits where it was left, as at the start of the program.
    pub(super) fn queue_came_back(&mut self, opened: OpenedPlaylist) -> Vec<Effect> {
        let OpenedPlaylist { about, entries, .. } = opened;
        if entries.is_empty() {
            return self.tell(Level::Info, format!("There is nothing in {}", about.name));
        }
        let row = |id| entries.iter().position(|entry| entry.id == id);
        let place = about.place.and_then(|place| Some((row(place.entry)?, place.position)));
        let (row, position) = place.unwrap_or_default();
        let tracks: Vec<_> = entries.iter().map(|entry| entry.track.clone()).collect();
        let mut effects = self.replace_queue(&format!("bringing {} back", about.name), tracks, row);
        self.playback.wait_at(position);
        effects.extend(self.show_playing());
        let words = format!("{} is the queue now \u{b7} {}", about.name, self.undo_words());
        effects.extend(self.tell(Level::Info, words));
        effects
    }
}
