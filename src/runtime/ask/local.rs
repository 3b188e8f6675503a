//! The playlists on this machine, for the command line: what `playlists.rs` does at the services.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::library::{OwnMusic, Playlists, described};
use crate::model::{
    CleanText, Collection, Entry, Fault, FaultKind, Item, ItemRef, JournalMove, Kind, LOCAL, OpenedPlaylist,
    PlaylistAbout, PlaylistAnswer, PlaylistEdit, PlaylistId, PlaylistInfo, PlaylistOrder, ServiceId,
    Snapshot, Step, Track,
};

use super::exchange::fresh;
use super::playlists::{PlaylistDone, PlaylistRow, PlaylistRows, PlaylistWish, counted, place};
use super::target::Target;
use super::tracks::tracks;
use super::{Shelves, clock};

/// An edit of a playlist on this machine.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalRow {
    /// Counts the edits of the playlist from 1.
    pub number: u64,
    /// What was done: "taking rows out".
    pub words: CleanText,
    /// How many rows there were before, and how long they play.
    pub before: (usize, Duration),
    /// The same afterwards.
    pub after: (usize, Duration),
    /// Whether it stands; else it was taken back.
    pub is_done: bool,
    /// When it was made, in seconds since 1970, where that is known.
    pub made_at: Option<u64>,
}

/// Whether a playlist is named that is kept on this machine.
pub fn is_local(target: &Target) -> bool {
    match target {
        Target::Item(item) => item.service.as_str() == LOCAL,
        // A playlist may be called anything.
        Target::File(_) | Target::Part(_) => true,
        Target::Link(_) => false,
    }
}

/// A playlist on this machine, by its name or number.
///
/// # Errors
/// When there is none, or the library fails.
pub(in crate::runtime) fn local_playlist(library: &Path, target: &Target) -> Result<OpenedPlaylist, Fault> {
    let missing = || {
        Fault::new(FaultKind::NotFound, format!("There is no playlist {target} on this machine"))
            .hint("segue playlist list tells the names of yours")
    };
    // Looking makes no library.
    if !library.exists() {
        return Err(missing());
    }
    let mut library = Playlists::open(library).map_err(|error| error.fault())?;
    let PlaylistAnswer::Listed(all) = library.order(&PlaylistOrder::List, clock::unix_seconds())? else {
        return Err(missing());
    };
    // Those of services go by their own names there.
    let own: Vec<PlaylistInfo> = all.into_iter().filter(|about| about.remote.is_none()).collect();
    let id = named(&own, target).ok_or_else(missing)?;
    match library.order(&PlaylistOrder::Open(id), clock::unix_seconds())? {
        PlaylistAnswer::Opened(opened) => Ok(*opened),
        _ => Err(missing()),
    }
}

/// Which of these playlists a name or a number names.
fn named(all: &[PlaylistInfo], target: &Target) -> Option<PlaylistId> {
    let found = match target {
        Target::Item(item) => {
            all.iter().find(|about| item.kind == Kind::Playlist && about.id.0.to_string() == item.id)
        }
        // A name that ends like a part of a file is a name.
        Target::File(_) | Target::Part(_) => {
            let name = target.to_string();
            all.iter().find(|about| about.name.as_str() == name)
        }
        Target::Link(_) => None,
    };
    found.map(|about| about.id)
}

fn reference(id: PlaylistId) -> ItemRef {
    ItemRef { service: ServiceId::known(LOCAL), kind: Kind::Playlist, id: id.0.to_string() }
}

fn collection(about: &PlaylistInfo) -> Collection {
    let mut made = Collection::new(reference(about.id), about.name.clone());
    (made.tracks, made.mine) = (Some(about.tracks as u64), true);
    made
}

impl Shelves {
    /// Asks the library. `None` where there is none yet and nothing is to be made.
    fn order(&self, order: &PlaylistOrder) -> Result<PlaylistAnswer, Fault> {
        self.with_library(|library| library.order(order, clock::unix_seconds()))
    }

    /// Does something with the library, for whoever is signed in.
    pub(super) fn with_library<T>(
        &self,
        work: impl FnOnce(&mut Playlists) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        // Each order is whole in itself: one that panicked left nothing half done.
        let mut playlists = self.playlists.lock().unwrap_or_else(PoisonError::into_inner);
        let library = if let Some(library) = playlists.take() {
            library
        } else {
            let mut library = Playlists::open(&self.library).map_err(|error| error.fault())?;
            for catalog in &self.catalogs {
                library.sign_in(&catalog.id(), catalog.capabilities().account.key.as_deref())?;
            }
            library
        };
        work(playlists.insert(library))
    }

