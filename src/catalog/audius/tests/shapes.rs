//! Users, playlists, activities and favourites in all the shapes in which they come.

use super::*;
use crate::model::Collection;

const PLAYLISTS: &str = include_str!("../../../../tests/fixtures/catalog/audius/playlists.json");
const USERS: &str = include_str!("../../../../tests/fixtures/catalog/audius/users.json");
const REPOSTS: &str = include_str!("../../../../tests/fixtures/catalog/audius/reposts.json");
const FAVOURITES_FIRST: &str = include_str!("../../../../tests/fixtures/catalog/audius/favorites_first.json");
const FAVOURITES_2025: &str = include_str!("../../../../tests/fixtures/catalog/audius/favorites_2025.json");

/// Reference, title, whose, tracks, year, note.
fn told(item: &Item) -> (String, String, String, u64, u16, String) {
    let Item::Collection(found) = item else { panic!("{item:?}") };
    let text =
        |text: &Option<crate::model::CleanText>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    let Collection { reference, title, by, tracks, year, note, .. } = found;
    let (tracks, year) = (tracks.unwrap_or(0), year.unwrap_or(0));
    (reference.to_string(), title.to_string(), text(by), tracks, year, text(note))
}

fn query(kind: Kind, filters: &[(&str, &str)]) -> SearchQuery {
    let filters = filters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    SearchQuery { words: "x".to_owned(), kind, filters, limit: 20, page: 0 }
}

async fn opened(audius: &Audius, list: &str) -> Vec<Item> {
    audius.browse(&ListId(list.to_owned()), 0).await.unwrap().items
}

#[tokio::test]
async fn rows_become_playlists_and_albums() {
    let stand = Stand::start(|_| json(200, &PLAYLISTS));
    let audius = audius(&stand, "");
    let rows = opened(&audius, "playlists").await;
    let row = |id: &str, title: &str, by: &str, tracks, year, note: &str| {
        (id.to_owned(), title.to_owned(), by.to_owned(), tracks, year, note.to_owned())
    };
    let expected = [
        row("audius:playlist:DOPRl", "Late Night Cuts", "Ada", 2, 0, ""),
        row("audius:album:70212", "Tides", "bo", 12, 2019, "private"),
        row("audius:album:newer", "newer", "", 3, 2024, ""),
        row("audius:playlist:bare", "bare", "", 0, 0, ""),
    ];
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), expected);
    let of = |item: &Item| match item {
        Item::Collection(found) => {
            let address = |url: &Option<Url>| url.as_ref().map(Url::to_string).unwrap_or_default();
            (address(&found.artwork), address(&found.link), found.liked, found.mine)
        }
        other => panic!("{other:?}"),
    };
    let link = "https://audius.co/ada/playlist/late-night-cuts".to_owned();
    let art = "https://cn1.example/content/01H/480x480.jpg".to_owned();
    assert_eq!(of(&rows[0]), (art, link, true, false));
    // A picture without a host is at its mirror; a link that leaves the site is none.
    let art = "https://cn2.example/content/01J/480x480.jpg".to_owned();
    assert_eq!(of(&rows[1]), (art, String::new(), false, false));
    assert_eq!(of(&rows[2]).1, "");
    // Both kinds come from the same search.
    for (kind, count) in [(Kind::Playlist, 2), (Kind::Album, 2)] {
        let found = audius.search(&query(kind, &[])).await.unwrap();
        assert_eq!(found.items.len(), count, "{kind}");
        assert!(found.more);
    }
}

