//! What the listener changes: favourites, follows, playlists, and notes of downloads. Made twice a change is
//! as if made once: what is there already is a success.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::catalog::address::asked_id;
use crate::catalog::call::Outcome;
use crate::catalog::own_playlists::{check_parts, is_to_do};
use crate::catalog::tolerant::{self, text_of};
use crate::catalog::{Catalog, CatalogError};
use crate::config::AudiosocketProfile;
use crate::model::{Change, ItemRef, Kind, PlaylistAbout, Powers};
use crate::net::{Body, Method, Request};

use super::operations::{
    Call, FAVORITE, FOLLOW, MY_PLAYLIST_ADD, MY_PLAYLIST_CHANGE, MY_PLAYLIST_CREATE, MY_PLAYLIST_DELETE,
    MY_PLAYLIST_REMOVE, MY_PLAYLIST_RENAME, NOTE_SFX, NOTE_TRACK, UNFAVORITE, UNFOLLOW,
};
use super::own::{Rearranged, attributes, media, number_or_text, rearranged};
use super::{Audiosocket, NAME, Values, convert};

impl Audiosocket {
    /// What can be changed now; the partner API changes nothing.
    pub(super) fn powers(&self) -> Powers {
        if !self.is_personal() {
            return Powers::default();
        }
        Powers {
            like: vec![Kind::Track, Kind::Playlist],
            repost: Vec::new(),
            follow: vec![Kind::Artist, Kind::Playlist],
            create_playlist: true,
            edit_playlist: true,
            playlist_parts: Vec::new(),
            delete_playlist: true,
            arrange_playlist: true,
            note_downloads: self.profile == AudiosocketProfile::Consumer,
        }
    }

    pub(super) async fn make_change(&self, change: &Change) -> Result<Option<ItemRef>, CatalogError> {
        self.base()?;
        if self.profile == AudiosocketProfile::V5 {
            return Err(self.lacks("changes"));
        }
        if !self.is_personal() {
            return Err(self.caller.sign_in());
        }
        let _turn = self.caller.line.turn(change).await;
        let made = self.made(change).await;
        // Whatever came of it, what was read before may no longer be so.
        self.caller.changed();
        made.map(|made| made.as_deref().map(own_playlist))
    }

    /// Makes the change; the service's id of the playlist that was made.
    async fn made(&self, change: &Change) -> Result<Option<String>, CatalogError> {
        match change {
            Change::Like { item, on } => {
                self.mark(item, if *on { &FAVORITE } else { &UNFAVORITE }, *on).await
            }
            Change::Follow { item, on } => self.mark(item, if *on { &FOLLOW } else { &UNFOLLOW }, *on).await,
            Change::Repost { .. } => Err(self.lacks("reposts")),
            Change::CreatePlaylist { about, tracks } => self.create(about, tracks).await,
            Change::EditPlaylist { id, about } => self.rename(id, about).await,
            Change::DeletePlaylist { id } => self.delete(id).await,
            Change::AddToPlaylist { id, tracks } => self.add(own_id(id)?, tracks).await,
            Change::ArrangePlaylist { id, before, after } => self.arrange(own_id(id)?, before, after).await,
            Change::NoteDownloads { tracks, on } => self.note(tracks, *on).await,
        }
    }

    /// Sends a change. Statuses in `fine` mean that it was so before.
    async fn send(
        &self,
        call: &Call,
        (method, body): (Method, Body),
        values: Values<'_>,
        thing: &str,
        fine: &[u16],
    ) -> Result<Value, CatalogError> {
        let base = self.base()?;
        let operation = self.operation(call)?;
        let url = self.paths.url(base, &operation, values)?;
        let token = self.auth.token();
        let plain = || self.request(base, &url, token.as_ref());
        let make = || Request { method: method.clone(), body: body.clone(), ..plain() };
        let asked = self.asked(&operation, Some(thing.to_owned()));
        let Outcome { status, body, meaning } = self.caller.outcome(&asked, make).await?;
        if fine.contains(&status) {
            return Ok(body);
        }
        self.learn(token.as_ref(), meaning).await.map(|()| body)
    }

    /// Favourite or follow, or no longer. Who is there already answers 409.
    async fn mark(&self, item: &ItemRef, call: &Call, on: bool) -> Result<Option<String>, CatalogError> {
        let class = match item.kind {
            _ if item.id.starts_with(convert::OWN) => return Err(self.lacks("mark for your own playlists")),
            Kind::Track if item.id.starts_with(convert::SOUND) => "sfx",
            Kind::Track => "track",
            Kind::Artist => "artist",
            Kind::Playlist => "curated_playlist",
            Kind::Album => return Err(self.lacks("mark for albums")),
        };
        let id = asked_id(NAME, item.kind.as_str(), &item.id)?;
        let body = json!({ "id": number_or_text(media(id).1), "klass": class });
        let fine: &[u16] = if on { &[409] } else { &[] };
        self.send(call, post(&body), &[], &format!("{} {id}", item.kind), fine).await.map(|_| None)
    }

