//! Playlists of a service that are edited here first. What is to be sent is the difference between how a playlist was
//! last known there and how it is wanted, so that many edits become few requests. Pure: knows neither the disk nor the
//! wire.

use std::collections::{HashMap, HashSet, VecDeque};

use super::catalogue::{ItemRef, Kind, ServiceId};
use super::change::{Change, PlaylistAbout};
use super::entry::Entry;
use super::fault::Fault;
use super::list_edit::{EntryId, ListEdit, merge};
use super::locator::TrackRef;
use super::marks::{ToldMark, WaitingMark};
use super::playlist::{OpenedPlaylist, PlaylistId};
use super::text::CleanText;
use super::track::Track;

/// What is known of a playlist's place at its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Which service keeps it.
    pub service: ServiceId,
    /// Whose it is there; `None`: nobody knows any more.
    pub account: Option<String>,
    /// Its id there; `None`: it is not there, yet or any more.
    pub id: Option<String>,
    /// Whether what was changed here has reached the service.
    pub arrival: Arrival,
}

impl Remote {
    /// The playlist at its service; `None`: it is not there.
    pub fn item(&self) -> Option<ItemRef> {
        let id = self.id.clone()?;
        Some(ItemRef { service: self.service.clone(), kind: Kind::Playlist, id })
    }
}

/// Whether what was changed here has reached the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// All of it.
    Arrived,
    /// So many changes wait.
    Waiting(u64),
    /// The service did not take it, and why; it is not sent again by itself.
    Held(CleanText),
}

/// A playlist whose changes have not reached its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which playlist.
    pub id: PlaylistId,
    /// What it is called here.
    pub title: CleanText,
    /// Whether it is deleted here.
    pub is_gone: bool,
    /// Where it is kept, and how it stands there.
    pub remote: Remote,
    /// How many changes.
    pub changes: u64,
    /// When it is sent again, in seconds since 1970.
    pub next_try_at: u64,
}

/// A playlist at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Copied {
    /// What it is called.
    pub title: CleanText,
    /// Its rows.
    pub entries: Vec<Entry>,
}

/// Something that is asked of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// To make the playlist. Which ones there were before, once that is known: of what came since, one of the same
    /// title is the one.
    Make(Option<Vec<String>>),
    /// To give it another name.
    Rename,
    /// To give it other rows.
    Arrange,
    /// To delete it.
    Delete,
}

/// What was sent and not answered yet. Until then nobody knows whether it was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// What was asked.
    pub what: Sending,
    /// How the playlist was to be then.
    pub wanted: Copied,
}

/// One thing to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// Of which playlist.
    pub id: PlaylistId,
    /// To whom.
    pub service: ServiceId,
    /// What it is called.
    pub title: CleanText,
    /// What to ask.
    pub change: Change,
    /// What it was called at the service when that was known last.
    pub known_title: CleanText,
    /// Whether it was sent before and the answer was lost.
    pub is_again: bool,
    /// Which playlists there were before this one was to be made.
    pub seen: Option<Vec<String>>,
    /// What the service is believed to show of one that is to be deleted: its title, and the ids of its tracks. What shows
    /// something else was changed by somebody, and is not deleted.
    pub believed: Option<(CleanText, Vec<String>)>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// It is done.
    Done,
    /// The playlist was made and has this id. Its rows, with numbers of their own, where they may be others than were
    /// asked for.
    Made {
        /// Its id.
        id: String,
        /// What is in it.
        entries: Option<Vec<Entry>>,
    },
    /// Somebody else had changed it: nothing was done, and so it is now.
    Changed {
        /// As the service shows it.
        found: Found,
        /// Whether it was sent before, and nobody knows what came of that.
        in_doubt: bool,
    },
    /// It is not there any more.
    Gone,
    /// Not now.
    Later {
        /// Why.
        fault: Fault,
        /// Whether it is certain that nothing was done.
        is_undone: bool,
    },
    /// It will never be done as it is.
    Refused {
        /// Why.
        fault: Fault,
        /// Whether it is certain that nothing was done.
        is_undone: bool,
    },
}

