//! A service whose requests come to grief as they are told to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;

use crate::catalog::{Answer, Catalog, CatalogError};
use crate::model::{
    Account, Capabilities, Change, Collection, Item, ItemRef, Kind, ListId, Locator, Page, PlaylistAbout,
    Powers, Purpose, SearchQuery, ServiceId, Track, TrackRef,
};
use crate::net::{NetError, Phase, Unreached};

const NAME: &str = "Fake";

pub fn service() -> ServiceId {
    ServiceId::known("fake")
}

/// What befalls a request that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    Fine,
    /// It is done, and the answer is lost.
    Lost,
    /// It is not done, and nobody knows.
    Broken,
    /// There is no connection.
    Offline,
    /// The service wants to be left alone.
    Limited,
    /// It is done, and the program is killed before the answer.
    KilledAfter,
    /// The program is killed before it is done.
    KilledBefore,
    /// It is made, and filling it fails.
    Unfinished,
    /// Somebody else puts a track in just before.
    AddedElsewhere,
    /// Somebody else takes the first track out just before.
    RemovedElsewhere,
    /// Somebody else moves the first track to the end just before.
    MovedElsewhere,
    /// It is done and the answer is lost, and then somebody else puts a track in.
    LostAndAdded,
}

#[derive(Debug, Default)]
pub struct World {
    pub playlists: BTreeMap<String, (String, Vec<String>)>,
    made: u64,
    pub foreign: u64,
    /// What somebody else took out.
    pub removed: BTreeSet<String>,
    /// What somebody else took out while nobody here knew that it was in: nothing tells that from its never having been.
    pub either: BTreeSet<String>,
    /// Rows of requests whose answers were lost.
    doubtful: BTreeSet<String>,
    pub mishaps: VecDeque<Mishap>,
    /// Whether it does not list yet what was made.
    pub lags: bool,
    /// Whether nothing can be read from it.
    pub is_unread: bool,
    /// Whether what can be read of lists is from earlier.
    pub is_stale: bool,
    /// Playlists of somebody else.
    pub others: BTreeSet<String>,
    pub writes: usize,
    /// What is liked.
    pub liked: BTreeSet<String>,
    /// Requests to like something or no longer, done or not.
    pub likes: usize,
}

impl World {
    fn elsewhere(&mut self, mishap: Mishap) {
        let Some((_, rows)) = self.playlists.values_mut().next() else { return };
        match mishap {
            Mishap::AddedElsewhere | Mishap::LostAndAdded => {
                self.foreign += 1;
                rows.insert(rows.len() / 2, format!("theirs{}", self.foreign));
            }
            Mishap::RemovedElsewhere if !rows.is_empty() => {
                let row = rows.remove(0);
                if self.doubtful.contains(&row) {
                    self.either.insert(row.clone());
                }
                self.removed.insert(row);
            }
            Mishap::MovedElsewhere if !rows.is_empty() => rows.rotate_left(1),
            _ => {}
        }
    }

    /// It is done, and the answer never comes.
    fn make_unheard(&mut self, change: &Change) {
        if let Change::ArrangePlaylist { after, .. } = change {
            self.doubtful.extend(after.iter().cloned());
        }
        let _ = self.make(change, true);
    }

    fn make(&mut self, change: &Change, whole: bool) -> Result<Option<ItemRef>, CatalogError> {
        let gone = |id: &str| CatalogError::NotFound { service: NAME, what: format!("playlist {id}") };
        let title = |about: &PlaylistAbout| about.title.clone().unwrap_or_default();
        match change {
            Change::CreatePlaylist { about, tracks } => {
                self.made += 1;
                let id = format!("p{}", self.made);
                let rows = if whole { tracks.clone() } else { Vec::new() };
                self.playlists.insert(id.clone(), (title(about), rows));
                Ok(Some(ItemRef { service: service(), kind: Kind::Playlist, id }))
            }
            Change::EditPlaylist { id, about } => {
                self.playlists.get_mut(id).ok_or_else(|| gone(id))?.0 = title(about);
                Ok(None)
            }
            Change::ArrangePlaylist { id, before, after } => {
                let rows = &mut self.playlists.get_mut(id).ok_or_else(|| gone(id))?.1;
                if rows == before {
                    rows.clone_from(after);
                } else if rows != after {
                    return Err(CatalogError::Changed { service: NAME });
                }
                Ok(None)
            }
            // Done twice it is as if done once.
            Change::Like { item, on: true } => {
                self.liked.insert(item.id.clone());
                Ok(None)
            }
            Change::Like { item, on: false } => {
                self.liked.remove(&item.id);
                Ok(None)
            }
            Change::DeletePlaylist { id } => self.playlists.remove(id).map(|_| None).ok_or_else(|| gone(id)),
            other => panic!("{other:?}"),
        }
    }
}

