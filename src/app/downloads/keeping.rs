//! Lists that are kept offline: what their being read changes, and how much of them is here.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use super::command::why_not;
use super::jobs::{JobOrder, Jobs};
use crate::model::{
    CleanText, DownloadChange, KeptList, KeptMember, ListSource, ListStanding, Track, TrackRef,
};

/// How long a copy stays whose track was taken out of its list, in seconds.
const GRACE_S: u64 = 7 * 86_400;

/// Most lists that are kept.
const MAX_LISTS: usize = 200;

/// How many tracks of the lists that are kept are here, and how many there are, once that was asked since either changed.
#[derive(Clone, Debug, Default)]
pub(super) struct HereOfKept(OnceCell<(usize, usize)>);

impl PartialEq for HereOfKept {
    /// It follows from all else, asked for or not.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Jobs {
    /// The lists that are kept offline.
    pub fn lists(&self) -> &[KeptList] {
        &self.lists
    }

    /// Whether a list is kept offline.
    pub fn keeps(&self, source: &ListSource) -> bool {
        self.lists.iter().any(|list| list.source == *source)
    }

    /// Reads every list that is kept.
    pub fn read_lists(&self) -> Vec<JobOrder> {
        self.lists.iter().map(|list| JobOrder::Read(list.source.clone())).collect()
    }

    /// Keeps a list from now on; whether it was not kept before.
    pub(super) fn keep_list(&mut self, source: ListSource, title: CleanText) -> bool {
        if self.keeps(&source) || self.lists.len() >= MAX_LISTS {
            return false;
        }
        let list = KeptList { source, title, members: Vec::new(), read_at: 0 };
        self.changes.push(DownloadChange::List(Box::new(list.clone())));
        self.lists.push(list);
        true
    }

    /// Keeps a list no longer; its copies stay as any others. Whether it was kept.
    pub(super) fn leave_list(&mut self, source: &ListSource) -> bool {
        let before = self.lists.len();
        self.lists.retain(|list| list.source != *source);
        let was_kept = self.lists.len() < before;
        if was_kept {
            self.changes.push(DownloadChange::ListGone(source.clone()));
            self.pin();
        }
        was_kept
    }

    /// A list was read at this time, in seconds since 1970: what is new in it is copied, and what has not been in it for
    /// a while goes.
    pub fn list_read(&mut self, source: &ListSource, found: Vec<Track>, at: u64) -> Vec<JobOrder> {
        let Some(place) = self.lists.iter().position(|list| list.source == *source) else {
            return Vec::new();
        };
        let Some(list) = self.lists.get_mut(place) else { return Vec::new() };
        let title = list.title.clone();
        let mut names = HashSet::new();
        let found: Vec<Arc<Track>> =
            found.into_iter().filter(|track| names.insert(track.reference.clone())).map(Arc::new).collect();
        let (mut gone, mut over) = (Vec::new(), Vec::new());
        for mut member in std::mem::take(&mut list.members) {
            if names.contains(&member.track.reference) {
                continue;
            }
            // However the clock went, nothing goes before its time.
            let gone_at = *member.gone_at.get_or_insert(at);
            if at.saturating_sub(gone_at) >= GRACE_S { over.push(member) } else { gone.push(member) }
        }
        let member = |track: &Arc<Track>| KeptMember {
            track: track.clone(),
            gone_at: None,
            why_not: why_not(track).filter(|_| !is_own(track)),
        };
        list.members = found.iter().map(member).chain(gone).collect();
        list.read_at = at;
        self.changes.push(DownloadChange::List(Box::new(list.clone())));
        let mut orders = self.drop_members(&over);
        let queued: HashSet<_> = self.entries.iter().map(|entry| &entry.track.reference).collect();
        let is_wanted = |track: &Arc<Track>| {
            why_not(track).is_none() && !self.has_recording(track) && !queued.contains(&track.reference)
        };
        let wanted: Vec<_> = found.into_iter().filter(is_wanted).collect();
        if !wanted.is_empty() {
            self.add(wanted, Some(title));
        }
        self.pin();
        orders.extend(self.settle());
        orders
    }

