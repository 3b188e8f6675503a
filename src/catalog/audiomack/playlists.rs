//! The listener's own playlists: made, renamed, put in order, removed.

use url::Url;

use crate::catalog::address::{asked_id, is_id};
use crate::catalog::call::Asked;
use crate::catalog::own_playlists::{check_parts, is_to_do};
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Item, ItemRef, Kind, PlaylistAbout, PlaylistPart, ServiceId};
use crate::net::Method;

use super::changes::{cannot, joined};
use super::form::{Parts, picture_type};
use super::requests::Sent;
use super::{Audiomack, ID, NAME, wire};

/// The genre of a playlist of which nobody has said one: the service wants one.
const NO_GENRE: &str = "other";

/// What a playlist has beside its title.
pub(super) const PARTS: &[PlaylistPart] = &[PlaylistPart::Genre, PlaylistPart::Audience, PlaylistPart::Cover];

/// The fields of what every edit must say again.
const HEAD: &str = "id,title,genre,private";

/// Largest cover, in bytes.
const MAX_COVER_BYTES: usize = 10 * 1024 * 1024;

/// What every edit must say again.
struct Head {
    title: String,
    genre: String,
    private: bool,
}

impl Audiomack {
    /// Makes a playlist; where it is stands in a header.
    pub(super) async fn create_playlist(
        &self,
        about: &PlaylistAbout,
        tracks: &[String],
    ) -> Result<Option<ItemRef>, CatalogError> {
        let title = about.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let title = title.ok_or_else(|| cannot("a playlist needs a title"))?;
        check_parts(NAME, PARTS, about)?;
        let ids = joined(tracks)?;
        let mut fields = vec![("title", title), ("genre", about.genre.as_deref().unwrap_or(NO_GENRE))];
        fields.extend(about.public.map(|public| ("private", if public { "no" } else { "yes" })));
        if !ids.is_empty() {
            fields.push(("music_id", &ids));
        }
        let url = self.url("/playlist", &[], &[])?;
        let asked = Asked::known("making a playlist").thing("such track".to_owned());
        let (location, body) = self.send_form(&asked, Method::POST, &url, &fields, about).await?;
        let id = self.made_at(&location, &body).await;
        Ok(id.map(|id| ItemRef { service: ServiceId::known(ID), kind: Kind::Playlist, id }))
    }

