//! What the document's examples become, each odd shape included.

use super::*;
use crate::catalog::stand::wrong_types;
use crate::model::Collection;

/// What a row shows.
fn shown(item: &Item) -> String {
    let text =
        |text: Option<&crate::model::CleanText>| text.map_or_else(String::new, |text| format!(" · {text}"));
    match item {
        Item::Track(track) => format!("track {} {}", id_of(track), track.title),
        Item::List(list) => format!("list {} {}", list.id.0, list.title),
        Item::Collection(row) => {
            let Collection { reference, title, by, tracks, year, note, explicit, mine, .. } = row;
            let mut words = format!("{} {} {title}{}", reference.kind, reference.id, text(by.as_ref()));
            words += &tracks.map_or_else(String::new, |tracks| format!(" · {tracks}"));
            words += &year.map_or_else(String::new, |year| format!(" · {year}"));
            words += &text(note.as_ref());
            words += if *explicit { " · explicit" } else { "" };
            words + if *mine { " · mine" } else { "" }
        }
    }
}

fn rows(page: &Page<Item>) -> Vec<String> {
    page.items.iter().map(shown).collect()
}

/// Answers everything with one recorded reply, but for the tokens.
fn one_reply(name: &str) -> Stand {
    let reply = recorded(name);
    Stand::start(move |call| token(call).unwrap_or_else(|| json(200, &reply)))
}

async fn browsed(name: &str, list: &str) -> (Vec<String>, bool, Call) {
    let stand = one_reply(name);
    let page = yourmusic(&stand).browse(&ListId(list.to_owned()), 0).await.unwrap();
    (rows(&page), page.more, stand.calls().pop().unwrap())
}

async fn searched(name: &str, kind: Kind) -> (Vec<String>, Page<Item>, Call) {
    let stand = one_reply(name);
    let query = SearchQuery { kind, ..words("ada", 10, 0) };
    let page = yourmusic(&stand).search(&query).await.unwrap();
    (rows(&page), page, stand.calls().pop().unwrap())
}

#[tokio::test]
async fn releases_of_an_artist_are_nested_twice() {
    let (rows, more, call) = browsed("artist_releases", "releases/55/single").await;
    let expected = [
        "album 206 Tides · Ada Cole · 10 · 2019",
        "album 207 Piers (Deluxe) · Ada Cole · 1 · 2021 · single · explicit",
        "album 208 208 · video",
    ];
    assert_eq!(rows, expected);
    assert!(!more);
    assert_eq!(call.line(), "GET /yourmusic/artists/55/releases");
    let query =
        ["usageTypes", "type", "imageSize", "page", "pageSize"].map(|name| call.param(name).to_owned());
    assert_eq!(query, ["stream", "single", "500", "1", "50"]);
}

#[tokio::test]
async fn artists_by_letter_have_an_inner_key_in_the_singular() {
    let letters =
        yourmusic(&one_reply("artist_browse")).browse(&ListId("artists".to_owned()), 0).await.unwrap();
    assert_eq!((letters.items.len(), shown(&letters.items[0])), (26, "list letter/A A".to_owned()));
    let (rows, more, call) = browsed("artist_browse", "letter/A").await;
    assert_eq!(rows, ["artist 55 Ada Cole", "artist 56 Amber"]);
    assert!(!more);
    assert_eq!((call.path.as_str(), call.param("letter")), ("/yourmusic/artists/browse", "A"));
}

#[tokio::test]
async fn searches_find_every_kind() {
    let (rows, page, call) = searched("artist_search", Kind::Artist).await;
    assert_eq!(rows, ["artist 55 Ada Cole", "artist 57 1999"]);
    assert_eq!((page.total, page.more), (Some(41), false), "a short page is the last, whatever is estimated");
    assert_eq!((call.path.as_str(), call.param("usageTypes")), ("/yourmusic/artists/search", ""));

    let (rows, page, call) = searched("release_search", Kind::Album).await;
    assert_eq!(rows, ["album 206 Tides · Ada Cole · 10 · 2019 · explicit"]);
    let Item::Collection(release) = &page.items[0] else { panic!() };
    assert_eq!(release.artwork, None, "a search has no pictures");
    assert_eq!(
        (call.path.as_str(), call.param("excludeExplicitContent")),
        ("/yourmusic/releases/search", "")
    );

    let (rows, page, call) = searched("playlist_search", Kind::Playlist).await;
    let expected = [
        "playlist 550e8400-e29b-41d4-a716-446655440001 Mine · private · mine",
        "playlist 550e8400-e29b-41d4-a716-446655440009 Harbour Mix",
    ];
    assert_eq!(rows, expected);
    assert_eq!((page.total, page.more), (Some(3), true));
    assert_eq!((call.path.as_str(), call.param("keyword")), ("/yourmusic/playlists/search", "ada"));
}

