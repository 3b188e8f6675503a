//! Deleting copies from the disk, after a question that says how many and how much.

use std::collections::HashSet;

use super::command::Obeyed;
use super::job::{Added, Outcome};
use super::jobs::{JobOrder, Jobs};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{DownloadCommand, DownloadId, EntryId, FinishedCopy, Ticket, TrackRef, size_words};

/// What was asked whether to delete, until the question has gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    ids: Vec<DownloadId>,
    ticket: Ticket,
}

/// The copies of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Deletable {
    /// Those that may go, by their rows.
    copies: Vec<(EntryId, TrackRef, FinishedCopy)>,
    /// How many are kept offline with a list, which would bring them back.
    pinned: usize,
}

impl Deletable {
    fn bytes(&self) -> u64 {
        self.copies.iter().map(|(.., file)| file.bytes).sum()
    }
}

impl Jobs {
    /// The copies of these jobs.
    pub(super) fn deletable(&self, ids: &[DownloadId]) -> Deletable {
        let mut found = Deletable::default();
        let mut seen = HashSet::new();
        for id in ids {
            let id = EntryId(id.0);
            let Some(copy) = self.by_id.get(&id).and_then(|job| self.copies.get(&job.track.reference)) else {
                continue;
            };
            let reference = &copy.track.reference;
            if !seen.insert(reference) {
                continue;
            }
            if self.is_pinned(reference) {
                found.pinned += 1;
            } else {
                found.copies.push((id, reference.clone(), copy.file.clone()));
            }
        }
        found
    }

    /// Deletes the copies of these jobs and takes their rows out. Taken back, the rows are there again, to be copied anew.
    pub(super) fn delete_copies(&mut self, ids: &[DownloadId], made_at: Option<u64>) -> Obeyed {
        let before = self.entries.clone();
        let found = self.deletable(ids);
        let count = found.copies.len();
        let mut orders = Vec::new();
        let going: HashSet<EntryId> = found.copies.iter().map(|(id, ..)| *id).collect();
        for (id, reference, file) in found.copies {
            self.forget_copy(&reference);
            if let Some(job) = self.by_id.get_mut(&id) {
                (job.outcome, job.bytes, job.seen) = (Outcome::Open, 0, 0);
            }
            orders.push(JobOrder::Remove(Box::new(file)));
        }
        self.entries.retain(|entry| !going.contains(&entry.id));
        orders.extend(self.edited(format!("deleting {}", copies(count)), &before, made_at));
        Obeyed { orders, added: Added::default(), count, retraced: None }
    }
}

impl State {
    /// Deletes the copies of the rows from the disk, once the question has been answered by the same key.
    pub(in crate::app) fn delete_copies_here(&mut self) -> Vec<Effect> {
        let asked = self.downloads.asked.take();
        let ids = self.jobs_meant();
        let found = self.downloads.jobs.deletable(&ids);
        let count = found.copies.len();
        if count == 0 {
            return self.tell(
                Level::Info,
                match found.pinned {
                    0 => "There is no copy here to delete".to_owned(),
                    pinned => format!("{} kept offline with a list; that is to be left first", are(pinned)),
                },
            );
        }
        if asked.is_some_and(|asked| asked.ids == ids) {
            let (mut effects, obeyed) = self.command_downloads(DownloadCommand::Delete(ids));
            let words = match obeyed {
                Some(obeyed) => format!(
                    "Deleted {} \u{b7} {}, which fetches anew",
                    copies(obeyed.count),
                    self.undo_words()
                ),
                None => format!("The Segue that downloads was asked to delete {}", copies(count)),
            };
            effects.extend(self.tell(Level::Info, words));
            return effects;
        }
        let key = self.keymap.keys_of(&Action::DeleteCopies).into_iter().next();
        let key = key.map_or_else(|| "The same".to_owned(), |key| format!("{key} again"));
        let size = size_words(found.bytes());
        let mut words = format!("Delete {}, {size}, from the disk? {key} does it", copies(count));
        if found.pinned > 0 {
            let stay = if found.pinned == 1 { "stays" } else { "stay" };
            words = format!("{words}; {} that a list keeps offline {stay}", found.pinned);
        }
        let effects = self.tell(Level::Warning, words);
        let ticket = effects.iter().find_map(|effect| match effect {
            Effect::Wait { ticket, .. } => Some(*ticket),
            _ => None,
        });
        self.downloads.asked = ticket.map(|ticket| Asked { ids, ticket });
        effects
    }

    /// A question that nobody sees any more cannot be answered.
    pub(in crate::app) fn delete_elapsed(&mut self, ticket: Ticket) {
        if self.downloads.asked.as_ref().is_some_and(|asked| asked.ticket == ticket) {
            self.downloads.asked = None;
        }
    }
}

fn copies(count: usize) -> String {
    if count == 1 { "1 copy".to_owned() } else { format!("{count} copies") }
}

fn are(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}
