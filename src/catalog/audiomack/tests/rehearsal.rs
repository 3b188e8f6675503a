//! The whole service against the sandbox, which is written from the same documents by other means.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::model::{self, Collection, PlaylistAbout, Then};
use crate::sandbox::{self, Sandbox};

/// The smallest thing that looks like a PNG.
pub(super) const COVER: &[u8] = b"\x89PNG\r\n\x1a\n\0\0--not-the-boundary";

/// A sandbox and settings that lead to it.
pub(super) struct Stage {
    pub sandbox: Sandbox,
    settings: AudiomackSettings,
    surroundings: Surroundings,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let sandbox = sandbox::start(0, Arc::new(|| TIME)).await.unwrap();
        let keys = sandbox.credentials().audiomack;
        let settings = AudiomackSettings {
            base_url: sandbox.base_url("audiomack").parse().ok(),
            authorize_url: sandbox.audiomack_authorize_url().parse().ok(),
            consumer_key: keys.consumer_key.into(),
            consumer_secret: keys.consumer_secret.into(),
            genres: vec!["electronic".to_owned()],
            ..AudiomackSettings::default()
        };
        // More numbers than the usual ones of tests.
        let count = AtomicU64::new(1);
        let random = move || u128::from(count.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
        let surroundings = Surroundings { random: Arc::new(random), ..surroundings(TIME) };
        Self { sandbox, settings, surroundings }
    }

    /// Nobody is signed in.
    pub(super) fn stranger(&self) -> Audiomack {
        Audiomack::new(&self.settings, &net(), &self.surroundings)
    }

    /// Somebody is, with the token of the settings.
    pub(super) fn listener(&self) -> Audiomack {
        let keys = self.sandbox.credentials().audiomack;
        let settings = AudiomackSettings {
            access_token: keys.access_token.into(),
            access_token_secret: keys.access_token_secret.into(),
            ..self.settings.clone()
        };
        Audiomack::new(&settings, &net(), &self.surroundings)
    }
}

async fn rows(catalog: &Audiomack, list: &str) -> Vec<Item> {
    catalog.browse(&ListId(list.to_owned()), 0).await.unwrap().items
}

async fn ids(catalog: &Audiomack, list: &str) -> Vec<String> {
    let id = |item: &Item| match item {
        Item::Track(track) => match &track.reference {
            TrackRef::Service { id, .. } => Some(id.clone()),
            _ => None,
        },
        Item::Collection(collection) => Some(collection.reference.id.clone()),
        Item::List(_) => None,
    };
    rows(catalog, list).await.iter().filter_map(id).collect()
}

