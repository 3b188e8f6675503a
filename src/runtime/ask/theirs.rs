//! Services' playlists as they are kept here, for the command line: read before an edit and sent after it, by the way that
//! the screen takes. What is asked for is checked against what the service can do before anything is changed.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::catalog::Catalog;
use crate::model::{
    Arrival, Change, CleanText, Entry, Fault, FaultKind, Item, ItemRef, Kind, OpenedPlaylist, PlaylistAbout,
    PlaylistAnswer, PlaylistId, PlaylistOrder, Remote, Round, ServiceId, Settled, Track, at_service,
};
use crate::runtime::outbox::{self, Sweep, can_wait};

use super::exchange::fresh;
use super::playlists::{PlaylistDone, allowed, check_about, counted, foreign, own_ids};
use super::target::Target;
use super::tracks::tracks;
use super::{Shelves, find};

/// Tracks that are asked for at the same time; each service paces what it is asked besides.
const AT_ONCE: usize = 4;

/// A playlist that is about to be changed.
#[derive(Debug)]
pub(super) struct Opened {
    /// As it is kept here.
    pub list: OpenedPlaylist,
    /// What its service did not tell, so that it is as it was last known.
    pub fault: Option<Fault>,
    /// What there is to tell of changes that were put together when it was opened: "; it was changed there too...".
    pub news: String,
}

impl From<OpenedPlaylist> for Opened {
    fn from(list: OpenedPlaylist) -> Self {
        Self { list, fault: None, news: String::new() }
    }
}

/// What came of sending a change.
pub(super) enum Sent {
    /// The service has it. What there is to tell beside that: "; it was changed there too...".
    Arrived(String),
    /// It is kept here and waits.
    Waits(Fault),
    /// The service does not take it; it is kept here and not sent again by itself.
    Held(Fault),
    /// It was deleted here and changed there: it is not deleted.
    Spared,
}

impl Shelves {
    /// Which playlist of a service is meant.
    pub(super) fn their_item(&self, target: &Target) -> Result<ItemRef, Fault> {
        match target {
            Target::Item(item) if item.kind == Kind::Playlist => Ok(item.clone()),
            Target::Item(_) | Target::Link(_) | Target::File(_) | Target::Part(_) => {
                Ok(self.tasks.block_on(self.playlist_of(target))?.1.reference)
            }
        }
    }

    /// A service's playlist as it is kept here, whatever the service says now; `None`: it was never opened here.
    pub(super) fn kept_of(&self, item: &ItemRef) -> Result<Option<OpenedPlaylist>, Fault> {
        // Looking makes no library.
        if !self.library.exists() {
            return Ok(None);
        }
        self.with_library(|library| library.mirrored(&item.service, &item.id))
    }

    /// A service's playlist to be changed: as the service has it now, put together with what waits here. Where the service
    /// cannot be reached, as it was last known, with why.
    ///
    /// # Errors
    /// When it is not the listener's own, was never opened here and cannot be read now, or the library fails.
    pub(super) fn opened_there(&self, item: &ItemRef) -> Result<Opened, Fault> {
        let catalog = find(&self.catalogs, &item.service)?;
        let is_known = self.kept_of(item)?.is_some();
        if !is_known {
            self.tasks.block_on(is_own(&**catalog, item))?;
        }
        // Made, or mended, where that is needed.
        self.with_library(|_| Ok(()))?;
        let opened = self.tasks.block_on(outbox::open(self.library.clone(), &**catalog, item));
        let opened = opened.map_err(|fault| if is_known { fault } else { never_read(item, fault) })?;
        let news = opened.merged.as_ref().map(merged).unwrap_or_default();
        Ok(Opened { list: *opened.opened, fault: opened.fault, news })
    }

    /// Sends what was changed of a playlist, and whatever else waits for that service.
    pub(super) fn send_changed(&self, id: PlaylistId, service: &ServiceId) -> Sent {
        match self.send_changes(Some(service), Sweep { early: true, held: false }) {
            Ok(round) => outcome(&round, id),
            // It is kept; only that it was sent nobody can say.
            Err(fault) => Sent::Waits(fault),
        }
    }

    /// What was done, with what came of sending it where a service keeps the playlist. `words` tell what was done without
    /// saying where, `news` what there is to tell beside it.
    pub(super) fn done(
        &self,
        (id, remote): (PlaylistId, Option<&Remote>),
        (words, news): (&str, &str),
        tracks: usize,
    ) -> Result<PlaylistDone, Fault> {
        let here = super::local::reference(id);
        let Some(remote) = remote else {
            return Ok(PlaylistDone { words: words.into(), playlist: Some(here), tracks, waits: None });
        };
        let place = find(&self.catalogs, &remote.service)?.name();
        let sent = self.send_changed(id, &remote.service);
        let item = self.remote_now(id)?.and_then(|remote| remote.item()).or_else(|| remote.item());
        let name = item.unwrap_or(here);
        let (words, waits) = match sent {
            Sent::Arrived(more) => {
                (format!("{words} at {place}{}", if more.is_empty() { news } else { &more }), None)
            }
            Sent::Waits(fault) => {
                let sync = "segue playlist sync";
                let later = format!("{place} hears of it with the next start, or with {sync}");
                (format!("{words} here; {later}{news}"), Some(fault))
            }
            Sent::Held(fault) => {
                let ways = format!(
                    "segue playlist undo {name} takes it back, segue playlist sync --held sends it again"
                );
                (format!("{words} here, and {place} did not take it; {ways}{news}"), Some(fault))
            }
            Sent::Spared => {
                let words =
                    format!("{name} was changed at {place} after it was last read here, and is not deleted");
                let hint = format!(
                    "segue playlist show {name} tells what is in it now; to delete it again deletes it all the same"
                );
                return Err(Fault::new(FaultKind::Refused, words).hint(hint));
            }
        };
        Ok(PlaylistDone { words: words.into(), playlist: Some(name), tracks, waits })
    }

