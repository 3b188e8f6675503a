//! What each generation is asked, word for word, and what is made of its odd shapes.

use super::*;
use crate::catalog::address::fill;
use crate::config::{AudiosocketProfile, DownloadFormat};
use crate::model::{BrowseList, Secret};

const CONSUMER: &str = include_str!("../../../../tests/fixtures/catalog/audiosocket/consumer_tracks.json");
const FILTERS: &str = include_str!("../../../../tests/fixtures/catalog/audiosocket/track_filters.json");

pub(super) fn of(profile: AudiosocketProfile, stand: &Stand) -> Audiosocket {
    with(&AudiosocketSettings {
        profile,
        base_url: Some(stand.url("/api")),
        token: "t0ken".into(),
        app_token: "app.jwt".into(),
        ..AudiosocketSettings::default()
    })
}

fn list(id: &str) -> ListId {
    ListId(id.to_owned())
}

#[tokio::test]
async fn a_search_says_only_what_was_chosen() {
    let stand = Stand::start(|_| json(200, &json!({"data": []})));
    let filters = [
        ("genre", "Folk"),
        ("mood", "Calm & Clear"),
        ("sort", "newest"),
        ("explicit", "no"),
        ("vocals", "no"),
        ("longer", "1:30"),
        ("shorter", "240"),
    ];
    let filters = filters.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let narrow = SearchQuery { filters, ..words("sea", 10, 2) };
    let rows: [(AudiosocketProfile, &SearchQuery, &str); 5] = [
        (AudiosocketProfile::Bearer, &words("sea", 10, 0), "query=sea&page=1&per_page=10"),
        (
            AudiosocketProfile::Bearer,
            &narrow,
            "query=sea&filters=Folk,Calm & Clear&order_by=recently_published&direction=desc&explicit=false\
             &exclude_vocals=true&duration_start=90&duration_end=240&page=3&per_page=10",
        ),
        (AudiosocketProfile::V5, &narrow, "q=sea&p=3&pp=10"),
        (
            AudiosocketProfile::Consumer,
            &words("sea", 500, 0),
            "query=sea&page=1&per_page=100&pagination=true",
        ),
        (
            AudiosocketProfile::Bearer,
            &SearchQuery { kind: Kind::Playlist, ..words("sea", 10, 0) },
            "query=sea&page=1&per_page=10",
        ),
    ];
    for (profile, query, expected) in rows {
        of(profile, &stand).search(query).await.unwrap();
        let call = stand.calls().pop().unwrap();
        let sent: Vec<_> = call.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(sent.join("&"), expected, "{profile:?}");
    }
}

#[tokio::test]
async fn each_profile_proves_who_asks_in_its_own_way() {
    let stand = Stand::start(|_| json(200, &json!({"data": []})));
    let rows = [
        (AudiosocketProfile::Bearer, "authorization", "Bearer t0ken"),
        (AudiosocketProfile::V5, "x-audiosocket-token", "t0ken"),
        (AudiosocketProfile::Consumer, "authorization", "app.jwt"),
    ];
    for (profile, header, value) in rows {
        of(profile, &stand).search(&words("sea", 10, 0)).await.unwrap();
        let call = stand.calls().pop().unwrap();
        assert_eq!(call.header(header), value, "{profile:?}");
        let others =
            ["authorization", "x-audiosocket-token", "auth-token"].map(|name| call.header(name).is_empty());
        assert_eq!(others.into_iter().filter(|is_empty| *is_empty).count(), 2, "{profile:?}");
    }
    let own = AudiosocketSettings { auth_header: "X-Key".to_owned(), ..settings(&stand) };
    with(&own).search(&words("sea", 10, 0)).await.unwrap();
    assert_eq!(stand.calls().pop().unwrap().header("x-key"), "t0ken");
}

/// The example of the platform of 2022, and what its page adds.
#[tokio::test]
async fn the_sites_rows_become_tracks() {
    let stand = Stand::start(|_| json(200, &CONSUMER));
    let page =
        tracks(of(AudiosocketProfile::Consumer, &stand).search(&words("harbour", 10, 0)).await.unwrap());
    let track = &page.items[0];
    assert_eq!((track.title.as_str(), track.artist_line().as_str()), ("Harbour Lights", "Ada Cole"));
    assert_eq!(
        (track.artist_id.as_deref(), track.length.map(|length| length.as_secs())),
        (Some("77"), Some(187))
    );
    assert_eq!((track.liked, page.items[1].liked, page.total), (true, false, Some(2)));
    assert_eq!(page.items[1].artwork.as_ref().unwrap().path(), "/rails/active_storage/813.jpg");
}