pub(super) fn values(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn item(kind: Kind, id: &str) -> ItemRef {
    ItemRef { service: ServiceId::known(ID), kind, id: id.to_owned() }
}

#[tokio::test]
async fn the_contract_is_kept() {
    let stage = Stage::new().await;
    assert_eq!(contract::check(&stage.stranger()).await, Vec::<String>::new());
    assert_eq!(contract::check(&stage.listener()).await, Vec::<String>::new());
    let requests = stage.sandbox.requests();
    let mut nonces = BTreeSet::new();
    for line in requests.iter().filter(|line| line.path.starts_with("/audiomack/v1/")) {
        let (_, nonce) = line.header("authorization").unwrap().split_once("oauth_nonce=\"").unwrap();
        assert!(nonces.insert(nonce.split('"').next().unwrap().to_owned()), "{line:?}");
        assert_ne!(line.status, 401, "{line:?}");
        // Nothing is asked for whole but what has no fields.
        let has_fields = !line.path.ends_with("/downloads") && !line.path.contains("notifications");
        assert!(line.method != "GET" || !has_fields || line.query.contains("fields="), "{line:?}");
    }
}

/// The three steps, with a browser that comes back and one that cannot.
#[tokio::test]
async fn a_listener_signs_in_and_out() {
    let stage = Stage::new().await;
    for callback in [Some("http://127.0.0.1:8976/callback"), None] {
        let catalog = stage.stranger();
        let done = enter(&catalog, callback).await;
        assert_eq!(done, SignInStep::done("Sandbox"));
        assert!(!rows(&catalog, "mine/feed").await.is_empty());
        // Another run takes it up.
        let next = stage.stranger();
        next.restore().await.unwrap();
        assert_eq!(rows(&next, "mine/playlists").await.len(), 3);
        next.sign_out().await.unwrap();
        assert!(next.browse(&ListId("mine/feed".to_owned()), 0).await.is_err());
    }
}

/// Signs in with a browser that agrees at once, and comes back if there is somewhere to come back to.
pub(super) async fn enter(catalog: &Audiomack, callback: Option<&str>) -> SignInStep {
    let begin = SignInAnswer::Begin { callback: callback.map(|url| url.parse().unwrap()) };
    let SignInStep::Visit { address, .. } = catalog.sign_in(begin).await.unwrap() else { panic!() };
    let (head, page) = visited(&address).await;
    let answer = if callback.is_some() {
        let (_, location) = head.split_once("location: ").unwrap();
        let back: Url = location.lines().next().unwrap().trim().parse().unwrap();
        let pairs = back.query_pairs().map(|(name, value)| (name.into_owned(), Secret::new(value)));
        SignInAnswer::Callback(pairs.collect())
    } else {
        let (_, code) = page.split_once("id=verifier>").unwrap();
        SignInAnswer::Form(vec![("code".to_owned(), code.split('<').next().unwrap().into())])
    };
    catalog.sign_in(answer).await.unwrap()
}

/// A GET as a browser makes it: head and body.
async fn visited(url: &Url) -> (String, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
    let target = &url[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn likes_reposts_and_follows_stay() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    let song = item(Kind::Track, "14216010");
    for _ in 0..2 {
        // Twice is as good as once.
        catalog.change(&Change::Like { item: song.clone(), on: true }).await.unwrap();
        catalog.change(&Change::Repost { item: song.clone(), on: true }).await.unwrap();
    }
    assert_eq!(ids(&catalog, "mine/favorites").await[0], "14216010");
    assert!(catalog.track("14216010").await.unwrap().liked);
    for _ in 0..2 {
        catalog.change(&Change::Like { item: song.clone(), on: false }).await.unwrap();
        catalog.change(&Change::Repost { item: song.clone(), on: false }).await.unwrap();
    }
    assert!(!ids(&catalog, "mine/favorites").await.contains(&"14216010".to_owned()));
    let artist = item(Kind::Artist, "ada-cole");
    catalog.change(&Change::Follow { item: artist.clone(), on: false }).await.unwrap();
    assert!(!ids(&catalog, "mine/following").await.contains(&"ada-cole".to_owned()));
    catalog.change(&Change::Follow { item: artist, on: true }).await.unwrap();
    assert!(ids(&catalog, "mine/following").await.contains(&"ada-cole".to_owned()));
    let list = item(Kind::Playlist, "4202");
    catalog.change(&Change::Like { item: list.clone(), on: true }).await.unwrap();
    assert_eq!(ids(&catalog, "favorites/sandbox/playlist").await, ["4202", "4201"]);
    catalog.change(&Change::Like { item: list, on: false }).await.unwrap();
    assert_eq!(ids(&catalog, "favorites/sandbox/playlist").await, ["4201"]);
}

#[tokio::test]
async fn a_playlist_lives_and_dies() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    let track = |number: u32| (14_216_000 + number).to_string();
    let tracks = |numbers: &[u32]| numbers.iter().map(|number| track(*number)).collect::<Vec<_>>();
    let about = PlaylistAbout {
        title: Some("Größe & Co".to_owned()),
        genre: Some("pop".to_owned()),
        public: Some(false),
        cover: Some(COVER.to_vec()),
        ..PlaylistAbout::default()
    };
    let make = Change::CreatePlaylist { about, tracks: tracks(&[1, 2]) };
    let made = catalog.change(&make).await.unwrap().unwrap();
    let id = made.id.clone();
    let read = async || {
        let Item::Collection(list) = catalog.item(Kind::Playlist, &id).await.unwrap() else { panic!() };
        list
    };
    let Collection { title, note, artwork, mine, .. } = read().await;
    assert_eq!(
        (title.as_str(), note.as_ref().map(CleanText::as_str), mine),
        ("Größe & Co", Some("private"), true)
    );
    let (_, cover) = fetched(&artwork.unwrap()).await;
    assert_eq!(cover, COVER);
    let holds = async || ids(&catalog, &format!("playlist/{id}")).await;
    assert_eq!(holds().await, tracks(&[1, 2]));
    catalog.change(&Change::AddToPlaylist { id: id.clone(), tracks: tracks(&[3, 1]) }).await.unwrap();
    let arrange = async |before: &[u32], after: &[u32]| {
        let change = Change::ArrangePlaylist { id: id.clone(), before: tracks(before), after: tracks(after) };
        catalog.change(&change).await.unwrap();
        assert_eq!(holds().await, tracks(after));
    };
    arrange(&[1, 2, 3, 1], &[3, 2, 1]).await;
    arrange(&[3, 2, 1], &[3, 1]).await;
    arrange(&[3, 1], &[3, 1, 7, 7]).await;
    arrange(&[3, 1, 7, 7], &[3, 1, 7]).await;
    arrange(&[3, 1, 7], &[]).await;
    let about =
        PlaylistAbout { title: Some("Renamed".to_owned()), public: Some(true), ..PlaylistAbout::default() };
    catalog.change(&Change::EditPlaylist { id: id.clone(), about }).await.unwrap();
    let renamed = read().await;
    assert_eq!((renamed.title.as_str(), &renamed.note, renamed.tracks), ("Renamed", &None, Some(0)));
    let own = rows(&catalog, "mine/playlists").await;
    assert!(own.iter().all(|row| matches!(row, Item::Collection(list) if list.mine)) && own.len() == 4);
    catalog.change(&Change::DeletePlaylist { id: id.clone() }).await.unwrap();
    let gone = catalog.item(Kind::Playlist, &id).await.unwrap_err();
    assert_eq!(gone.fault().kind, FaultKind::NotFound);
}

async fn fetched(url: &Url) -> (String, Vec<u8>) {
    use crate::net::{Limit, Request};
    let response = net().send(Request::get(url.clone(), Limit::Api)).await.unwrap();
    (response.media_type().unwrap_or_default(), response.bytes(1 << 20).await.unwrap().to_vec())
}

/// A listen is reported once, with a token of its own.
#[tokio::test]
async fn a_listen_is_reported_once() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    catalog.locate("14216001", Purpose::Listen).await.unwrap();
    catalog.listened("14216001").await.unwrap();
    catalog.locate("14216001", Purpose::GoOn).await.unwrap();
    catalog.locate("14216001", Purpose::Keep).await.unwrap();
    let requests = stage.sandbox.requests();
    let bodies = |path: &str| -> Vec<String> {
        requests.iter().filter(|line| line.path.ends_with(path)).map(|line| line.body.clone()).collect()
    };
    let reports = bodies("/music/stats/14216001");
    assert_eq!(reports.len(), 1);
    assert!(reports[0].starts_with("token=") && reports[0].ends_with("&type=play"));
    let plays = bodies("/play");
    assert!(plays.len() == 3 && plays.iter().all(|body| body.starts_with("session=")));
    assert_eq!(plays.iter().map(|body| body.contains("hq=true")).collect::<Vec<_>>(), [false, false, true]);
    let device = |line: &sandbox::RequestLine| {
        line.query.split('&').find(|pair| pair.starts_with("device=")).map(str::to_owned)
    };
    let token = requests.iter().find(|line| line.path.ends_with("/stats/token")).unwrap();
    assert_eq!(device(token).unwrap().len(), "device=".len() + 40);
}

