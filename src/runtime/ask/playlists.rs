//! The listener's own playlists at the services: listed, made, renamed, filled, put in order, deleted. What is
//! asked for is checked against what the service can do before anything is sent.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::catalog::Catalog;
use crate::model::{
    Change, CleanText, Collection, Fault, FaultKind, Item, ItemRef, Kind, LOCAL, ListId, PlaylistAbout,
    Powers, ServiceId, Track, TrackRef,
};

use super::change::powerless;
use super::local::is_local;
use super::target::Target;
use super::tracks::tracks;
use super::{Shelves, find};

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
            (Err(_), Ok(target @ Target::File(_))) if text.contains('/') => Ok(Self::Track(target)),
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
                let words = "Nobody is signed in to a service that keeps playlists";
                let fault = Fault::new(FaultKind::SignInNeeded, words);
                return Err(fault.hint(
                    "segue accounts tells how to sign in; segue playlist new local NAME makes one here",
                ));
            }
        }
        for service in services.iter().filter(|service| service.as_str() != LOCAL) {
            let catalog = find(&self.catalogs, service)?;
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
        Ok(found)
    }

    /// A playlist and its rows, with the positions that changes name.
    ///
    /// # Errors
    /// When it is no playlist or its service does not say.
    pub fn playlist(&self, target: &Target) -> Result<PlaylistRows, Fault> {
        if is_local(target) {
            return self.local_playlist(target);
        }
        self.tasks.block_on(async {
            let (catalog, about) = self.playlist_of(target).await?;
            let read = all_rows(&**catalog, &about.reference.list()).await?;
            let tracks = read.items.into_iter().filter_map(Item::into_track).collect();
            Ok(PlaylistRows { about, tracks, is_stale: read.is_stale })
        })
    }

    /// Makes a playlist at a service.
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
        self.tasks.block_on(async {
            let catalog = find(&self.catalogs, service)?;
            allowed(&**catalog, "make a playlist", "way to make playlists", |able| able.create_playlist)?;
            check_about(&**catalog, &about)?;
            let title = CleanText::new(about.title.as_deref().unwrap_or_default());
            let ids = self.ids(&**catalog, targets).await?;
            let tracks = ids.len();
            let change = Change::CreatePlaylist { about, tracks: ids };
            let playlist = catalog.change(&change).await.map_err(|error| error.fault())?;
            let (holding, name) = (counted(tracks), catalog.name());
            let words = match &playlist {
                Some(made) => format!("{title} is now a playlist at {name} with {holding}: {made}"),
                None => {
                    format!(
                        "{title} is now a playlist at {name}; segue playlist list {service} tells its name"
                    )
                }
            };
            Ok(PlaylistDone { words: words.into(), playlist, tracks })
        })
    }

    /// Does something with a playlist.
    ///
    /// # Errors
    /// As [`Shelves::create_playlist`]; also when somebody else has changed it meanwhile.
    pub fn change_playlist(&self, target: &Target, wish: PlaylistWish) -> Result<PlaylistDone, Fault> {
        if is_local(target) {
            return self.change_local(target, wish);
        }
        self.tasks.block_on(async {
            let item = match target {
                Target::Item(item) if item.kind == Kind::Playlist => item.clone(),
                Target::Item(_) | Target::Link(_) | Target::File(_) => {
                    self.playlist_of(target).await?.1.reference
                }
            };
            let catalog = find(&self.catalogs, &item.service)?;
            let (change, words, tracks) = self.planned(&**catalog, &item, wish).await?;
            catalog.change(&change).await.map_err(|error| error.fault())?;
            Ok(PlaylistDone { words: words.into(), playlist: Some(item), tracks })
        })
    }

    /// The change that does what is wished, what to say then, and how many tracks it concerns.
    async fn planned(
        &self,
        catalog: &dyn Catalog,
        item: &ItemRef,
        wish: PlaylistWish,
    ) -> Result<(Change, String, usize), Fault> {
        let (id, name) = (item.id.clone(), catalog.name());
        match wish {
            PlaylistWish::Edit(about) => {
                allowed(catalog, "change a playlist", "way to change playlists", |able| able.edit_playlist)?;
                check_about(catalog, &about)?;
                let words = edited(item, &about, name);
                Ok((Change::EditPlaylist { id, about }, words, 0))
            }
            PlaylistWish::Delete => {
                allowed(catalog, "delete a playlist", "way to delete playlists", |able| {
                    able.delete_playlist
                })?;
                Ok((Change::DeletePlaylist { id }, format!("{item} is deleted at {name}"), 0))
            }
            PlaylistWish::Add(targets) => {
                can_arrange(catalog)?;
                let tracks = self.ids(catalog, &targets).await?;
                let count = tracks.len();
                let words = format!("{item} has {} more at {name}", counted(count));
                Ok((Change::AddToPlaylist { id, tracks }, words, count))
            }
            PlaylistWish::Remove(rows) => {
                can_arrange(catalog)?;
                let before = held(catalog, item).await?;
                let after = without(&before, &self.places(catalog, item, &before, &rows).await?);
                let gone = before.len() - after.len();
                let words = format!("{item} has {} fewer at {name}", counted(gone));
                Ok((Change::ArrangePlaylist { id, before, after }, words, gone))
            }
            PlaylistWish::Move { from, to } => {
                can_arrange(catalog)?;
                let before = held(catalog, item).await?;
                let after = moved(item, &before, from, to)?;
                let words = format!("{item} has at {to} what was at {from}");
                Ok((Change::ArrangePlaylist { id, before, after }, words, 1))
            }
        }
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

    /// The service's own ids of tracks.
    async fn ids(&self, catalog: &dyn Catalog, targets: &[Target]) -> Result<Vec<String>, Fault> {
        let mut ids = Vec::new();
        for target in targets {
            match target {
                // Whether there is such a track is for the service to say.
                Target::Item(item) if item.kind == Kind::Track => ids.push(own(catalog, item)?),
                Target::Item(_) | Target::Link(_) | Target::File(_) => {
                    for track in tracks(&self.catalogs, target).await? {
                        ids.push(own_id(catalog, &track.reference)?);
                    }
                }
            }
        }
        if ids.len() > MAX_ROWS {
            return Err(Fault::new(FaultKind::Usage, format!("These are more than {MAX_ROWS} tracks")));
        }
        Ok(ids)
    }

    /// The places, from 0, of rows as they were typed.
    async fn places(
        &self,
        catalog: &dyn Catalog,
        item: &ItemRef,
        before: &[String],
        rows: &[PlaylistRow],
    ) -> Result<Vec<usize>, Fault> {
        let mut places = Vec::new();
        for row in rows {
            match row {
                PlaylistRow::Position(position) => places.push(place(item, before.len(), *position)?),
                PlaylistRow::Track(target) => {
                    for id in self.ids(catalog, std::slice::from_ref(target)).await? {
                        let found = places.len();
                        places.extend(
                            before.iter().enumerate().filter(|(_, held)| **held == id).map(|(at, _)| at),
                        );
                        if places.len() == found {
                            let track = ItemRef { kind: Kind::Track, id, ..item.clone() };
                            let fault = Fault::new(FaultKind::NotFound, format!("{track} is not in {item}"));
                            return Err(fault.hint(format!("segue playlist show {item} tells what is")));
                        }
                    }
                }
            }
        }
        Ok(places)
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

/// The ids of what is in a playlist.
async fn held(catalog: &dyn Catalog, item: &ItemRef) -> Result<Vec<String>, Fault> {
    let id = |track: Track| match track.reference {
        TrackRef::Service { id, .. } => Some(id),
        TrackRef::File(_) | TrackRef::Url(_) => None,
    };
    Ok(held_rows(catalog, item).await?.into_iter().filter_map(id).collect())
}

/// Whether the service lets the listener change what is in playlists.
pub(super) fn can_arrange(catalog: &dyn Catalog) -> Result<(), Fault> {
    let what = "way to change what is in playlists";
    allowed(catalog, "change a playlist", what, |able| able.arrange_playlist)
}

/// Whether the service lets the listener do it, as things are.
fn allowed(
    catalog: &dyn Catalog,
    doing: &str,
    what: &str,
    power: impl Fn(&Powers) -> bool,
) -> Result<(), Fault> {
    if power(&catalog.capabilities().powers) { Ok(()) } else { Err(powerless(catalog, doing, what)) }
}

/// Whether a playlist of this service can have all that.
fn check_about(catalog: &dyn Catalog, about: &PlaylistAbout) -> Result<(), Fault> {
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

fn edited(item: &ItemRef, about: &PlaylistAbout, name: &str) -> String {
    let audience = match about.public {
        Some(true) => Some("public"),
        Some(false) => Some("private"),
        None => None,
    };
    match (&about.title, audience, about.parts().as_slice()) {
        (Some(title), _, []) => format!("{item} is now called {title} at {name}"),
        (None, Some(audience), [_]) => format!("{item} is now {audience} at {name}"),
        (_, _, _) => format!("{item} is changed at {name}"),
    }
}

/// The id of a track of this very service, by whatever it is named.
pub(super) fn own_id(catalog: &dyn Catalog, track: &TrackRef) -> Result<String, Fault> {
    own(catalog, &track.item().ok_or_else(|| foreign(catalog, track))?)
}

/// The id of a track of this very service.
fn own(catalog: &dyn Catalog, item: &ItemRef) -> Result<String, Fault> {
    if item.service == catalog.id() { Ok(item.id.clone()) } else { Err(foreign(catalog, item)) }
}

fn foreign(catalog: &dyn Catalog, what: &impl Display) -> Fault {
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

fn without(rows: &[String], places: &[usize]) -> Vec<String> {
    let stays = |(at, id): (usize, &String)| (!places.contains(&at)).then(|| id.clone());
    rows.iter().enumerate().filter_map(stays).collect()
}

fn moved(item: &ItemRef, rows: &[String], from: usize, to: usize) -> Result<Vec<String>, Fault> {
    let (from, to) = (place(item, rows.len(), from)?, place(item, rows.len(), to)?);
    let mut rows = rows.to_vec();
    let row = rows.remove(from);
    rows.insert(to, row);
    Ok(rows)
}

pub(super) fn counted(tracks: usize) -> String {
    if tracks == 1 { "1 track".to_owned() } else { format!("{tracks} tracks") }
}