#[tokio::test]
async fn genres_and_moods_are_a_tree() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/api/filters/track_filters" => json(200, &FILTERS),
        _ => json(200, &CONSUMER),
    });
    let catalog = of(AudiosocketProfile::Consumer, &stand);
    let open = async |id: &str| -> Vec<BrowseList> {
        let page = catalog.browse(&list(id), 0).await.unwrap();
        let lists = page.items.into_iter().map(|item| match item {
            Item::List(list) => list,
            other => panic!("{other:?}"),
        });
        lists.collect()
    };
    let ids = |lists: &[BrowseList]| lists.iter().map(|list| list.id.0.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&open("filters").await), ["filters/1", "filters/2", "filter/9"]);
    assert_eq!(ids(&open("filters/1").await), ["filters/3", "filter/4"]);
    assert_eq!(open("filters/3").await[0].title.as_str(), "Dark Ambient");
    assert_eq!(catalog.browse(&list("filters/77"), 0).await.unwrap_err().fault().kind, FaultKind::NotFound);
    let page = catalog.browse(&list("filter/31"), 1).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.param("filters"), call.param("page"), call.param("order_by")), ("31", "2", ""));
}

#[tokio::test]
async fn what_is_alike_is_asked_for_with_the_id_that_counts() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/api/consumer/tracks/812" => {
            json(200, &json!({"track": {"id": 812, "title": "x", "aims_id": "a/1"}}))
        }
        "/api/consumer/tracks/813" => json(200, &json!({"id": 813, "title": "x"})),
        _ => json(200, &CONSUMER),
    });
    let catalog = of(AudiosocketProfile::Consumer, &stand);
    assert_eq!(catalog.browse(&list("track/812"), 0).await.unwrap().items.len(), 2);
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.path.as_str(), call.param("aims_id")), ("/api/consumer/tracks/similar_tracks", "a/1"));
    assert_eq!(catalog.browse(&list("track/813"), 0).await.unwrap_err().fault().kind, FaultKind::NotFound);
    of(AudiosocketProfile::Bearer, &stand).browse(&list("track/812"), 0).await.unwrap();
    assert_eq!(stand.calls().pop().unwrap().path, "/api/tracks/812/similar");
}

#[tokio::test]
async fn lists_take_every_documented_shape() {
    let row = json!({"id": 1, "title": "One"});
    let shapes = [
        json!([row]),
        json!({"status": 200, "message": "OK", "data": [row]}),
        json!({"status": 503, "message": "OK", "data": {"tracks": [row]}}),
        json!({"tracks": [row], "meta": {"count": 1}}),
        json!({"data": [row], "page": 1, "per": 40, "total": 1}),
    ];
    for shape in shapes {
        let shown = shape.to_string();
        let stand = Stand::start(move |_| json(200, &shape));
        let page = audiosocket(&stand).browse(&list("favorites"), 0).await.unwrap();
        assert_eq!((page.items.len(), page.more), (1, false), "{shown}");
        assert!(page.items[0].track().unwrap().liked);
    }
    for shape in
        [json!({"status": "No favorite tracks"}), json!({"data": null}), json!([]), json!({"data": {}})]
    {
        let stand = Stand::start(move |_| json(200, &shape));
        assert_eq!(audiosocket(&stand).browse(&list("favorites"), 0).await.unwrap(), Page::default());
    }
}

#[tokio::test]
async fn one_thing_takes_every_documented_shape() {
    let row = json!({"id": 812, "title": "One", "album": {"id": 4, "name": "A"}, "artist": {"id": 7, "name": "B"}, "status": "approved"});
    for shape in [json!({"track": row}), json!({"data": row}), row.clone(), json!({"data": {"track": row}})] {
        let stand = Stand::start(move |_| json(200, &shape));
        let track = audiosocket(&stand).track("812").await.unwrap();
        assert_eq!((track.title.as_str(), track.album_id.as_deref()), ("One", Some("4")));
        assert_eq!(track.artist_id.as_deref(), Some("7"));
    }
    // An album's own object holds an artist, and is not taken for one.
    let stand =
        Stand::start(|_| json(200, &json!({"id": 4, "name": "Tides", "artist": {"id": 7, "name": "B"}})));
    let item = of(AudiosocketProfile::V5, &stand).item(Kind::Album, "4").await.unwrap();
    assert_eq!((item.title().as_str(), collection(&item).by.as_ref().unwrap().as_str()), ("Tides", "B"));
}

#[tokio::test]
async fn what_is_kept_is_chosen_by_the_settings() {
    let both = json!({"id": 7, "mp3_file_compressed": "/c.mp3", "mp3_file": "/a.mp3", "wav_file": "/a.wav"});
    let rows = [
        (both.clone(), DownloadFormat::Mp3, Some("/a.mp3")),
        (both, DownloadFormat::Wav, Some("/a.wav")),
        (json!({"id": 7, "file": "/f.flac", "wav_file": "/a.wav"}), DownloadFormat::Mp3, Some("/f.flac")),
        (json!({"id": 7, "download_url": "/d"}), DownloadFormat::Wav, Some("/d")),
        (json!({"id": 7, "mp3_file_compressed": "/c.mp3"}), DownloadFormat::Wav, None),
    ];
    for (track, download_format, expected) in rows {
        let shown = track.to_string();
        let stand = Stand::start(move |call| {
            if call.path.ends_with("/download") {
                json(200, &json!({"data": "/asked"}))
            } else {
                json(200, &track)
            }
        });
        let catalog = with(&AudiosocketSettings { download_format, ..settings(&stand) });
        let Locator::Http(address) = catalog.locate("7", Purpose::Keep).await.unwrap() else { panic!() };
        assert_eq!(address.url.path(), expected.unwrap_or("/asked"), "{shown}");
        if expected.is_none() {
            assert_eq!(stand.calls().pop().unwrap().param("format"), "wav");
        }
    }
}

