//! Copies of playlists on this machine, where they may hold anything.

use std::sync::Arc;

use super::state::PlaylistRow;
use super::theirs::Then;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{CleanText, Track};

impl State {
    /// Copies the playlist that is open or under the cursor to this machine, where it may hold anything.
    pub(in crate::app) fn copy_here(&mut self) -> Vec<Effect> {
        if let Some(open) = &self.playlists.open {
            let tracks = open.entries.iter().map(|entry| entry.track.clone()).collect();
            let name = open.name.clone();
            return self.make_copy(&name, tracks);
        }
        match self.playlists.selected().cloned() {
            Some(PlaylistRow::There { found: Some(found), title, .. }) => {
                self.ask_there(&found.reference, title, Then::Copy)
            }
            Some(PlaylistRow::Own(_) | PlaylistRow::There { .. }) => {
                self.tell(Level::Info, "Open it first; then it can be copied")
            }
            Some(PlaylistRow::At { .. }) | None => {
                self.tell(Level::Info, "There is no playlist here to copy")
            }
        }
    }

    pub(super) fn make_copy(&mut self, name: &CleanText, tracks: Vec<Arc<Track>>) -> Vec<Effect> {
        let is_taken = |name: &str| self.playlists.own().any(|info| info.name.as_str() == name);
        let mut free = name.to_string();
        let mut number = 1;
        while is_taken(&free) {
            number += 1;
            free = format!("{name} ({number})");
        }
        self.make_playlist(free.into(), tracks)
    }
}
