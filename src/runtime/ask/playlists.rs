//! The listener's own playlists, here and at the services: listed, shown, and what is asked of them sorted by who keeps
//! them (`local.rs`, `theirs.rs`).

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::catalog::Catalog;
use crate::library::Playlists;
use crate::model::{
    CleanText, Collection, Fault, FaultKind, Item, ItemRef, Kind, LOCAL, ListId, PlaylistAbout, Powers,
    ServiceId, Track,
};

use super::change::powerless;
use super::local::{is_local, reference};
use super::target::Target;
use super::theirs::Opened;
use super::{Shelves, find, find_or_local};

/// Most rows of one playlist, and most playlists of one service, that are read.
const MAX_ROWS: usize = 5000;

/// Most pages asked for, whatever is on them.
const MAX_PAGES: u32 = 500;

/// The listener's playlists at the services that answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnPlaylists {
    /// In the order of the services.
    pub rows: Vec<Item>,
    /// What each service said that did not answer.
    pub failures: Vec<Fault>,
}

/// A playlist and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistRows {
    /// The playlist itself.
    pub about: Collection,
    /// Its tracks in their order; the first has the position 1.
    pub tracks: Vec<Track>,
    /// Whether the service could not be reached and this is kept from earlier.
    pub is_stale: bool,
}

/// A row of a playlist as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaylistRow {
    /// Its place, from 1.
    Position(usize),
    /// Wherever this track is.
    Track(Target),
}

impl FromStr for PlaylistRow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text.parse(), text.parse()) {
            (Ok(0), _) => Err("positions count from 1".to_owned()),
            (Ok(position), _) => Ok(Self::Position(position)),
            (Err(_), Ok(target @ (Target::Item(_) | Target::Link(_)))) => Ok(Self::Track(target)),
            (Err(_), Ok(target @ (Target::File(_) | Target::Part(_)))) if text.contains('/') => {
                Ok(Self::Track(target))
            }
            (Err(_), _) => {
                Err("write a position such as 3, a track as SERVICE:track:ID, or a path such as ./a.mp3"
                    .to_owned())
            }
        }
    }
}

/// What is to be done with a playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaylistWish {
    /// Say something else about it.
    Edit(PlaylistAbout),
    /// Delete it.
    Delete,
    /// Put these at its end: tracks, or all of an album or playlist.
    Add(Vec<Target>),
    /// Take these rows out.
    Remove(Vec<PlaylistRow>),
    /// Put a row at another place; both count from 1.
    Move {
        /// Where it is.
        from: usize,
        /// Where it shall be.
        to: usize,
    },
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistDone {
    /// In a sentence without its final stop.
    pub words: CleanText,
    /// To which playlist; `None`: the service does not name what it made.
    pub playlist: Option<ItemRef>,
    /// How many tracks were added, removed or moved.
    pub tracks: usize,
    /// Why its service has not got it: it is kept on this machine, and sent later unless the service refused it.
    pub waits: Option<Fault>,
}

impl Shelves {
    /// The listener's own playlists at these services, or at all where somebody is signed in.
    ///
    /// # Errors
    /// When there is no such service; of kind `SignInNeeded` when nobody is signed in to any that could have
    /// some. A service that fails is among the failures.
    pub fn own_playlists(&self, services: &[ServiceId]) -> Result<OwnPlaylists, Fault> {
        let mut lists: Vec<(&Arc<dyn Catalog>, ListId)> = Vec::new();
        let mut found = OwnPlaylists::default();
        if services.is_empty() || services.iter().any(|service| service.as_str() == LOCAL) {
            match self.local_playlists() {
                Ok(rows) => found.rows = rows,
                Err(fault) => found.failures.push(fault),
            }
        }
        if services.is_empty() {
            let own = self.catalogs.iter().filter_map(|all| Some((all, all.capabilities().own_playlists?)));
            lists.extend(own);
            if lists.is_empty() && found.rows.is_empty() {
                if let Some(fault) = found.failures.pop() {
                    return Err(fault);
                }
                let words = "Nobody is signed in to a service that keeps playlists";
                let fault = Fault::new(FaultKind::SignInNeeded, words);
                return Err(fault.hint(
                    "segue accounts tells how to sign in; segue playlist new local NAME makes one here",
                ));
            }
        }
        for service in services.iter().filter(|service| service.as_str() != LOCAL) {
            let catalog = find_or_local(&self.catalogs, service)?;
            match catalog.capabilities().own_playlists {
                Some(list) => lists.push((catalog, list)),
                None => {
                    found.failures.push(powerless(&**catalog, "see your playlists", "playlists of yours"));
                }
            }
        }
        let answers = lists.iter().map(|(catalog, list)| all_rows(&***catalog, list));
        for answer in self.tasks.block_on(join_all(answers)) {
            match answer {
                Ok(read) => found.rows.extend(read.items),
                Err(fault) => found.failures.push(fault),
            }
        }
        let asked: Vec<ServiceId> = lists.iter().map(|(catalog, _)| catalog.id()).collect();
        if let Err(fault) = self.with_waiting(&asked, &mut found.rows) {
            found.failures.push(fault);
        }
        Ok(found)
    }

