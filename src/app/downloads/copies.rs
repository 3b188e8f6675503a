//! The finished copies: found by the name of their track, and by whatever else the same recording is known by.

use std::collections::HashMap;
use std::hash::Hash;

use crate::app::search::{code, is_same_elsewhere, name};
use crate::model::{OfflineCopy, OwnCodes, Track, TrackRef, is_lossless_name};

/// The finished copies.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Copies {
    by_name: HashMap<TrackRef, OfflineCopy>,
    /// The tracks that have copies, by what their recordings are called elsewhere.
    elsewhere: HashMap<TrackRef, Vec<TrackRef>>,
    /// The same by recording code.
    codes: HashMap<String, Vec<TrackRef>>,
    /// The same by artist and title.
    titles: HashMap<String, Vec<TrackRef>>,
    /// The recordings that the listener has files of.
    pub own: OwnCodes,
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
        // What is known of the track may be other than it was.
        self.remove(&copy.track.reference);
        let reference = &copy.track.reference;
        for elsewhere in &copy.track.elsewhere {
            self.elsewhere.entry(elsewhere.clone()).or_default().push(reference.clone());
        }
        if let Some(code) = code(&copy.track) {
            self.codes.entry(code).or_default().push(reference.clone());
        }
        self.titles.entry(name(&copy.track)).or_default().push(reference.clone());
        self.by_name.insert(reference.clone(), copy);
    }

    /// Whether there was one.
    pub fn remove(&mut self, reference: &TrackRef) -> bool {
        let Some(copy) = self.by_name.remove(reference) else { return false };
        for elsewhere in &copy.track.elsewhere {
            leave_out(&mut self.elsewhere, elsewhere, reference);
        }
        if let Some(code) = code(&copy.track) {
            leave_out(&mut self.codes, &code, reference);
        }
        leave_out(&mut self.titles, &name(&copy.track), reference);
        true
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
        self.get(&track.reference).or_else(|| self.others_of(track).next())
    }

    /// The copies of the same recording under other names, each maybe more than once. What is dear to find comes last.
    fn others_of(&self, track: &Track) -> impl Iterator<Item = &OfflineCopy> {
        let names = std::iter::once(&track.reference).chain(&track.elsewhere);
        let called = names.filter_map(|name| self.elsewhere.get(name)).flatten();
        let known = || std::iter::once(track).filter(|_| !self.by_name.is_empty());
        let coded = known().filter_map(|track| self.codes.get(&code(track)?)).flatten();
        let titled = known().filter_map(|track| self.titles.get(&name(track))).flatten();
        let copy = |reference: &TrackRef| self.by_name.get(reference);
        (track.elsewhere.iter().filter_map(copy))
            .chain(called.chain(coded).filter_map(copy))
            .chain(titled.filter_map(copy).filter(|copy| is_same_elsewhere(&copy.track, track)))
    }

    /// What there is of a recording already: copies, and the listener's own files.
    pub fn presence(&self, track: &Track) -> Presence {
        if self.by_name.contains_key(&track.reference) {
            // The same from the same source gets no better.
            return Presence::AsGood;
        }
        match self.others_of(track).map(is_lossless).chain(self.own_files(track)).max() {
            None => Presence::None,
            Some(false) if wants_all(track) => Presence::Worse,
            Some(_) => Presence::AsGood,
        }
    }

    /// Of the files of the listener's own that a recording is known to be in, whether they leave nothing of the sound out.
    fn own_files(&self, track: &Track) -> impl Iterator<Item = bool> {
        let named = track.elsewhere.iter().filter_map(TrackRef::file);
        let named = named.map(|path| is_lossless_name(&path.to_string_lossy()));
        named.chain(code(track).and_then(|code| self.own.lossless(&code)))
    }

    /// Whether a recording is on this machine.
    pub fn are_of(&self, track: &Track) -> bool {
        self.of(track).is_some() || self.own_files(track).next().is_some()
    }

    /// The copy that is heard in place of a track: its own, or the best one of the same recording; while its source can be
    /// reached, only one that leaves nothing out.
    pub fn to_hear(&self, track: &Track, is_offline: bool) -> Option<&OfflineCopy> {
        if track.reference.file().is_some() {
            return None;
        }
        let is_enough = |copy: &&OfflineCopy| is_lossless(copy) || is_offline || !wants_all(track);
        self.get(&track.reference).or_else(|| best(self.others_of(track)).filter(is_enough))
    }
}

/// Takes a track out of those that go by this key.
fn leave_out<K: Eq + Hash>(tracks: &mut HashMap<K, Vec<TrackRef>>, key: &K, track: &TrackRef) {
    if let Some(known) = tracks.get_mut(key) {
        known.retain(|other| other != track);
        if known.is_empty() {
            tracks.remove(key);
        }
    }
}

/// The first of those that leave nothing out, else the first.
fn best<'c>(copies: impl Iterator<Item = &'c OfflineCopy>) -> Option<&'c OfflineCopy> {
    let mut first = None;
    for copy in copies {
        if is_lossless(copy) {
            return Some(copy);
        }
        first = first.or(Some(copy));
    }
    first
}

fn is_lossless(copy: &OfflineCopy) -> bool {
    copy.file.format.is_lossless()
}

/// Whether the source gives all of the sound.
fn wants_all(track: &Track) -> bool {
    track.facts.as_ref().is_some_and(|facts| facts.is_lossless)
}