#[tokio::test]
async fn explicit_recordings_can_be_left_out() {
    let check = async |hide_explicit: bool, filter: Option<&str>, expected: &str| {
        let stand = one_reply("search");
        let settings = YourMusicSettings { hide_explicit, ..settings(&stand) };
        let catalog = YourMusic::new(&settings, &net(), &surroundings(1000));
        let filters = filter.map(|value| ("explicit".to_owned(), value.to_owned())).into_iter().collect();
        catalog.search(&SearchQuery { filters, ..words("ada", 10, 0) }).await.unwrap();
        let call = stand.calls().pop().unwrap();
        assert_eq!(call.param("excludeExplicitContent"), expected, "{hide_explicit} {filter:?}");
    };
    check(false, None, "").await;
    check(false, Some("hide"), "true").await;
    check(true, None, "true").await;
    check(true, Some("show"), "").await;
}

#[tokio::test]
async fn a_release_opens_in_the_order_of_its_discs() {
    let (rows, more, call) = browsed("release_tracks", "album/206").await;
    assert_eq!(rows, ["track 2146 First", "track 2147 Second", "track 2148 Tenth", "track 2149 Second Disc"]);
    assert!(!more);
    assert_eq!(call.line(), "GET /yourmusic/releases/206/tracks");
    let catalog = one_reply("release");
    let Item::Collection(release) = yourmusic(&catalog).item(Kind::Album, "206").await.unwrap() else {
        panic!()
    };
    assert_eq!(release.artwork.unwrap().as_str(), "https://art.example/sleeve/206_500.jpg");
    let catalog = one_reply("artist");
    let artist = yourmusic(&catalog).item(Kind::Artist, "55").await.unwrap();
    assert_eq!(shown(&artist), "artist 55 Ada Cole");
}

#[tokio::test]
async fn an_artist_opens_to_types_and_tracks() {
    let (artist, search) = (recorded("artist"), recorded("search"));
    let stand = Stand::start(move |call| {
        token(call)
            .unwrap_or_else(|| json(200, if call.path.ends_with("/search") { &search } else { &artist }))
    });
    let page = yourmusic(&stand).browse(&ListId("artist/55".to_owned()), 0).await.unwrap();
    let rows = rows(&page);
    let expected =
        ["list releases/55/album Albums", "list releases/55/single Singles", "list releases/55/video Videos"];
    assert_eq!(rows[..3], expected);
    assert_eq!(rows[3], "track 2146 Night Ferry");
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.param("q"), call.param("artistId")), ("Ada Cole", "55"));
}

#[tokio::test]
async fn the_home_page_shows_every_module_it_can() {
    let stand = one_reply("home");
    let catalog = yourmusic(&stand);
    let home = catalog.browse(&ListId("home".to_owned()), 0).await.unwrap();
    let expected = ["list home/featured-playlists Featured playlists", "list home/3 Made for Ada"];
    assert_eq!(rows(&home), expected);
    let check = async |list: &str, expected: &[&str]| {
        let page = catalog.browse(&ListId(list.to_owned()), 0).await.unwrap();
        assert_eq!(rows(&page), expected, "{list}");
    };
    let featured = [
        "playlist 550e8400-e29b-41d4-a716-446655440001 Harbour Mix",
        "list home/featured-playlists/2 An offer",
        "playlist 550e8400-e29b-41d4-a716-446655440003 Quay Songs",
    ];
    check("home/featured-playlists", &featured).await;
    let made = [
        "track 173fd1b7-72c4-44c4-9244-55a0a167a352 Night Ferry",
        "track 273fd1b7-72c4-44c4-9244-55a0a167a352 Slow Orbit",
        "album 206 Tides",
        "artist 55 Ada Cole",
    ];
    check("home/3", &made).await;
    check("home/featured-playlists/2", &[]).await;
    let track = catalog.track("173fd1b7-72c4-44c4-9244-55a0a167a352").await.unwrap();
    assert_eq!(track.title.as_str(), "Night Ferry", "what was seen is remembered");
    assert!(catalog.browse(&ListId("home/nowhere".to_owned()), 0).await.is_err());
}

#[test]
fn modules_have_titles_in_words() {
    let rows = [
        (json!({"name_key": "home.featured_playlists"}), "Featured playlists"),
        (json!({"name_key": "home.continue_listening", "name_params": []}), "Continue listening"),
        (json!({"name_key": "for_:first_name", "name_params": {"first_name": "Ada"}}), "For Ada"),
        (json!({"name_key": "by_{who}", "name_params": {"who": 7}}), "By 7"),
        (json!({"id": "new-music"}), "New music"),
        (json!({"name_key": "home."}), "More"),
        (json!({}), "More"),
    ];
    for (module, expected) in rows {
        let read: wire::Module = tolerant::item(module.clone()).unwrap();
        assert_eq!(home::title(&read).as_str(), expected, "{module}");
    }
}

