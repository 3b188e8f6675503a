//! Releases: one, its tracks, several at once; and tracks by their ids.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use serde_json::Value;

use crate::catalog::CatalogError;
use crate::catalog::address::asked_id;
use crate::catalog::call::Kept;
use crate::catalog::tolerant;
use crate::model::{Collection, Item, Page, Track, TrackRef};

use super::calls::{Call, Place, number};
use super::operations::{RELEASE, RELEASE_BATCH, RELEASE_TRACKS, TRACK, TRACK_BATCH};
use super::{MAX_ROWS, NAME, YourMusic, convert, wire};

/// Tracks by their ids in the catalogue, with the stream of each.
type Batch = HashMap<String, (Track, Option<String>)>;

impl YourMusic {
    /// One release.
    pub(super) async fn read_release(&self, id: &str) -> Result<Collection, CatalogError> {
        let id = asked_id(NAME, "album", id)?;
        let call =
            Call::get(&RELEASE).about("album", "release_id", id).with("imageSize", convert::IMAGE_SIZE);
        let wire: wire::Release =
            self.single(self.page(call).await?.value, &["release", "data"], "release")?;
        convert::release(self.setup.base()?, wire).ok_or_else(|| self.caller.senseless("it holds no release"))
    }

    /// A release's tracks by disc and number, however they come.
    pub(super) async fn release_tracks(&self, id: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "album", id)?;
        let mut call = Call::get(&RELEASE_TRACKS)
            .about("album", "release_id", id)
            .with("imageSize", convert::IMAGE_SIZE);
        if page > 0 {
            call = call.with("page", number(page));
        }
        let Kept { value: answer, is_stale } = self.page(call).await?;
        let place = Place::read(&answer, "tracks", page, MAX_ROWS);
        let mut rows = self.rows(answer, &["tracks", "data"])?;
        rows.sort_by_cached_key(|row| tolerant::item::<wire::Track>(row.clone()).map(|track| track.place()));
        let came = rows.len();
        Ok(place.page(came, self.tracks(rows)?.into_iter().map(Item::Track).collect(), is_stale))
    }

    /// Several releases as the service shapes them; those that are gone are named apart.
    pub(super) async fn releases_at_once(&self, ids: &str) -> Result<Value, CatalogError> {
        let call = Call::get(&RELEASE_BATCH)
            .with("releaseids", ids)
            .with("showErrors", "true")
            .with("imageSize", convert::IMAGE_SIZE);
        self.call(call).await
    }

    /// One track as it comes now.
    pub(super) async fn wire_track(&self, id: &str) -> Result<wire::Track, CatalogError> {
        self.single(self.call(track_call(id)).await?, &["track", "data"], "track")
    }

    /// One track; of a stream, what is remembered of it.
    pub(super) async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        self.setup.base()?;
        let id = asked_id(NAME, "track", id)?;
        if convert::is_stream_id(id) {
            return Ok(self.memory.by_stream(id));
        }
        let answer = self.page(track_call(id)).await?.value;
        let wire: wire::Track = self.single(answer, &["track", "data"], "track")?;
        let stream_id = wire.stream_id.clone();
        let track = convert::track(self.setup.base()?, wire)
            .ok_or_else(|| self.caller.senseless("it holds no track"))?;
        self.memory.note(stream_id, &track);
        Ok(track)
    }

    /// Catalogue tracks by id, with the stream of each, and whether they may be no longer so; those that are gone
    /// are left out.
    pub(super) async fn batch(&self, ids: &[&str]) -> Result<(Batch, bool), CatalogError> {
        let base = self.setup.base()?;
        let calls = ids.chunks(MAX_ROWS).map(|chunk| {
            let call = Call::get(&TRACK_BATCH)
                .with("trackids", chunk.join(","))
                .with("imageSize", convert::IMAGE_SIZE);
            self.page(call)
        });
        let (mut known, mut are_stale) = (HashMap::new(), false);
        for Kept { value: answer, is_stale } in try_join_all(calls).await? {
            are_stale |= is_stale;
            let rows = self.rows(answer, &["items", "tracks", "data"])?;
            for wire in rows.into_iter().filter_map(tolerant::item::<wire::Track>) {
                let stream_id = wire.stream_id.clone();
                let Some(track) = convert::track(base, wire) else { continue };
                self.memory.note(stream_id.clone(), &track);
                if let TrackRef::Service { id, .. } = &track.reference {
                    known.insert(id.clone(), (track, stream_id));
                }
            }
        }
        Ok((known, are_stale))
    }
}

fn track_call(id: &str) -> Call<'_> {
    Call::get(&TRACK).about("track", "track_id", id).with("imageSize", convert::IMAGE_SIZE)
}
