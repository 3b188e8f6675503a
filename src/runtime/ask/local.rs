//! Playlists as they are kept here, for the command line: those of this machine, and the edits of services' ones once they are
//! opened (`theirs.rs`).

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::library::{OwnMusic, Playlists, described};
use crate::model::{
    CleanText, Collection, Entry, Fault, FaultKind, Item, ItemRef, JournalMove, Kind, LOCAL, OpenedPlaylist,
    PlaylistAbout, PlaylistAnswer, PlaylistEdit, PlaylistId, PlaylistInfo, PlaylistOrder, ServiceId,
    Snapshot, Step, Track, TrackRef,
};

use super::exchange::fresh;
use super::playlists::{PlaylistDone, PlaylistRow, PlaylistRows, PlaylistWish, counted, place};
use super::target::Target;
use super::theirs::Opened;
use super::tracks::tracks;
use super::{Shelves, clock, find};

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

pub(super) fn reference(id: PlaylistId) -> ItemRef {
    ItemRef { service: ServiceId::known(LOCAL), kind: Kind::Playlist, id: id.0.to_string() }
}

fn collection(about: &PlaylistInfo) -> Collection {
    let mut made = Collection::new(reference(about.id), about.name.clone());
    (made.tracks, made.mine) = (Some(about.tracks as u64), true);
    made
}

impl Shelves {
    /// Asks the library.
    pub(super) fn order(&self, order: &PlaylistOrder) -> Result<PlaylistAnswer, Fault> {
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
        // Those of services are listed there.
        Ok(self.all_infos()?.into_iter().filter(|about| about.remote.is_none()).collect())
    }

    /// All that are kept here, those of services too.
    pub(super) fn all_infos(&self) -> Result<Vec<PlaylistInfo>, Fault> {
        // Looking makes no library.
        if !self.library.exists() {
            return Ok(Vec::new());
        }
        match self.order(&PlaylistOrder::List)? {
            PlaylistAnswer::Listed(all) => Ok(all),
            _ => Ok(Vec::new()),
        }
    }

    /// Which playlist a name or a number names. A number may be one that a service has yet to hear of.
    fn local_id(&self, target: &Target) -> Result<PlaylistId, Fault> {
        let mut all = self.all_infos()?;
        if !matches!(target, Target::Item(_)) {
            all.retain(|about| about.remote.is_none());
        }
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
        Ok(PlaylistDone { words: words.into(), playlist: Some(playlist), tracks: count, waits: None })
    }

    /// Does something with a playlist that is kept here. All of it can be taken back.
    ///
    /// # Errors
    /// When there is none of this name, or a row or track is not there.
    pub(super) fn change_opened(&self, target: &Target, wish: PlaylistWish) -> Result<PlaylistDone, Fault> {
        let Opened { list: opened, news, .. } = self.opened(target)?;
        let (id, name) = (opened.about.id, opened.about.name.clone());
        let remote = opened.about.remote.clone();
        let (words, count) = match wish {
            PlaylistWish::Edit(about) => {
                only_a_name(&about)?;
                let new = CleanText::new(about.title.as_deref().unwrap_or_default().trim());
                self.order(&PlaylistOrder::Rename { id, name: new.clone() })?;
                (format!("{name} is now called {new}"), 0)
            }
            PlaylistWish::Delete => {
                self.order(&PlaylistOrder::Delete(id))?;
                (format!("{name} is deleted; segue playlist undo brings it back"), 0)
            }
            PlaylistWish::Add(targets) => {
                let entries = match &remote {
                    Some(remote) => {
                        self.entries_there(&**find(&self.catalogs, &remote.service)?, &targets)?
                    }
                    None => self.local_entries(&targets)?,
                };
                let count = entries.len();
                self.order(&PlaylistOrder::Append { id, entries })?;
                (format!("{name} has {} more", counted(count)), count)
            }
            PlaylistWish::Remove(rows) => {
                let places = self.places(&opened, target, &rows)?;
                let rows = opened.entries.iter().enumerate();
                let after: Vec<_> =
                    rows.filter(|(at, _)| !places.contains(at)).map(|(_, entry)| entry.clone()).collect();
                let count = opened.entries.len() - after.len();
                self.edit("taking rows out", opened, &after)?;
                (format!("{name} has {} fewer", counted(count)), count)
            }
            PlaylistWish::Move { from, to } => {
                let (at, then) =
                    (place(&name, opened.entries.len(), from)?, place(&name, opened.entries.len(), to)?);
                let mut after = opened.entries.clone();
                let row = after.remove(at);
                after.insert(then, row);
                self.edit("moving a row", opened, &after)?;
                (format!("{name} has at {to} what was at {from}"), 1)
            }
        };
        self.done((id, remote.as_ref()), (&words, &news), count)
    }

    /// Gives a playlist that is kept here these rows, as one step.
    pub(super) fn rearrange(
        &self,
        step: &str,
        opened: Opened,
        after: &[Entry],
    ) -> Result<PlaylistDone, Fault> {
        let Opened { list: opened, news, .. } = opened;
        let (id, name) = (opened.about.id, opened.about.name.clone());
        let (count, remote) = (after.len(), opened.about.remote.clone());
        self.edit(step, opened, after)?;
        let words = format!("{name} has {} now", counted(count));
        self.done((id, remote.as_ref()), (&words, &news), count)
    }