    /// The playlists on this machine, by name.
    ///
    /// # Errors
    /// When the library fails.
    pub fn local_playlists(&self) -> Result<Vec<Item>, Fault> {
        Ok(self.local_infos()?.iter().map(|about| Item::Collection(collection(about))).collect())
    }

    fn local_infos(&self) -> Result<Vec<PlaylistInfo>, Fault> {
        // Looking makes no library.
        if !self.library.exists() {
            return Ok(Vec::new());
        }
        match self.order(&PlaylistOrder::List)? {
            // Those of services are listed and changed there.
            PlaylistAnswer::Listed(all) => {
                Ok(all.into_iter().filter(|about| about.remote.is_none()).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Which playlist a name or a number names.
    fn local_id(&self, target: &Target) -> Result<PlaylistId, Fault> {
        let all = self.local_infos()?;
        named(&all, target).ok_or_else(|| {
            let fault =
                Fault::new(FaultKind::NotFound, format!("There is no playlist {target} on this machine"));
            fault.hint("segue playlist list tells the names of yours")
        })
    }

    pub(super) fn local_opened(&self, target: &Target) -> Result<OpenedPlaylist, Fault> {
        match self.order(&PlaylistOrder::Open(self.local_id(target)?))? {
            PlaylistAnswer::Opened(opened) => Ok(*opened),
            _ => Err(Fault::new(FaultKind::Other, "The library gave another answer than was asked for")),
        }
    }

    /// A playlist on this machine and its rows.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn local_playlist(&self, target: &Target) -> Result<PlaylistRows, Fault> {
        let opened = self.local_opened(target)?;
        let tracks = opened.entries.iter().map(|entry| Track::clone(&entry.track)).collect();
        Ok(PlaylistRows { about: collection(&opened.about), tracks, is_stale: false })
    }

    /// Makes a playlist on this machine, of tracks from anywhere.
    ///
    /// # Errors
    /// When there is one of this name, or a track is not found.
    pub fn create_local(&self, about: &PlaylistAbout, targets: &[Target]) -> Result<PlaylistDone, Fault> {
        only_a_name(about)?;
        let name = CleanText::new(about.title.as_deref().unwrap_or_default().trim());
        self.make_local(&name, self.local_entries(targets)?)
    }

    /// Makes a playlist on this machine of rows that are known.
    pub(super) fn make_local(&self, name: &CleanText, entries: Vec<Entry>) -> Result<PlaylistDone, Fault> {
        let count = entries.len();
        let answer = self.order(&PlaylistOrder::Make { name: name.clone(), entries })?;
        let PlaylistAnswer::Shelved { done: Some(step), .. } = answer else {
            return Err(Fault::new(FaultKind::Other, format!("{name} was not made")));
        };
        let playlist = reference(step.id);
        let words = format!("{name} is now a playlist on this machine with {}: {playlist}", counted(count));
        Ok(PlaylistDone { words: words.into(), playlist: Some(playlist), tracks: count })
    }

    /// Does something with a playlist on this machine. All of it can be taken back.
    ///
    /// # Errors
    /// When there is none of this name, or a row or track is not there.
    pub fn change_local(&self, target: &Target, wish: PlaylistWish) -> Result<PlaylistDone, Fault> {
        let opened = self.local_opened(target)?;
        let (id, name) = (opened.about.id, opened.about.name.clone());
        let (words, count) = match wish {
            PlaylistWish::Edit(about) => {
                only_a_name(&about)?;
                let new = CleanText::new(about.title.as_deref().unwrap_or_default().trim());
                self.order(&PlaylistOrder::Rename { id, name: new.clone() })?;
                (format!("{name} is now called {new}"), 0)
            }
            PlaylistWish::Delete => {
                self.order(&PlaylistOrder::Delete(id))?;
                (format!("{name} is deleted; u on the page of playlists brings it back"), 0)
            }
            PlaylistWish::Add(targets) => {
                let entries = self.local_entries(&targets)?;
                let count = entries.len();
                self.order(&PlaylistOrder::Append { id, entries })?;
                (format!("{name} has {} more", counted(count)), count)
            }
            PlaylistWish::Remove(rows) => {
                let places = self.local_places(&opened, &rows)?;
                let rows = opened.entries.iter().enumerate();
                let after: Vec<_> =
                    rows.filter(|(at, _)| !places.contains(at)).map(|(_, entry)| entry.clone()).collect();
                let count = opened.entries.len() - after.len();
                self.edit_local("taking rows out", opened, &after)?;
                (format!("{name} has {} fewer", counted(count)), count)
            }
            PlaylistWish::Move { from, to } => {
                let (at, then) =
                    (place(&name, opened.entries.len(), from)?, place(&name, opened.entries.len(), to)?);
                let mut after = opened.entries.clone();
                let row = after.remove(at);
                after.insert(then, row);
                self.edit_local("moving a row", opened, &after)?;
                (format!("{name} has at {to} what was at {from}"), 1)
            }
        };
        Ok(PlaylistDone { words: words.into(), playlist: Some(reference(id)), tracks: count })
    }

    /// Gives a playlist on this machine these rows, as one step.
    pub(super) fn arrange_local(
        &self,
        step: &str,
        opened: OpenedPlaylist,
        after: &[Entry],
    ) -> Result<PlaylistDone, Fault> {
        let (id, name) = (opened.about.id, opened.about.name.clone());
        let count = after.len();
        self.edit_local(step, opened, after)?;
        let words = format!("{name} has {} now", counted(count));
        Ok(PlaylistDone { words: words.into(), playlist: Some(reference(id)), tracks: count })
    }

    /// The journal of a playlist on this machine: every edit, the oldest first.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn local_journal(&self, target: &Target) -> Result<Vec<JournalRow>, Fault> {
        let opened = self.local_opened(target)?;
        let steps = opened.journal.all();
        let first = opened.journal.number() - opened.journal.steps().len() as u64 + 1;
        let row = |(number, step): (u64, &Step)| JournalRow {
            number,
            words: CleanText::new(&step.name),
            before: (step.before.rows, step.before.length),
            after: (step.after.rows, step.after.length),
            is_done: number <= opened.journal.number(),
            made_at: step.made_at,
        };
        Ok((first..).zip(steps).map(row).collect())
    }

    /// Takes the newest edits of a playlist on this machine back, or makes those again that were taken back last.
    ///
    /// # Errors
    /// When there is none of this name, or nothing to take back or make again.
    pub fn retrace_local(&self, target: &Target, steps: u32, on: bool) -> Result<PlaylistDone, Fault> {
        let mut opened = self.local_opened(target)?;
        let (id, name) = (opened.about.id, opened.about.name.clone());
        let before: Arc<[Entry]> = opened.entries.clone().into();
        let mut done = Vec::new();
        for _ in 0..steps {
            let step = if on { opened.journal.step_on() } else { opened.journal.step_back() };
            let Some(step) = step else { break };
            if step.apply(&mut opened.entries).is_err() {
                let words = format!("The journal of {name} does not fit what is in it");
                return Err(
                    Fault::new(FaultKind::Damaged, words).hint("Nothing was changed; segue library check")
                );
            }
            done.push(step.name);
        }
        let Some(last) = done.last() else {
            let what = if on { "make again" } else { "take back" };
            return Err(Fault::new(FaultKind::NotFound, format!("There is nothing to {what} in {name}")));
        };
        let what = if on { "Made again" } else { "Taken back" };
        let words = match done.len() {
            1 => format!("{what} in {name}: {last}"),
            several => format!("{what} in {name}: {several} edits, at last {last}"),
        };
        let tracks = opened.entries.len();
        let edit = PlaylistEdit {
            id,
            name: if on { "making edits again" } else { "taking edits back" }.to_owned(),
            revision: opened.revision,
            journal: JournalMove::To(opened.journal.number()),
            before,
            after: opened.entries.into(),
        };
        self.order(&PlaylistOrder::Edit(Box::new(edit)))?;
        Ok(PlaylistDone { words: words.into(), playlist: Some(reference(id)), tracks })
    }

    /// Takes the last making, renaming or deleting of a playlist on this machine back, or makes it again.
    ///
    /// # Errors
    /// When there is none.
    pub fn retrace_shelf(&self, on: bool) -> Result<PlaylistDone, Fault> {
        let order = if on { PlaylistOrder::Redo } else { PlaylistOrder::Undo };
        let answer = if self.library.exists() { Some(self.order(&order)?) } else { None };
        let Some(PlaylistAnswer::Shelved { done: Some(step), .. }) = answer else {
            let what = if on { "make again" } else { "take back" };
            let fault = Fault::new(FaultKind::NotFound, format!("There is nothing to {what}"));
            return Err(fault.hint("Name a playlist for the edits in it: segue playlist undo NAME"));
        };
        let words = match (&step.before, &step.after) {
            (_, None) => "It is gone again".to_owned(),
            (None, Some(name)) => format!("{name} is there again"),
            (Some(before), Some(name)) => format!("{before} is called {name}"),
        };
        Ok(PlaylistDone { words: words.into(), playlist: Some(reference(step.id)), tracks: 0 })
    }

    fn edit_local(&self, name: &str, opened: OpenedPlaylist, after: &[Entry]) -> Result<(), Fault> {
        let snapshot = Snapshot::new(&opened.entries, None, None);
        let Some(step) = Step::between(name, snapshot, after, None, None) else { return Ok(()) };
        let edit = PlaylistEdit {
            id: opened.about.id,
            name: name.to_owned(),
            revision: opened.revision,
            journal: JournalMove::Step { after: opened.journal.number(), step },
            before: opened.entries.into(),
            after: after.into(),
        };
        self.order(&PlaylistOrder::Edit(Box::new(edit))).map(|_| ())
    }

    /// Rows of their own for the tracks behind these targets, files by their whole paths.
    fn local_entries(&self, targets: &[Target]) -> Result<Vec<Entry>, Fault> {
        let mut entries = Vec::new();
        for target in targets {
            for mut track in self.tasks.block_on(tracks(&self.catalogs, target))? {
                if let Some(path) = track.reference.file() {
                    let path = whole(path)?;
                    track.reference = track.reference.in_file(path);
                }
                entries.push(fresh(self.as_known(track)));
            }
        }
        Ok(entries)
    }

    /// A track of a file with what the library knows of it, else with what its tags tell.
    pub(super) fn as_known(&self, track: Track) -> Track {
        if track.reference.file().is_none() {
            return track;
        }
        let known = self.library.exists().then(|| OwnMusic::new(&self.library).track(&track.reference));
        // What the library cannot tell the file itself may.
        match known {
            Some(Ok(Some(known))) => known,
            _ => described(track),
        }
    }

    /// The places, from 0, of rows as they were typed.
    fn local_places(&self, opened: &OpenedPlaylist, rows: &[PlaylistRow]) -> Result<Vec<usize>, Fault> {
        let mut places = Vec::new();
        for row in rows {
            match row {
                PlaylistRow::Position(position) => {
                    places.push(place(&opened.about.name, opened.entries.len(), *position)?);
                }
                PlaylistRow::Track(target) => {
                    for mut wanted in self.tasks.block_on(tracks(&self.catalogs, target))? {
                        if let Some(path) = wanted.reference.file() {
                            let path = std::path::absolute(path).unwrap_or_default();
                            wanted.reference = wanted.reference.in_file(path);
                        }
                        let found = opened.entries.iter().enumerate();
                        let found = found.filter(|(_, entry)| entry.track.reference == wanted.reference);
                        let before = places.len();
                        places.extend(found.map(|(at, _)| at));
                        if places.len() == before {
                            let words = format!("{target} is not in {}", opened.about.name);
                            return Err(Fault::new(FaultKind::NotFound, words));
                        }
                    }
                }
            }
        }
        Ok(places)
    }
}

fn whole(path: &Path) -> Result<std::path::PathBuf, Fault> {
    let found = std::path::absolute(path).ok().filter(|whole| whole.is_file());
    found.ok_or_else(|| {
        Fault::new(FaultKind::NotFound, format!("There is no file {}", path.display()))
            .hint("Name a file, a share link, or SERVICE:track:ID")
    })
}

fn only_a_name(about: &PlaylistAbout) -> Result<(), Fault> {
    match about.parts().first() {
        None => Ok(()),
        Some(part) => {
            let words = format!("A playlist on this machine has no {}", part.words());
            Err(Fault::new(FaultKind::Refused, words).hint("A name is all that they have"))
        }
    }
}
