//! Playlists that the listener changes. The list of tracks is always written whole, with the time at which
//! each was added; what was written shows at the service only seconds later, so that it is remembered here
//! for as long, with what the service may show until then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::catalog::CatalogError;
use crate::catalog::address::{asked_id, is_id};
use crate::catalog::call::Asked;
use crate::catalog::own_playlists::{check_parts, is_to_do};
use crate::catalog::tolerant;
use crate::model::{ItemRef, Kind, PlaylistAbout, PlaylistPart};
use crate::net::Method;

use super::changes::lacks;
use super::convert::reference;
use super::hosts::Route;
use super::reading::{Found, Reading, senseless};
use super::session::Shape;
use super::{Audius, NAME, wire};

/// How long the service may show what was before, in seconds.
const SETTLING_S: u64 = 60;

/// What a playlist has beside its title.
pub(super) const PARTS: &[PlaylistPart] =
    &[PlaylistPart::Description, PlaylistPart::Genre, PlaylistPart::Audience];

/// Longest description, in characters.
const MAX_DESCRIPTION_CHARS: usize = 1000;

/// A track of a playlist and when it was added, in unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    track: String,
    added: u64,
    /// When its description was last changed, in unix seconds.
    described: u64,
}

/// What was written lately, by playlist.
#[derive(Default)]
pub(super) struct Remembered(Mutex<HashMap<String, Written>>);

/// What was written to a playlist.
#[derive(Clone)]
struct Written {
    entries: Vec<Entry>,
    /// What was there before it, and may show yet.
    before: Vec<Vec<Entry>>,
    /// Unix seconds.
    time: u64,
}

impl Audius {
    fn now(&self) -> Result<u64, CatalogError> {
        Ok((self.house()?.account.surroundings().unix_time)())
    }

    /// Makes a playlist and names it.
    pub(super) async fn create(
        &self,
        about: &PlaylistAbout,
        tracks: &[String],
    ) -> Result<Option<ItemRef>, CatalogError> {
        let mut body = described(about)?;
        let title = about.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let title = title.ok_or_else(|| lacks("playlist without a title"))?;
        let now = self.now()?;
        let entries: Vec<Entry> = tracks.iter().map(|track| Entry::new(track, now)).collect();
        body["is_private"] = json!(!about.public.unwrap_or(false));
        body["is_album"] = json!(false);
        body["playlist_contents"] = contents(&entries);
        let answer = self.write(Method::POST, ("playlist", "/playlists", ""), Some(&body)).await?;
        let said = ["playlist_id", "id"].iter().find_map(|key| {
            tolerant::text_of(&answer[*key]).or_else(|| tolerant::text_of(&answer["data"][*key]))
        });
        let id = match said.filter(|id| is_id(id)) {
            Some(id) => Some(id),
            None => self.newest(title).await,
        };
        if let Some(id) = &id {
            self.remember(id, entries, Vec::new(), now);
        }
        Ok(id.map(|id| reference(Kind::Playlist, id)))
    }

    /// The newest own playlist of this title, where the service does not say what it made.
    async fn newest(&self, title: &str) -> Option<String> {
        let me = self.me()?;
        let query = vec![("sort_method", "recent".to_owned()), ("limit", "10".to_owned())];
        let asked = Asked::known("reading own playlists");
        let path = "/users/{id}/playlists";
        let found = self
            .read_own(&Reading { asked, route: Route::Thing, path, id: &me, query }, Shape::Json)
            .await
            .ok()?;
        let rows: Vec<wire::Playlist> = tolerant::made(NAME, tolerant::rows(found.answer, &["data"])?, Some);
        let mut same = rows.into_iter().filter(|row| row.name.as_deref() == Some(title));
        same.next()?.id.filter(|id| is_id(id))
    }