#[tokio::test]
async fn links_open_also_private_things() {
    let stage = Stage::new().await;
    let catalog = stage.stranger();
    let open = async |link: &str| catalog.resolve(&link.parse().unwrap()).unwrap().await;
    let song = open("https://audiomack.com/ada-cole/song/night-ferry").await.unwrap();
    assert_eq!(song.title().as_str(), "Night Ferry");
    let album = open("https://audiomack.com/ada-cole/album/tides").await.unwrap();
    assert_eq!(album.title().as_str(), "Tides");
    let list = open("https://audiomack.com/ada-cole/playlist/harbour-mix").await.unwrap();
    assert_eq!(list.title().as_str(), "Harbour Mix");
    assert_eq!(open("https://audiomack.com/ada-cole").await.unwrap().title().as_str(), "Ada Cole");
    assert_eq!(open("https://audiomack.com/nobody").await.unwrap_err().fault().kind, FaultKind::NotFound);
    assert!(catalog.resolve(&"https://example.org/a/song/b".parse().unwrap()).is_none());

    // Song 29 is private; its key comes with the link and is used from then on.
    let Item::Track(private) = catalog.item(Kind::Track, "14216029").await.unwrap() else { panic!() };
    assert_eq!(private.playable, Allowed::No("private".into()));
    assert!(catalog.locate("14216029", Purpose::Listen).await.is_err());
    let Item::Track(opened) = open(&format!("{}?key=sandbox-promo", private.link.unwrap())).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(opened.playable, Allowed::Yes);
    catalog.locate("14216029", Purpose::Listen).await.unwrap();
}

