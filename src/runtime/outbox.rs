//! Sends what was changed here to the services: one thing at a time for each playlist, each kept as sent before it is,
//! and as answered before the next. What to send and what an answer means is decided in `model/mirror.rs` and kept by
//! the library.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use crate::catalog::{Catalog, CatalogError};
use crate::library::{Playlists, sending_turn};
use crate::model::{
    Arrival, Change, CleanText, Delivery, Errand, Fault, FaultKind, Found, Item, ItemRef, Kind, Mirrored,
    PlaylistId, Round, ServiceId, Settled, Told, ToldMark, Waiting, WaitingMark,
};

use super::ask::{self, Shelves, fresh};
use super::clock;

mod marks;
#[cfg(test)]
pub(super) mod tests;

pub(super) use marks::can_wait;
use marks::{ends_round, send_marks};

/// Most things sent to one service in a round; the rest comes with the next.
const MAX_SENT: usize = 500;

/// How often changes made elsewhere are put together with ours before others have their turn.
const MAX_MERGES: usize = 5;

/// How often another program is waited for that sends.
const BUSY_TRIES: usize = 15;

/// How soon to look again when another program sends.
const BUSY_S: u64 = 2;

/// The library's side, for tasks that must not wait for the disk.
#[derive(Clone)]
pub(super) struct Post {
    library: Arc<Mutex<Playlists>>,
    /// Seconds since 1970.
    now: fn() -> u64,
}

impl Post {
    /// The library at `path`, which is mended first where that is needed.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Ok(Self::of(Playlists::open(path).map_err(|error| error.fault())?))
    }

    /// The library at `path`, which this process has open.
    pub fn join(path: &Path) -> Result<Self, Fault> {
        Ok(Self::of(Playlists::join(path).map_err(|error| error.fault())?))
    }

    fn of(library: Playlists) -> Self {
        Self { library: Arc::new(Mutex::new(library)), now: clock::unix_seconds }
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Playlists, u64) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (library, now) = (Arc::clone(&self.library), (self.now)());
        let asked = tokio::task::spawn_blocking(move || {
            // A panic elsewhere leaves whole transactions behind.
            question(&mut library.lock().unwrap_or_else(PoisonError::into_inner), now)
        });
        asked.await.map_err(|error| Fault::new(FaultKind::Other, error.to_string()))?
    }
}

/// Which changes a round sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Also what waits for a later time.
    pub early: bool,
    /// Also what is held.
    pub held: bool,
}

/// Sends what is due, unless another program does. `open` gives the library at a path.
pub(super) async fn sweep(
    path: PathBuf,
    open: fn(&Path) -> Result<Post, Fault>,
    catalogs: Vec<Arc<dyn Catalog>>,
    what: Sweep,
) -> Result<Round, Fault> {
    // Nothing can wait where there is no library.
    if !path.exists() {
        return Ok(Round::default());
    }
    let opened = tokio::task::spawn_blocking(move || Ok((open(&path)?, sending_turn(&path)))).await;
    let (post, turn) = opened.map_err(|error| Fault::new(FaultKind::Other, error.to_string()))??;
    if turn.is_none() {
        let (waiting, marks) = left(&post, &catalogs).await?;
        let again_in_s = (!waiting.is_empty() || !marks.is_empty()).then_some(BUSY_S);
        return Ok(Round { waiting, marks, again_in_s, ..Round::default() });
    }
    round(&post, &catalogs, what).await
}

/// What waits of those who are signed in: playlists and marks.
async fn left(post: &Post, catalogs: &[Arc<dyn Catalog>]) -> Result<(Vec<Waiting>, Vec<WaitingMark>), Fault> {
    let accounts: Vec<_> =
        catalogs.iter().map(|catalog| (catalog.id(), catalog.capabilities().account.key)).collect();
    post.ask(move |library, _| {
        for (service, account) in &accounts {
            library.sign_in(service, account.as_deref())?;
        }
        Ok((library.waiting()?, library.waiting_marks()?))
    })
    .await
}

