//! The finished copies: found by the name of their track, and by whatever else the same recording is known by.

use std::collections::HashMap;

use crate::app::search::{code, is_same_elsewhere, name};
use crate::model::{OfflineCopy, OwnCodes, Track, TrackRef, is_lossless_name};

/// The finished copies.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Copies {
    by_name: HashMap<TrackRef, OfflineCopy>,
    /// What their recordings are also known by, and of which track the best copy of each is.
    also: HashMap<Alias, TrackRef>,
    /// The tracks that have copies, by artist and title.
    titles: HashMap<String, Vec<TrackRef>>,
    /// The recordings that the listener has files of.
    pub own: OwnCodes,
}

/// What a recording is known by besides the name of its track.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Alias {
    /// Its name elsewhere.
    Name(TrackRef),
    /// Its recording code.
    Code(String),
}

/// What there is of a recording on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Nothing.
    None,
    /// Something that leaves out what the source would give.
    Worse,
    /// Something that is as good as far as is known.
    AsGood,
}

impl Copies {
    pub fn take(&mut self, copy: OfflineCopy) {
        self.learn(&copy);
        self.by_name.insert(copy.track.reference.clone(), copy);
    }

    /// Whether there was one.
    pub fn remove(&mut self, reference: &TrackRef) -> bool {
        if self.by_name.remove(reference).is_none() {
            return false;
        }
        self.also.clear();
        self.titles.clear();
        let copies = std::mem::take(&mut self.by_name);
        for copy in copies.values() {
            self.learn(copy);
        }
        self.by_name = copies;
        true
    }

    fn learn(&mut self, copy: &OfflineCopy) {
        let is_better = |known: &TrackRef| {
            let known = self.by_name.get(known).is_some_and(|known| known.file.format.is_lossless());
            copy.file.format.is_lossless() && !known
        };
        for alias in aliases(&copy.track) {
            if self.also.get(&alias).is_none_or(is_better) {
                self.also.insert(alias, copy.track.reference.clone());
            }
        }
        let titles = self.titles.entry(name(&copy.track)).or_default();
        if !titles.contains(&copy.track.reference) {
            titles.push(copy.track.reference.clone());
        }
    }

    /// The copy of this very track.
    pub fn get(&self, reference: &TrackRef) -> Option<&OfflineCopy> {
        self.by_name.get(reference)
    }

    pub fn get_mut(&mut self, reference: &TrackRef) -> Option<&mut OfflineCopy> {
        self.by_name.get_mut(reference)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &OfflineCopy> {
        self.by_name.values()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut OfflineCopy> {
        self.by_name.values_mut()
    }

    /// The copy of a track, or of the same recording under another name.
    pub fn of(&self, track: &Track) -> Option<&OfflineCopy> {
        self.all_of(track).next()
    }

    fn all_of(&self, track: &Track) -> impl Iterator<Item = &OfflineCopy> {
        let names = std::iter::once(&track.reference).chain(&track.elsewhere);
        let own = Alias::Name(track.reference.clone());
        let also = std::iter::once(own).chain(aliases(track));
        let titles = self.titles.get(&name(track)).into_iter().flatten();
        let alike = titles.filter_map(|name| self.by_name.get(name));
        names
            .filter_map(|name| self.by_name.get(name))
            .chain(also.filter_map(|alias| self.by_name.get(self.also.get(&alias)?)))
            .chain(alike.filter(|copy| is_same_elsewhere(&copy.track, track)))
    }

    /// What there is of a recording already: copies, and the listener's own files.
    pub fn presence(&self, track: &Track) -> Presence {
        if self.by_name.contains_key(&track.reference) {
            // The same from the same source gets no better.
            return Presence::AsGood;
        }
        let own = track.elsewhere.iter().filter_map(TrackRef::file);
        let own = own.map(|path| is_lossless_name(&path.to_string_lossy()));
        let own = own.chain(code(track).and_then(|code| self.own.lossless(&code)));
        match self.all_of(track).map(|copy| copy.file.format.is_lossless()).chain(own).max() {
            None => Presence::None,
            Some(false) if wants_all(track) => Presence::Worse,
            Some(_) => Presence::AsGood,
        }
    }

    /// The copy that is heard in place of a track: its own, or one of the same recording; while its source can be reached, only
    /// one that leaves nothing out.
    pub fn to_hear(&self, track: &Track, is_offline: bool) -> Option<&OfflineCopy> {
        if matches!(track.reference, TrackRef::File(_) | TrackRef::Part(_)) {
            return None;
        }
        let is_its = |copy: &&OfflineCopy| {
            let is_good = copy.track.reference == track.reference || copy.file.format.is_lossless();
            is_good || is_offline || !wants_all(track)
        };
        self.all_of(track).find(is_its)
    }
}

/// Whether the source gives all of the sound.
fn wants_all(track: &Track) -> bool {
    track.facts.as_ref().is_some_and(|facts| facts.is_lossless)
}

fn aliases(track: &Track) -> impl Iterator<Item = Alias> {
    track.elsewhere.iter().cloned().map(Alias::Name).chain(code(track).map(Alias::Code))
}
