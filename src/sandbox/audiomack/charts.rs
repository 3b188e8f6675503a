//! Charts, of everything or of a genre.

use axum::response::Response;

use crate::sandbox::catalogue::slug;

use super::Visit;
use super::lists::{Row, error};
use super::shelf::Music;

impl Visit<'_> {
    /// The chart of a kind over a time.
    pub(super) fn chart(&self, kind: &str, span: &str, genre: Option<&str>) -> Response {
        if !matches!(span, "total" | "daily" | "weekly" | "monthly" | "yearly") {
            return error(404, 0, "Not found");
        }
        let rows = match (kind, genre) {
            ("songs", None) => self.all().into_iter().map(|entry| Row::Music(Music::Song(entry))).collect(),
            ("songs", Some(genre)) => {
                self.of_genre(genre).into_iter().map(|entry| Row::Music(Music::Song(entry))).collect()
            }
            ("albums", genre) => {
                let first = |songs: &[u32]| self.world.catalogue.entry(*songs.first()?);
                let albums = self.shelf.albums.iter().filter(|album| {
                    genre.is_none_or(|genre| {
                        first(&album.songs).is_some_and(|entry| slug(&entry.genre) == genre)
                    })
                });
                albums.map(|album| Row::Music(Music::Album(album))).collect()
            }
            ("playlists", genre) => self.public_playlists(genre).map(Row::Playlist).collect(),
            _ => return error(404, 0, "Not found"),
        };
        self.list(rows)
    }
}