/// An object in the first servers' example, a list in their schema and at all newer ones.
#[tokio::test]
async fn one_playlist_comes_bare_or_in_a_list() {
    let whole: Value = serde_json::from_str(PLAYLISTS).unwrap();
    let one = whole["data"][1].clone();
    for body in [json!({ "data": one }), json!({ "data": [one] }), json!([one]), one.clone()] {
        let stand = Stand::start(move |_| json(200, &body));
        let found = audius(&stand, "").item(Kind::Album, "70212").await.unwrap();
        assert_eq!(told(&found).0, "audius:album:70212");
    }
    for body in ["{}", r#"{"data":null}"#, r#"{"data":[]}"#, r#"{"data":7}"#] {
        let stand = Stand::start(move |_| json(200, &body));
        audius(&stand, "").item(Kind::Playlist, "x").await.unwrap_err();
    }
}

#[tokio::test]
async fn rows_become_artists() {
    let stand = Stand::start(|_| json(200, &USERS));
    let audius = audius(&stand, "");
    let rows = audius.search(&query(Kind::Artist, &[])).await.unwrap().items;
    let row = |id: &str, title: &str, tracks, note: &str| {
        (id.to_owned(), title.to_owned(), String::new(), tracks, 0, note.to_owned())
    };
    let expected = [
        row("audius:artist:nlGNe", "Ada Cole", 4, "11,141 followers"),
        row("audius:artist:41", "bo", 7, "1 follower"),
        row("audius:artist:bare", "bare", 0, ""),
    ];
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), expected);
    let Item::Collection(second) = &rows[1] else { panic!() };
    assert!(second.liked);
    assert_eq!(second.link.as_ref().map(Url::as_str), Some("https://audius.co/bo"));
}

#[tokio::test]
async fn reposts_are_tracks_and_playlists() {
    let stand = Stand::start(|_| json(200, &REPOSTS));
    let rows = opened(&audius(&stand, ""), "user/nlGNe/reposts").await;
    let names: Vec<String> = rows
        .iter()
        .map(|row| match row {
            Item::Track(track) => track.reference.to_string(),
            Item::Collection(found) => found.reference.to_string(),
            Item::List(list) => panic!("{list:?}"),
        })
        .collect();
    assert_eq!(
        names,
        ["audius:track:D7KyD", "audius:playlist:DOPRl", "audius:album:aLbUm", "audius:track:0LdTr"]
    );
}

/// Favourites are ids, numbers or not; their tracks come with one more call.
#[tokio::test]
async fn favourites_are_read_at_once() {
    for (favourites, ids) in [(FAVOURITES_FIRST, ["D7KyD", "n2Ad1"]), (FAVOURITES_2025, ["70211", "70212"])] {
        let stand = Stand::start(move |call| match call.path.as_str() {
            "/audius/v1/tracks" => {
                let ids = call.query.iter().filter(|(name, _)| name == "id");
                let rows: Vec<Value> = ids.map(|(_, id)| json!({ "id": id, "title": id })).collect();
                json(200, &json!({ "data": rows }))
            }
            _ => json(200, &favourites),
        });
        let rows = opened(&audius(&stand, ""), "user/nlGNe/favourites").await;
        let found: Vec<&str> = rows.iter().filter_map(Item::track).map(id_of).collect();
        assert_eq!(found, ids);
        let lines: Vec<String> = stand.calls().iter().map(Call::line).collect();
        assert_eq!(lines, ["GET /audius/v1/users/nlGNe/favorites", "GET /audius/v1/tracks"]);
        assert!(stand.calls().iter().all(|call| call.param("app_name") == "segue"));
    }
}

