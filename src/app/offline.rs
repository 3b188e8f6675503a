//! Without a network: what still plays and is found, what is told, and what goes on when there is one again.

use super::effect::Effect;
use super::notices::Level;
use super::search::Answer;
use super::state::State;
use crate::model::{FaultKind, Item, Kind, Network, Track, TrackRef};

impl State {
    /// Whether a track can be heard while nobody is asked for anything.
    pub fn is_here(&self, track: &Track) -> bool {
        match &track.reference {
            TrackRef::File(_) | TrackRef::Part(_) => true,
            TrackRef::Url(_) | TrackRef::Service { .. } => self.downloads.jobs.has_recording(track),
        }
    }

    /// Whether a track cannot be heard now because there is no network.
    pub fn is_out_of_reach(&self, track: &Track) -> bool {
        self.network.is_offline() && !self.is_here(track)
    }

    /// Asks nobody for anything from now on, or as usual again.
    pub(super) fn toggle_offline(&mut self) -> Vec<Effect> {
        let off = self.network != Network::Off;
        // What the wire says to that comes later and changes nothing any more.
        let mut effects = self.network_changed(if off { Network::Off } else { Network::There });
        effects.insert(0, Effect::GoOffline(off));
        effects
    }

    /// The network went, came back, or may be tried.
    pub(super) fn network_changed(&mut self, network: Network) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.network, network);
        if before == network {
            return Vec::new();
        }
        let mut effects = self.network_counts_for_downloads();
        match network {
            Network::Off => {
                let words = "Offline: nobody is asked for anything, and what is on this machine plays";
                effects.extend(self.tell(Level::Info, words));
            }
            // It was said already when a try came to nothing.
            Network::Gone if before == Network::There => {
                let words =
                    "There is no network: what is on this machine plays, the rest goes on when there is one";
                effects.extend(self.tell(Level::Warning, words));
            }
            Network::Gone => {}
            Network::Trying => effects.extend(self.send_changes(false)),
            Network::There => {
                effects.extend(self.tell(Level::Info, "Online again"));
                effects.extend(self.ask_again());
            }
        }
        effects
    }

    /// Asks for what could not be asked without a network.
    fn ask_again(&mut self) -> Vec<Effect> {
        let mut effects = self.send_changes(false);
        let failed =
            |answer: &Answer| matches!(answer, Answer::Failed(fault) if fault.kind == FaultKind::Network);
        if self.search.services.iter().any(|service| failed(&service.answer)) {
            effects.extend(self.search_anew());
        }
        effects.extend(self.retry_shelf());
        effects.extend(self.read_kept_lists());
        effects
    }

    /// The copies that the words of the search find, where nobody else can be asked.
    pub(super) fn copies_found(&self) -> Vec<Item> {
        let words = &self.search.plain_words;
        if !self.network.is_offline() || self.search.kind != Kind::Track || words.is_empty() {
            return Vec::new();
        }
        self.downloads.jobs.copies_named(words).into_iter().map(Item::Track).collect()
    }
}
