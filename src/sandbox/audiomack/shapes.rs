//! Songs, albums, artists and playlists as Audiomack writes them: ids and lengths as texts or numbers,
//! switches as words, `false` for nothing, and an `artist` that is a text here and an object there.

use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry, slug};
use crate::sandbox::cdn;

use super::Visit;
use super::shelf::{Album, Music, OWN, song_id};
use super::state::{Liked, Playlist};

impl Visit<'_> {
    /// A song.
    pub(super) fn song(&self, entry: &Entry) -> Value {
        let sloppy = entry.is_sloppy();
        let (yes, no) = if sloppy { (json!(1), json!(0)) } else { (json!("yes"), json!("no")) };
        let flag = |on: bool| if on { yes.clone() } else { no.clone() };
        let number = |number: u64| if sloppy { json!(number) } else { json!(number.to_string()) };
        let nothing = if sloppy { json!(false) } else { json!("") };
        let or_nothing =
            |text: &Option<String>| text.as_ref().map_or_else(|| nothing.clone(), |text| json!(text));
        let title = match &entry.title {
            // A title of digits comes as a number.
            Some(title) => title.parse::<u32>().map_or_else(|_| json!(title), |number| json!(number)),
            None => nothing.clone(),
        };
        let id = song_id(entry);
        let uploader = self.shelf.artist_of(entry);
        let mut song = json!({
            "id": number(id.into()),
            "type": "song",
            "title": title,
            "artist": or_nothing(&entry.artist),
            "featuring": featuring(entry),
            "album": or_nothing(&entry.album),
            "genre": slug(&entry.genre),
            "url_slug": self.shelf.slug_of(entry),
            "image": cdn::cover(self.world, entry),
            "duration": number(entry.piece.seconds()),
            "released": number(entry.uploaded()),
            "isrc": or_nothing(&entry.isrc),
            "explicit": flag(entry.explicit),
            "status": self.status(entry),
            "stream_only": flag(entry.number.is_multiple_of(2)),
            "private": flag(entry.access == Access::Gated),
            "geo_restricted": entry.access == Access::Region,
            "premium_download": if entry.number % 4 == 3 { "premium-limited" } else { "no" },
            "volume_data": "[0,12,40,12,0]",
            "uploader": self.uploader(uploader),
            "uploader_url_slug": self.shelf.artists.get(uploader).map(|artist| &artist.slug),
            "stats": self.stats(id, entry.plays()),
        });
        if entry.number % 3 == 1 {
            song["image_base"] = song["image"].clone();
            song["images"] = json!({ "original": { "filename": entry.piece.cover } });
        }
        song
    }

    fn status(&self, entry: &Entry) -> &'static str {
        match entry.access {
            Access::TakenDown => "takedown",
            _ if self.state.unplayable.contains(&song_id(entry)) => "unplayable",
            Access::Open | Access::Region | Access::Gated => "complete",
        }
    }

    fn stats(&self, id: u32, plays: u64) -> Value {
        let plays = plays + self.state.plays.get(&id).copied().unwrap_or(0);
        let count = |list: &[Liked]| u64::from(list.contains(&(false, id)));
        json!({ "plays": format!("{}K", plays / 1000), "plays-raw": plays,
            "favorites-raw": plays / 25 + count(&self.state.favourites),
            "reposts-raw": plays / 100 + count(&self.state.reposts), "comments": 2,
            "rankings": { "daily": null } })
    }

    /// An album without its songs, as lists have it.
    pub(super) fn album(&self, album: &Album) -> Value {
        let first = album.songs.first().and_then(|number| self.world.catalogue.entry(*number));
        let artist = self.shelf.artists.get(album.artist);
        let mut value = json!({
            "id": album.id.to_string(),
            "type": "album",
            "title": album.title,
            "artist": artist.and_then(|artist| artist.name.as_ref()),
            "genre": first.map(|entry| slug(&entry.genre)),
            "url_slug": album.slug,
            "image": first.map(|entry| cdn::cover(self.world, entry)),
            "released": first.map(|entry| entry.uploaded().to_string()),
            "track_count": if album.id.is_multiple_of(2) { json!(album.songs.len()) }
                else { json!(album.songs.len().to_string()) },
            "private": "no",
            "geo_restricted": false,
            "status": if self.state.unplayable.contains(&album.id) { "unplayable" } else { "complete" },
            "uploader": self.uploader(album.artist),
            "stats": self.stats(album.id, first.map_or(0, |entry| entry.plays())),
        });
        match album.id % 3 {
            0 => value["tracks"] = json!(false),
            1 => value["tracks"] = json!([]),
            _ => {}
        }
        value
    }

    /// An album with its songs, which leave out what they share with it.
    pub(super) fn whole_album(&self, album: &Album) -> Value {
        let mut value = self.album(album);
        let mut tracks: Vec<Value> =
            self.entries(&album.songs).map(|entry| self.row_of_album(entry)).collect();
        if album.id.is_multiple_of(4) {
            tracks.push(Value::Null);
        }
        value["tracks"] = tracks.into();
        value
    }

    fn row_of_album(&self, entry: &Entry) -> Value {
        let mut song = self.song(entry);
        song["song_id"] = song["id"].take();
        if let Some(fields) = song.as_object_mut() {
            for shared in ["id", "image", "image_base", "images", "uploader", "genre", "album", "released"] {
                fields.remove(shared);
            }
        }
        song
    }

    /// Whatever music it is.
    pub(super) fn music(&self, music: Music<'_>) -> Value {
        match music {
            Music::Song(entry) => self.song(entry),
            Music::Album(album) => self.album(album),
        }
    }

    /// A playlist without its songs.
    pub(super) fn playlist(&self, list: &Playlist) -> Value {
        let first = self.entries(&list.songs).next();
        let image = match &list.cover {
            Some(_) => json!(format!("{}/audiomack/covers/{}?v={}", self.world.api, list.id, list.updated)),
            None => first.map_or(json!(""), |entry| json!(cdn::cover(self.world, entry))),
        };
        let sloppy = list.id.is_multiple_of(5);
        json!({
            "id": if sloppy { json!(list.id) } else { json!(list.id.to_string()) },
            "type": "playlist",
            "title": list.title,
            "url_slug": list.slug,
            "genre": list.genre,
            "image": image,
            "description": if sloppy { json!(false) } else { json!("") },
            "private": if list.private { "yes" } else { "no" },
            "track_count": if sloppy { json!(list.songs.len().to_string()) } else { json!(list.songs.len()) },
            "created": list.created.to_string(),
            "updated": list.updated,
            "artist": self.uploader(list.owner),
        })
    }

    /// A playlist with its songs.
    pub(super) fn whole_playlist(&self, list: &Playlist) -> Value {
        let mut value = self.playlist(list);
        let tracks: Vec<Value> = self.entries(&list.songs).map(|entry| self.song(entry)).collect();
        value["tracks"] = match tracks.as_slice() {
            [] if list.id.is_multiple_of(2) => json!([]),
            [] => json!(false),
            _ => tracks.into(),
        };
        value
    }

    /// An artist as it stands in music: short.
    pub(super) fn uploader(&self, artist: usize) -> Value {
        let Some(known) = self.shelf.artists.get(artist) else { return Value::Null };
        let cover = self.world.catalogue.all().find(|entry| self.shelf.artist_of(entry) == artist);
        json!({
            "id": if artist % 4 == 1 { json!(known.id) } else { json!(known.id.to_string()) },
            "name": known.name,
            "url_slug": known.slug,
            "verified": verified(artist),
            "image": cover.map(|entry| cdn::cover(self.world, entry)),
            "twitter_id": false,
        })
    }

    /// An artist's page. It has no `type`.
    pub(super) fn artist(&self, artist: usize) -> Value {
        let mut value = self.uploader(artist);
        let uploads = self.uploads(artist).len();
        let lists = self.state.playlists.iter().filter(|list| list.owner == artist && !list.private).count();
        let more = json!({
            "image_banner": false, "hometown": "Harbour Town", "bio": "", "label": null, "genre": "",
            "url": "", "twitter": false, "facebook": "", "instagram": null, "youtube": "",
            "upload_count": uploads, "upload_count_excluding_reups": uploads.to_string(),
            "playlists_count": lists, "favorites_count": self.favourites(artist).len(),
            "followers_count": self.followers(artist).len().to_string(),
            "following_count": self.following(artist).len(), "created": "1600000000", "updated": false,
            "status": "active", "birthday": false, "gender": false, "stats": { "plays-raw": 120_340 },
        });
        if let (Some(fields), Some(more)) = (value.as_object_mut(), more.as_object()) {
            fields.extend(more.clone());
        }
        if self.is_user && artist != OWN {
            value["follow"] = json!(if self.state.follows.contains(&artist) { "yes" } else { "no" });
        }
        value
    }

    /// Whatever was liked or pinned; nothing when it is gone or hidden.
    pub(super) fn liked(&self, (is_playlist, id): Liked) -> Option<Value> {
        if is_playlist {
            return self.seen_playlist(id).map(|list| self.playlist(list));
        }
        let music = self.shelf.music(&self.world.catalogue, &id.to_string())?;
        Some(self.music(music))
    }

    /// The entries of these numbers, in that order.
    pub(super) fn entries<'b>(&'b self, numbers: &'b [u32]) -> impl Iterator<Item = &'b Entry> {
        numbers.iter().filter_map(|number| self.world.catalogue.entry(*number)).map(|entry| &**entry)
    }
}

/// Further artists; a comma stands between them.
fn featuring(entry: &Entry) -> String {
    let guests =
        ["Ada Cole", "Low Meridian"].into_iter().filter(|guest| entry.artist.as_deref() != Some(guest));
    if entry.number % 11 == 10 { guests.collect::<Vec<_>>().join(", ") } else { String::new() }
}

/// What the documents know, in turn; the first artists are the real ones.
pub(super) fn verified(artist: usize) -> &'static str {
    match artist {
        OWN => "",
        1..=4 => "yes",
        _ => ["", "tastemaker", "authenticated", "verify-pending", "verify-declined"][artist % 5],
    }
}
