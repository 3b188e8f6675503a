//! Each operation that `docs/operations/audiosocket.md` calls used is made, in each of the three generations, as
//! it says.

use std::sync::Arc;

use super::*;
use crate::catalog::tests::operations::Table;
use crate::config::AudiosocketProfile;
use crate::model::{Change, ItemRef, PlaylistAbout, SignInAnswer, SignInStep};
use crate::sandbox::{self, RequestLine, Sandbox};

const TABLE: &str = include_str!("../../../../docs/operations/audiosocket.md");

/// 2027-01-15 08:00.
const NOW: u64 = 1_800_000_000;

async fn sandbox() -> Sandbox {
    sandbox::start(0, Arc::new(|| NOW)).await.unwrap()
}

fn player(sandbox: &Sandbox, profile: AudiosocketProfile, service: &str) -> Audiosocket {
    let keys = sandbox.credentials().audiosocket;
    let settings = AudiosocketSettings {
        profile,
        base_url: sandbox.base_url(service).parse().ok(),
        token: keys.token.into(),
        app_token: keys.app_token.into(),
        ..AudiosocketSettings::default()
    };
    Audiosocket::new(&settings, &net(), &surroundings(NOW))
}

fn form(pairs: &[(&str, &str)]) -> SignInAnswer {
    SignInAnswer::Form(pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new(*value))).collect())
}