/// A playlist as a service shows it. The rows' numbers are of no meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it is called; `None`: that was not asked.
    pub title: Option<CleanText>,
    /// Whether nobody else sees it.
    pub is_private: bool,
    /// Its rows.
    pub entries: Vec<Entry>,
}

impl Found {
    /// Whether this is what a service was believed to show. A title that was not asked for may be any.
    pub fn is_as(&self, service: &ServiceId, (title, rows): &(CleanText, Vec<String>)) -> bool {
        let found = self.entries.iter().filter_map(|entry| id_at(&entry.track, service));
        self.title.as_ref().is_none_or(|found| found == title) && found.eq(rows.iter().map(String::as_str))
    }
}

/// What there is to tell after something was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It arrived.
    Arrived,
    /// Somebody had changed the playlist there: both changes are in it now.
    Merged {
        /// Rows that were changed here and had been taken out there.
        lost: Vec<CleanText>,
        /// The name that it was given there, where it got another one here, which stands.
        renamed: Option<CleanText>,
    },
    /// It was deleted here, and somebody had changed it there meanwhile: it is not deleted there, and is here again.
    Spared {
        /// Rows that were changed here and had been taken out there.
        lost: Vec<CleanText>,
    },
    /// It waits, and why.
    Waits(Fault),
    /// It is held, and why.
    Held(Fault),
}

/// A service's playlist as it is opened here.
#[derive(Clone, Debug, PartialEq)]
pub struct Mirrored {
    /// As it is kept here now.
    pub opened: Box<OpenedPlaylist>,
    /// What came of changes that were made both here and there.
    pub merged: Option<Settled>,
    /// Why it could not be read there, if so: then it is as it was last known.
    pub fault: Option<Fault>,
}

/// One playlist's news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which playlist.
    pub id: PlaylistId,
    /// At which service.
    pub service: ServiceId,
    /// What it is called.
    pub title: CleanText,
    /// What there is to tell.
    pub what: Settled,
}

/// What a round of sending came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// In the order in which it happened.
    pub told: Vec<Told>,
    /// What has not arrived.
    pub waiting: Vec<Waiting>,
    /// What came of marks.
    pub marked: Vec<ToldMark>,
    /// Marks that have not arrived.
    pub marks: Vec<WaitingMark>,
    /// In how many seconds something is due again.
    pub again_in_s: Option<u64>,
}

/// A service's playlist as it was last known there, and what was sent since.
#[derive(Clone, Debug, PartialEq)]
pub struct Mirror {
    /// Who keeps it.
    pub service: ServiceId,
    /// Whose it is there; `None`: it was kept before that was noted.
    pub account: Option<String>,
    /// Its id there; `None`: it is not there.
    pub remote: Option<String>,
    /// How it was there when that was known last.
    pub base: Copied,
    /// Whether nobody else saw it then: made anew, it shall be so again.
    pub is_private: bool,
    /// What was sent and not answered.
    pub sent: Option<Sent>,
}

/// A playlist after two changes became one.
#[derive(Clone, Debug, PartialEq)]
pub struct PutTogether {
    /// What the service shows, its rows numbered as they are here.
    pub theirs: Vec<Entry>,
    /// What it is with both changes.
    pub rows: Vec<Entry>,
    /// What it comes to be called, one name after the other: as it was renamed there, then with both changes.
    pub titles: Vec<CleanText>,
    /// Rows that were changed here and had been taken out there.
    pub lost: Vec<CleanText>,
}

/// The service's id of a track; `None`: it is none of this service.
pub fn id_at<'t>(track: &'t Track, service: &ServiceId) -> Option<&'t str> {
    match &track.reference {
        TrackRef::Service { service: own, id } if own == service => Some(id),
        TrackRef::Service { .. } | TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Url(_) => None,
    }
}

/// The track as this service has it, if it does: itself, or where else the same recording is known to be.
pub fn at_service(track: &Track, service: &ServiceId) -> Option<Track> {
    if id_at(track, service).is_some() {
        return Some(track.clone());
    }
    let is_there =
        |found: &&TrackRef| matches!(found, TrackRef::Service { service: own, .. } if own == service);
    let reference = track.elsewhere.iter().find(is_there)?.clone();
    let others = track.elsewhere.iter().filter(|other| **other != reference).cloned();
    let elsewhere = others.chain([track.reference.clone()]).collect();
    // Ids of the album and the artist are the other service's.
    Some(Track { reference, elsewhere, album_id: None, artist_id: None, ..track.clone() })
}