    /// What was changed here and these services have yet to hear of: names are those given here, what is deleted here is gone,
    /// and what was made here is there.
    fn with_waiting(&self, services: &[ServiceId], rows: &mut Vec<Item>) -> Result<(), Fault> {
        // Looking makes no library.
        if services.is_empty() || !self.library.exists() {
            return Ok(());
        }
        for waiting in self.with_library(Playlists::waiting)? {
            if !services.contains(&waiting.remote.service) {
                continue;
            }
            let item = waiting.remote.item();
            let is_it = |row: &Item| match (row, &item) {
                (Item::Collection(found), Some(item)) => found.reference == *item,
                _ => false,
            };
            if waiting.is_gone {
                rows.retain(|row| !is_it(row));
            } else if let Some(Item::Collection(found)) = rows.iter_mut().find(|row| is_it(row)) {
                found.title = waiting.title;
            } else {
                let reference = item.unwrap_or_else(|| reference(waiting.id));
                let mut made = Collection::new(reference, waiting.title);
                made.mine = true;
                rows.push(Item::Collection(made));
            }
        }
        Ok(())
    }

    /// A playlist and its rows, with the positions that changes name: one of a service that was opened here with what was
    /// changed here.
    ///
    /// # Errors
    /// When it is no playlist or its service does not say.
    pub fn playlist(&self, target: &Target) -> Result<PlaylistRows, Fault> {
        if is_local(target) {
            return self.local_playlist(target);
        }
        let item = self.their_item(target)?;
        let able = find(&self.catalogs, &item.service)?.capabilities().powers;
        if able.arrange_playlist && self.kept_of(&item)?.is_some() {
            let Opened { list: opened, fault, .. } = self.opened_there(&item)?;
            let tracks: Vec<Track> = opened.entries.iter().map(|entry| Track::clone(&entry.track)).collect();
            let found = self.tasks.block_on(self.playlist_of(&Target::Item(item.clone())));
            let about = found.map_or_else(|_| Collection::new(item, ""), |(_, about)| about);
            let about = Collection { title: opened.about.name, tracks: Some(tracks.len() as u64), ..about };
            return Ok(PlaylistRows { about, tracks, is_stale: fault.is_some() });
        }
        self.tasks.block_on(async {
            let (catalog, about) = self.playlist_of(&Target::Item(item)).await?;
            let read = all_rows(&**catalog, &about.reference.list()).await?;
            let tracks = read.items.into_iter().filter_map(Item::into_track).collect();
            Ok(PlaylistRows { about, tracks, is_stale: read.is_stale })
        })
    }

    /// Makes a playlist, here or at a service.
    ///
    /// # Errors
    /// Of kind `SignInNeeded` when somebody must sign in first, of kind `Refused` when the service has no such
    /// thing, of kind `Usage` for tracks that it cannot hold.
    pub fn create_playlist(
        &self,
        service: &ServiceId,
        about: PlaylistAbout,
        targets: &[Target],
    ) -> Result<PlaylistDone, Fault> {
        if service.as_str() == LOCAL {
            return self.create_local(&about, targets);
        }
        find_or_local(&self.catalogs, service)?;
        self.create_theirs(service, about, targets)
    }

    /// Does something with a playlist. What a service cannot be told now is kept, and sent with whatever else waits.
    ///
    /// # Errors
    /// As [`Shelves::create_playlist`]; also for a service's playlist that was never opened here and cannot be read.
    pub fn change_playlist(&self, target: &Target, wish: PlaylistWish) -> Result<PlaylistDone, Fault> {
        match wish {
            PlaylistWish::Edit(about) if !is_local(target) => {
                self.describe_theirs(&self.their_item(target)?, about)
            }
            PlaylistWish::Delete if !is_local(target) => self.delete_theirs(&self.their_item(target)?),
            wish => self.change_opened(target, wish),
        }
    }

    /// A playlist as it is kept here, to be changed.
    ///
    /// # Errors
    /// When there is none of this name, or its service does not let it be changed.
    pub(super) fn opened(&self, target: &Target) -> Result<Opened, Fault> {
        if is_local(target) {
            return Ok(self.local_opened(target)?.into());
        }
        let item = self.their_item(target)?;
        can_arrange(&**find(&self.catalogs, &item.service)?)?;
        self.opened_there(&item)
    }

    pub(super) async fn playlist_of(
        &self,
        target: &Target,
    ) -> Result<(&Arc<dyn Catalog>, Collection), Fault> {
        let (service, item) = self.find_item(target).await?;
        let catalog = find(&self.catalogs, &service)?;
        match item {
            Item::Collection(about) if about.reference.kind == Kind::Playlist => Ok((catalog, about)),
            Item::Collection(_) | Item::Track(_) | Item::List(_) => {
                Err(Fault::new(FaultKind::Usage, format!("{} is no playlist", item.title()))
                    .hint("segue playlist list tells the names of yours"))
            }
        }
    }
}

