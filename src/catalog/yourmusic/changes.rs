//! Changes of one's own playlists. There is no call that removes a row or deletes a playlist: rows are removed
//! by replacing all of them.

use serde_json::{Value, json};

use crate::catalog::address::asked_id;
use crate::catalog::own_playlists::{check_parts, is_to_do};
use crate::catalog::{Catalog as _, CatalogError};
use crate::model::{Change, ItemRef, Kind, PlaylistAbout, PlaylistPart, ServiceId};
use crate::net::Method;

use super::calls::Call;
use super::operations::{PLAYLIST_ADD, PLAYLIST_CREATE, PLAYLIST_REORDER, PLAYLIST_REPLACE, PLAYLIST_UPDATE};
use super::{ID, NAME, YourMusic, convert, wire};

/// What a playlist has beside its title.
pub(super) const PARTS: &[PlaylistPart] = &[PlaylistPart::Audience];

/// So many tracks are added one by one; for more, all rows are replaced.
const ADDED_ONE_BY_ONE: usize = 3;

impl YourMusic {
    /// Makes a change; names the playlist that was made.
    pub(super) async fn changed(&self, change: &Change) -> Result<Option<ItemRef>, CatalogError> {
        let _turn = self.caller.line.turn(change).await;
        let result = match change {
            Change::CreatePlaylist { about, tracks } => self.create(about, tracks).await.map(Some),
            Change::EditPlaylist { id, about } => self.edit(id, about).await.map(|()| None),
            Change::AddToPlaylist { id, tracks } => self.add(id, tracks).await.map(|()| None),
            Change::ArrangePlaylist { id, before, after } => {
                self.arrange(id, before, after).await.map(|()| None)
            }
            Change::DeletePlaylist { .. } => Err(self.lacks("way to delete a playlist")),
            Change::Like { .. } => Err(self.lacks("favourites")),
            Change::Repost { .. } => Err(self.lacks("reposts")),
            Change::Follow { .. } => Err(self.lacks("following")),
            Change::NoteDownloads { .. } => Err(self.lacks("list of downloads")),
        };
        self.memory.drop_rows();
        // Whatever came of it, what was read before may no longer be so.
        self.caller.changed();
        result
    }

    async fn create(&self, about: &PlaylistAbout, tracks: &[String]) -> Result<ItemRef, CatalogError> {
        let mut body = told(about)?;
        // Whatever could fail before the playlist is there shall.
        for track in tracks {
            asked_id(NAME, "track", track)?;
        }
        body.entry("playlist_name").or_insert_with(|| "New playlist".into());
        let answer = self.call(Call::send(Method::POST, &PLAYLIST_CREATE, body.into())).await?;
        let wire: wire::Playlist = self.single(answer, &["data", "playlist"], "playlist")?;
        let made =
            convert::playlist(wire, None).ok_or_else(|| self.caller.senseless("it holds no playlist"))?;
        let made = ItemRef { service: ServiceId::known(ID), kind: Kind::Playlist, id: made.reference.id };
        let filled = match tracks {
            [] => Ok(()),
            [track] => self.add_one(&made.id, track).await,
            tracks => self.replace(&made.id, tracks).await,
        };
        match filled {
            Ok(()) => Ok(made),
            Err(error) => Err(error.after(made)),
        }
    }

