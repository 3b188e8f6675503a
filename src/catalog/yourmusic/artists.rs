//! Artists: by letter, one, the releases of one by type, and the tracks of one.

use crate::catalog::CatalogError;
use crate::catalog::address::asked_id;
use crate::catalog::call::Kept;
use crate::model::{Collection, Item, Kind, Page, SearchQuery};

use super::calls::{Call, Place, no_list, number};
use super::operations::{ARTIST, ARTIST_BROWSE, ARTIST_RELEASES};
use super::{MAX_ROWS, NAME, YourMusic, convert, list, wire};

/// Types of releases, and what they are called.
const TYPES: [(&str, &str); 3] = [("album", "Albums"), ("single", "Singles"), ("video", "Videos")];

/// The alphabet, a list a letter.
pub(super) fn letters() -> Page<Item> {
    let letter = |letter: char| Item::List(list(format!("letter/{letter}"), &letter.to_string()));
    Page { items: ('A'..='Z').map(letter).collect(), total: Some(26), ..Page::default() }
}

impl YourMusic {
    /// Artists whose name begins with a letter.
    pub(super) async fn artists_by(&self, letter: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        if letter.chars().count() != 1 {
            return Err(no_list(letter));
        }
        let mut call = Call::get(&ARTIST_BROWSE).with("letter", letter);
        if page > 0 {
            call = call.with("page", number(page));
        }
        let Kept { value: answer, is_stale } = self.page(call).await?;
        let place = Place::read(&answer, "artists", page, MAX_ROWS);
        // The inner key is in the singular.
        let rows = self.rows(answer, &["artists", "artist", "data"])?;
        Ok(place.page(rows.len(), self.made(Kind::Artist, rows)?, is_stale))
    }

    /// One artist.
    pub(super) async fn read_artist(&self, id: &str) -> Result<Collection, CatalogError> {
        let id = asked_id(NAME, "artist", id)?;
        let answer = self.page(Call::get(&ARTIST).about("artist", "artist_id", id)).await?.value;
        let wire: wire::Artist = self.single(answer, &["artist", "data"], "artist")?;
        convert::artist(self.setup.base()?, wire).ok_or_else(|| self.caller.senseless("it holds no artist"))
    }

    /// The types of releases, then the tracks.
    pub(super) async fn artist_page(&self, id: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        let artist = self.read_artist(id).await?;
        let query = SearchQuery {
            words: artist.title.to_string(),
            kind: Kind::Track,
            filters: vec![("artist".to_owned(), id.to_owned())],
            limit: 50,
            page,
        };
        let mut found = self.found(&query).await?;
        if page == 0 {
            let types = TYPES.map(|(kind, words)| Item::List(list(format!("releases/{id}/{kind}"), words)));
            found.items.splice(0..0, types);
            found.total = found.total.map(|total| total.saturating_add(TYPES.len() as u64));
        }
        Ok(found)
    }

    /// The releases of one type.
    pub(super) async fn artist_releases(
        &self,
        id: &str,
        kind: &str,
        page: u32,
    ) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "artist", id)?;
        let Some((kind, _)) = TYPES.iter().find(|(known, _)| *known == kind) else {
            return Err(no_list(kind));
        };
        let call = Call::get(&ARTIST_RELEASES)
            .about("artist", "artist_id", id)
            .with("usageTypes", "stream")
            .with("type", *kind)
            .with("imageSize", convert::IMAGE_SIZE)
            .with("page", number(page))
            .with("pageSize", MAX_ROWS.to_string());
        let Kept { value: answer, is_stale } = self.page(call).await?;
        let place = Place::read(&answer, "releases", page, MAX_ROWS);
        let rows = self.rows(answer, &["releases", "release", "data"])?;
        let (came, mut items) = (rows.len(), self.made(Kind::Album, rows)?);
        if self.hide_explicit {
            items.retain(|item| !matches!(item, Item::Collection(release) if release.explicit));
        }
        Ok(place.page(came, items, is_stale))
    }
}
