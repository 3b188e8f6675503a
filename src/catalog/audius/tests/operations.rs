//! Each operation that `docs/operations/audius.md` calls used is made, as it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::sandbox::enter;
use super::*;
use crate::catalog::tests::operations::Table;
use crate::model::PlaylistAbout;
use crate::net::{Limit, Request};
use crate::sandbox::{self, RequestLine};

const TABLE: &str = include_str!("../../../../docs/operations/audius.md");

/// A request's path below the version; the list of hosts is at the root. Three generations of hosts stand in
/// the sandbox, and the nodes with the bytes are none of the API.
fn path(line: &RequestLine) -> Option<String> {
    let path = line.path.strip_prefix("/audius")?;
    let hosts = ["/python", "/go2025", "/gone"];
    let path = hosts.iter().find_map(|host| path.strip_prefix(host)).unwrap_or(path);
    match path {
        "" | "/" => Some("/".to_owned()),
        path => path.strip_prefix("/v1").map(str::to_owned),
    }
}

/// Each of the lists that holds something to open, and of the listener's own.
async fn open_lists(audius: &Audius, artist: &str) {
    let of_artist = [
        "albums",
        "playlists",
        "favourites",
        "reposts",
        "tags",
        "related",
        "followers",
        "following",
        "tracks/plays",
    ];
    let mut lists: Vec<ListId> = audius.capabilities().lists.into_iter().map(|list| list.id).collect();
    lists.extend(of_artist.map(|what| ListId(format!("user/{artist}/{what}"))));
    lists.extend(["trending/month/Electronic", "tag/night"].map(|list| ListId(list.to_owned())));
    lists.push(ListId(format!("artist/{artist}")));
    for list in lists {
        audius.browse(&list, 0).await.unwrap_or_else(|error| panic!("{list:?}: {error}"));
    }
}

async fn search_all(audius: &Audius) {
    let filters = [
        ("downloads", "yes"),
        ("sort", "popular"),
        ("verified", "yes"),
        ("genre", "Electronic"),
        ("mood", "Peaceful"),
        ("key", "C major"),
        ("bpm-min", "60"),
        ("bpm-max", "180"),
    ];
    let filters: Vec<_> = filters.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    for kind in Kind::ALL {
        audius.search(&SearchQuery { kind, ..words("night", 10, 0) }).await.unwrap();
        audius
            .search(&SearchQuery { kind, filters: filters.clone(), ..words("night", 10, 1) })
            .await
            .unwrap();
    }
}

async fn play_and_keep(audius: &Audius, id: &str) {
    for purpose in [Purpose::Listen, Purpose::Keep] {
        let Locator::Http(place) = audius.locate(id, purpose).await.unwrap() else { panic!() };
        let request = Request::get_address(&place, Limit::Stream).open_header("Range", "bytes=0-");
        assert_eq!(net().send(request).await.unwrap().status, 206, "{purpose:?}");
    }
    audius.listened(id).await.unwrap();
}

async fn change_all(audius: &Audius, track: &str, artist: &str, album: &str) {
    let item = |kind, id: &str| ItemRef { service: ServiceId::known(ID), kind, id: id.to_owned() };
    for on in [true, false] {
        for change in [
            Change::Like { item: item(Kind::Track, track), on },
            Change::Like { item: item(Kind::Album, album), on },
            Change::Repost { item: item(Kind::Track, track), on },
            Change::Repost { item: item(Kind::Playlist, album), on },
            Change::Follow { item: item(Kind::Artist, artist), on },
        ] {
            audius.change(&change).await.unwrap();
        }
    }
    let about = PlaylistAbout {
        title: Some("Road".to_owned()),
        description: Some("Long".to_owned()),
        public: Some(false),
        ..PlaylistAbout::default()
    };
    let make = Change::CreatePlaylist { about: about.clone(), tracks: vec![track.to_owned()] };
    let id = audius.change(&make).await.unwrap().unwrap().id;
    audius.browse(&ListId(format!("playlist/{id}")), 0).await.unwrap();
    for change in [
        Change::EditPlaylist { id: id.clone(), about },
        Change::AddToPlaylist { id: id.clone(), tracks: vec![track.to_owned()] },
        Change::DeletePlaylist { id },
    ] {
        audius.change(&change).await.unwrap();
    }
}

#[tokio::test]
async fn every_operation_that_is_used_is_made() {
    let time = Arc::new(AtomicU64::new(1_800_000_000));
    let clock: Arc<dyn Fn() -> u64 + Send + Sync> = Arc::new({
        let time = Arc::clone(&time);
        move || time.load(Ordering::SeqCst)
    });
    let sandbox = sandbox::start(0, Arc::clone(&clock)).await.unwrap();
    let settings = AudiusSettings {
        base_url: sandbox.base_url("audius").parse().ok(),
        api_key: sandbox.credentials().audius.api_key.into(),
        ..AudiusSettings::default()
    };
    let surroundings = Surroundings { unix_time: clock, ..surroundings(0) };
    let audius = Audius::new(&settings, &net(), &surroundings);
    // Without a key, and with one.
    let keyless = AudiusSettings { api_key: Secret::default(), ..settings.clone() };
    search_all(&Audius::new(&keyless, &net(), &surroundings)).await;
    // Nobody is signed in, and the gateway lacks what the hosts of its list have.
    audius.special("metrics", &[]).await.unwrap();
    search_all(&audius).await;

    enter(&audius).await;
    // The session is renewed.
    time.fetch_add(100_000, Ordering::SeqCst);
    let track = audius.track("1").await.unwrap();
    let id = id_of(&track).to_owned();
    let artist = track.artist_id.clone().unwrap();
    let found = audius.resolve(track.link.as_ref().unwrap()).unwrap().await.unwrap();
    assert_eq!(found.track().map(id_of), Some(id.as_str()));
    open_lists(&audius, &artist).await;
    let albums = audius.browse(&ListId("albums".to_owned()), 0).await.unwrap().items;
    let Some(Item::Collection(album)) = albums.first() else { panic!() };
    let album = album.reference.clone();
    audius.item(album.kind, &album.id).await.unwrap();
    audius.browse(&album.list(), 0).await.unwrap();
    play_and_keep(&audius, &id).await;
    change_all(&audius, &id, &artist, &album.id).await;
    audius.sign_out().await.unwrap();

    let lines = sandbox.requests();
    assert_eq!(Table::read(TABLE, "").faults(&lines, path), Vec::<String>::new());
    // Every request says which app asks; what goes to the token's own pages has a body of its own.
    let is_silent = |line: &&RequestLine| path(line).is_some() && !line.query.contains("app_name=segue");
    let silent: Vec<_> = lines.iter().filter(is_silent).filter_map(path).collect();
    assert!(silent.iter().all(|path| path.starts_with("/oauth/")), "{silent:?}");
    // Whoever is named has proven it, at the gateway.
    let named = lines.iter().filter(|line| line.query.contains("user_id="));
    assert!(named.clone().count() > 20);
    assert!(named.clone().all(|line| line.credentials() == "bearer" && line.path.starts_with("/audius/v1/")));
}