#[tokio::test]
async fn a_search_is_narrowed_down() {
    let stand = Stand::start(|_| {
        let rows = json!([{ "id": "a", "is_downloadable": true }, { "id": "b", "downloadable": true },
            { "id": "c", "downloadable": false }, { "id": "d" },
            { "id": "e", "is_downloadable": true, "access": { "download": false } }]);
        json(200, &json!({ "data": rows }))
    });
    let audius = audius(&stand, "");
    let narrow = [
        ("downloads", "yes"),
        ("genre", "Drum & Bass, R&B/Soul, Shoegaze"),
        ("sort", "recent"),
        ("bpm-min", "90"),
    ];
    let found = audius.search(&query(Kind::Track, &narrow)).await.unwrap().items;
    assert_eq!(found.iter().filter_map(Item::track).map(id_of).collect::<Vec<_>>(), ["a", "b"]);
    let call = &stand.calls()[0];
    let genres: Vec<&str> =
        call.query.iter().filter(|(name, _)| name == "genre").map(|(_, value)| value.as_str()).collect();
    assert_eq!(genres, ["Drum & Bass", "R&B/Soul", "Shoegaze"], "as typed, known or not");
    let filters = audius.capabilities().filters;
    let genre = filters.iter().find(|filter| filter.key == "genre").unwrap();
    assert!(genre.is_free && genre.values.iter().any(|value| value == "R&B/Soul"), "{genre:?}");
    assert!(filters.iter().any(|filter| filter.key == "sort" && !filter.is_free));
    let names = ["only_downloadable", "has_downloads", "sort_method", "bpm_min"];
    assert_eq!(names.map(|name| call.param(name)), ["true", "true", "recent", "90"]);
    assert_eq!(audius.search(&query(Kind::Track, &[])).await.unwrap().items.len(), 5);
}

/// What the lists ask for.
#[tokio::test]
async fn lists_are_calls() {
    let stand = Stand::start(|_| json(200, &json!({ "data": [] })));
    let audius = audius(&stand, "");
    let rows = [
        ("trending-week", "/tracks/trending", "time=week&limit=50&offset=0"),
        ("trending-all-time", "/tracks/trending", "time=allTime&limit=50&offset=0"),
        ("trending/month/R&B/Soul", "/tracks/trending", "time=month&genre=R&B/Soul&limit=50&offset=0"),
        ("underground", "/tracks/trending/underground", "limit=50&offset=0"),
        ("albums", "/playlists/trending", "time=week&type=album&limit=50&offset=0"),
        ("lucky", "/tracks/feeling-lucky", "limit=50"),
        ("most-shared", "/tracks/most-shared", "limit=50&offset=0"),
        ("tag/lo-fi", "/search/tags", "query=lo-fi&kind=tracks&limit=50&offset=0"),
        (
            "artist/nlGNe",
            "/users/nlGNe/tracks",
            "sort_method=release_date&sort_direction=desc&sort=date&limit=50&offset=0",
        ),
        (
            "user/nlGNe/tracks/title",
            "/users/nlGNe/tracks",
            "sort_method=title&sort_direction=asc&limit=50&offset=0",
        ),
        ("user/nlGNe/albums", "/users/nlGNe/albums", "limit=50&offset=0"),
        ("user/nlGNe/tags", "/users/nlGNe/tags", "limit=50"),
        ("album/DOPRl", "/playlists/DOPRl/tracks", ""),
    ];
    for (list, path, query) in rows {
        let before = stand.calls().len();
        audius.browse(&ListId(list.to_owned()), 0).await.unwrap();
        let call = stand.calls()[before].clone();
        let asked: Vec<String> = call
            .query
            .iter()
            .filter(|(name, _)| name != "app_name")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            (call.path.as_str(), asked.join("&")),
            (format!("/audius/v1{path}").as_str(), query.to_owned())
        );
    }
    let before = stand.calls().len();
    for list in [
        "no-such",
        "track/D7KyD",
        "artist/",
        "user/x",
        "user/../albums",
        "trending/year/Jazz",
        "mine/feed",
        "tag/",
        "playlist/a/b",
    ] {
        let fault = audius.browse(&ListId(list.to_owned()), 0).await.unwrap_err().fault();
        assert!(matches!(fault.kind, FaultKind::NotFound | FaultKind::SignInNeeded), "{list}: {fault}");
    }
    let genres = opened(&audius, "genres").await;
    assert!(genres.iter().any(|row| row.title().as_str() == "R&B/Soul"));
    assert_eq!(stand.calls().len(), before, "nothing is asked for what is no list");
    let artist = opened(&audius, "artist/nlGNe").await;
    let titles: Vec<&str> = artist.iter().map(|row| row.title().as_str()).take(5).collect();
    assert_eq!(titles, ["Most played", "Most liked", "Most reposted", "By title", "Albums"]);
}

