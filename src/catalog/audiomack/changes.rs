//! What the listener changes: likes, reposts, whom to follow, and the list of downloads.

use crate::catalog::CatalogError;
use crate::catalog::address::{asked_id, is_id};
use crate::catalog::call::Asked;
use crate::model::{Change, ItemRef, Kind, Powers};
use crate::net::Method;

use super::playlists::PARTS;
use super::requests::Sent;
use super::session::Marks;
use super::{Audiomack, ID, NAME};

/// Most ids in one address.
const MAX_IDS: usize = 50;

impl Audiomack {
    /// What may be changed by whoever is signed in.
    pub(super) fn powers(&self) -> Powers {
        if self.session().is_none() || self.setup.base().is_err() {
            return Powers::default();
        }
        Powers {
            like: vec![Kind::Track, Kind::Album, Kind::Playlist],
            repost: vec![Kind::Track, Kind::Album],
            follow: vec![Kind::Artist],
            create_playlist: true,
            edit_playlist: true,
            playlist_parts: PARTS.to_vec(),
            delete_playlist: true,
            arrange_playlist: true,
            note_downloads: true,
        }
    }

    /// Makes a change.
    pub(super) async fn make(&self, change: &Change) -> Result<Option<ItemRef>, CatalogError> {
        self.listener()?;
        let _turn = self.caller.line.turn(change).await;
        // Whatever comes of it, what was read before may no longer be so.
        let made = self.made(change).await;
        self.caller.changed();
        made
    }

    async fn made(&self, change: &Change) -> Result<Option<ItemRef>, CatalogError> {
        match change {
            Change::Like { item, on } => self.like(item, *on).await?,
            Change::Repost { item, on } => self.repost(item, *on).await?,
            Change::Follow { item, on } => self.follow(item, *on).await?,
            Change::CreatePlaylist { about, tracks } => return self.create_playlist(about, tracks).await,
            Change::EditPlaylist { id, about } => self.edit_playlist(id, about).await?,
            Change::DeletePlaylist { id } => self.delete_playlist(id).await?,
            Change::AddToPlaylist { id, tracks } => self.add_to_playlist(id, tracks).await?,
            Change::ArrangePlaylist { id, before, after } => self.arrange_playlist(id, before, after).await?,
            Change::NoteDownloads { tracks, on } => self.note_downloads(tracks, *on).await?,
        }
        Ok(None)
    }

    /// What is so already is a success.
    async fn like(&self, item: &ItemRef, on: bool) -> Result<(), CatalogError> {
        let path = match item.kind {
            Kind::Track | Kind::Album => "/music/{id}/favorite",
            Kind::Playlist => "/playlist/{id}/favorite",
            Kind::Artist => return Err(cannot("artists are followed, not liked")),
        };
        self.switch(path, item, on).await?;
        let is_playlist = item.kind == Kind::Playlist;
        mark(
            |marks| if is_playlist { &mut marks.playlists } else { &mut marks.music },
            &mut self.marks(),
            &item.id,
            on,
        );
        Ok(())
    }

    async fn repost(&self, item: &ItemRef, on: bool) -> Result<(), CatalogError> {
        match item.kind {
            Kind::Track | Kind::Album => self.switch("/music/{id}/repost", item, on).await,
            Kind::Artist | Kind::Playlist => Err(cannot("only songs and albums can be reposted")),
        }
    }

    async fn follow(&self, item: &ItemRef, on: bool) -> Result<(), CatalogError> {
        match item.kind {
            Kind::Artist => self.switch("/artist/{id}/follow", item, on).await,
            Kind::Track | Kind::Album | Kind::Playlist => Err(cannot("only artists can be followed")),
        }
    }

    async fn switch(&self, path: &str, item: &ItemRef, on: bool) -> Result<(), CatalogError> {
        let id = own_id(item)?;
        let url = self.url(path, &[("id", id)], &[])?;
        let asked = Asked::known("making a change").thing(format!("{} {id}", item.kind));
        let method = if on { Method::PUT } else { Method::DELETE };
        self.send(&asked, method, &url, Sent::Nothing).await.map(drop)
    }

    /// Tells the account what is kept on this device, or no longer.
    async fn note_downloads(&self, tracks: &[String], on: bool) -> Result<(), CatalogError> {
        let asked = Asked::known("noting downloads").thing("such track".to_owned());
        for some in tracks.chunks(MAX_IDS) {
            let ids = joined(some)?;
            let (method, url) = if on {
                // The one POST whose fields stand in the address.
                (Method::POST, self.url("/user/downloads", &[], &[("music_id", &ids)])?)
            } else {
                (Method::DELETE, self.url("/user/downloads/{ids}", &[("ids", &ids)], &[])?)
            };
            self.send(&asked, method, &url, Sent::Nothing).await?;
        }
        Ok(())
    }
}

fn mark(
    set: impl Fn(&mut Marks) -> &mut std::collections::HashSet<String>,
    marks: &mut Marks,
    id: &str,
    on: bool,
) {
    let set = set(marks);
    if on {
        set.insert(id.to_owned());
    } else {
        set.remove(id);
    }
}

/// Ids with commas between them.
pub(super) fn joined(ids: &[String]) -> Result<String, CatalogError> {
    match ids.iter().find(|id| !is_id(id) || id.contains(',')) {
        Some(id) => {
            Err(asked_id(NAME, "track", id).err().unwrap_or_else(|| cannot("an id has a comma in it")))
        }
        None => Ok(ids.join(",")),
    }
}

/// The id of a thing of this service.
fn own_id(item: &ItemRef) -> Result<&str, CatalogError> {
    if item.service.as_str() != ID {
        return Err(cannot(&format!("{item} is not its own")));
    }
    asked_id(NAME, item.kind.as_str(), &item.id)
}

/// The error that something makes no sense here.
pub(super) fn cannot(reason: &str) -> CatalogError {
    CatalogError::Refused { service: NAME, reason: reason.to_owned() }
}