    async fn create(&self, about: &PlaylistAbout, tracks: &[String]) -> Result<Option<String>, CatalogError> {
        check_parts(NAME, &[], about)?;
        for track in tracks {
            asked_id(NAME, "track", track)?;
        }
        let body = json!({ "name": about.title.as_deref().unwrap_or("New playlist") });
        let answer = self.send(&MY_PLAYLIST_CREATE, post(&body), &[], "place for a playlist", &[]).await?;
        let made = tolerant::single(answer, &["data", "consumer_playlist", "playlist"]);
        let id = made.and_then(|made| made.get("id").and_then(text_of));
        let id = id.ok_or_else(|| self.caller.senseless("it does not name the new playlist"))?;
        let filled = self.add(asked_id(NAME, "playlist", &id)?, tracks).await;
        filled.map_err(|error| error.after(own_playlist(&id)))?;
        Ok(Some(id))
    }

    /// Names are all that can be changed.
    async fn rename(&self, id: &str, about: &PlaylistAbout) -> Result<Option<String>, CatalogError> {
        check_parts(NAME, &[], about)?;
        let Some(title) = &about.title else { return Err(self.lacks("other name for the playlist")) };
        let (thing, id) = (format!("playlist {id}"), own_id(id)?);
        let body = Body::Json(json!({ "name": title }).to_string());
        self.send(&MY_PLAYLIST_RENAME, (Method::PATCH, body), &[("id", id)], &thing, &[]).await.map(|_| None)
    }

    /// The answer is the list of the others, or nothing; gone before is gone.
    async fn delete(&self, id: &str) -> Result<Option<String>, CatalogError> {
        let (thing, id) = (format!("playlist {id}"), own_id(id)?);
        let request = (Method::DELETE, Body::Empty);
        self.send(&MY_PLAYLIST_DELETE, request, &[("id", id)], &thing, &[]).await.map(|_| None)
    }

    /// One track by the call for that, several by one change of the playlist.
    async fn add(&self, id: &str, tracks: &[String]) -> Result<Option<String>, CatalogError> {
        for track in tracks {
            asked_id(NAME, "track", track)?;
        }
        let thing = format!("playlist {}{id}", convert::OWN);
        match tracks {
            [] => {}
            [track] => {
                let (class, media_id) = media(track);
                let form = [("mediable_id", media_id), ("mediable_type", class)];
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                let request = (Method::POST, Body::Form(form));
                self.send(&MY_PLAYLIST_ADD, request, &[("id", id)], &thing, &[]).await?;
            }
            tracks => {
                self.rearrange(id, &Rearranged { gone: Vec::new(), added: tracks.to_vec() }).await?;
            }
        }
        Ok(None)
    }

    /// The places are read first: they have ids of their own, and somebody may have changed them.
    async fn arrange(
        &self,
        id: &str,
        before: &[String],
        after: &[String],
    ) -> Result<Option<String>, CatalogError> {
        for track in after {
            asked_id(NAME, "track", track)?;
        }
        let now = self.places(id).await?;
        if !is_to_do(NAME, now.iter().map(|(_, track)| track.as_str()), before, after)? {
            return Ok(None);
        }
        self.rearrange(id, &rearranged(&now, after)).await.map(|()| None)
    }

    async fn rearrange(&self, id: &str, change: &Rearranged) -> Result<(), CatalogError> {
        let thing = format!("playlist {}{id}", convert::OWN);
        if let ([place], []) = (change.gone.as_slice(), change.added.as_slice()) {
            let values = [("id", id), ("place", place.as_str())];
            let request = (Method::DELETE, Body::Empty);
            return self.send(&MY_PLAYLIST_REMOVE, request, &values, &thing, &[]).await.map(drop);
        }
        let body = Body::Json(attributes(change).to_string());
        self.send(&MY_PLAYLIST_CHANGE, (Method::PATCH, body), &[("id", id)], &thing, &[]).await.map(drop)
    }

    /// A download is a licensed use, which the account keeps for good.
    async fn note(&self, tracks: &[String], on: bool) -> Result<Option<String>, CatalogError> {
        if self.profile != AudiosocketProfile::Consumer {
            return Err(self.lacks("list of downloads to add to"));
        }
        if !on {
            return Err(self.lacks("way to take a download back"));
        }
        for track in tracks {
            let (class, id) = media(asked_id(NAME, "track", track)?);
            let call = if class == "Sfx" { &NOTE_SFX } else { &NOTE_TRACK };
            let request = (Method::POST, Body::Empty);
            self.send(call, request, &[("id", id)], &format!("track {track}"), &[409]).await?;
        }
        Ok(None)
    }
}

/// The player's name of a playlist of the listener's own.
fn own_playlist(id: &str) -> ItemRef {
    convert::reference(Kind::Playlist, format!("{}{id}", convert::OWN))
}

fn post(body: &Value) -> (Method, Body) {
    (Method::POST, Body::Json(body.to_string()))
}

/// The service's id of a playlist of the listener's own.
fn own_id(id: &str) -> Result<&str, CatalogError> {
    let missing =
        || CatalogError::NotFound { service: NAME, what: "playlist of yours by that name".to_owned() };
    asked_id(NAME, "playlist", id)?.strip_prefix(convert::OWN).filter(|id| !id.is_empty()).ok_or_else(missing)
}