    /// Where a service keeps a playlist now.
    fn remote_now(&self, id: PlaylistId) -> Result<Option<Remote>, Fault> {
        let all = self.all_infos()?;
        Ok(all.into_iter().find(|about| about.id == id).and_then(|about| about.remote))
    }

    /// Makes a playlist at a service.
    pub(super) fn create_theirs(
        &self,
        service: &ServiceId,
        about: PlaylistAbout,
        targets: &[Target],
    ) -> Result<PlaylistDone, Fault> {
        let catalog = find(&self.catalogs, service)?;
        can_create(&**catalog, &about)?;
        let entries = self.entries_there(&**catalog, targets)?;
        self.make_theirs(service, about, entries)
    }

    /// The same of rows that are known.
    pub(super) fn make_theirs(
        &self,
        service: &ServiceId,
        about: PlaylistAbout,
        entries: Vec<Entry>,
    ) -> Result<PlaylistDone, Fault> {
        let catalog = find(&self.catalogs, service)?;
        can_create(&**catalog, &about)?;
        let name = CleanText::new(about.title.as_deref().unwrap_or_default().trim());
        let (count, is_private) = (entries.len(), about.public == Some(false));
        let made =
            PlaylistOrder::MakeAt { service: service.clone(), name: name.clone(), entries, is_private };
        let PlaylistAnswer::Shelved { done: Some(step), all } = self.order(&made)? else {
            return Err(Fault::new(FaultKind::Other, format!("{name} was not made")));
        };
        let remote = all.into_iter().find(|about| about.id == step.id).and_then(|about| about.remote);
        let words = format!("{name} is now a playlist with {}", counted(count));
        let mut done = self.done((step.id, remote.as_ref()), (&words, ""), count)?;
        // What else is said goes to the service alone, once there is something to say it of.
        let rest = PlaylistAbout { title: None, public: about.public.filter(|public| *public), ..about };
        if rest == PlaylistAbout::default() {
            return Ok(done);
        }
        let item = done.playlist.clone().filter(|item| item.service == *service && done.waits.is_none());
        let told = match &item {
            Some(item) => {
                let edit = Change::EditPlaylist { id: item.id.clone(), about: rest };
                self.tasks.block_on(catalog.change(&edit)).map(drop).map_err(|error| error.fault())
            }
            None => Err(Fault::new(FaultKind::Network, "It is not there yet")),
        };
        if let Err(fault) = told {
            let words = format!(
                "{}; what else was said of it was not taken, and can be said again with segue playlist edit",
                done.words
            );
            done.words = words.into();
            done.waits = done.waits.or(Some(fault));
        }
        Ok(done)
    }

    /// Says something else about a service's playlist: its name as an edit that is kept, the rest to the service alone.
    pub(super) fn describe_theirs(
        &self,
        item: &ItemRef,
        about: PlaylistAbout,
    ) -> Result<PlaylistDone, Fault> {
        let catalog = find(&self.catalogs, &item.service)?;
        allowed(&**catalog, "change a playlist", "way to change playlists", |able| able.edit_playlist)?;
        check_about(&**catalog, &about)?;
        let rest = PlaylistAbout { title: None, ..about.clone() };
        if rest != PlaylistAbout::default() {
            let edit = Change::EditPlaylist { id: item.id.clone(), about: rest.clone() };
            self.tasks.block_on(catalog.change(&edit)).map_err(|error| error.fault())?;
        }
        let Some(title) = about.title else {
            let words = described(item, &rest, catalog.name());
            let playlist = Some(item.clone());
            return Ok(PlaylistDone { words: words.into(), playlist, tracks: 0, waits: None });
        };
        let Opened { list: OpenedPlaylist { about, .. }, news, .. } = self.opened_there(item)?;
        let (id, name) = (about.id, CleanText::new(title.trim()));
        self.order(&PlaylistOrder::Rename { id, name: name.clone() })?;
        let words = format!("{} is now called {name}", about.name);
        self.done((id, about.remote.as_ref()), (&words, &news), 0)
    }

