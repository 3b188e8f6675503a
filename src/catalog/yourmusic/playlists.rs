//! Playlists. Their rows name tracks by id only, which are read in batches.

use serde_json::Value;

use crate::catalog::CatalogError;
use crate::catalog::address::{asked_id, is_id};
use crate::catalog::call::Kept;
use crate::catalog::tolerant;
use crate::model::{Collection, Item, Kind, Page, Track};

use super::calls::Call;
use super::operations::{PLAYLIST, PLAYLIST_TRACKS, PLAYLISTS};
use super::{MAX_ROWS, NAME, YourMusic, convert, wire};

impl YourMusic {
    /// The listener's own.
    pub(super) async fn own_playlists(&self) -> Result<Page<Item>, CatalogError> {
        let Kept { value: answer, is_stale } = self.page(Call::get(&PLAYLISTS)).await?;
        let mut items = self.made(Kind::Playlist, self.rows(answer, &["data", "playlists"])?)?;
        for item in &mut items {
            if let Item::Collection(playlist) = item {
                playlist.mine = true;
            }
        }
        Ok(Page { items, is_stale, ..Page::default() })
    }

    /// One playlist without its rows.
    pub(super) async fn read_playlist(&self, id: &str) -> Result<Collection, CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let call = Call::get(&PLAYLIST).about("playlist", "playlist_id", id);
        let wire: wire::Playlist =
            self.single(self.page(call).await?.value, &["data", "playlist"], "playlist")?;
        let user = self.listener();
        convert::playlist(wire, user.as_deref()).ok_or_else(|| self.caller.senseless("it holds no playlist"))
    }

    /// Some of a playlist's tracks. All its rows come with the first page.
    pub(super) async fn playlist_page(&self, id: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        let kept = if page == 0 { None } else { self.memory.rows(id) };
        let (rows, are_stale) = match kept {
            Some(rows) => (rows, false),
            None => self.shown_rows(id).await?,
        };
        let from = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(MAX_ROWS);
        let shown: Vec<_> = rows.iter().skip(from).take(MAX_ROWS).cloned().collect();
        let (tracks, is_stale) = self.looked_up(&shown).await?;
        let items = tracks.into_iter().map(Item::Track).collect();
        let more = from.saturating_add(MAX_ROWS) < rows.len();
        Ok(Page { items, total: Some(rows.len() as u64), more, is_stale: is_stale || are_stale })
    }

    /// A playlist's rows in their order, as they are now: to change them.
    pub(super) async fn playlist_rows(&self, id: &str) -> Result<Vec<wire::PlaylistTrack>, CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let call = Call::get(&PLAYLIST_TRACKS).about("playlist", "playlist_id", id);
        let answer = self.call(call).await?;
        let came = self.rows(answer.clone(), &["data", "tracks"])?.len();
        let rows = self.in_order(id, answer)?;
        // To write the others back would lose what cannot be read.
        if rows.len() < came {
            let reason =
                format!("{} of the playlist's rows cannot be read, and would be lost", came - rows.len());
            return Err(CatalogError::Refused { service: NAME, reason });
        }
        Ok(rows)
    }

    /// The same to be shown, and whether they may be no longer so.
    pub(super) async fn shown_rows(
        &self,
        id: &str,
    ) -> Result<(Vec<wire::PlaylistTrack>, bool), CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let kept = self.page(Call::get(&PLAYLIST_TRACKS).about("playlist", "playlist_id", id)).await?;
        Ok((self.in_order(id, kept.value)?, kept.is_stale))
    }

    fn in_order(&self, id: &str, answer: Value) -> Result<Vec<wire::PlaylistTrack>, CatalogError> {
        let rows = self.rows(answer, &["data", "tracks"])?;
        let mut rows: Vec<wire::PlaylistTrack> = rows.into_iter().filter_map(tolerant::item).collect();
        rows.retain(|row| row.track_id.as_deref().is_some_and(is_id));
        rows.sort_by_key(|row| row.order.as_deref().and_then(|order| order.parse::<i64>().ok()));
        self.memory.keep_rows(id, &rows);
        Ok(rows)
    }

    /// The tracks of the rows, each in its place, and whether they may be no longer so. The same track may stand
    /// in a playlist twice.
    pub(super) async fn looked_up(
        &self,
        rows: &[wire::PlaylistTrack],
    ) -> Result<(Vec<Track>, bool), CatalogError> {
        let ids = || rows.iter().filter_map(|row| row.track_id.as_deref());
        let mut numbers: Vec<&str> = ids().filter(|id| !convert::is_stream_id(id)).collect();
        let mut seen = std::collections::HashSet::new();
        numbers.retain(|id| seen.insert(*id));
        let (known, is_stale) = self.batch(&numbers).await?;
        let track = |id: &str| match known.get(id) {
            Some((track, _)) => track.clone(),
            None if convert::is_stream_id(id) => self.memory.by_stream(id),
            None => convert::gone(id),
        };
        Ok((ids().map(track).collect(), is_stale))
    }
}
