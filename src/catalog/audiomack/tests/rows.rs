//! Recorded answers, each with the odd shapes that the documents tell of.

use super::*;
use crate::model::Collection;

const PLAYLIST: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/playlist.json");
const ARTIST: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/artist.json");
const SEARCH: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/search_all.json");
const NOTIFICATIONS: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/notifications.json");
const DOWNLOADS: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/downloads.json");
const ERROR: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/error_1008.json");
const METRICS: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/metrics.json");

/// A service whose listener has the settings' token and the name in addresses `listener-one`.
fn with_token(stand: &Stand) -> Audiomack {
    let settings = AudiomackSettings {
        access_token: "tok-user".into(),
        access_token_secret: "tok secret/+".into(),
        ..settings(stand)
    };
    Audiomack::new(&settings, &net(), &surroundings(TIME))
}

/// What was asked besides who is signed in.
fn asked(stand: &Stand) -> Vec<Call> {
    stand.calls().into_iter().filter(|call| !call.path.ends_with("/user")).collect()
}

fn list(id: &str) -> ListId {
    ListId(id.to_owned())
}

fn collection(item: &Item) -> &Collection {
    match item {
        Item::Collection(collection) => collection,
        other => panic!("{other:?}"),
    }
}

fn names(items: &[Item]) -> Vec<String> {
    let name = |item: &Item| match item {
        Item::Track(track) => format!("{:?} {}", track.reference, track.title),
        Item::Collection(collection) => format!("{} {}", collection.reference, collection.title),
        Item::List(list) => format!("{} {}", list.id.0, list.title),
    };
    items.iter().map(name).collect()
}

/// Songs of an album lack what they share with it, and name themselves `song_id`.
#[tokio::test]
async fn an_album_opens_to_its_songs() {
    let stand = Stand::start(|_| json(200, &ALBUM));
    let page = audiomack(&stand).browse(&list("album/9"), 0).await.unwrap();
    let page = tracks(page);
    let rows: Vec<_> = page
        .items
        .iter()
        .map(|track| {
            let artwork = track.artwork.as_ref().map_or("", Url::as_str);
            (format!("{:?}", track.reference), track.artist_line(), artwork.rsplit('/').next().unwrap())
        })
        .collect();
    let row = |id: &str, artist: &str, image| (format!("audiomack:track:{id}"), artist.to_owned(), image);
    let expected = [
        row("14216571", "Ada Cole", "tides.webp"),
        row("14216572", "Bo Lind", "own.webp"),
        row("14216573", "Ada Cole", "tides.webp"),
    ];
    assert_eq!(rows, expected);
    assert!(page.items.iter().all(|track| track.album_id.as_deref() == Some("9")));
    assert_eq!(page.items[0].album.as_ref().map(CleanText::as_str), Some("Tides"));
    assert_eq!(
        page.items[0].link.as_ref().map(Url::as_str),
        Some("https://audiomack.com/ada-cole/song/harbour-lights")
    );
    assert_eq!(page.items[0].artist_id.as_deref(), Some("ada-cole"));
    assert_eq!(page.items[2].playable, Allowed::No("private".into()));
    assert!(!page.more);
    let album = audiomack(&stand).item(Kind::Album, "9").await.unwrap();
    let album = collection(&album);
    assert_eq!((album.year, album.tracks, album.title.as_str()), (Some(2024), Some(3), "Tides"));
    assert_eq!(album.by.as_ref().map(CleanText::as_str), Some("Ada Cole"));
}

/// `artist` is an object here and a text elsewhere.
#[tokio::test]
async fn a_playlist_has_an_object_for_an_artist() {
    let stand = Stand::start(|_| json(200, &PLAYLIST));
    let catalog = audiomack(&stand);
    let page = tracks(catalog.browse(&list("playlist/4211"), 0).await.unwrap());
    assert_eq!(
        page.items.iter().map(|track| track.title.as_str()).collect::<Vec<_>>(),
        ["Harbour Lights", "Night Ferry"]
    );
    assert_eq!(page.items[0].keepable, Allowed::No("only to be streamed".into()));
    assert_eq!(page.items[1].album_id, None);
    let item = catalog.item(Kind::Playlist, "4211").await.unwrap();
    let found = collection(&item);
    assert_eq!(found.by.as_ref().map(CleanText::as_str), Some("Ada Cole"));
    assert_eq!(found.note.as_ref().map(CleanText::as_str), Some("private"));
    assert_eq!(
        found.link.as_ref().map(Url::as_str),
        Some("https://audiomack.com/ada-cole/playlist/harbour-mix")
    );
    assert_eq!((found.tracks, found.mine), (Some(2), false));
    let query = &stand.calls()[1].query;
    assert!(query.iter().any(|(name, value)| name == "fields" && !value.contains("tracks,")), "{query:?}");
    for tracks in ["false", "null", "[]", "\"\"", "[null, 7]"] {
        let body =
            PLAYLIST.split("\"tracks\"").next().unwrap().to_owned() + &format!("\"tracks\": {tracks}}}}}");
        let stand = Stand::start(move |_| json(200, &body));
        let page = audiomack(&stand).browse(&list("playlist/4211"), 0).await.unwrap();
        assert!(page.items.is_empty() && !page.more, "{tracks}");
    }
    assert_eq!(
        written(vec![serde_json::from_str::<Value>(PLAYLIST).unwrap()["results"].clone()], "ada-cole").len(),
        1
    );
}