/// Sends what is due, all services at once.
pub(super) async fn round(post: &Post, catalogs: &[Arc<dyn Catalog>], what: Sweep) -> Result<Round, Fault> {
    if what.held {
        post.ask(|library, _| library.try_again()).await?;
    }
    let (waiting, marks) = left(post, catalogs).await?;
    let concerned = |catalog: &&Arc<dyn Catalog>| {
        let id = catalog.id();
        let playlists = || waiting.iter().any(|waiting| waiting.remote.service == id);
        marks.iter().any(|mark| mark.wish.item.service == id) || (playlists() && can_send(&***catalog))
    };
    let sent = catalogs.iter().filter(concerned).map(|catalog| send_all(post, &**catalog, what.early));
    let mut round = Round::default();
    for sent in join_all(sent).await {
        let (marked, told) = sent?;
        round.marked.extend(marked);
        round.told.extend(told);
    }
    (round.waiting, round.marks) = left(post, catalogs).await?;
    round.again_in_s = again_in(&round, catalogs, (post.now)());
    Ok(round)
}

/// Somebody is signed in who may change playlists.
fn can_send(catalog: &dyn Catalog) -> bool {
    let able = catalog.capabilities();
    able.own_playlists.is_some() && able.powers.arrange_playlist
}

/// When something is due that can be sent by itself.
fn again_in(round: &Round, catalogs: &[Arc<dyn Catalog>], now: u64) -> Option<u64> {
    let can =
        |service: &ServiceId| catalogs.iter().any(|catalog| catalog.id() == *service && can_send(&**catalog));
    let is_held = |waiting: &Waiting| matches!(waiting.remote.arrival, Arrival::Held(_));
    let due = round.waiting.iter().filter(|waiting| !is_held(waiting) && can(&waiting.remote.service));
    let due = due.map(|waiting| waiting.next_try_at).chain(round.marks.iter().map(|mark| mark.next_try_at));
    due.map(|at| at.saturating_sub(now).max(1)).min()
}

/// Everything that is due at one service, one after the other.
async fn send_all(
    post: &Post,
    catalog: &dyn Catalog,
    early: bool,
) -> Result<(Vec<ToldMark>, Vec<Told>), Fault> {
    let (service, place) = (catalog.id(), catalog.name());
    let mut told: Vec<Told> = Vec::new();
    let (marked, goes_on) = send_marks(post, catalog, early).await?;
    if !goes_on || !can_send(catalog) {
        return Ok((marked, told));
    }
    // What did not go now is not tried again in the same round.
    let mut passed_over: Vec<PlaylistId> = Vec::new();
    for _ in 0..MAX_SENT {
        let (of, over) = (service.clone(), passed_over.clone());
        let errand = post.ask(move |library, now| library.claim(&of, early, &over, now)).await?;
        let Some(errand) = errand else { break };
        let (id, title) = (errand.id, errand.title.clone());
        let delivery = deliver(post, catalog, errand).await?;
        let settled = post.ask(move |library, now| library.settle(id, place, delivery, now)).await?;
        let Some(what) = settled else { continue };
        match &what {
            Settled::Waits(fault) => {
                passed_over.push(id);
                // Who does not answer one does not answer the next.
                if ends_round(fault) {
                    told.push(Told { id, service: service.clone(), title, what });
                    break;
                }
            }
            Settled::Held(_) => passed_over.push(id),
            Settled::Merged { .. } => {
                let merges = told.iter().filter(|told| told.id == id && is_merge(&told.what)).count();
                if merges >= MAX_MERGES {
                    passed_over.push(id);
                }
            }
            Settled::Arrived | Settled::Spared { .. } => {}
        }
        told.push(Told { id, service: service.clone(), title, what });
    }
    Ok((marked, told))
}

fn is_merge(what: &Settled) -> bool {
    matches!(what, Settled::Merged { .. })
}

