//! What was said of the own music is taken back, and said again. Whose turn it is when nothing else tells: what the listener
//! did last.

use super::effect::Effect;
use super::focus::{Focus, Page};
use super::notices::Level;
use super::own::SAID;
use super::state::State;
use crate::model::{Fault, Mark, OwnChange, OwnJournal, OwnMove, PlaylistId};

/// How far the journals of the lists are: another number, and a list was edited since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Edits {
    queue: (u64, u64),
    playlist: Option<(PlaylistId, u64)>,
}

/// What was said since lists were edited last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    at: Edits,
    /// How much of it stands, and how much was taken back.
    done: u32,
    undone: u32,
    /// What was asked of the library and not answered.
    asked: Option<OwnMove>,
}

impl State {
    fn edits(&self) -> Edits {
        let journal = &self.queue.journal;
        let open = self.playlists.open.as_ref();
        Edits {
            queue: (journal.first_number() + journal.all().len() as u64, journal.number()),
            playlist: open.map(|open| (open.id, open.journal.number())),
        }
    }

    /// The queue's journal is that of earlier runs: nobody knows what came last.
    pub(super) fn forget_order_of_edits(&mut self) {
        self.said.at = self.edits();
    }

    /// Something was said of the own music.
    pub(super) fn note_said(&mut self) {
        let at = self.edits();
        if self.said.at != at {
            (self.said.at, self.said.done) = (at, 0);
        }
        self.said.done += 1;
        self.said.undone = 0;
    }

    /// Whether the cursor is among the lists of the own music.
    pub(super) fn is_in_own_music(&self) -> bool {
        let is_own = |service| self.services.iter().any(|own| own.capabilities.is_local && own.id == service);
        matches!(self.focus(), Focus::BrowseLists | Focus::BrowseTracks)
            && self.browse.open().is_some_and(|shelf| is_own(shelf.service.clone()))
    }

    /// Whether undo (else redo) means what was said: in the lists of the own music, or because it came last.
    pub(super) fn said_last(&self, back: bool) -> bool {
        if self.is_in_own_music() {
            // Unless the queue was edited since: `e` works there too.
            return self.said.at.queue.1 == self.edits().queue.1;
        }
        let is_last =
            self.said.at == self.edits() && if back { self.said.done } else { self.said.undone } > 0;
        is_last && !matches!(self.focus(), Focus::Playlists | Focus::Downloads)
    }

    /// Goes through what was said.
    pub(super) fn go_in_own(&mut self, by: OwnMove) -> Vec<Effect> {
        self.said.asked = Some(by);
        vec![Effect::GoInOwn(by)]
    }

    /// The library tells what was said, and what is so now.
    pub(super) fn own_journal_came(&mut self, result: Result<OwnJournal, Fault>) -> Vec<Effect> {
        let asked = self.said.asked.take();
        let journal = match result {
            Ok(journal) => journal,
            Err(fault) => return self.tell(Level::Error, fault.to_string()),
        };
        if asked.is_none_or(|asked| asked == OwnMove::Look) {
            self.show_own_journal(&journal);
            return Vec::new();
        }
        for step in &journal.walked {
            let now = if journal.is_back { &step.before } else { &step.after };
            match now {
                Some(OwnChange::Like { track, on }) => {
                    if let Some(item) = track.marked_as() {
                        self.show_mark(Mark::Like, &item, *on);
                    }
                }
                Some(OwnChange::Rate { track, stars }) => self.show_stars(track, *stars),
                Some(OwnChange::KeepSearch { .. } | OwnChange::ForgetSearch { .. }) | None => {}
            }
        }
        let words = match (asked, journal.walked.as_slice()) {
            (Some(OwnMove::Back), []) => "Nothing to undo".to_owned(),
            (_, []) => "Nothing to redo".to_owned(),
            (Some(OwnMove::Back), [step, ..]) => format!("Undone: {}", step.words()),
            (Some(OwnMove::On), [step, ..]) => format!("Done again: {}", step.words()),
            (_, [_]) => "Gone through 1 change".to_owned(),
            (_, steps) => format!("Gone through {} changes", steps.len()),
        };
        if !journal.walked.is_empty() {
            match asked {
                Some(OwnMove::Back) => {
                    (self.said.done, self.said.undone) =
                        (self.said.done.saturating_sub(1), self.said.undone.saturating_add(1));
                }
                Some(OwnMove::On) => {
                    (self.said.done, self.said.undone) =
                        (self.said.done.saturating_add(1), self.said.undone.saturating_sub(1));
                }
                _ => {}
            }
        }
        let mut effects = self.read_own_lists_again();
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Lists of what was said are not as they were, the one that is seen neither.
    fn read_own_lists_again(&mut self) -> Vec<Effect> {
        self.forget_own_lists();
        let is_own = self.is_in_own_music();
        if let Some(shelf) = self.browse.open_mut().filter(|_| is_own) {
            let id = shelf.source.as_ref().map_or("", |source| source.id.0.as_str());
            if SAID.contains(&id) || id.starts_with("rating:") || id.starts_with("smart:") {
                shelf.forget();
            }
        }
        if self.page == Page::Browse { self.fill_open_shelf() } else { Vec::new() }
    }
}