    /// The id of what was made: in the body, or at the end of its address, where names may stand in its place.
    async fn made_at(&self, location: &str, body: &str) -> Option<String> {
        let in_body = serde_json::from_str(body).ok().and_then(|body| tolerant::single(body, &["results"]));
        let in_body = in_body.and_then(|row| row.get("id").and_then(tolerant::text_of));
        if let Some(id) = in_body.filter(|id| is_id(id)) {
            return Some(id);
        }
        let address = self.setup.base().ok()?.join(location).ok()?;
        let parts: Vec<&str> = address.path_segments()?.filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [.., "playlist", id] if is_id(id) => Some((*id).to_owned()),
            [.., "playlist", artist, slug] | [.., artist, "playlist", slug] => {
                let values = [("artist", *artist), ("slug", *slug)];
                let url = self.url("/playlist/{artist}/{slug}", &values, &[("fields", "id")]).ok()?;
                let row = self.single(&Asked::known("opening a list"), &url).await.ok()?;
                row.id.filter(|id| is_id(id))
            }
            _ => None,
        }
    }

    /// Changes what a playlist is called, who sees it and its cover; the tracks stay.
    pub(super) async fn edit_playlist(&self, id: &str, about: &PlaylistAbout) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let title = about.title.as_deref().map(str::trim);
        if title == Some("") {
            return Err(cannot("a playlist needs a title"));
        }
        check_parts(NAME, PARTS, about)?;
        let known = match (title, &about.genre, about.public) {
            (Some(title), Some(genre), Some(public)) => {
                Head { title: title.to_owned(), genre: genre.clone(), private: !public }
            }
            (title, genre, public) => {
                let head = self.head(self.playlist_row(id, HEAD).await?)?;
                Head {
                    title: title.map_or(head.title, str::to_owned),
                    genre: genre.clone().unwrap_or(head.genre),
                    private: public.map_or(head.private, |public| !public),
                }
            }
        };
        self.put(id, &known, None, about).await
    }

    async fn put(
        &self,
        id: &str,
        head: &Head,
        ids: Option<&str>,
        about: &PlaylistAbout,
    ) -> Result<(), CatalogError> {
        let url = self.url("/playlist/{id}", &[("id", id)], &[])?;
        let mut fields = vec![
            ("title", head.title.as_str()),
            ("genre", &head.genre),
            ("private", if head.private { "yes" } else { "no" }),
        ];
        fields.extend(ids.map(|ids| ("music_id", ids)));
        self.send_form(&playlist(id), Method::PUT, &url, &fields, about).await.map(drop)
    }

    /// Sends a form, of several parts when there is a cover.
    async fn send_form(
        &self,
        asked: &Asked,
        method: Method,
        url: &Url,
        fields: &[(&str, &str)],
        about: &PlaylistAbout,
    ) -> Result<(String, String), CatalogError> {
        let Some(cover) = &about.cover else {
            return self.send(asked, method, url, Sent::Form(fields)).await;
        };
        if cover.len() > MAX_COVER_BYTES || picture_type(cover).is_none() {
            return Err(cannot("a cover is a JPEG, PNG or WebP file of at most 10 MiB"));
        }
        let parts = Parts::new(fields, cover, &self.caller.surroundings.token());
        self.send(asked, method, url, Sent::Parts(&parts)).await
    }

    /// A playlist as it is now.
    async fn playlist_row(&self, id: &str, fields: &str) -> Result<wire::Row, CatalogError> {
        let url = self.url("/playlist/{id}", &[("id", id)], &[("fields", fields)])?;
        self.single(&playlist(id), &url).await
    }

    /// What it is called.
    fn head(&self, row: wire::Row) -> Result<Head, CatalogError> {
        let title = row.title.ok_or_else(|| self.caller.senseless("the playlist has no title"))?;
        Ok(Head {
            title,
            genre: row.genre.unwrap_or_else(|| NO_GENRE.to_owned()),
            private: row.private == Some(true),
        })
    }

    /// Deletes a playlist.
    pub(super) async fn delete_playlist(&self, id: &str) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let url = self.url("/playlist/{id}", &[("id", id)], &[])?;
        self.send(&playlist(id), Method::DELETE, &url, Sent::Nothing).await.map(drop)
    }

    /// Puts tracks at the end.
    pub(super) async fn add_to_playlist(&self, id: &str, tracks: &[String]) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let ids = joined(tracks)?;
        if ids.is_empty() {
            return Ok(());
        }
        let url = self.url("/playlist/{id}/track", &[("id", id)], &[])?;
        self.send(&playlist(id), Method::POST, &url, Sent::Form(&[("music_id", &ids)])).await.map(drop)
    }

    /// From the order that the service has to another: nothing, one addition, one removal, or the whole list
    /// anew.
    pub(super) async fn arrange_playlist(
        &self,
        id: &str,
        before: &[String],
        after: &[String],
    ) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let ids = joined(after)?;
        let mut row = self.playlist_row(id, &format!("{HEAD},tracks")).await?;
        let whole = wire::Row { tracks: row.tracks.take(), ..wire::Row::default() };
        let tracks = self.view(|view| view.tracks(whole))?.into_iter().filter_map(Item::into_track);
        let now: Vec<ItemRef> = tracks.filter_map(|track| track.reference.item()).collect();
        if !is_to_do(NAME, now.iter().map(|track| track.id.as_str()), before, after)? {
            return Ok(());
        }
        if let Some(added) = after.strip_prefix(before) {
            return self.add_to_playlist(id, added).await;
        }
        if let Some(track) = only_removed(before, after) {
            let track = asked_id(NAME, "track", track)?;
            let values = [("id", id), ("music_id", track)];
            let url = self.url("/playlist/{id}/{music_id}", &values, &[])?;
            return self.send(&playlist(id), Method::DELETE, &url, Sent::Nothing).await.map(drop);
        }
        self.put(id, &self.head(row)?, Some(&ids), &PlaylistAbout::default()).await
    }
}

/// The one track that was removed, if that is all that changed and it stood there once: the service removes by
/// id.
fn only_removed<'a>(before: &'a [String], after: &[String]) -> Option<&'a str> {
    let at = before.iter().zip(after).position(|(old, new)| old != new).unwrap_or(after.len());
    let removed = before.get(at)?;
    let is_all = before.len() == after.len() + 1 && before.get(at + 1..)? == after.get(at..)?;
    (is_all && before.iter().filter(|id| *id == removed).count() == 1).then_some(removed.as_str())
}

fn playlist(id: &str) -> Asked {
    Asked::known("changing a playlist").thing(format!("playlist {id}"))
}