/// Which times there are differs from server to server.
#[tokio::test]
async fn a_time_that_is_refused_is_left_out() {
    for refusal in [json(400, &json!({ "code": 400, "error": "invalid time" })), json(400, &"")] {
        let stand = Stand::start(move |call| match call.param("time") {
            "" => json(200, &json!({ "data": [{ "id": "a" }] })),
            _ => refusal.clone(),
        });
        let rows = opened(&audius(&stand, ""), "trending-all-time").await;
        assert_eq!((rows.len(), stand.calls().len()), (1, 2));
    }
}

/// The redirect of `/resolve` forgets the parameters, so that it is not followed but read.
#[tokio::test]
async fn links_lead_to_what_they_show() {
    let stand = Stand::start(|call| {
        let sent_on = |media_type_and_place| (302, media_type_and_place, String::new());
        let unknown = || json(404, &json!({ "code": 404, "error": "not found" }));
        match call.path.strip_prefix("/audius/v1").unwrap_or_default() {
            "/resolve" => match call.param("url") {
                "https://audius.co/ada/harbour-lights" => sent_on("text/html\r\nLocation: /v1/tracks/D7KyD"),
                "https://audius.co/ada/playlist/late" => {
                    sent_on("text/html\r\nLocation: https://elsewhere.example/v1/playlists/DOPRl")
                }
                "https://audius.co/ada" => sent_on("text/html\r\nLocation: /v1/users/nlGNe?x=y"),
                "https://audius.co/odd" => sent_on("text/html\r\nLocation: /nowhere"),
                "https://audius.co/up" => sent_on("text/html\r\nLocation: /v1/tracks/%2E%2E%2Fx"),
                _ => unknown(),
            },
            "/tracks/D7KyD" => json(200, &json!({ "data": { "id": "D7KyD" } })),
            "/playlists/DOPRl" => json(200, &json!({ "data": [{ "id": "DOPRl" }] })),
            "/users/nlGNe" => json(200, &json!({ "data": { "id": "nlGNe" } })),
            _ => unknown(),
        }
    });
    let audius = audius(&stand, "");
    for foreign in [
        "https://audius.co.evil.example/a",
        "https://example.com/a",
        "ftp://audius.co/a",
        "https://audius.co:8443/a",
    ] {
        assert!(audius.resolve(&foreign.parse().unwrap()).is_none(), "{foreign}");
    }
    let rows = [
        ("https://audius.co/ada/harbour-lights", Ok("audius:track:D7KyD")),
        ("http://www.audius.co/ada/harbour-lights/?utm=1#x", Ok("audius:track:D7KyD")),
        ("https://audius.co/ada/playlist/late", Ok("audius:playlist:DOPRl")),
        ("https://audius.co/ada", Ok("audius:artist:nlGNe")),
        ("https://audius.co/odd", Err(())),
        ("https://audius.co/up", Err(())),
        ("https://audius.co/no/such", Err(())),
        ("https://audius.co", Err(())),
    ];
    for (link, expected) in rows {
        let found = audius.resolve(&link.parse().unwrap()).unwrap().await;
        let found = found.map(|item| match item {
            Item::Track(track) => track.reference.to_string(),
            Item::Collection(found) => found.reference.to_string(),
            Item::List(list) => panic!("{list:?}"),
        });
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(error), Err(())) => assert_eq!(error.fault().kind, FaultKind::NotFound, "{link}: {error}"),
            (found, expected) => panic!("{link}: {found:?}, not {expected:?}"),
        }
    }
    assert!(stand.calls().iter().all(|call| call.param("app_name") == "segue"));
}