    /// The journal of a playlist: every edit that was made here, the oldest first.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn playlist_journal(&self, target: &Target) -> Result<Vec<JournalRow>, Fault> {
        let opened = if is_local(target) {
            self.local_opened(target)?
        } else {
            // What was done here is known without asking anybody; of what was never opened here there is nothing.
            let Some(opened) = self.kept_of(&self.their_item(target)?)? else { return Ok(Vec::new()) };
            opened
        };
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

    /// Takes the newest edits of a playlist back, or makes those again that were taken back last.
    ///
    /// # Errors
    /// When there is none of this name, or nothing to take back or make again.
    pub fn retrace(&self, target: &Target, steps: u32, on: bool) -> Result<PlaylistDone, Fault> {
        let Opened { list: mut opened, news, .. } = self.opened(target)?;
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
        let (tracks, remote) = (opened.entries.len(), opened.about.remote.clone());
        let edit = PlaylistEdit {
            id,
            name: if on { "making edits again" } else { "taking edits back" }.to_owned(),
            revision: opened.revision,
            journal: JournalMove::To(opened.journal.number()),
            before,
            after: opened.entries.into(),
        };
        self.order(&PlaylistOrder::Edit(Box::new(edit)))?;
        self.done((id, remote.as_ref()), (&words, &news), tracks)
    }

    /// What [`Shelves::retrace_shelf`] would ask of a service, as a sentence without its final stop; `None`: it stays on this
    /// machine.
    ///
    /// # Errors
    /// When the library fails.
    pub fn retracing_reaches(&self, on: bool) -> Result<Option<CleanText>, Fault> {
        if !self.library.exists() {
            return Ok(None);
        }
        let next = self.with_library(|library| library.next_shelf_step(on))?;
        let Some((step, Some(service))) = next else { return Ok(None) };
        let known = self.catalogs.iter().find(|catalog| catalog.id() == service);
        let place = known.map_or_else(|| service.to_string(), |catalog| catalog.name().to_owned());
        let words = match (step.before, step.after) {
            (Some(before), Some(after)) => format!("{before} gets the name {after} at {place}"),
            (None, Some(after)) => format!("{after} is made anew at {place}"),
            (Some(before), None) => format!("{before} is deleted at {place}"),
            (None, None) => return Ok(None),
        };
        Ok(Some(words.into()))
    }

    /// Takes the last making, renaming or deleting of a playlist back, or makes it again.
    ///
    /// # Errors
    /// When there is none.
    pub fn retrace_shelf(&self, on: bool) -> Result<PlaylistDone, Fault> {
        let order = if on { PlaylistOrder::Redo } else { PlaylistOrder::Undo };
        let before = self.all_infos()?;
        let answer = if self.library.exists() { Some(self.order(&order)?) } else { None };
        let Some(PlaylistAnswer::Shelved { done: Some(step), all }) = answer else {
            let what = if on { "make again" } else { "take back" };
            let fault = Fault::new(FaultKind::NotFound, format!("There is nothing to {what}"));
            return Err(fault.hint("Name a playlist for the edits in it: segue playlist undo NAME"));
        };
        let words = match (&step.before, &step.after) {
            (Some(name), None) => format!("{name} is gone again"),
            (None, None) => "It is gone again".to_owned(),
            (None, Some(name)) => format!("{name} is there again"),
            (Some(before), Some(name)) => format!("{before} is called {name}"),
        };
        let about = all.into_iter().chain(before).find(|about| about.id == step.id);
        self.done((step.id, about.and_then(|about| about.remote).as_ref()), (&words, ""), 0)
    }

    fn edit(&self, name: &str, opened: OpenedPlaylist, after: &[Entry]) -> Result<(), Fault> {
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
    fn places(
        &self,
        opened: &OpenedPlaylist,
        list: &Target,
        rows: &[PlaylistRow],
    ) -> Result<Vec<usize>, Fault> {
        let mut places = Vec::new();
        for row in rows {
            let target = match row {
                PlaylistRow::Position(position) => {
                    places.push(place(&opened.about.name, opened.entries.len(), *position)?);
                    continue;
                }
                PlaylistRow::Track(target) => target,
            };
            for wanted in self.references(target)? {
                let before = places.len();
                let rows = opened.entries.iter().enumerate();
                places.extend(rows.filter(|(_, row)| row.track.reference == wanted).map(|(at, _)| at));
                if places.len() == before {
                    let words = format!("{target} is not in {}", opened.about.name);
                    let hint = format!("segue playlist show {list} tells what is");
                    return Err(Fault::new(FaultKind::NotFound, words).hint(hint));
                }
            }
        }
        Ok(places)
    }

    /// By what the tracks behind a target are known.
    fn references(&self, target: &Target) -> Result<Vec<TrackRef>, Fault> {
        // A service may have lost what is in the list.
        if let Target::Item(ItemRef { service, kind: Kind::Track, id }) = target
            && service.as_str() != LOCAL
        {
            return Ok(vec![TrackRef::Service { service: service.clone(), id: id.clone() }]);
        }
        let found = self.tasks.block_on(tracks(&self.catalogs, target))?;
        let whole = |track: Track| match track.reference.file().map(Path::to_owned) {
            Some(path) => track.reference.in_file(std::path::absolute(path).unwrap_or_default()),
            None => track.reference,
        };
        Ok(found.into_iter().map(whole).collect())
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