    /// Deletes a service's playlist; that can be taken back. One that is kept here and was changed there since it was last
    /// read is not deleted.
    pub(super) fn delete_theirs(&self, item: &ItemRef) -> Result<PlaylistDone, Fault> {
        let catalog = find(&self.catalogs, &item.service)?;
        allowed(&**catalog, "delete a playlist", "way to delete playlists", |able| able.delete_playlist)?;
        let opened = match self.kept_of(item)? {
            Some(kept) => kept,
            None => self.opened_there(item)?.list,
        };
        let id = opened.about.id;
        self.order(&PlaylistOrder::Delete(id))?;
        let words = format!("{} is deleted", opened.about.name);
        let done = self.done((id, opened.about.remote.as_ref()), (&words, ""), 0)?;
        // Its number here names nothing any more.
        Ok(PlaylistDone { playlist: Some(item.clone()), ..done })
    }

    /// Rows of a service's playlist for the tracks behind these targets.
    pub(super) fn entries_there(
        &self,
        catalog: &dyn Catalog,
        targets: &[Target],
    ) -> Result<Vec<Entry>, Fault> {
        // Before anybody is asked for anything.
        for target in targets {
            if let Target::Item(item) = target
                && item.kind == Kind::Track
                && item.service != catalog.id()
            {
                return Err(foreign(catalog, item));
            }
        }
        let found = stream::iter(targets).map(|target| tracks(&self.catalogs, target)).buffered(AT_ONCE);
        let found: Vec<Vec<Track>> = self.tasks.block_on(found.try_collect())?;
        found.into_iter().flatten().map(|track| Ok(fresh(own(catalog, &track)?))).collect()
    }
}

/// The track as this service has it.
pub(super) fn own(catalog: &dyn Catalog, track: &Track) -> Result<Track, Fault> {
    at_service(track, &catalog.id()).ok_or_else(|| foreign(catalog, &track.reference))
}

fn can_create(catalog: &dyn Catalog, about: &PlaylistAbout) -> Result<(), Fault> {
    allowed(catalog, "make a playlist", "way to make playlists", |able| able.create_playlist)?;
    check_about(catalog, about)
}

/// Whether a playlist is the listener's own, as far as its service tells.
async fn is_own(catalog: &dyn Catalog, item: &ItemRef) -> Result<(), Fault> {
    let found = match catalog.item(Kind::Playlist, &item.id).await {
        Ok(found) => found,
        Err(error) => return Err(never_read(item, error.fault())),
    };
    let is_mine = matches!(&found, Item::Collection(about) if about.mine);
    // Not every page of every service tells whose a playlist is.
    if is_mine || own_ids(catalog).await?.iter().any(|(id, _)| *id == item.id) {
        return Ok(());
    }
    let words = format!("{} is no playlist of yours at {}", found.title(), catalog.name());
    let hint = format!("segue playlist copy {item} local makes a copy that is");
    Err(Fault::new(FaultKind::Refused, words).hint(hint))
}

/// Why a playlist cannot be edited that was never read here: what is in it is not known.
fn never_read(item: &ItemRef, fault: Fault) -> Fault {
    if !can_wait(&fault) {
        return fault;
    }
    let words = format!("Nothing was changed: {item} was never opened here, and {}", fault.message);
    let hint = "Try again once it can be reached; from then on it can be edited without a network too";
    Fault { message: words.into(), ..fault }.hint(hint)
}

/// What a round means for one playlist.
fn outcome(round: &Round, id: PlaylistId) -> Sent {
    let told = || round.told.iter().filter(|told| told.id == id).map(|told| &told.what);
    if told().any(|what| matches!(what, Settled::Spared { .. })) {
        return Sent::Spared;
    }
    let waiting = round.waiting.iter().find(|waiting| waiting.id == id);
    match (waiting.map(|waiting| &waiting.remote.arrival), told().next_back()) {
        (_, Some(Settled::Held(fault))) => Sent::Held(fault.clone()),
        (_, Some(Settled::Waits(fault))) => Sent::Waits(fault.clone()),
        (Some(Arrival::Held(why)), _) => Sent::Held(Fault::new(FaultKind::Refused, why.clone())),
        (Some(Arrival::Waiting(_) | Arrival::Arrived), _) => {
            Sent::Waits(Fault::new(FaultKind::Network, "It is not sent yet"))
        }
        (None, _) => Sent::Arrived(told().map(merged).collect()),
    }
}

/// What there is to tell of changes that were put together.
fn merged(what: &Settled) -> String {
    let Settled::Merged { lost, renamed } = what else { return String::new() };
    let mut words = "; it was changed there too, and both changes are in it now".to_owned();
    if let Some(name) = renamed {
        words = format!("{words}; it was called {name} there, and keeps its name here");
    }
    if !lost.is_empty() {
        let lost = lost.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        words = format!("{words}; what was changed here and taken out there is out: {lost}");
    }
    words
}

fn described(item: &ItemRef, about: &PlaylistAbout, place: &str) -> String {
    match (about.public, about.parts().as_slice()) {
        (Some(true), [_]) => format!("{item} is now public at {place}"),
        (Some(false), [_]) => format!("{item} is now private at {place}"),
        (_, _) => format!("{item} is changed at {place}"),
    }
}