#[tokio::test]
async fn every_special_call_is_answered() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    let call = async |name: &str, pairs: &[(&str, &str)]| {
        let answer = catalog.special(name, &values(pairs)).await;
        answer.unwrap_or_else(|error| panic!("{name} {pairs:?}: {error}")).value
    };
    for (kind, id) in
        [("track", "14216002"), ("album", "14300001"), ("artist", "ada-cole"), ("playlist", "4201")]
    {
        let found = call("metrics", &[("kind", kind), ("id", id)]).await;
        assert!(found["results"]["event_counters"].is_object(), "{kind}");
    }
    assert_eq!(call("preview", &[("id", "14216001")]).await["media_type"], "audio/mpeg");
    call("report-unplayable", &[("id", "14216002")]).await;
    assert_eq!(catalog.track("14216002").await.unwrap().playable, Allowed::No("its file is damaged".into()));
    assert_eq!(call("user", &[]).await["results"]["name"], "Sandbox");
    let told = call("notifications", &[("unseen", "true"), ("limit", "2")]).await;
    assert_eq!(told["results"].as_array().unwrap().len(), 2);
    call("notifications", &[("paging_token", told["paging_token"].as_str().unwrap())]).await;
    call("notifications seen", &[]).await;
    assert_eq!(call("notifications", &[]).await["unseen"], 0);

    let pinned = async || ids(&catalog, "mine/pinned").await;
    call("pinned add", &[("items", "music:14216001,playlist:4201")]).await;
    assert_eq!(pinned().await, ["4212", "14216001", "4201"]);
    call("pinned remove", &[("items", "playlist:4212")]).await;
    call("pinned replace", &[("items", "14216003")]).await;
    assert_eq!(pinned().await, ["14216003"]);
    call("pinned replace", &[]).await;
    assert!(pinned().await.is_empty());
    assert_eq!(call("pinned", &[("artist", "ada-cole")]).await["results"], json!([]));

    call("downloads add", &[("ids", "14216001, 14216002")]).await;
    assert_eq!(ids(&catalog, "mine/downloads").await, ["14216001", "14216002"]);
    assert_eq!(call("downloads", &[("exclude", "14216001")]).await, json!(["14216002"]));
    call("downloads remove", &[("ids", "14216001,14216002")]).await;
    assert_eq!(call("downloads", &[]).await, json!([]));
    let register = catalog.special("register", &[]).await.unwrap();
    let page = "https://audiomack.com/join";
    assert_eq!(register.value, json!({ "url": page }));
    assert_eq!(register.then, Some(Then::Visit(model::Link(page.parse().unwrap()))));
    call("forgot-password", &[("email", "a@example.org")]).await;

    for special in catalog.specials() {
        let needs = special.values.iter().any(|value| value.ends_with('!'));
        let answer = if needs { catalog.special(special.name, &[]).await } else { continue };
        let fault = answer.unwrap_err().fault();
        assert!(fault.message.as_str().contains("needs"), "{}: {fault}", special.name);
    }
    assert!(catalog.special("dance", &[]).await.is_err());
    // Advertisements are never reported.
    assert!(stage.sandbox.requests().iter().all(|line| !line.path.ends_with("/ads")));
}

/// The sound itself, words that say where it is, and one that must be made first.
#[tokio::test]
async fn a_preview_is_sound() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    for id in ["14216001", "14216002", "14216003", "14216004"] {
        let answer = catalog.special("preview", &values(&[("id", id)])).await.unwrap();
        let Some(Then::Hear(excerpt)) = answer.then else { panic!("{id}: {:?}", answer.value) };
        assert_eq!(answer.value, json!({ "media_type": excerpt.media_type, "bytes": excerpt.bytes.len() }));
        assert!(excerpt.media_type.starts_with("audio/") && excerpt.bytes.len() > 10_000, "{id}");
    }
    // Who keeps the bytes learns nothing of who asks.
    let requests = stage.sandbox.requests();
    let elsewhere: Vec<_> = requests.iter().filter(|line| line.path.starts_with("/cdn/")).collect();
    assert!(!elsewhere.is_empty());
    assert!(elsewhere.iter().all(|line| line.credentials() == "none" && line.status == 200), "{elsewhere:?}");
}

/// Every search filter and kind, and what is suggested.
#[tokio::test]
async fn searches_are_narrowed_down() {
    let stage = Stage::new().await;
    let catalog = stage.listener();
    for kind in Kind::ALL {
        let query = SearchQuery { kind, ..words("a", 5, 0) };
        assert!(!catalog.search(&query).await.unwrap().items.is_empty(), "{kind}");
    }
    let narrowed = async |pairs: &[(&str, &str)], kind: Kind, text: &str| {
        let query = SearchQuery { kind, filters: values(pairs), ..words(text, 20, 0) };
        catalog.search(&query).await.unwrap().items
    };
    let best = narrowed(&[("sort", "relevance")], Kind::Track, "night").await;
    let mut recent = narrowed(&[("sort", "recent")], Kind::Track, "night").await;
    recent.reverse();
    assert_eq!(best, recent);
    assert!(narrowed(&[("genre", "electronic")], Kind::Track, "a").await.len() > 1);
    assert!(!narrowed(&[("verified", "true")], Kind::Track, "night").await.is_empty());
    let liked = narrowed(&[("favourites_of", "me")], Kind::Playlist, "harbour").await;
    assert!(matches!(&liked[..], [Item::Collection(list)] if list.reference.id == "4201"));
    assert_eq!(catalog.suggest("harb").await.unwrap()[0].as_str(), "Harbour Lights");
}