fn item(kind: Kind, id: &str) -> ItemRef {
    ItemRef { service: ServiceId::known(ID), kind, id: id.to_owned() }
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// A list's rows, and those of the lists in it.
async fn open(catalog: &Audiosocket, list: &str) -> Vec<Item> {
    catalog.browse(&ListId(list.to_owned()), 0).await.unwrap_or_else(|error| panic!("{list}: {error}")).items
}

/// All lists at the top, then what their first collections open to.
async fn open_lists(catalog: &Audiosocket) {
    for list in catalog.capabilities().lists {
        for row in open(catalog, &list.id.0).await.into_iter().take(2) {
            match row {
                Item::List(list) => drop(open(catalog, &list.id.0).await),
                Item::Collection(one) => {
                    catalog.item(one.reference.kind, &one.reference.id).await.unwrap();
                    let rows = open(catalog, &one.reference.list().0).await;
                    let lists = rows.iter().filter_map(|row| match row {
                        Item::List(list) => Some(list.id.0.clone()),
                        Item::Track(_) | Item::Collection(_) => None,
                    });
                    for list in lists {
                        open(catalog, &list).await;
                    }
                }
                Item::Track(_) => {}
            }
        }
    }
}

async fn search_all(catalog: &Audiosocket) {
    let filters = [
        ("genre", "Ambient"),
        ("sort", "newest"),
        ("explicit", "no"),
        ("vocals", "no"),
        ("longer", "0:30"),
        ("shorter", "9:00"),
    ];
    let filters: Vec<_> = filters.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    catalog.search(&SearchQuery { filters, ..words("night", 10, 0) }).await.unwrap();
    for kind in catalog.capabilities().search {
        catalog.search(&SearchQuery { kind, ..words("a", 10, 0) }).await.unwrap();
    }
}

/// Every mark, put and taken away; the lists are read while they hold something.
async fn change_all(catalog: &Audiosocket) {
    let Some(Item::Collection(curated)) = open(catalog, "curated").await.into_iter().next() else { panic!() };
    let artist = catalog.track("801").await.unwrap().artist_id.unwrap();
    let curated = curated.reference;
    for on in [true, false] {
        for change in [
            Change::Like { item: item(Kind::Track, "801"), on },
            Change::Like { item: item(Kind::Track, "sfx-701"), on },
            Change::Like { item: curated.clone(), on },
            Change::Follow { item: item(Kind::Artist, &artist), on },
            Change::Follow { item: curated.clone(), on },
        ] {
            catalog.change(&change).await.unwrap();
        }
        for list in ["favorites", "favorite-sfx", "following", "followed-playlists", "favorite-playlists"] {
            assert_eq!(open(catalog, list).await.len(), usize::from(on), "{list}");
        }
    }
    let about = PlaylistAbout { title: Some("Road".to_owned()), ..PlaylistAbout::default() };
    let make = Change::CreatePlaylist { about: about.clone(), tracks: ids(&["801", "802"]) };
    let id = catalog.change(&make).await.unwrap().unwrap().id;
    for change in [
        Change::EditPlaylist { id: id.clone(), about },
        Change::AddToPlaylist { id: id.clone(), tracks: ids(&["803"]) },
        Change::AddToPlaylist { id: id.clone(), tracks: ids(&["sfx-701"]) },
        Change::ArrangePlaylist {
            id: id.clone(),
            before: ids(&["801", "802", "803", "sfx-701"]),
            after: ids(&["801", "802", "803"]),
        },
        Change::ArrangePlaylist {
            id: id.clone(),
            before: ids(&["801", "802", "803"]),
            after: ids(&["803", "802", "801"]),
        },
    ] {
        catalog.change(&change).await.unwrap();
    }
    catalog.item(Kind::Playlist, &id).await.unwrap();
    open(catalog, &format!("playlist/{id}")).await;
    catalog.change(&Change::DeletePlaylist { id }).await.unwrap();
}

async fn play_and_keep(catalog: &Audiosocket, track: &str) {
    for purpose in [Purpose::Listen, Purpose::Keep] {
        let Locator::Http(_) = catalog.locate(track, purpose).await.unwrap() else { panic!() };
    }
}

fn check(sandbox: &Sandbox, profile: &str, base: &str) {
    let path = |line: &RequestLine| line.path.strip_prefix(base).map(str::to_owned);
    let faults = Table::read(TABLE, profile).faults(&sandbox.requests(), path);
    assert_eq!(faults, Vec::<String>::new(), "{profile}");
}

#[tokio::test]
async fn every_operation_of_the_newest_is_made() {
    let sandbox = sandbox().await;
    let catalog = player(&sandbox, AudiosocketProfile::Bearer, "audiosocket");
    catalog.sign_in(form(&[("token", sandbox.credentials().audiosocket.token)])).await.unwrap();
    search_all(&catalog).await;
    open_lists(&catalog).await;
    open(&catalog, "track/801").await;
    catalog.track("sfx-701").await.unwrap();
    // It names no file.
    play_and_keep(&catalog, "802").await;
    change_all(&catalog).await;
    check(&sandbox, "bearer", "/audiosocket/v1");
}

#[tokio::test]
async fn every_operation_of_the_partners_is_made() {
    let sandbox = sandbox().await;
    let catalog = player(&sandbox, AudiosocketProfile::V5, "audiosocket v5");
    catalog.sign_in(form(&[("token", sandbox.credentials().audiosocket.token)])).await.unwrap();
    search_all(&catalog).await;
    open_lists(&catalog).await;
    catalog.track("801").await.unwrap();
    play_and_keep(&catalog, "801").await;
    catalog.special("context", &[]).await.unwrap();
    check(&sandbox, "v5", "/audiosocket/v5");
}

#[tokio::test]
async fn every_operation_of_the_site_is_made() {
    let sandbox = sandbox().await;
    let catalog = player(&sandbox, AudiosocketProfile::Consumer, "audiosocket consumer");
    // Tracks need nobody to sign in.
    search_all(&catalog).await;
    let known = sandbox.credentials().audiosocket;
    let step = catalog.sign_in(form(&[("email", known.email), ("password", known.password)])).await.unwrap();
    assert!(matches!(step, SignInStep::Done { .. }));
    search_all(&catalog).await;
    let note = Change::NoteDownloads { tracks: ids(&["801", "sfx-701"]), on: true };
    catalog.change(&note).await.unwrap();
    open_lists(&catalog).await;
    let artist = catalog.track("801").await.unwrap().artist_id.unwrap();
    open(&catalog, &format!("artist/{artist}")).await;
    open(&catalog, "track/801").await;
    catalog.track("sfx-701").await.unwrap();
    change_all(&catalog).await;
    for name in ["profile", "subscription"] {
        catalog.special(name, &[]).await.unwrap();
    }
    let title = [("id", "1001"), ("title", "Trailer")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    catalog.special("download title", &title).await.unwrap();
    check(&sandbox, "consumer", "/audiosocket/manage/api/v1");
}
