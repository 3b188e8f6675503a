//! Audiosocket in each of its three generations: the same promises, and what the listener changes stays
//! changed.

use segue::config::AudiosocketProfile;
use segue::model::{Change, ItemRef, Kind, ListId, PlaylistAbout, SearchQuery, SignInAnswer, SignInStep};

use super::*;

impl Stage {
    /// Audiosocket as `profile` speaks it, signed in where that takes somebody.
    fn audiosocket(&mut self, profile: AudiosocketProfile) -> Arc<dyn Catalog> {
        let known = self.sandbox.credentials().audiosocket;
        let generation = match profile {
            AudiosocketProfile::Bearer => "audiosocket",
            AudiosocketProfile::V5 => "audiosocket v5",
            AudiosocketProfile::Consumer => "audiosocket consumer",
        };
        let settings = &mut self.settings.audiosocket;
        settings.profile = profile;
        settings.base_url = Some(self.sandbox.base_url(generation).parse().unwrap());
        settings.app_token = Secret::new(known.app_token);
        let catalog = self.service("audiosocket");
        if profile == AudiosocketProfile::Consumer {
            let answer = [("email", known.email), ("password", known.password)];
            let answer = answer.map(|(key, value)| (key.to_owned(), Secret::new(value))).into();
            let done = self.tasks.block_on(catalog.sign_in(SignInAnswer::Form(answer))).unwrap();
            assert_eq!(done, SignInStep::done("Ada Cole"));
        }
        catalog
    }

    fn rows(&self, catalog: &dyn Catalog, list: &str) -> Vec<Item> {
        self.tasks.block_on(catalog.browse(&ListId(list.to_owned()), 0)).unwrap().items
    }
}

fn item(kind: Kind, id: &str) -> ItemRef {
    format!("audiosocket:{kind}:{id}").parse().unwrap()
}

fn ids(rows: &[Item]) -> Vec<String> {
    let of = |row: &Item| match row {
        Item::Track(track) => id(track).to_owned(),
        Item::Collection(collection) => collection.reference.id.clone(),
        Item::List(list) => list.id.0.clone(),
    };
    rows.iter().map(of).collect()
}

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

const PROFILES: [AudiosocketProfile; 3] =
    [AudiosocketProfile::Bearer, AudiosocketProfile::V5, AudiosocketProfile::Consumer];

#[test]
fn every_profile_keeps_the_promises() {
    for profile in PROFILES {
        let mut stage = Stage::new();
        let catalog = stage.audiosocket(profile);
        let broken = stage.tasks.block_on(contract::check(&*catalog));
        assert!(broken.is_empty(), "{profile:?}: {broken:#?}");
        // Nothing but tracks that are gone or made up is asked for in vain.
        for line in stage.sandbox.requests() {
            let is_unknown = line.path.contains("4294967295");
            assert!(line.status < 400 || line.status == 403 || is_unknown, "{profile:?}: {line:?}");
        }
    }
}

#[test]
fn tracks_open_in_every_profile() {
    for profile in PROFILES {
        let mut stage = Stage::new();
        let catalog = stage.audiosocket(profile);
        let streams = Streams::new(Stage::net(), HlsSettings::default(), stage.tasks.handle().clone());
        let list = if profile == AudiosocketProfile::V5 { "tracks" } else { "recent" };
        let mut opened = 0;
        for row in stage.rows(&*catalog, list).iter().filter_map(Item::track).take(10) {
            for purpose in [Purpose::Listen, Purpose::Keep] {
                let located = match stage.tasks.block_on(catalog.locate(id(row), purpose)) {
                    Ok(located) => located,
                    // Not for everybody, or without a file.
                    Err(error) if error.fault().kind == FaultKind::Refused => continue,
                    Err(error) => panic!("{profile:?}: {error}"),
                };
                let mut media = streams.open(&located, &Cancel::default(), &Arc::default()).unwrap();
                let mut head = [0; 4096];
                media.next_part().unwrap().unwrap().bytes.read_exact(&mut head).unwrap();
                opened += 1;
            }
        }
        assert!(opened >= 8, "{profile:?}: {opened}");
    }
}

#[test]
fn what_is_marked_is_listed() {
    for profile in [AudiosocketProfile::Bearer, AudiosocketProfile::Consumer] {
        let mut stage = Stage::new();
        let catalog = stage.audiosocket(profile);
        let change = |change| stage.tasks.block_on(catalog.change(&change)).unwrap();
        assert!(stage.rows(&*catalog, "favorites").is_empty());
        let track = item(Kind::Track, "801");
        // Twice is once.
        for _ in 0..2 {
            change(Change::Like { item: track.clone(), on: true });
        }
        change(Change::Like { item: item(Kind::Track, "sfx-701"), on: true });
        change(Change::Like { item: item(Kind::Playlist, "31"), on: true });
        change(Change::Follow { item: item(Kind::Playlist, "32"), on: true });
        let artist = stage.tasks.block_on(catalog.track("801")).unwrap().artist_id.unwrap();
        change(Change::Follow { item: item(Kind::Artist, &artist), on: true });
        let check = |list: &str, expected: &[&str]| {
            assert_eq!(ids(&stage.rows(&*catalog, list)), owned(expected), "{profile:?} {list}");
        };
        check("favorites", &["801"]);
        check("favorite-sfx", &["sfx-701"]);
        check("favorite-playlists", &["31"]);
        check("followed-playlists", &["32"]);
        check("following", &[&artist]);
        for _ in 0..2 {
            change(Change::Like { item: track.clone(), on: false });
        }
        check("favorites", &[]);
    }
}