#[derive(Debug, Default)]
pub struct Fake {
    world: Mutex<World>,
    pub killed: Notify,
    /// Who is signed in; `None`: ada.
    pub account: Mutex<Option<&'static str>>,
}

impl Fake {
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub fn rows(&self) -> Vec<(String, Vec<String>)> {
        self.world().playlists.values().cloned().collect()
    }
}

fn offline() -> CatalogError {
    let (host, reason) = ("fake".to_owned(), "no route".to_owned());
    let source = NetError::Connect { host, why: Unreached::NoRoute, reason };
    CatalogError::Net { service: NAME, source }
}

fn broken() -> CatalogError {
    let source = NetError::Timeout { host: "fake".to_owned(), phase: Phase::Byte };
    CatalogError::Net { service: NAME, source }
}

impl Catalog for Fake {
    fn id(&self) -> ServiceId {
        service()
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let powers = Powers {
            create_playlist: true,
            edit_playlist: true,
            delete_playlist: true,
            arrange_playlist: true,
            ..Powers::default()
        };
        let who = self.account.lock().unwrap().unwrap_or("ada");
        let account = Account { who: Some(who.into()), key: Some(who.to_owned()), ..Account::default() };
        Capabilities {
            own_playlists: Some(ListId("mine".to_owned())),
            powers,
            account,
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, _: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        unreachable!()
    }

    fn browse<'a>(&'a self, list: &'a ListId, _: u32) -> Answer<'a, Page<Item>> {
        let world = self.world();
        if world.is_unread {
            return Box::pin(async { Err(offline()) });
        }
        let is_stale = world.is_stale;
        let items = if list.0 == "mine" && world.lags {
            Vec::new()
        } else if list.0 == "mine" {
            let reference =
                |id: &String| ItemRef { service: service(), kind: Kind::Playlist, id: id.clone() };
            let found = world.playlists.iter().filter(|(id, _)| !world.others.contains(*id));
            found
                .map(|(id, (title, _))| Item::Collection(Collection::new(reference(id), title.as_str())))
                .collect()
        } else {
            let is_it = |(id, _): &(&String, &(String, Vec<String>))| {
                ItemRef { service: service(), kind: Kind::Playlist, id: (*id).clone() }.list() == *list
            };
            let rows =
                world.playlists.iter().find(is_it).map(|(_, (_, rows))| rows.clone()).unwrap_or_default();
            rows.iter().map(|id| Item::Track(track(id))).collect()
        };
        Box::pin(async move { Ok(Page { items, is_stale, ..Page::default() }) })
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(async move { Ok(track(id)) })
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        let (found, mine) = {
            let world = self.world();
            if world.is_unread {
                return Box::pin(async { Err(offline()) });
            }
            (world.playlists.get(id).map(|(title, _)| title.clone()), !world.others.contains(id))
        };
        Box::pin(async move {
            let title = found.ok_or_else(|| CatalogError::NotFound { service: NAME, what: id.to_owned() })?;
            let reference = ItemRef { service: service(), kind, id: id.to_owned() };
            Ok(Item::Collection(Collection { mine, ..Collection::new(reference, title.as_str()) }))
        })
    }

    fn locate<'a>(&'a self, _: &'a str, _: Purpose) -> Answer<'a, Locator> {
        unreachable!()
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        Box::pin(async move {
            let mishap = self.world().mishaps.pop_front().unwrap_or(Mishap::Fine);
            self.world().writes += 1;
            self.world().likes += usize::from(matches!(change, Change::Like { .. }));
            match mishap {
                Mishap::Fine => {}
                Mishap::Broken => return Err(broken()),
                Mishap::Offline => return Err(offline()),
                Mishap::Limited => {
                    let wait = Duration::from_secs(3);
                    return Err(CatalogError::Limited { service: NAME, is_down: false, wait });
                }
                Mishap::KilledBefore => {
                    self.killed.notify_one();
                    std::future::pending::<()>().await;
                }
                Mishap::KilledAfter => {
                    self.world().make_unheard(change);
                    self.killed.notify_one();
                    std::future::pending::<()>().await;
                }
                Mishap::Lost | Mishap::LostAndAdded => {
                    self.world().make_unheard(change);
                    if mishap == Mishap::LostAndAdded {
                        self.world().elsewhere(mishap);
                    }
                    return Err(broken());
                }
                Mishap::Unfinished => {
                    let made = self.world().make(change, false);
                    return match made {
                        Ok(Some(made)) => Err(CatalogError::Unfinished { made, error: Box::new(broken()) }),
                        other => other,
                    };
                }
                Mishap::AddedElsewhere | Mishap::RemovedElsewhere | Mishap::MovedElsewhere => {
                    self.world().elsewhere(mishap);
                }
            }
            self.world().make(change, true)
        })
    }

    fn ping(&self) -> Answer<'_, ()> {
        unreachable!()
    }
}

pub fn track(id: &str) -> Track {
    Track::new(TrackRef::Service { service: service(), id: id.to_owned() }, id)
}