/// Asks it of the service. The error is one of the library alone.
async fn deliver(post: &Post, catalog: &dyn Catalog, errand: Errand) -> Result<Delivery, Fault> {
    let change = errand.change.clone();
    if let Some(fault) = lacking(catalog, &change) {
        return Ok(Delivery::Refused { fault, is_undone: !errand.is_again });
    }
    if matches!(change, Change::CreatePlaylist { .. }) {
        return make(post, catalog, errand).await;
    }
    if let Change::EditPlaylist { id, about } = &change {
        match title_there(catalog, id).await {
            Ok(title)
                if is_other(&title, &errand.known_title)
                    && about.title.as_deref() != Some(title.as_str()) =>
            {
                return Ok(match look(catalog, id).await {
                    Ok(found) => Delivery::Changed { found, in_doubt: errand.is_again },
                    Err(unseen) => unseen.delivery(!errand.is_again),
                });
            }
            Ok(_) => {}
            Err(Unseen { is_gone: true, .. }) => return Ok(Delivery::Gone),
            Err(unseen) => return Ok(unseen.delivery(!errand.is_again)),
        }
    }
    if let (Change::DeletePlaylist { id }, Some(believed)) = (&change, &errand.believed) {
        // What somebody has changed meanwhile is not deleted unseen.
        match look(catalog, id).await {
            Err(Unseen { is_gone: true, .. }) => return Ok(Delivery::Done),
            Err(unseen) => return Ok(unseen.delivery(!errand.is_again)),
            Ok(found) if !found.is_as(&catalog.id(), believed) => {
                return Ok(Delivery::Changed { found, in_doubt: false });
            }
            Ok(_) => {}
        }
    }
    let Err(error) = catalog.change(&change).await else { return Ok(Delivery::Done) };
    let (id, is_deletion) = match &change {
        Change::ArrangePlaylist { id, .. } | Change::EditPlaylist { id, .. } => (id, false),
        Change::DeletePlaylist { id } => (id, true),
        _ => return Ok(failed(&error, errand.is_again)),
    };
    Ok(match error {
        CatalogError::NotFound { .. } if is_deletion => Delivery::Done,
        CatalogError::Changed { .. } => match look(catalog, id).await {
            Ok(found) => Delivery::Changed { found, in_doubt: errand.is_again },
            Err(Unseen { is_gone: true, .. }) => Delivery::Gone,
            // That it was not done is certain.
            Err(unseen) => unseen.delivery(!errand.is_again),
        },
        // A track that is gone is not found either: only what is not there to be read is gone.
        CatalogError::NotFound { .. } => match look(catalog, id).await {
            Err(Unseen { is_gone: true, .. }) => Delivery::Gone,
            Ok(_) | Err(_) => failed(&error, errand.is_again),
        },
        error => failed(&error, errand.is_again),
    })
}

/// Why a service has no such change.
fn lacking(catalog: &dyn Catalog, change: &Change) -> Option<Fault> {
    let powers = catalog.capabilities().powers;
    let (able, doing) = match change {
        Change::CreatePlaylist { .. } => (powers.create_playlist, "make"),
        Change::EditPlaylist { .. } => (powers.edit_playlist, "rename"),
        Change::DeletePlaylist { .. } => (powers.delete_playlist, "delete"),
        _ => (powers.arrange_playlist, "change"),
    };
    let words = || format!("{} has no way to {doing} playlists", catalog.name());
    (!able).then(|| Fault::new(FaultKind::Refused, words()))
}

/// What a failure means for what was sent: that this time nothing was done says nothing of the time before.
fn failed(error: &CatalogError, is_again: bool) -> Delivery {
    Unseen { fault: error.fault(), is_gone: false }.delivery(error.is_undone() && !is_again)
}

/// Why a playlist cannot be seen at its service.
struct Unseen {
    fault: Fault,
    is_gone: bool,
}

impl Unseen {
    fn of(error: &CatalogError) -> Self {
        Self { fault: error.fault(), is_gone: matches!(error, CatalogError::NotFound { .. }) }
    }

    fn delivery(self, is_undone: bool) -> Delivery {
        let fault = self.fault;
        if can_wait(&fault) {
            Delivery::Later { fault, is_undone }
        } else {
            Delivery::Refused { fault, is_undone }
        }
    }
}

/// Makes a playlist, once: when an earlier answer was lost, what it made is looked for first.
async fn make(post: &Post, catalog: &dyn Catalog, errand: Errand) -> Result<Delivery, Fault> {
    let Change::CreatePlaylist { about, .. } = &errand.change else { return Ok(Delivery::Done) };
    let title = about.title.clone().unwrap_or_default();
    catalog.renew();
    let own = match ask::own_ids(catalog).await {
        Ok(own) => own,
        // As long as nobody knows what there is, nothing is made.
        Err(fault) => return Ok(Delivery::Later { fault, is_undone: !errand.is_again }),
    };
    match &errand.seen {
        Some(seen) if errand.is_again => {
            let is_new = |(id, found): &&(String, CleanText)| {
                !seen.contains(id) && found.as_str().trim() == title.trim()
            };
            if let Some((id, _)) = own.iter().find(is_new) {
                return Ok(made(catalog, id.clone()).await);
            }
        }
        _ => {
            let (id, ids) = (errand.id, own.iter().map(|(id, _)| id.clone()).collect());
            post.ask(move |library, _| library.note_seen(id, ids)).await?;
        }
    }
    Ok(match catalog.change(&errand.change).await {
        Ok(Some(item)) => Delivery::Made { id: item.id, entries: None },
        Err(CatalogError::Unfinished { made: item, .. }) => made(catalog, item.id).await,
        // It does not say what it made: that is looked for, with what there was before.
        Ok(None) => {
            let words = format!("{} does not say what it made; that is looked for", catalog.name());
            Delivery::Later { fault: Fault::new(FaultKind::Network, words), is_undone: false }
        }
        Err(error) => failed(&error, errand.is_again),
    })
}