impl Mirror {
    /// Of a playlist that is not at the service yet.
    pub fn new(service: ServiceId, account: Option<String>) -> Self {
        Self { service, account, remote: None, base: Copied::default(), is_private: false, sent: None }
    }

    /// What the service is believed to show: its title, and the ids of its tracks.
    pub fn believed(&self) -> (CleanText, Vec<String>) {
        (self.base.title.clone(), self.ids(&self.base.entries))
    }

    fn ids(&self, entries: &[Entry]) -> Vec<String> {
        entries.iter().filter_map(|entry| id_at(&entry.track, &self.service).map(str::to_owned)).collect()
    }

    /// Whether the service would show the same.
    fn is_same(&self, one: &[Entry], other: &[Entry]) -> bool {
        self.ids(one) == self.ids(other)
    }

    /// What is to be sent next so that it becomes as `wanted` (`None`: deleted): what was sent before, as long as
    /// nobody knows what came of it.
    pub fn next(&self, wanted: Option<&Copied>) -> Option<Sent> {
        if let Some(sent) = &self.sent {
            return Some(sent.clone());
        }
        let sent = |what| Sent { what, wanted: wanted.cloned().unwrap_or_default() };
        match (&self.remote, wanted) {
            (None, None) => None,
            (None, Some(_)) => Some(sent(Sending::Make(None))),
            (Some(_), None) => Some(sent(Sending::Delete)),
            (Some(_), Some(wanted)) if wanted.title != self.base.title => Some(sent(Sending::Rename)),
            (Some(_), Some(wanted)) => {
                (!self.is_same(&wanted.entries, &self.base.entries)).then(|| sent(Sending::Arrange))
            }
        }
    }

    /// What is asked of the service to have that done.
    pub fn change(&self, sent: &Sent) -> Change {
        let id = self.remote.clone().unwrap_or_default();
        let about = PlaylistAbout { title: Some(sent.wanted.title.to_string()), ..PlaylistAbout::default() };
        match sent.what {
            Sending::Make(_) => {
                let about = PlaylistAbout { public: self.is_private.then_some(false), ..about };
                Change::CreatePlaylist { about, tracks: self.ids(&sent.wanted.entries) }
            }
            Sending::Rename => Change::EditPlaylist { id, about },
            Sending::Arrange => Change::ArrangePlaylist {
                id,
                before: self.ids(&self.base.entries),
                after: self.ids(&sent.wanted.entries),
            },
            Sending::Delete => Change::DeletePlaylist { id },
        }
    }

    /// What was sent is done.
    pub fn done(&mut self) {
        let Some(Sent { what, wanted }) = self.sent.take() else { return };
        match what {
            Sending::Rename => self.base.title = wanted.title,
            Sending::Arrange => self.base.entries = wanted.entries,
            Sending::Delete => (self.remote, self.base) = (None, Copied::default()),
            // Only its id tells that.
            Sending::Make(_) => {}
        }
    }

    /// It was made under this id, with these rows or as it was wanted.
    pub fn made(&mut self, id: String, entries: Option<Vec<Entry>>) {
        let wanted = self.sent.take().map(|sent| sent.wanted).unwrap_or_default();
        let entries = entries
            .map_or_else(|| wanted.entries.clone(), |rows| self.numbered(&[&wanted.entries], &[], rows));
        (self.remote, self.base) = (Some(id), Copied { title: wanted.title, entries });
    }