#[tokio::test]
async fn an_artist_is_named_as_in_addresses() {
    let stand = Stand::start(|_| json(200, &ARTIST));
    let item = audiomack(&stand).item(Kind::Artist, "ada-cole").await.unwrap();
    let found = collection(&item);
    assert_eq!(found.reference.to_string(), "audiomack:artist:ada-cole");
    assert_eq!(found.note.as_ref().map(CleanText::as_str), Some("1,204,567 followers"));
    assert_eq!(found.link.as_ref().map(Url::as_str), Some("https://audiomack.com/ada-cole"));
    assert!(found.liked, "the listener follows them");
    assert_eq!(stand.calls()[0].path, "/audiomack/v1/artist/ada-cole");
}

/// A row without a type but with a name is an artist; an id is unique only together with the type.
#[tokio::test]
async fn a_mixed_list_is_told_apart() {
    let stand = Stand::start(|_| json(200, &SEARCH));
    let page = audiomack(&stand).browse(&list("feed/ada-cole"), 0).await.unwrap();
    let expected = [
        "audiomack:artist:ada-cole Ada Cole",
        "audiomack:track:14216571 Harbour Lights",
        "audiomack:album:9 Tides",
        "audiomack:playlist:14216571 Harbour Mix",
    ];
    assert_eq!(names(&page.items), expected);
    assert_eq!(page.total, Some(6));
    let query = SearchQuery { kind: Kind::Artist, ..words("ada", 20, 0) };
    let found = audiomack(&stand).search(&query).await.unwrap();
    let expected = ["audiomack:artist:ada-c Ada C.", "audiomack:artist:ada-cole Ada Cole"];
    assert_eq!(names(&found.items), expected, "the one that is known for sure stands first");
}

#[tokio::test]
async fn searches_send_what_narrows_them() {
    let stand = Stand::start(|_| json(200, &json!({"results": []})));
    let catalog = audiomack(&stand);
    let filters = [("sort", "recent"), ("genre", "reggae"), ("verified", "true")];
    let filters = filters.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let query = SearchQuery { kind: Kind::Album, filters, ..words("tides", 7, 0) };
    catalog.search(&query).await.unwrap();
    let filters = vec![("favourites_of".to_owned(), "ada-cole".to_owned())];
    catalog.search(&SearchQuery { kind: Kind::Playlist, filters, ..words("mix", 7, 1) }).await.unwrap();
    catalog.suggest("har").await.unwrap();
    let calls = stand.calls();
    let params = ["show", "sort", "genre", "verified", "limit"].map(|name| calls[0].param(name).to_owned());
    assert_eq!(params, ["albums", "recent", "reggae", "true", "7"]);
    assert!(calls[0].param("fields").starts_with("id,type,title,"));
    assert_eq!(calls[1].line(), "GET /audiomack/v1/artist/ada-cole/favorites/search/page/2");
    assert_eq!(
        (calls[2].line().as_str(), calls[2].param("q")),
        ("GET /audiomack/v1/search_autosuggest", "har")
    );
}

/// The documents do not name the fields for sure; what is not known is left out.
#[tokio::test]
async fn notifications_say_what_happened() {
    let stand = Stand::start(|call| match call.param("paging_token") {
        "" => json(200, &NOTIFICATIONS),
        _ => json(
            200,
            &json!({"results": [{"verb": "follow", "actor": {"name": "Cy", "url_slug": "cy"}}], "paging_token": null}),
        ),
    });
    let catalog = with_token(&stand);
    let first = catalog.browse(&list("mine/notifications"), 0).await.unwrap();
    let expected = [
        "playlist/4211 Ada Cole likes Harbour Mix",
        "artist/ada-cole Ada Cole follows you",
        "artist/bo-lind Bo Lind reposted Night Ferry",
    ];
    assert_eq!(names(&first.items), expected);
    let second = catalog.browse(&list("mine/notifications"), 1).await.unwrap();
    assert_eq!((names(&second.items), second.more), (vec!["artist/cy Cy follows you".to_owned()], false));
    assert_eq!(asked(&stand)[1].param("paging_token"), "before-3");
    assert!(catalog.browse(&list("mine/notifications"), 2).await.unwrap().items.is_empty());
    assert_eq!(asked(&stand).len(), 2, "nobody knows what leads to a third page");
}