#[tokio::test]
async fn playlists_are_read_in_batches() {
    let (own, listed, batch) = (recorded("playlists"), recorded("playlist_tracks"), recorded("track_batch"));
    let stand = Stand::start(move |call| {
        token(call).unwrap_or_else(|| match call.path.as_str() {
            "/yourmusic/playlists" => json(200, &own),
            "/yourmusic/tracks/batch" => json(200, &batch),
            _ => json(200, &listed),
        })
    });
    let catalog = yourmusic(&stand);
    let own = catalog.browse(&catalog.capabilities().own_playlists.unwrap(), 0).await.unwrap();
    let expected = [
        "playlist 550e8400-e29b-41d4-a716-446655440001 Mine · public · mine",
        "playlist 550e8400-e29b-41d4-a716-446655440002 550e8400-e29b-41d4-a716-446655440002 · private · mine",
    ];
    assert_eq!(rows(&own), expected);
    let opened = ListId("playlist/550e8400-e29b-41d4-a716-446655440001".to_owned());
    let page = catalog.browse(&opened, 0).await.unwrap();
    let stream = "873fd1b7-72c4-44c4-9244-55a0a167a352";
    let expected =
        ["track 2146 Night Ferry".to_owned(), format!("track {stream} {stream}"), "track 7 7".to_owned()];
    assert_eq!(rows(&page), expected, "counted from 0, by stream, and one that is gone");
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.path.as_str(), call.param("trackids")), ("/yourmusic/tracks/batch", "2146,7"));
}

#[tokio::test]
async fn a_long_playlist_costs_a_request_a_page() {
    let rows: Vec<Value> =
        (0..120).map(|n| json!({"id": n, "track_id": format!("{n}"), "order": n})).collect();
    let stand = Stand::start(move |call| {
        token(call).unwrap_or_else(|| match call.path.as_str() {
            "/yourmusic/tracks/batch" => {
                assert!(call.param("trackids").split(',').count() <= 50);
                json(200, &json!({"items": {"tracks": []}}))
            }
            _ => json(200, &json!({"data": rows})),
        })
    });
    let catalog = yourmusic(&stand);
    let list = ListId("playlist/p".to_owned());
    let mut seen = 0;
    for page in 0..3 {
        let page = catalog.browse(&list, page).await.unwrap();
        seen += page.items.len();
        assert_eq!((page.total, page.more), (Some(120), seen < 120));
    }
    let asked = stand.calls().iter().filter(|call| call.method == "GET").count();
    assert_eq!((seen, asked), (120, 1 + 3));
}

#[tokio::test]
async fn a_service_that_cannot_turn_pages_ends_its_lists() {
    let stand = one_reply("artist_browse");
    let page = yourmusic(&stand).browse(&ListId("letter/A".to_owned()), 1).await.unwrap();
    assert!(page.items.is_empty() && !page.more, "the first page came again");
}

/// A wrong type anywhere costs at most the row it is in, in every list there is.
#[test]
fn wrong_types_cost_one_row_of_any_kind() {
    let base: Url = "https://api.yourmusic.today".parse().unwrap();
    let check = |name: &str, list: &str, keys: &[&str], made: &dyn Fn(Vec<Value>) -> usize| {
        let reply = recorded(name);
        let count = |reply: Value| made(tolerant::rows(reply, keys).unwrap_or_default());
        let whole = count(serde_json::from_str(&reply).unwrap());
        assert!(whole > 0, "{name}");
        for (reply, in_row) in wrong_types(&reply, list) {
            let left = count(reply.clone());
            assert!(!in_row || left + 1 >= whole, "{name} {reply}");
        }
    };
    let releases = |rows| tolerant::made(NAME, rows, |wire| convert::release(&base, wire)).len();
    check("artist_releases", "/releases/releases", &["releases"], &releases);
    check("release_search", "/results", &["results"], &releases);
    let artists = |rows| tolerant::made(NAME, rows, |wire| convert::artist(&base, wire)).len();
    check("artist_browse", "/artists/artist", &["artists", "artist"], &artists);
    let playlists = |rows| tolerant::made(NAME, rows, |wire| convert::playlist(wire, Some("u1"))).len();
    check("playlists", "", &["data"], &playlists);
    let modules = |rows: Vec<Value>| rows.into_iter().filter_map(tolerant::item::<wire::Module>).count();
    check("home", "/modules", &["modules"], &modules);
}
