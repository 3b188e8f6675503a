//! How rows are rearranged. Places come in order and inside the list; the caller puts the cursor where it belongs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::Entry;
use super::sort::{SortKey, sort};
use crate::app::queue::Random;
use crate::app::search::{LENGTH_SLACK, alike, code, name};
use crate::model::{EntryId, Track, TrackRef};

/// What puts a whole list in another order, or thins it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// Sorted; equal rows stay in the order they have.
    Sorted {
        /// By what; the first counts most.
        by: Vec<SortKey>,
        /// The last one first.
        down: bool,
    },
    /// In no order: any that this number leads to.
    Shuffled(u64),
    /// Without rows that say what one before them says.
    WithoutDoubles,
}

impl Arrangement {
    /// What is done, in words: "sorting by title".
    pub fn words(&self) -> String {
        match self {
            Self::Sorted { by, down } => {
                let keys: Vec<_> = by.iter().map(|key| key.title()).collect();
                let last = if *down { ", the last first" } else { "" };
                format!("sorting by {}{last}", keys.join(", then "))
            }
            Self::Shuffled(_) => "shuffling rows".to_owned(),
            Self::WithoutDoubles => "taking out what was there twice".to_owned(),
        }
    }

    /// Does it.
    pub fn apply(&self, entries: &mut Vec<Entry>) {
        match self {
            Self::Sorted { by, down } => sort(entries, by, *down),
            Self::Shuffled(seed) => Random(*seed).shuffle(entries),
            Self::WithoutDoubles => {
                let places = duplicates(entries);
                remove(entries, &places);
            }
        }
    }
}

/// Takes the rows at these places out and returns them.
pub(in crate::app) fn remove<T>(entries: &mut Vec<T>, rows: &[usize]) -> Vec<T> {
    let places: HashSet<_> = rows.iter().collect();
    let mut taken = Vec::with_capacity(rows.len());
    let mut kept = Vec::with_capacity(entries.len());
    for (place, entry) in entries.drain(..).enumerate() {
        if places.contains(&place) { taken.push(entry) } else { kept.push(entry) }
    }
    *entries = kept;
    taken
}

/// Puts rows in before the row at `place`.
pub(in crate::app) fn with_rows_at<T>(entries: &mut Vec<T>, place: usize, rows: Vec<T>) {
    let place = place.min(entries.len());
    entries.splice(place..place, rows);
}

/// Leaves rows that were not there before out, the last ones first, so that there are at most `most`; how many. Rows that
/// were there stay, unless they alone are too many.
pub(in crate::app) fn leave_out(entries: &mut Vec<Entry>, before: &[EntryId], most: usize) -> usize {
    let surplus = entries.len().saturating_sub(most);
    if surplus == 0 {
        return 0;
    }
    let there: HashSet<EntryId> = before.iter().copied().collect();
    let new = entries.iter().enumerate().rev().filter(|(_, entry)| !there.contains(&entry.id));
    let places: Vec<usize> = new.map(|(place, _)| place).take(surplus).collect();
    remove(entries, &places);
    entries.truncate(most);
    surplus
}

/// Moves the rows at these places so many places down, or up; rows that stand apart come together first. Returns where
/// the first of them is then, or nothing where they cannot go further.
pub(in crate::app) fn moved<T>(entries: &mut Vec<T>, rows: &[usize], down: bool, by: usize) -> Option<usize> {
    let (first, last) = (*rows.first()?, *rows.last()?);
    let stays =
        |upto: usize| (0..upto.min(entries.len())).filter(|row| rows.binary_search(row).is_err()).count();
    let place = if down { stays(last + 1 + by) } else { stays(first.saturating_sub(by)) };
    if place == first && last - first + 1 == rows.len() {
        return None;
    }
    let block = remove(entries, rows);
    with_rows_at(entries, place, block);
    Some(place)
}

/// The places of rows that say what a row before them says: the same track, or the same recording.
pub(in crate::app) fn duplicates(entries: &[Entry]) -> Vec<usize> {
    let mut references: HashSet<&TrackRef> = HashSet::new();
    let mut codes: HashSet<String> = HashSet::new();
    // By length too: thousands of rows may be called alike.
    let mut named: HashMap<String, BTreeMap<Duration, Vec<&Track>>> = HashMap::new();
    let mut found = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let track = &*entry.track;
        let namesakes = named.entry(name(track)).or_default();
        let as_long = track.length.map(|length| length.saturating_sub(LENGTH_SLACK)..=length + LENGTH_SLACK);
        let is_known = references.contains(&track.reference)
            || code(track).is_some_and(|code| codes.contains(&code))
            || as_long.is_some_and(|lengths| {
                namesakes.range(lengths).flat_map(|(_, known)| known).any(|known| alike(known, track))
            });
        if is_known {
            found.push(place);
        } else {
            references.insert(&track.reference);
            codes.extend(code(track));
            // Of unknown length nothing is alike.
            if let Some(length) = track.length {
                namesakes.entry(length).or_default().push(track);
            }
        }
    }
    found
}