    /// Removes what no list holds any more: copies that were made for one, and jobs.
    fn drop_members(&mut self, over: &[KeptMember]) -> Vec<JobOrder> {
        let mut orders = Vec::new();
        let held: HashSet<TrackRef> = self.members().map(|member| member.track.reference.clone()).collect();
        for member in over.iter().filter(|member| !held.contains(&member.track.reference)) {
            let reference = &member.track.reference;
            self.entries.retain(|entry| entry.track.reference != *reference);
            if let Some(copy) = self.copies.get(reference).filter(|copy| copy.pinned) {
                let file = Box::new(copy.file.clone());
                self.forget_copy(reference);
                orders.push(JobOrder::Remove(file));
            }
        }
        orders
    }

    fn members(&self) -> impl Iterator<Item = &KeptMember> {
        self.lists.iter().flat_map(|list| &list.members)
    }

    /// Whether a list wants a copy kept.
    pub(super) fn is_pinned(&self, reference: &TrackRef) -> bool {
        self.pins.contains(reference)
    }

    /// Copies that lists hold are kept whatever else goes, and no others.
    pub(super) fn pin(&mut self) {
        let copies =
            |member: &KeptMember| self.copy_of(&member.track).map(|copy| copy.track.reference.clone());
        let mut pins: HashSet<TrackRef> = self.members().filter_map(copies).collect();
        pins.extend(self.members().map(|member| member.track.reference.clone()));
        for copy in self.copies.iter_mut() {
            let pinned = pins.contains(&copy.track.reference);
            if std::mem::replace(&mut copy.pinned, pinned) != pinned {
                self.changes.push(DownloadChange::Copy(Box::new(copy.clone())));
            }
        }
        self.pins = pins;
        self.here_of_kept = HereOfKept::default();
    }

    /// How much of every list that is kept can be heard without a network.
    pub fn travel_check(&self) -> Vec<ListStanding> {
        let standing = |list: &KeptList| {
            let now = || list.members.iter().filter(|member| member.gone_at.is_none());
            let is_here = |member: &&KeptMember| self.is_on_this_machine(&member.track);
            let missing = now().filter(|member| !is_here(member));
            ListStanding {
                source: list.source.clone(),
                title: list.title.clone(),
                read_at: list.read_at,
                all: now().count(),
                here: now().filter(is_here).count(),
                missing: missing.map(|member| (member.track.clone(), member.why_not.clone())).collect(),
            }
        };
        self.lists.iter().map(standing).collect()
    }

    /// How many tracks of the lists that are kept are here, and how many there are.
    pub fn here_of_kept(&self) -> (usize, usize) {
        *self.here_of_kept.0.get_or_init(|| {
            let now = || self.members().filter(|member| member.gone_at.is_none());
            (now().filter(|member| self.is_on_this_machine(&member.track)).count(), now().count())
        })
    }

    fn is_on_this_machine(&self, track: &Track) -> bool {
        is_own(track) || self.has_recording(track)
    }
}

fn is_own(track: &Track) -> bool {
    track.reference.file().is_some()
}

/// The travel check in a sentence: "3 of 128 are not yet here".
pub fn travel_words(lists: &[ListStanding]) -> String {
    let (all, missing): (usize, usize) =
        lists.iter().fold((0, 0), |(all, missing), list| (all + list.all, missing + list.missing.len()));
    let never: usize =
        lists.iter().flat_map(|list| &list.missing).filter(|(_, why_not)| why_not.is_some()).count();
    match (lists.len(), all, missing) {
        (0, ..) => "Nothing is kept offline yet".to_owned(),
        (_, 0, _) => "What is kept offline has not been read yet".to_owned(),
        (_, all, 0) => format!("All {all} that are kept offline are here"),
        (_, all, missing) if never == 0 => format!("{missing} of {all} are not yet here"),
        (_, all, missing) if never == missing => {
            format!("{never} of {all} may not be kept; all others are here")
        }
        (_, all, missing) => {
            format!("{} of {all} are not yet here, and {never} may not be kept", missing - never)
        }
    }
}