    /// Changes what a playlist is called and who sees it.
    pub(super) async fn edit(&self, id: &str, about: &PlaylistAbout) -> Result<(), CatalogError> {
        let body = described(about)?;
        if body.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(());
        }
        self.write(Method::PUT, ("playlist", "/playlists/{id}", id), Some(&body)).await.map(drop)
    }

    /// Deletes a playlist.
    pub(super) async fn delete(&self, id: &str) -> Result<(), CatalogError> {
        self.write(Method::DELETE, ("playlist", "/playlists/{id}", id), None).await.map(drop)
    }

    /// Puts tracks at a playlist's end.
    pub(super) async fn add(&self, id: &str, tracks: &[String]) -> Result<(), CatalogError> {
        let now = self.now()?;
        let held = self.held(id).await?;
        let added = tracks.iter().map(|track| Entry::new(track, now));
        let entries = held.iter().cloned().chain(added).collect();
        self.put(id, held, entries, now).await
    }

    /// Gives a playlist these tracks. Those that stay keep the time at which they were added.
    pub(super) async fn arrange(
        &self,
        id: &str,
        before: &[String],
        after: &[String],
    ) -> Result<(), CatalogError> {
        let now = self.now()?;
        let held = self.held(id).await?;
        let hidden = self.hidden(id, &held, before, after).await?;
        let seen = held.iter().filter(|entry| !hidden.contains(&entry.track));
        if !is_to_do(NAME, seen.map(|entry| entry.track.as_str()), before, after)? {
            return Ok(());
        }
        let mut rest = held.clone();
        let mut take = |track: &String| {
            let at = rest.iter().position(|entry| entry.track == *track);
            at.map_or_else(|| Entry::new(track, now), |at| rest.remove(at))
        };
        let mut entries: Vec<Entry> = after.iter().map(&mut take).collect();
        entries.extend(rest.into_iter().filter(|entry| hidden.contains(&entry.track)));
        self.put(id, held, entries, now).await
    }

    /// Tracks of a playlist that the service shows nobody, such as those taken down: the listener did not see
    /// them, and they are not lost when the others are put in order. Asked only when what is held is not what
    /// the listener saw.
    async fn hidden(
        &self,
        id: &str,
        held: &[Entry],
        before: &[String],
        after: &[String],
    ) -> Result<Vec<String>, CatalogError> {
        let holds = |tracks: &[String]| held.iter().map(|entry| &entry.track).eq(tracks);
        if holds(before) || holds(after) {
            return Ok(Vec::new());
        }
        let found = self.read_now(id, "/playlists/{id}/tracks").await?;
        let rows = tolerant::rows(found.answer, &["data", "tracks"]);
        let rows = rows.ok_or_else(|| senseless("it holds no list"))?;
        let shown: Vec<String> =
            rows.iter().filter_map(|row| row.get("id").and_then(tolerant::text_of)).collect();
        let tracks = held.iter().map(|entry| &entry.track);
        Ok(tracks.filter(|track| !shown.contains(track)).cloned().collect())
    }

    async fn put(
        &self,
        id: &str,
        held: Vec<Entry>,
        entries: Vec<Entry>,
        now: u64,
    ) -> Result<(), CatalogError> {
        let body = json!({ "playlist_contents": contents(&entries) });
        self.write(Method::PUT, ("playlist", "/playlists/{id}", id), Some(&body)).await?;
        self.remember(id, entries, held, now);
        Ok(())
    }

    fn remember(&self, id: &str, entries: Vec<Entry>, held: Vec<Entry>, now: u64) {
        let mut written = self.remembered.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.retain(|_, written| now.saturating_sub(written.time) < SETTLING_S);
        let mut before = written.remove(id).map(|written| written.before).unwrap_or_default();
        before.push(held);
        written.insert(id.to_owned(), Written { entries, before, time: now });
    }

    /// What a playlist holds: as the service says, unless that is what was there before it was written lately.
    async fn held(&self, id: &str) -> Result<Vec<Entry>, CatalogError> {
        let now = self.now()?;
        let lately = {
            let written = self.remembered.0.lock().unwrap_or_else(PoisonError::into_inner);
            written.get(id).filter(|written| now.saturating_sub(written.time) < SETTLING_S).cloned()
        };
        let found = match (self.read_now(id, "/playlists/{id}").await, &lately) {
            // One that was made a moment ago may not show at all.
            (Err(CatalogError::NotFound { .. }), Some(lately)) => return Ok(lately.entries.clone()),
            (found, _) => found?,
        };
        let wire: Option<wire::Playlist> = tolerant::single(found.answer, &["data"]).and_then(tolerant::item);
        let wire = wire.ok_or_else(|| senseless("it holds no playlist"))?;
        // Written back whole: what cannot be read must not be lost.
        let rows = wire.contents.as_array();
        let rows: Option<Vec<Entry>> = rows.and_then(|rows| rows.iter().map(|row| entry(row, now)).collect());
        let rows = rows.ok_or_else(|| senseless("it does not say what is in the playlist"))?;
        let is_before = |lately: &Written| lately.before.iter().any(|before| same_tracks(before, &rows));
        Ok(lately.filter(is_before).map_or(rows, |lately| lately.entries))
    }

    /// Of a playlist as it is now, whatever was read before.
    async fn read_now(&self, id: &str, path: &str) -> Result<Found, CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let asked = Asked::known("reading a playlist").thing(format!("playlist {id}"));
        self.read_own(&Reading { asked, route: Route::Thing, path, id, query: Vec::new() }, Shape::Json).await
    }
}

fn same_tracks(one: &[Entry], other: &[Entry]) -> bool {
    one.iter().map(|entry| &entry.track).eq(other.iter().map(|entry| &entry.track))
}

impl Entry {
    fn new(track: &str, now: u64) -> Self {
        Self { track: track.to_owned(), added: now, described: now }
    }
}

/// A row of a playlist; its times may be broken numbers.
fn entry(row: &Value, now: u64) -> Option<Entry> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time in seconds, above 0")]
    let time = |name: &str| row[name].as_f64().filter(|time| *time >= 0.0).map(|time| time as u64);
    let added = time("timestamp").unwrap_or(now);
    let track = tolerant::text_of(&row["track_id"])?;
    Some(Entry { track, added, described: time("metadata_timestamp").unwrap_or(added) })
}

fn contents(entries: &[Entry]) -> Value {
    let row = |entry: &Entry| json!({ "track_id": entry.track, "timestamp": entry.added, "metadata_timestamp": entry.described });
    entries.iter().map(row).collect()
}

/// What of a playlist's description is to be changed.
fn described(about: &PlaylistAbout) -> Result<Value, CatalogError> {
    check_parts(NAME, PARTS, about)?;
    let mut body = json!({});
    if let Some(title) = about.title.as_deref().map(str::trim).filter(|title| !title.is_empty()) {
        body["playlist_name"] = json!(title);
    }
    if let Some(description) = &about.description {
        if description.chars().count() > MAX_DESCRIPTION_CHARS {
            return Err(lacks("room for more than 1000 characters of description"));
        }
        body["description"] = json!(description);
    }
    if let Some(genre) = about.genre.as_deref().filter(|genre| !genre.is_empty()) {
        body["genre"] = json!(genre);
    }
    if let Some(public) = about.public {
        body["is_private"] = json!(!public);
    }
    Ok(body)
}
