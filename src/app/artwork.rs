//! The cover of what plays, or would.

use std::sync::Arc;

use super::effect::Effect;
use super::state::State;
use crate::model::{Picture, Ticket, Track, TrackRef};

/// The cover that is shown, or waited for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cover {
    /// Whether covers are wanted at all.
    pub(super) is_wanted: bool,
    /// What it was asked for.
    of: Option<TrackRef>,
    /// Of the request under way.
    ticket: Option<Ticket>,
    /// The one to be seen.
    pub picture: Option<Arc<Picture>>,
    /// What `picture` was found for.
    album: Option<(Option<String>, String)>,
}

impl Cover {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self { is_wanted, ..Self::default() }
    }

    /// Whether covers are shown at all, and there is something that may have one.
    pub fn is_shown(&self) -> bool {
        self.is_wanted && self.of.is_some()
    }

    /// Whether one is on its way.
    pub fn is_waiting(&self) -> bool {
        self.ticket.is_some()
    }
}

/// What tells an album from others, where a track says: tracks of one mostly have one cover.
fn album_of(track: &Track) -> Option<(Option<String>, String)> {
    let album = track.album.as_ref()?.as_str().to_owned();
    Some((track.artwork.as_ref().map(ToString::to_string), album))
}

impl State {
    /// Asks for the cover of what plays when that is another track than before. Until the answer comes, a cover stays
    /// that is probably the same.
    pub(super) fn settle_cover(&mut self) -> Vec<Effect> {
        if !self.cover.is_wanted
            || self.current_track().map(|track| &track.reference) == self.cover.of.as_ref()
        {
            return Vec::new();
        }
        let track = self.current_track().cloned();
        let album = track.as_ref().and_then(album_of);
        if album.is_none() || album != self.cover.album {
            self.cover.picture = None;
        }
        self.cover.album = album;
        self.cover.of = track.as_ref().map(|track| track.reference.clone());
        self.cover.ticket = None;
        let Some(track) = track else { return Vec::new() };
        let ticket = self.next_ticket();
        self.cover.ticket = Some(ticket);
        vec![Effect::FindCover { ticket, track: Box::new(track) }]
    }

    pub(super) fn cover_found(&mut self, ticket: Ticket, picture: Option<Arc<Picture>>) -> Vec<Effect> {
        if self.cover.ticket == Some(ticket) {
            self.cover.ticket = None;
            self.cover.picture = picture;
        }
        Vec::new()
    }

    /// Covers are wanted from now on, or no longer.
    pub(super) fn want_covers(&mut self, is_wanted: bool) {
        if self.cover.is_wanted != is_wanted {
            self.cover = Cover::new(is_wanted);
        }
    }
}