#[test]
fn own_playlists_are_made_and_arranged() {
    for profile in [AudiosocketProfile::Bearer, AudiosocketProfile::Consumer] {
        let mut stage = Stage::new();
        let catalog = stage.audiosocket(profile);
        let change = |change| stage.tasks.block_on(catalog.change(&change)).unwrap();
        let own = catalog.capabilities().own_playlists.unwrap().0;
        let about = |title: &str| PlaylistAbout { title: Some(title.to_owned()), ..PlaylistAbout::default() };
        let tracks = owned(&["801", "802", "sfx-701"]);
        let made =
            change(Change::CreatePlaylist { about: about("雨 & \"Rain\""), tracks: tracks.clone() }).unwrap();
        assert!(ids(&stage.rows(&*catalog, &own)).contains(&made.id));
        let holds =
            |expected: &[&str]| assert_eq!(ids(&stage.rows(&*catalog, &made.list().0)), owned(expected));
        holds(&["801", "802", "sfx-701"]);
        let id = || made.id.clone();
        change(Change::AddToPlaylist { id: id(), tracks: owned(&["803"]) });
        holds(&["801", "802", "sfx-701", "803"]);
        let before = owned(&["801", "802", "sfx-701", "803"]);
        let after = owned(&["803", "801", "801", "802"]);
        change(Change::ArrangePlaylist { id: id(), before: before.clone(), after: after.clone() });
        holds(&["803", "801", "801", "802"]);
        // Made twice it is as if made once.
        change(Change::ArrangePlaylist { id: id(), before, after: after.clone() });
        holds(&["803", "801", "801", "802"]);
        change(Change::ArrangePlaylist { id: id(), before: after, after: owned(&["803", "801", "802"]) });
        holds(&["803", "801", "802"]);
        change(Change::EditPlaylist { id: id(), about: about("End Titles") });
        let renamed = stage.tasks.block_on(catalog.item(Kind::Playlist, &made.id)).unwrap();
        assert_eq!(renamed.title().as_str(), "End Titles");
        change(Change::DeletePlaylist { id: id() });
        assert!(!ids(&stage.rows(&*catalog, &own)).contains(&made.id));
    }
}

#[test]
fn downloads_are_noted_and_named() {
    let mut stage = Stage::new();
    let catalog = stage.audiosocket(AudiosocketProfile::Consumer);
    let note = Change::NoteDownloads { tracks: owned(&["801", "sfx-702"]), on: true };
    stage.tasks.block_on(catalog.change(&note)).unwrap();
    assert_eq!(ids(&stage.rows(&*catalog, "downloads")), owned(&["sfx-702", "801"]));
    assert_eq!(ids(&stage.rows(&*catalog, "sfx-downloads")), owned(&["sfx-702"]));
    let special = |name: &str, values: &[(&str, &str)]| {
        let values: Vec<_> =
            values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        stage.tasks.block_on(catalog.special(name, &values)).map(|answer| answer.value)
    };
    let named = special("download title", &[("id", "1002"), ("title", "Film")]).unwrap();
    assert_eq!(named["consumer_download"]["work_title"], "Film");
    assert!(special("download title", &[("id", "1001")]).is_err());
    assert_eq!(special("profile", &[]).unwrap()["consumer"]["first_name"], "Ada");
    assert_eq!(special("subscription", &[]).unwrap()["subscription"]["status"], "active");
    assert!(special("context", &[]).is_err());
}

#[test]
fn searches_are_narrowed_down() {
    let mut stage = Stage::new();
    let catalog = stage.audiosocket(AudiosocketProfile::Bearer);
    let find = |filters: &[(&str, &str)]| {
        let filters = filters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let words = "the".to_owned();
        let query = SearchQuery { words, kind: Kind::Track, filters, limit: 100, page: 0 };
        stage.tasks.block_on(catalog.search(&query)).unwrap().items
    };
    let all = find(&[]).len();
    for filters in
        [&[("genre", "Jazz")][..], &[("explicit", "no")], &[("vocals", "no")], &[("shorter", "0:30")]]
    {
        let left = find(filters).len();
        assert!(left > 0 && left < all, "{filters:?}: {left} of {all}");
    }
    let alike = stage.rows(&*catalog, "track/809");
    assert!(!alike.is_empty() && !ids(&alike).contains(&"809".to_owned()));
}
