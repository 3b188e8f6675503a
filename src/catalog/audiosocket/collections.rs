//! Albums, artists and playlists, one by one and in lists.

use crate::catalog::address::asked_id;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{BrowseList, Collection, Item, Kind, ListId, Page};

use super::operations::{
    ALBUM, ALBUM_TRACKS, ALBUMS, ARTIST, ARTIST_ALBUMS, ARTIST_TRACKS, ARTISTS, Call, MARKED_PLAYLISTS,
    MY_PLAYLIST, MY_PLAYLISTS, PLAYLIST, PLAYLISTS, TRENDING,
};
use super::{At, Audiosocket, NAME, Values, convert, wire};

/// Where the rows of a list of playlists may be.
const PLAYLIST_ROWS: &[&str] = &["data", "curated_playlists", "consumer_playlists", "playlists"];

impl Audiosocket {
    /// One album, artist or playlist.
    pub(super) async fn collection(&self, kind: Kind, id: &str) -> Result<Collection, CatalogError> {
        let id = asked_id(NAME, kind.as_str(), id)?;
        let thing = Some(format!("{kind} {id}"));
        let base = self.setup.base()?;
        let own = id.strip_prefix(convert::OWN).filter(|_| kind == Kind::Playlist);
        let (call, keys): (&Call, &[&str]) = match kind {
            Kind::Album => (&ALBUM, &["data", "album"]),
            Kind::Artist => (&ARTIST, &["data", "artist"]),
            Kind::Playlist if own.is_some() => (&MY_PLAYLIST, &["data", "consumer_playlist", "playlist"]),
            Kind::Playlist | Kind::Track => (&PLAYLIST, &["data", "curated_playlist", "playlist"]),
        };
        if kind == Kind::Artist && call.of(self.profile).is_none() {
            return self.artist_of_tracks(id).await;
        }
        let answer = self.read(call, &[("id", own.unwrap_or(id))], thing).await?.value;
        let wire: Option<wire::Collection> = tolerant::single(answer, keys).and_then(tolerant::item);
        let made = wire.and_then(|wire| match own {
            Some(_) => convert::own(base, wire),
            None => convert::collection(base, kind, wire),
        });
        made.ok_or_else(|| self.caller.senseless(format!("it holds no {kind}")))
    }

    /// The web site has no page of one artist; their tracks name them.
    async fn artist_of_tracks(&self, id: &str) -> Result<Collection, CatalogError> {
        let page = self.tracks(&ARTIST_TRACKS, &[("id", id)], (0, 1), Some(format!("artist {id}"))).await?;
        let tracks = page.total;
        let track = page.items.into_iter().find_map(Item::into_track);
        let name = track.and_then(|track| track.artists.into_iter().next());
        let missing = || CatalogError::NotFound { service: NAME, what: format!("artist {id}") };
        let reference = convert::reference(Kind::Artist, id.to_owned());
        Ok(Collection { tracks, ..Collection::new(reference, name.ok_or_else(missing)?) })
    }

    async fn collections(
        &self,
        call: &Call,
        kind: Kind,
        values: Values<'_>,
        at: At,
        keys: &[&str],
    ) -> Result<Page<Item>, CatalogError> {
        let rows = self.rows(call, values, at, keys, None).await?;
        let base = self.setup.base()?;
        Ok(rows.page(|wire| convert::collection(base, kind, wire)))
    }

    pub(super) async fn albums(&self, at: At) -> Result<Page<Item>, CatalogError> {
        self.collections(&ALBUMS, Kind::Album, &[], at, &["data", "albums"]).await
    }

    pub(super) async fn artists(&self, at: At) -> Result<Page<Item>, CatalogError> {
        self.collections(&ARTISTS, Kind::Artist, &[], at, &["data", "artists"]).await
    }

    /// A list of artists that belongs to the listener.
    pub(super) async fn marked_artists(&self, call: &Call, at: At) -> Result<Page<Item>, CatalogError> {
        let page = self.collections(call, Kind::Artist, &[], at, &["data", "artists"]).await?;
        Ok(liked(page))
    }

    /// Curated playlists, narrowed down by what `values` say.
    pub(super) async fn curated(&self, values: Values<'_>, at: At) -> Result<Page<Item>, CatalogError> {
        let usual = [("query", ""), ("filters", ""), ("featured", "")];
        let values: Vec<_> = values.iter().copied().chain(usual).collect();
        self.collections(&PLAYLISTS, Kind::Playlist, &values, at, PLAYLIST_ROWS).await
    }

    pub(super) async fn trending(&self, at: At) -> Result<Page<Item>, CatalogError> {
        self.collections(&TRENDING, Kind::Playlist, &[], at, PLAYLIST_ROWS).await
    }

    /// Curated playlists that the listener marked: `follow` or `favorite`.
    pub(super) async fn marked_playlists(&self, how: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let values = [("type", how)];
        let page = self.collections(&MARKED_PLAYLISTS, Kind::Playlist, &values, at, PLAYLIST_ROWS).await?;
        Ok(liked(page))
    }

    pub(super) async fn own_playlists(&self, at: At) -> Result<Page<Item>, CatalogError> {
        let rows = self.rows(&MY_PLAYLISTS, &[], at, PLAYLIST_ROWS, None).await?;
        let base = self.setup.base()?;
        Ok(rows.page(|wire| convert::own(base, wire)))
    }

    pub(super) async fn album_tracks(&self, id: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "album", id)?;
        self.tracks(&ALBUM_TRACKS, &[("id", id)], at, Some(format!("album {id}"))).await
    }

    /// The way to the albums, then the tracks.
    pub(super) async fn artist_page(&self, id: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "artist", id)?;
        let mut page = self.tracks(&ARTIST_TRACKS, &[("id", id)], at, Some(format!("artist {id}"))).await?;
        if at.0 == 0 && ARTIST_ALBUMS.of(self.profile).is_some() {
            let albums = BrowseList { id: ListId(format!("artist-albums/{id}")), title: "Albums".into() };
            page.items.insert(0, Item::List(albums));
        }
        Ok(page)
    }

    pub(super) async fn artist_albums(&self, id: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "artist", id)?;
        self.collections(&ARTIST_ALBUMS, Kind::Album, &[("id", id)], at, &["data", "albums"]).await
    }
}

/// All rows marked as what the listener likes.
fn liked(page: Page<Item>) -> Page<Item> {
    page.filter_map(|item| match item {
        Item::Collection(collection) => Some(Item::Collection(Collection { liked: true, ..collection })),
        other => Some(other),
    })
}