/// Every path can be set, and who has the wrong one learns its key.
#[tokio::test]
async fn every_path_can_be_set() {
    let base: Url = "https://api.example/v1".parse().unwrap();
    let places = [
        "query",
        "filters",
        "order_by",
        "direction",
        "explicit",
        "exclude_vocals",
        "from",
        "to",
        "page",
        "per_page",
        "id",
        "aims_id",
        "featured",
        "pagination",
        "place",
        "type",
        "format",
    ];
    let values = places.map(|place| (place, "1"));
    let mut keys = std::collections::BTreeSet::new();
    for call in operations::ALL {
        for profile in [AudiosocketProfile::Bearer, AudiosocketProfile::V5, AudiosocketProfile::Consumer] {
            let Some(operation) = call.of(profile) else { continue };
            assert!(fill(&base, operation.path, &values).is_some(), "{operation:?}");
            keys.insert(operation.key);
            let set = [(operation.key.to_owned(), "/own/{id}".to_owned())].into();
            let paths = Paths { service: NAME, prefix: "services.audiosocket.paths", set };
            assert_eq!(paths.url(&base, &operation, &values).unwrap().path(), "/v1/own/1");
        }
    }
    assert_eq!(keys.len(), operations::ALL.len(), "no key stands for two calls");
    let stand = Stand::start(|_| json(404, &""));
    let catalog = audiosocket(&stand);
    for opened in catalog.capabilities().lists {
        let fault = catalog.browse(&opened.id, 0).await.unwrap_err().fault();
        assert!(fault.hint.unwrap().as_str().contains("set services.audiosocket.paths."), "{opened:?}");
    }
    // Where the path is known, nothing with that id is there.
    let fault = of(AudiosocketProfile::V5, &stand).track("9").await.unwrap_err().fault();
    assert_eq!(fault.message.as_str(), "Audiosocket has no track 9");
}

/// Media hosts refuse who brings a token; the API's own host gets it, and its redirects lead on without.
#[tokio::test]
async fn the_token_goes_to_the_api_alone() {
    let stand = Stand::start(|_| json(200, &json!({"id": 7, "mp3_file": "/rails/active_storage/7.mp3"})));
    for profile in [AudiosocketProfile::Bearer, AudiosocketProfile::Consumer] {
        let Locator::Http(address) = of(profile, &stand).locate("7", Purpose::Listen).await.unwrap() else {
            panic!()
        };
        assert_eq!((address.url, address.headers.len()), (stand.url("/rails/active_storage/7.mp3"), 1));
    }
    let other = Stand::start(|_| json(200, &json!({"url": "http://127.0.0.1:9/a.mp3?sig=1", "until": 1})));
    let Locator::Http(address) = of(AudiosocketProfile::V5, &other).locate("7", Purpose::GoOn).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(address.headers, [] as [(String, Secret); 0]);
}

/// What was read is shown, and marked, when the service is away; the sound is always asked for.
#[tokio::test]
async fn pages_from_before_are_marked() {
    let asked = std::sync::atomic::AtomicU8::new(0);
    let stand = Stand::start(move |call| {
        let is_first = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3;
        match call.path.as_str() {
            _ if !is_first => json(503, &""),
            "/api/filters/track_filters" => json(200, &FILTERS),
            "/api/consumer/tracks/812" => {
                json(200, &json!({"id": 812, "title": "x", "mp3_file": "https://cdn.example/a.mp3?sig=1"}))
            }
            _ => json(200, &CONSUMER),
        }
    });
    let catalog = of(AudiosocketProfile::Consumer, &stand);
    let mut before = Vec::new();
    for is_stale in [false, true] {
        let pages = [catalog.browse(&list("recent"), 0).await, catalog.browse(&list("filters"), 0).await];
        let pages = pages.map(Result::unwrap);
        assert!(pages.iter().all(|page| page.is_stale == is_stale && !page.items.is_empty()));
        let rows: Vec<_> = pages.into_iter().map(|page| page.items).collect();
        assert!(before.is_empty() || before == rows);
        before = rows;
        assert_eq!(catalog.track("812").await.unwrap().title.as_str(), "x");
    }
    assert_eq!(catalog.locate("812", Purpose::Listen).await.unwrap_err().fault().kind, FaultKind::Network);
}