/// What a service has in a list, read to its end.
struct Read {
    items: Vec<Item>,
    is_stale: bool,
    /// Whether there is more than was read.
    more: bool,
}

async fn all_rows(catalog: &dyn Catalog, list: &ListId) -> Result<Read, Fault> {
    let mut read = Read { items: Vec::new(), is_stale: false, more: false };
    for number in 0..MAX_PAGES {
        let page = catalog.browse(list, number).await.map_err(|error| error.fault())?;
        read.more = page.more && !page.items.is_empty();
        read.is_stale |= page.is_stale;
        read.items.extend(page.items);
        if !read.more || read.items.len() > MAX_ROWS {
            break;
        }
    }
    read.more |= read.items.len() > MAX_ROWS;
    read.items.truncate(MAX_ROWS);
    Ok(read)
}

/// What is in a playlist, to be written back in another order: nothing may be missing.
pub(in crate::runtime) async fn held_rows(
    catalog: &dyn Catalog,
    item: &ItemRef,
) -> Result<Vec<Track>, Fault> {
    let read = all_rows(catalog, &item.list()).await?;
    if read.is_stale {
        let words = format!("{} cannot be reached, and what is in {item} may have changed", catalog.name());
        return Err(Fault::new(FaultKind::Network, words).hint("Try again later"));
    }
    if read.more {
        let words = format!("{item} has more than {MAX_ROWS} rows, too many to put in order from here");
        return Err(Fault::new(FaultKind::Unsupported, words));
    }
    Ok(read.items.into_iter().filter_map(Item::into_track).collect())
}

/// The ids of the listener's own playlists, all of them, as they are now.
pub(in crate::runtime) async fn own_ids(catalog: &dyn Catalog) -> Result<Vec<(String, CleanText)>, Fault> {
    let Some(list) = catalog.capabilities().own_playlists else { return Ok(Vec::new()) };
    let read = all_rows(catalog, &list).await?;
    if read.is_stale {
        let words =
            format!("{} cannot be reached, and which playlists there are may have changed", catalog.name());
        return Err(Fault::new(FaultKind::Network, words).hint("Try again later"));
    }
    let own = |item: Item| match item {
        Item::Collection(found) if found.reference.kind == Kind::Playlist => {
            Some((found.reference.id, found.title))
        }
        Item::Collection(_) | Item::Track(_) | Item::List(_) => None,
    };
    Ok(read.items.into_iter().filter_map(own).collect())
}

/// Whether the service lets the listener change what is in playlists.
pub(super) fn can_arrange(catalog: &dyn Catalog) -> Result<(), Fault> {
    let what = "way to change what is in playlists";
    allowed(catalog, "change a playlist", what, |able| able.arrange_playlist)
}

/// Whether the service lets the listener do it, as things are.
pub(super) fn allowed(
    catalog: &dyn Catalog,
    doing: &str,
    what: &str,
    power: impl Fn(&Powers) -> bool,
) -> Result<(), Fault> {
    if power(&catalog.capabilities().powers) { Ok(()) } else { Err(powerless(catalog, doing, what)) }
}

/// Whether a playlist of this service can have all that.
pub(super) fn check_about(catalog: &dyn Catalog, about: &PlaylistAbout) -> Result<(), Fault> {
    if about.title.as_deref().is_some_and(|title| title.trim().is_empty()) {
        return Err(Fault::new(FaultKind::Usage, "A playlist needs a name"));
    }
    let known = catalog.capabilities().powers.playlist_parts;
    let name = catalog.name();
    match about.beyond(&known).into_iter().next() {
        None => Ok(()),
        Some(part) => {
            let fault =
                Fault::new(FaultKind::Refused, format!("{name} has no {} for playlists", part.words()));
            let others: Vec<_> = known.iter().map(|part| part.words()).collect();
            Err(if others.is_empty() {
                fault.hint("A name is all that they have there")
            } else {
                fault.hint(format!("Beside a name they have there: {}", others.join(", ")))
            })
        }
    }
}

pub(super) fn foreign(catalog: &dyn Catalog, what: &impl Display) -> Fault {
    let name = catalog.name();
    Fault::new(
        FaultKind::Usage,
        format!("A playlist at {name} holds only tracks of {name}, and {what} is none"),
    )
}

/// The place, from 0, of a position in a list of so many rows.
pub(super) fn place(list: &impl Display, rows: usize, position: usize) -> Result<usize, Fault> {
    if (1..=rows).contains(&position) {
        return Ok(position - 1);
    }
    let fault = Fault::new(FaultKind::Usage, format!("{list} has no row {position}"));
    Err(if rows == 0 { fault.hint("It is empty") } else { fault.hint(format!("Its rows are 1 to {rows}")) })
}

pub(super) fn counted(tracks: usize) -> String {
    if tracks == 1 { "1 track".to_owned() } else { format!("{tracks} tracks") }
}