    /// The rows that a service shows, numbered as the same rows in one of `known`, the first ones before others. New ones
    /// get no number that is among `wanted`.
    fn numbered(&self, known: &[&[Entry]], wanted: &[Entry], rows: Vec<Entry>) -> Vec<Entry> {
        let mut numbers: HashMap<&str, VecDeque<&Entry>> = HashMap::new();
        let mut taken: HashSet<EntryId> = HashSet::new();
        for entry in known.iter().flat_map(|entries| entries.iter()) {
            if let Some(id) = id_at(&entry.track, &self.service)
                && taken.insert(entry.id)
            {
                numbers.entry(id).or_default().push_back(entry);
            }
        }
        taken.extend(wanted.iter().map(|entry| entry.id));
        let numbered = rows.into_iter().map(|row| {
            let same = id_at(&row.track, &self.service).and_then(|id| numbers.get_mut(id)?.pop_front());
            if let Some(known) = same {
                return known.clone();
            }
            let mut row = row;
            while !taken.insert(row.id) {
                row.id.0 += 1;
            }
            row
        });
        numbered.collect()
    }

    /// Nobody knows any more how the service had it: what it shows and what is wanted become one list, in which nothing of
    /// either is missing.
    pub fn learned_anew(&mut self, found: Found, wanted: &Copied) -> PutTogether {
        self.sent = None;
        self.is_private = found.is_private;
        let theirs = self.numbered(&[&wanted.entries], &[], found.entries);
        let rows = merge(&[], &wanted.entries, &theirs).rows;
        let title = found.title.unwrap_or_else(|| wanted.title.clone());
        self.base = Copied { title, entries: theirs.clone() };
        PutTogether { theirs, rows, titles: Vec::new(), lost: Vec::new() }
    }

    /// The service shows something else than is believed: what was changed here since is carried over to that.
    /// `None`: it shows what is believed, or what was sent. `in_doubt`: what was sent may have been done.
    pub fn found(&mut self, found: Found, wanted: &Copied, in_doubt: bool) -> Option<PutTogether> {
        let sent = self.sent.take().filter(|sent| sent.what == Sending::Arrange);
        let sent = sent.map(|sent| sent.wanted.entries);
        let title = found.title.unwrap_or_else(|| self.base.title.clone());
        self.is_private = found.is_private;
        if title == self.base.title {
            if self.is_same(&found.entries, &self.base.entries) {
                return None;
            }
            if let Some(sent) = sent.as_ref().filter(|sent| self.is_same(&found.entries, sent)) {
                self.base.entries.clone_from(sent);
                return None;
            }
        }
        let mut known = vec![self.base.entries.as_slice()];
        known.extend(sent.as_deref());
        let theirs = self.numbered(&known, &wanted.entries, found.entries);
        let base = std::mem::take(&mut self.base.entries);
        let ancestor = sent.filter(|sent| in_doubt && was_done(&base, sent, &theirs)).unwrap_or(base);
        let merged = merge(&ancestor, &wanted.entries, &theirs);
        let is_renamed = self.base.title != wanted.title;
        let is_renamed_there = title != self.base.title && title != wanted.title;
        let titles = match (is_renamed_there, is_renamed) {
            (false, _) => Vec::new(),
            (true, false) => vec![title.clone()],
            (true, true) => vec![title.clone(), wanted.title.clone()],
        };
        self.base = Copied { title, entries: theirs.clone() };
        let lost = merged.gone.iter().map(|entry| entry.track.title.clone()).collect();
        Some(PutTogether { theirs, rows: merged.rows, titles, lost })
    }
}

/// Whether what was sent had been done before somebody else made `theirs` of it: what it puts in tells, or what it takes
/// out, else what is nearer.
fn was_done(base: &[Entry], sent: &[Entry], theirs: &[Entry]) -> bool {
    let keys = |rows: &[Entry]| rows.iter().map(|row| row.id).collect::<HashSet<_>>();
    let (of_base, of_sent, of_theirs) = (keys(base), keys(sent), keys(theirs));
    let mut put = of_sent.difference(&of_base).peekable();
    let mut taken = of_base.difference(&of_sent).peekable();
    // Where both may be, it was not: rather a row comes back that somebody took out than one is lost.
    if put.peek().is_some() {
        put.any(|row| of_theirs.contains(row))
    } else if taken.peek().is_some() {
        !taken.any(|row| of_theirs.contains(row))
    } else {
        ListEdit::between(sent, theirs).len() < ListEdit::between(base, theirs).len()
    }
}

#[cfg(test)]
mod tests;
