//! Each operation that `docs/operations/audiomack.md` calls used is made, signed by whom it should be.

use super::rehearsal::{COVER, Stage, enter, item, values};
use super::*;
use crate::catalog::tests::operations::Table;
use crate::model::PlaylistAbout;
use crate::sandbox;

const TABLE: &str = include_str!("../../../../docs/operations/audiomack.md");

#[tokio::test]
async fn every_operation_that_is_used_is_made() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    enter(&stage.stranger(), None).await;

    for list in [
        "recent",
        "trending",
        "recent/electronic",
        "trending/electronic",
        "playlists/electronic",
        "chart/songs/weekly",
        "chart/albums/daily/electronic",
        "artist/ada-cole",
        "favorites/ada-cole",
        "playlists-of/ada-cole",
        "feed/ada-cole",
        "pinned/ada-cole",
        "following/ada-cole",
        "followers/ada-cole",
        "playlist/4201",
        "mine/feed",
        "mine/favorites",
        "mine/playlists",
        "mine/uploads",
        "mine/downloads",
        "mine/notifications",
    ] {
        catalog.browse(&ListId(list.to_owned()), 0).await.unwrap();
        catalog.browse(&ListId(list.to_owned()), 1).await.unwrap();
    }
    catalog.item(Kind::Artist, "ada-cole").await.unwrap();
    catalog.track("14216001").await.unwrap();
    for link in ["ada-cole/song/night-ferry?key=let-me-in", "ada-cole/playlist/harbour-mix"] {
        let link = format!("https://audiomack.com/{link}").parse().unwrap();
        catalog.resolve(&link).unwrap().await.unwrap();
    }
    for purpose in [Purpose::Listen, Purpose::Keep] {
        catalog.locate("14216001", purpose).await.unwrap();
    }
    catalog.listened("14216001").await.unwrap();
    catalog.search(&words("night", 20, 0)).await.unwrap();
    let filters = values(&[("sort", "popular"), ("genre", "electronic"), ("verified", "true")]);
    catalog.search(&SearchQuery { filters, ..words("night", 5, 0) }).await.unwrap();
    let filters = values(&[("favourites_of", "me")]);
    catalog.search(&SearchQuery { filters, ..words("a", 20, 0) }).await.unwrap();
    catalog.suggest("night").await.unwrap();

    for on in [true, false] {
        let (song, list) = (item(Kind::Track, "14216001"), item(Kind::Playlist, "4202"));
        for change in [
            Change::Like { item: song.clone(), on },
            Change::Like { item: list, on },
            Change::Repost { item: song, on },
            Change::Follow { item: item(Kind::Artist, "ada-cole"), on },
            Change::NoteDownloads { tracks: vec!["14216001".to_owned()], on },
        ] {
            catalog.change(&change).await.unwrap();
        }
    }
    let about = PlaylistAbout {
        title: Some("Mine".to_owned()),
        public: Some(false),
        cover: Some(COVER.to_vec()),
        ..PlaylistAbout::default()
    };
    let tracks =
        |numbers: &[&str]| numbers.iter().map(|number| format!("142160{number}")).collect::<Vec<_>>();
    let make = Change::CreatePlaylist { about: about.clone(), tracks: tracks(&["01", "02"]) };
    let id = catalog.change(&make).await.unwrap().unwrap().id;
    let arrange = |before, after| {
        let (before, after) = (tracks(before), tracks(after));
        Change::ArrangePlaylist { id: id.clone(), before, after }
    };
    for change in [
        Change::EditPlaylist { id: id.clone(), about },
        Change::AddToPlaylist { id: id.clone(), tracks: tracks(&["03"]) },
        arrange(&["01", "02", "03"], &["02", "03"]),
        arrange(&["02", "03"], &["03", "02"]),
        Change::DeletePlaylist { id: id.clone() },
    ] {
        catalog.change(&change).await.unwrap();
    }
    for (name, pairs) in [
        ("metrics", &[("kind", "track"), ("id", "14216001")][..]),
        ("metrics", &[("kind", "artist"), ("id", "ada-cole")]),
        ("metrics", &[("kind", "playlist"), ("id", "4201")]),
        ("preview", &[("id", "14216001")]),
        ("report-unplayable", &[("id", "14216005")]),
        ("notifications", &[("unseen", "true"), ("limit", "2")]),
        ("notifications seen", &[]),
        ("downloads", &[("exclude", "14216001"), ("type", "song")]),
        ("pinned add", &[("items", "14216001")]),
        ("pinned replace", &[("items", "14216002")]),
        ("pinned remove", &[("items", "14216002")]),
        ("forgot-password", &[("email", "a@example.org")]),
    ] {
        catalog.special(name, &values(pairs)).await.unwrap();
    }

    let path = |line: &sandbox::RequestLine| line.path.strip_prefix("/audiomack/v1").map(str::to_owned);
    let faults = Table::read(TABLE, "").faults(&stage.sandbox.requests(), path);
    assert_eq!(faults, Vec::<String>::new());
}