/// No envelope, no objects: only ids.
#[tokio::test]
async fn the_downloads_list_is_a_bare_array() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/audiomack/v1/user/downloads" => json(200, &DOWNLOADS),
        "/audiomack/v1/music/5" => json(404, &json!({"errorcode": 1005, "message": "Song not found"})),
        path => json(200, &json!({"id": path.rsplit('/').next(), "type": "song", "title": path})),
    });
    let catalog = with_token(&stand);
    let page = catalog.browse(&list("mine/downloads"), 1).await.unwrap();
    assert_eq!(page.items.len(), 3);
    assert_eq!(asked(&stand)[0].param("offset"), "20");
    // Nothing tells several records at once: the list, and each row once.
    let lines = |from: usize| asked(&stand)[from..].iter().map(|call| call.path.clone()).collect::<Vec<_>>();
    let mut first = lines(0);
    first.sort();
    let paths = ["music/4", "music/5", "music/6", "music/8", "user/downloads"];
    assert_eq!(first, paths.map(|path| format!("/audiomack/v1/{path}")));
    // What was read is kept; what is gone may be back.
    catalog.browse(&list("mine/downloads"), 1).await.unwrap();
    assert_eq!(lines(paths.len()), ["/audiomack/v1/music/5"]);
    let ids =
        with_token(&stand).special("downloads", &[("type".to_owned(), "song".to_owned())]).await.unwrap();
    assert_eq!(ids.value, json!(["4", "5", "6", "8"]));
}

#[tokio::test]
async fn refusals_name_the_field() {
    let stand = Stand::start(|_| json(422, &ERROR));
    let fault = audiomack(&stand).track("7").await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::Refused);
    let words = "Audiomack refused: Validation failed (email: This field is required)";
    assert_eq!(fault.message.as_str(), words);
}

#[tokio::test]
async fn metrics_want_an_artists_number() {
    let stand =
        Stand::start(
            |call| {
                if call.path.ends_with("/metrics") { json(200, &METRICS) } else { json(200, &ARTIST) }
            },
        );
    let catalog = audiomack(&stand);
    for (kind, id) in
        [("track", "7"), ("album", "9"), ("playlist", "4211"), ("artist", "ada-cole"), ("artist", "880")]
    {
        let values = [("kind", kind), ("id", id)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let found = catalog.special("metrics", &values).await.unwrap().value;
        assert_eq!(found["results"]["event_counters"]["play"], 345);
    }
    let lines: Vec<_> = stand.calls().iter().map(Call::line).collect();
    let expected = [
        "GET /audiomack/v1/music/7/metrics",
        "GET /audiomack/v1/music/9/metrics",
        "GET /audiomack/v1/playlist/4211/metrics",
        "GET /audiomack/v1/artist/ada-cole",
        "GET /audiomack/v1/artist/880/metrics",
        "GET /audiomack/v1/artist/880/metrics",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn links_of_the_web_site_are_read() {
    let read = |link: &str| Link::read(&link.parse().unwrap());
    let music = |kind, slug: &str, key: Option<&str>| {
        Some(Link::Music {
            kind,
            artist: "ada-cole".to_owned(),
            slug: slug.to_owned(),
            key: key.map(str::to_owned),
        })
    };
    let site = "https://audiomack.com";
    assert_eq!(read(&format!("{site}/ada-cole/song/harbour-lights")), music("song", "harbour-lights", None));
    assert_eq!(read(&format!("{site}/song/ada-cole/harbour-lights")), music("song", "harbour-lights", None));
    assert_eq!(read(&format!("{site}/embed/ada-cole/song/a%26b")), music("song", "a&b", None));
    assert_eq!(
        read("https://www.audiomack.com/ada-cole/album/tides?key=k1&x=2"),
        music("album", "tides", Some("k1"))
    );
    let list = Link::Playlist { artist: "ada-cole".to_owned(), slug: "harbour-mix".to_owned() };
    assert_eq!(read(&format!("{site}/ada-cole/playlist/harbour-mix/")), Some(list));
    assert_eq!(read(&format!("{site}/%E7%B4%99%E3%81%AE%E8%88%9F")), Some(Link::Artist("紙の舟".to_owned())));
    for other in [
        "https://audiomack.com/",
        "https://audiomack.com/search?q=a",
        "https://audiomack.com.evil.example/ada-cole",
        "https://evil.example/audiomack.com/ada-cole",
        "https://audiomack.com/a/hat/b",
        "https://audiomack.com/oauth",
    ] {
        assert_eq!(read(other), None, "{other}");
    }
}