    async fn edit(&self, id: &str, about: &PlaylistAbout) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let body = told(about)?;
        if body.is_empty() {
            return Err(self.lacks("other name or audience for the playlist"));
        }
        let call = Call::send(Method::PATCH, &PLAYLIST_UPDATE, body.into());
        self.call(call.about("playlist", "playlist_id", id)).await.map(drop)
    }

    async fn add(&self, id: &str, tracks: &[String]) -> Result<(), CatalogError> {
        if tracks.len() <= ADDED_ONE_BY_ONE {
            for track in tracks {
                self.add_one(id, track).await?;
            }
            return Ok(());
        }
        let rows = self.playlist_rows(id).await?;
        let mut all: Vec<String> = rows.into_iter().filter_map(|row| row.track_id).collect();
        all.extend(self.row_ids(tracks).await?);
        self.replace_rows(id, &all).await
    }

    async fn add_one(&self, id: &str, track: &str) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let named = self.row_ids(std::slice::from_ref(&track.to_owned())).await?;
        let call = Call::send(Method::POST, &PLAYLIST_ADD, json!({ "track_id": named.first() }));
        self.call(call.about("playlist", "playlist_id", id)).await.map(drop)
    }

    /// The rows are read first: somebody may have changed them, and they are named by ids of their own.
    async fn arrange(&self, id: &str, before: &[String], after: &[String]) -> Result<(), CatalogError> {
        let rows = self.playlist_rows(id).await?;
        if !is_to_do(NAME, rows.iter().filter_map(|row| row.track_id.as_deref()), before, after)? {
            return Ok(());
        }
        if let Some([added]) = after.strip_prefix(before) {
            return self.add_one(id, added).await;
        }
        let place = moved(before, after).and_then(|(from, to)| Some((rows.get(from)?.id.as_deref()?, to)));
        let Some((row, to)) = place else { return self.replace(id, after).await };
        let call = Call::send(Method::PATCH, &PLAYLIST_REORDER, json!({ "order": to + 1 }));
        let call = call.about("playlist", "playlist_id", id);
        self.call(call.about("row", "playlistTrackId", asked_id(NAME, "row", row)?)).await.map(drop)
    }

    async fn replace(&self, id: &str, tracks: &[String]) -> Result<(), CatalogError> {
        let rows = self.row_ids(tracks).await?;
        self.replace_rows(id, &rows).await
    }

    /// The rows are counted from 1.
    async fn replace_rows(&self, id: &str, rows: &[String]) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let rows: Vec<Value> =
            (1..).zip(rows).map(|(order, id): (u64, _)| json!({ "track_id": id, "order": order })).collect();
        let call = Call::send(Method::PUT, &PLAYLIST_REPLACE, json!({ "tracks": rows }));
        self.call(call.about("playlist", "playlist_id", id)).await.map(drop)
    }

    /// The ids as rows shall name the tracks: the catalogue's or the streams'. One that has no other stays.
    async fn row_ids(&self, tracks: &[String]) -> Result<Vec<String>, CatalogError> {
        if !self.rows_name_streams {
            let known = |id: &String| self.memory.catalogue_id(id).unwrap_or_else(|| id.clone());
            return Ok(tracks.iter().map(known).collect());
        }
        let numbers: Vec<&str> =
            tracks.iter().map(String::as_str).filter(|id| !convert::is_stream_id(id)).collect();
        let (known, _) = self.batch(&numbers).await?;
        let stream = |id: &String| known.get(id).and_then(|(_, stream)| stream.clone());
        Ok(tracks.iter().map(|id| stream(id).unwrap_or_else(|| id.clone())).collect())
    }
}

/// What the service takes of it; an error when that is not all that is said.
fn told(about: &PlaylistAbout) -> Result<serde_json::Map<String, Value>, CatalogError> {
    check_parts(NAME, PARTS, about)?;
    let name = about.title.as_ref().map(|title| ("playlist_name".to_owned(), title.as_str().into()));
    let public = about.public.map(|public| ("public".to_owned(), public.into()));
    Ok(name.into_iter().chain(public).collect())
}

/// From where to where one row went, if that is all that happened. Places count from 0.
pub(super) fn moved(before: &[String], after: &[String]) -> Option<(usize, usize)> {
    if before.len() != after.len() {
        return None;
    }
    let differs = |(a, b): (&String, &String)| a != b;
    let first = before.iter().zip(after).position(differs)?;
    let last = before.iter().zip(after).rposition(differs)?;
    let (was, is) = (before.get(first..=last)?, after.get(first..=last)?);
    let (down, up) = ((was.split_first()?, is.split_last()?), (was.split_last()?, is.split_first()?));
    if down.0 == down.1 {
        Some((first, last))
    } else if up.0 == up.1 {
        Some((last, first))
    } else {
        None
    }
}