/// A playlist that was made, with what is in it.
async fn made(catalog: &dyn Catalog, id: String) -> Delivery {
    match look(catalog, &id).await {
        Ok(found) => Delivery::Made { id, entries: Some(found.entries) },
        Err(unseen) => Delivery::Later { fault: unseen.fault, is_undone: false },
    }
}

/// Whether a name is another one: services trim them.
fn is_other(title: &CleanText, known: &CleanText) -> bool {
    title.as_str().trim() != known.as_str().trim()
}

/// What the service calls a playlist now.
async fn title_there(catalog: &dyn Catalog, id: &str) -> Result<CleanText, Unseen> {
    catalog.renew();
    let about = catalog.item(Kind::Playlist, id).await.map_err(|error| Unseen::of(&error))?;
    Ok(about.title().clone())
}

/// A playlist as the service has it now.
async fn look(catalog: &dyn Catalog, id: &str) -> Result<Found, Unseen> {
    catalog.renew();
    let item = ItemRef { service: catalog.id(), kind: Kind::Playlist, id: id.to_owned() };
    let about = catalog.item(Kind::Playlist, id).await.map_err(|error| Unseen::of(&error))?;
    let tracks = ask::held_rows(catalog, &item).await;
    let tracks = tracks.map_err(|fault| Unseen { fault, is_gone: false })?;
    let is_private = matches!(&about, Item::Collection(about) if about.is_private());
    let entries = tracks.into_iter().map(fresh).collect();
    Ok(Found { title: Some(about.title().clone()), is_private, entries })
}

/// A service's playlist, read and kept in the library that this process has open, to be edited. When it cannot be read, as
/// it was last known.
pub(super) async fn open(path: PathBuf, catalog: &dyn Catalog, item: &ItemRef) -> Result<Mirrored, Fault> {
    let opened = tokio::task::spawn_blocking(move || Post::join(&path)).await;
    let post = opened.map_err(|error| Fault::new(FaultKind::Other, error.to_string()))??;
    mirrored(&post, catalog, item).await
}

async fn mirrored(post: &Post, catalog: &dyn Catalog, item: &ItemRef) -> Result<Mirrored, Fault> {
    let (service, id, place) = (catalog.id(), item.id.clone(), catalog.name());
    let found = look(catalog, &item.id).await;
    let account = catalog.capabilities().account.key;
    match found {
        Ok(found) => {
            let opened = post.ask(move |library, now| {
                library.sign_in(&service, account.as_deref())?;
                library.mirror((&service, &id, place), found, now)
            });
            opened.await.map(|(opened, merged)| Mirrored { opened: Box::new(opened), merged, fault: None })
        }
        Err(Unseen { fault, .. }) => {
            let kept = post.ask(move |library, _| {
                library.sign_in(&service, account.as_deref())?;
                library.mirrored(&service, &id)
            });
            let kept = kept.await?.ok_or_else(|| fault.clone())?;
            Ok(Mirrored { opened: Box::new(kept), merged: None, fault: Some(fault) })
        }
    }
}

impl Shelves {
    /// Sends to the services, or to one of them, what was changed here. When another program does, it is waited for.
    ///
    /// # Errors
    /// When the library fails, and when the other program does not come to an end.
    pub fn send_changes(&self, service: Option<&ServiceId>, what: Sweep) -> Result<Round, Fault> {
        self.send_from_library(|library, mut catalogs| async move {
            catalogs.retain(|catalog| service.is_none_or(|service| catalog.id() == *service));
            for _ in 0..BUSY_TRIES {
                let round = sweep(library.clone(), Post::open, catalogs.clone(), what).await?;
                let is_idle = round.told.is_empty() && round.marked.is_empty();
                let is_busy = is_idle && round.again_in_s == Some(BUSY_S);
                if !is_busy {
                    return Ok(round);
                }
                tokio::time::sleep(Duration::from_secs(BUSY_S)).await;
            }
            Err(Fault::new(FaultKind::Other, "Another Segue is sending changes and does not come to an end")
                .hint("Try again later"))
        })
    }
}
