//! YourMusic's playlists as lists to browse. Their rows name tracks by id only, which are read in batches.

use std::collections::HashMap;

use serde_json::Value;

use crate::catalog::CatalogError;
use crate::catalog::address::{Operation, is_id};
use crate::catalog::tolerant;
use crate::model::{Item, ListId, Page, Track, TrackRef};

use super::{Call, HOME, NAME, YourMusic, convert, wire};

/// Most ids in one batch.
const BATCH_IDS: usize = 50;

const PLAYLISTS: Operation =
    Operation { key: "playlists", path: "/playlists", words: "reading your playlists" };
const PLAYLIST_TRACKS: Operation = Operation {
    key: "playlist_tracks",
    path: "/playlists/{playlist_id}/tracks",
    words: "reading a playlist",
};
const TRACK_BATCH: Operation =
    Operation { key: "track_batch", path: "/tracks/batch", words: "reading several tracks" };

impl YourMusic {
    /// A list of playlists is read one playlist a page.
    pub(super) async fn list(&self, list: &ListId, page: u32) -> Result<Page<Item>, CatalogError> {
        let playlists = match list.0.as_str() {
            "home" => self.home_playlists().await?,
            "mine" => {
                let call = Call { operation: &PLAYLISTS, thing: None, values: &[], query: &[] };
                let rows = self.rows(self.call(call).await?, &["data", "playlists"])?;
                playlist_ids(rows)
            }
            _ => return Err(CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) }),
        };
        let number = usize::try_from(page).unwrap_or(usize::MAX);
        match playlists.get(number) {
            Some(id) => {
                let items = self.playlist_tracks(id).await?.into_iter().map(Item::Track).collect();
                Ok(Page { items, more: number + 1 < playlists.len(), ..Page::default() })
            }
            None => Ok(Page::default()),
        }
    }

    async fn home_playlists(&self) -> Result<Vec<String>, CatalogError> {
        let call = Call { operation: &HOME, thing: None, values: &[], query: &[] };
        let modules = self.rows(self.call(call).await?, &["modules", "data"])?;
        let items = modules.into_iter().filter_map(|mut module| Some(module.get_mut("items")?.take()));
        Ok(items.filter_map(|items| tolerant::rows(items, &["data"])).flat_map(playlist_ids).collect())
    }

    async fn playlist_tracks(&self, id: &str) -> Result<Vec<Track>, CatalogError> {
        let call = Call {
            operation: &PLAYLIST_TRACKS,
            thing: Some(format!("playlist {id}")),
            values: &[("playlist_id", id)],
            query: &[],
        };
        let rows = self.rows(self.call(call).await?, &["data", "tracks"])?;
        let mut rows: Vec<wire::PlaylistTrack> = rows.into_iter().filter_map(tolerant::item).collect();
        rows.sort_by_key(|row| row.order.as_deref().and_then(|order| order.parse::<i64>().ok()));
        let ids: Vec<String> =
            rows.into_iter().filter_map(|row| row.track_id).filter(|id| is_id(id)).collect();
        let mut known = self.batch(&ids).await?;
        // The same track may stand in a playlist twice.
        let track = |id: &String| match known.get_mut(id) {
            Some(track) => Some(track.clone()),
            None => convert::is_stream_id(id).then(|| convert::named_only(id)),
        };
        Ok(ids.iter().filter_map(track).collect())
    }

    /// Catalogue tracks by id; those that are gone are left out.
    async fn batch(&self, ids: &[String]) -> Result<HashMap<String, Track>, CatalogError> {
        let base = self.setup.base()?;
        let numbers: Vec<&str> =
            ids.iter().map(String::as_str).filter(|id| !convert::is_stream_id(id)).collect();
        let mut known = HashMap::new();
        for chunk in numbers.chunks(BATCH_IDS) {
            let query = [("trackids", chunk.join(","))];
            let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
            let call = Call { operation: &TRACK_BATCH, thing: None, values: &[], query: &query };
            let rows = self.rows(self.call(call).await?, &["items", "tracks", "data"])?;
            for track in tolerant::made(NAME, rows, |wire| convert::track(base, wire)) {
                if let TrackRef::Service { id, .. } = &track.reference {
                    known.insert(id.clone(), track);
                }
            }
        }
        Ok(known)
    }
}

/// The ids of the rows that are playlists.
pub(super) fn playlist_ids(rows: Vec<Value>) -> Vec<String> {
    rows.into_iter()
        .filter_map(tolerant::item::<wire::Playlist>)
        .filter(|row| row.kind.as_deref().is_none_or(|kind| kind == "playlist"))
        .filter_map(|row| row.id)
        .filter(|id| is_id(id))
        .collect()
}
