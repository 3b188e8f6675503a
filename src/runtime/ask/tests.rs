//! The questions against services that are made up here.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::sync::Notify;
use url::Url;

use super::*;
use crate::catalog::CatalogError;
use crate::model::{
    Account, BrowseList, Capabilities, Change, Collection, Filter, ItemRef, Kind, ListId, Locator, Mark,
    Page, Powers, Purpose, SearchQuery, SignIn, Special, SpecialAnswer, Track, TrackRef,
};

mod local;
mod matching;
mod playlists;
mod theirs;

/// A service with ten tracks `1` to `10`, three a page, an album of them, and an artist.
struct Shelf {
    id: &'static str,
    capabilities: Capabilities,
    /// Searches wait for it.
    gate: Option<Notify>,
    changes: Mutex<Vec<Change>>,
    /// Lists are kept from earlier.
    is_stale: bool,
    /// Who made the tracks, which then last three minutes.
    by: Option<&'static str>,
    /// Whether tracks carry recording codes.
    has_codes: bool,
}

impl Shelf {
    fn new(id: &'static str) -> Self {
        let filters = vec![
            Filter { key: "genre", words: "genre", values: vec!["Rock".to_owned()], is_free: true },
            Filter {
                key: "sort",
                words: "order",
                values: vec!["recent".to_owned(), "popular".to_owned()],
                is_free: false,
            },
        ];
        let lists = vec![BrowseList { id: ListId("charts/songs".to_owned()), title: "Songs".into() }];
        let capabilities = Capabilities {
            search: vec![Kind::Track, Kind::Album],
            filters,
            lists,
            powers: Powers { like: vec![Kind::Track, Kind::Album], ..Powers::default() },
            ..Capabilities::default()
        };
        Self {
            id,
            capabilities,
            gate: None,
            changes: Mutex::default(),
            is_stale: false,
            by: None,
            has_codes: true,
        }
    }

    fn track(&self, number: usize) -> Track {
        let reference = TrackRef::Service { service: self.id(), id: number.to_string() };
        let mut track = Track::new(reference, format!("Title {number}"));
        // Two services share the recordings with even numbers.
        let maker = if number.is_multiple_of(2) { 0 } else { self.id.len() };
        track.isrc = self.has_codes.then(|| format!("ZZSEG{maker:02}{number:05}").into());
        track.artists = self.by.into_iter().map(Into::into).collect();
        track.length = self.by.map(|_| std::time::Duration::from_secs(180));
        track
    }

    fn album(&self) -> Collection {
        let reference = ItemRef { service: self.id(), kind: Kind::Album, id: "a/1".to_owned() };
        Collection::new(reference, "The album")
    }

    fn page(&self, number: u32) -> Page<Item> {
        let start = number as usize * 3 + 1;
        let items = (start..=10).take(3).map(|number| Item::Track(self.track(number))).collect();
        Page { items, total: Some(10), more: start + 3 <= 10, is_stale: self.is_stale }
    }

    fn nothing<T>(&self, what: &str) -> Result<T, CatalogError> {
        Err(CatalogError::NotFound { service: self.name(), what: what.to_owned() })
    }
}

impl Catalog for Shelf {
    fn id(&self) -> ServiceId {
        ServiceId::known(self.id)
    }

    fn name(&self) -> &'static str {
        self.id
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            if let Some(gate) = &self.gate {
                gate.notified().await;
            }
            match query.words.as_str() {
                "fail" => self.nothing("such words"),
                _ if query.kind == Kind::Album => {
                    Ok(Page { items: vec![self.album().into()], ..Page::default() })
                }
                _ => Ok(self.page(query.page)),
            }
        })
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            match list.item() {
                Some((Kind::Album, "a/1") | (Kind::Playlist, "p")) => Ok(self.page(page)),
                Some((Kind::Album, "empty")) => Ok(Page { more: true, ..Page::default() }),
                _ => self.nothing("such list"),
            }
        })
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(async move {
            match id.parse() {
                Ok(number @ 1..=10) => Ok(self.track(number)),
                _ => self.nothing("such track"),
            }
        })
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            match kind {
                Kind::Track => Catalog::track(self, id).await.map(Item::Track),
                Kind::Album | Kind::Artist | Kind::Playlist => Ok(self.album().into()),
            }
        })
    }

    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        let is_mine = link.host_str() == Some(&format!("{}.example", self.id));
        is_mine.then(|| self.item(if link.path() == "/album" { Kind::Album } else { Kind::Track }, "1"))
    }

    fn link_setting(&self) -> Option<&'static str> {
        (self.id == "other").then_some("services.other.links")
    }

    fn locate<'a>(&'a self, _id: &'a str, _purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(async { self.nothing("sound") })
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        self.changes.lock().unwrap().push(change.clone());
        Box::pin(async { Ok(None) })
    }

    fn specials(&self) -> &'static [Special] {
        &[Special { name: "admin echo", words: "Says it again", values: &["word!"] }]
    }

    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        Box::pin(async move { Ok(json!({ "name": name, "values": values }).into()) })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

fn shelves(all: impl IntoIterator<Item = Arc<Shelf>>) -> Shelves {
    let catalogs = all.into_iter().map(|shelf| shelf as Arc<dyn Catalog>).collect();
    with_library(catalogs, "/nonexistent".into())
}

fn with_library(catalogs: Vec<Arc<dyn Catalog>>, library: PathBuf) -> Shelves {
    let tasks = crate::runtime::tokio_runtime().unwrap();
    Shelves {
        catalogs,
        library,
        is_offline: false,
        playlists: std::sync::Mutex::default(),
        _demo: None,
        tasks,
    }
}

fn two() -> Shelves {
    shelves([Arc::new(Shelf::new("one")), Arc::new(Shelf::new("other"))])
}

fn wish(words: &str) -> SearchWish {
    SearchWish {
        words: words.to_owned(),
        kind: Kind::Track,
        services: Vec::new(),
        filters: Vec::new(),
        limit: 20,
    }
}

fn name(item: &Item) -> String {
    match item {
        Item::Track(track) => track.reference.to_string(),
        Item::Collection(collection) => collection.reference.to_string(),
        Item::List(list) => list.id.0.clone(),
    }
}

/// Searches; gives the rows as they came, the whole, and how many failures were told.
fn search(shelves: &Shelves, wish: &SearchWish) -> (Vec<String>, SearchEnd, Vec<Fault>) {
    let (mut told, mut failed) = (Vec::new(), Vec::new());
    let end = shelves.search(wish, &mut |news| match news {
        SearchNews::Rows(items) => told.extend(items.iter().map(name)),
        SearchNews::Failed(fault) => failed.push(fault.clone()),
    });
    (told, end.unwrap(), failed)
}

#[test]
fn a_link_that_nobody_knows_says_what_to_set() {
    let link = Target::Link("https://shop.example/song/1".parse().unwrap());
    let fault = two().item(&link).unwrap_err();
    let words = "No service here knows links to shop.example. Services here: one, other. \
                 If this is other, set services.other.links.";
    assert_eq!(fault.to_string(), words);
}

#[test]
fn all_pages_of_all_services_are_folded_once() {
    let (told, end, failed) = search(&two(), &wish("x"));
    // Ten of one, five more of the other.
    assert_eq!((told.len(), end.rows.len(), failed.len()), (15, 15, 0));
    let names: Vec<_> = end.rows.iter().map(|row| name(&row.item)).collect();
    let ones: Vec<_> = (1..=10).map(|number| format!("one:track:{number}")).collect();
    let others: Vec<_> = [1, 3, 5, 7, 9].map(|number| format!("other:track:{number}")).into();
    assert_eq!(names, [ones, others].concat());
    for row in &end.rows {
        let Item::Track(track) = &row.item else { panic!("{row:?}") };
        let is_shared = track.isrc.as_ref().unwrap().as_str().starts_with("ZZSEG00");
        assert_eq!(row.others.len(), usize::from(is_shared), "{row:?}");
    }
    // No more of each than was wanted, wherever pages end.
    for limit in [1, 3, 4, 9] {
        let (_, end, _) =
            search(&two(), &SearchWish { services: vec![ServiceId::known("one")], limit, ..wish("x") });
        assert_eq!(end.rows.len(), usize::from(limit));
    }
    let (told, end, _) = search(&two(), &SearchWish { kind: Kind::Album, ..wish("x") });
    assert_eq!((told.len(), end.rows.len()), (2, 2), "albums of the same name are two");
}

#[test]
fn rows_are_told_while_another_service_is_waited_for() {
    let slow = Arc::new(Shelf { gate: Some(Notify::new()), ..Shelf::new("slow") });
    let quick = Arc::new(Shelf::new("quick"));
    let shelves = shelves([Arc::clone(&slow), quick]);
    let mut told = Vec::new();
    shelves
        .search(&SearchWish { limit: 1, ..wish("x") }, &mut |news| {
            if let SearchNews::Rows(items) = news {
                told.extend(items.iter().map(name));
                // Only now may the first service go on: nobody would come here if it were waited for.
                slow.gate.as_ref().unwrap().notify_one();
            }
        })
        .unwrap();
    assert_eq!(told, ["quick:track:1", "slow:track:1"]);
}

#[test]
fn who_cannot_answer_is_told_when_nobody_can() {
    let check = |wish: &SearchWish, rows: usize, failures: &[&str]| {
        let mut missing = Shelf::new("missing");
        missing.capabilities.sign_in = SignIn::Missing("Set the key".into());
        let mut plain = Shelf::new("plain");
        plain.capabilities.filters.clear();
        let shelves = shelves([Shelf::new("one"), plain, missing].map(Arc::new));
        let (_, end, failed) = search(&shelves, wish);
        assert_eq!(end.rows.len(), rows, "{wish:?}");
        let words: Vec<_> = failed.iter().map(ToString::to_string).collect();
        assert_eq!(words, failures, "{wish:?}");
        assert_eq!(end.failure.is_some(), rows == 0, "{wish:?}");
    };
    let filter = |key: &str, value: &str| SearchWish {
        filters: vec![(key.to_owned(), value.to_owned())],
        limit: 2,
        ..wish("x")
    };
    let only = |service: &'static str, wish: SearchWish| SearchWish {
        services: vec![ServiceId::known(service)],
        ..wish
    };
    check(&filter("genre", "Rock"), 2, &[]);
    // Well known ones are named; any other is sent as it is typed.
    check(&filter("genre", "Shoegaze"), 2, &[]);
    check(&filter("sort", "recent"), 2, &[]);
    let unset = "missing is not set up. Set the key.";
    let none = "plain has no filter sort.";
    check(&filter("sort", "recnt"), 0, &["one has no sort recnt. Did you mean recent?", none, unset]);
    check(&only("one", filter("sort", "9")), 0, &["one has no sort 9. It has recent, popular."]);
    check(&only("one", filter("genr", "x")), 0, &["one has no filter genr. Did you mean genre?"]);
    check(&only("missing", wish("x")), 0, &[unset]);
    check(
        &only("one", SearchWish { kind: Kind::Artist, ..wish("x") }),
        0,
        &["one cannot be searched for artists. It has tracks, albums."],
    );
    check(&only("one", wish("fail")), 0, &["one has no such words."]);
    let nobody = only("nobody", wish("x"));
    assert_eq!(two().search(&nobody, &mut |_| {}).unwrap_err().kind, FaultKind::Usage);
}

#[test]
fn everything_behind_a_name_is_played() {
    let shelves = two();
    let check = |target: &str, expected: Result<usize, FaultKind>| {
        let found = shelves.tasks.block_on(tracks(&shelves.catalogs, &target.parse().unwrap()));
        assert_eq!(found.map(|tracks| tracks.len()).map_err(|fault| fault.kind), expected, "{target}");
    };
    check("one:track:3", Ok(1));
    check("one:track:11", Err(FaultKind::NotFound));
    check("one:album:a/1", Ok(10));
    check("one:album:empty", Err(FaultKind::NotFound));
    check("one:artist:1", Err(FaultKind::Usage));
    check("none:track:1", Err(FaultKind::Usage));
    check("https://one.example/album", Ok(10));
    check("https://other.example/track", Ok(1));
    // What is no service's page is an address of sound.
    check("https://elsewhere.example/a.mp3", Ok(1));
    check("a.mp3", Ok(1));
}

#[test]
fn places_and_things_are_found() {
    let shelves = two();
    let listing = shelves.browse(&"one".parse().unwrap(), 0).unwrap();
    assert_eq!(listing.page.items.iter().map(name).collect::<Vec<_>>(), ["charts/songs"]);
    assert_eq!(shelves.browse(&"one".parse().unwrap(), 1).unwrap_err().kind, FaultKind::NotFound);
    let listing = shelves.browse(&"other:album:a/1".parse().unwrap(), 3).unwrap();
    assert_eq!((listing.service.as_str(), listing.page.items.len(), listing.page.more), ("other", 1, false));
    let (service, item) = shelves.item(&"https://other.example/album".parse().unwrap()).unwrap();
    assert_eq!((service.as_str(), name(&item).as_str()), ("other", "other:album:a/1"));
    for (target, kind) in [("https://elsewhere.example/", FaultKind::NotFound), ("a.mp3", FaultKind::Usage)] {
        assert_eq!(shelves.item(&target.parse().unwrap()).unwrap_err().kind, kind, "{target}");
    }
}

#[test]
fn changes_are_made_only_where_they_are_allowed() {
    let check = |account: Account, mark: Mark, target: &str, expected: Result<&str, FaultKind>| {
        let mut shelf = Shelf::new("one");
        shelf.capabilities.account = account;
        let shelf = Arc::new(shelf);
        let shelves = shelves([Arc::clone(&shelf)]);
        let found = shelves.mark(mark, expected.is_ok(), &target.parse().unwrap());
        let told = found.as_ref().map(|marked| marked.words.as_str()).map_err(|fault| fault.kind);
        assert_eq!(told, expected, "{mark:?} {target}");
        assert_eq!(shelf.changes.lock().unwrap().len(), usize::from(expected.is_ok()), "{mark:?} {target}");
    };
    let nobody = Account { way: Some("in the browser".into()), who: None, key: None, join: None };
    let ada = Account { who: Some("Ada".into()), ..nobody.clone() };
    let liked = "one:track:3 is now liked at one";
    check(ada.clone(), Mark::Like, "one:track:3", Ok(liked));
    check(ada.clone(), Mark::Like, "https://one.example/album", Ok("one:album:a/1 is now liked at one"));
    check(ada.clone(), Mark::Like, "one:artist:3", Err(FaultKind::Refused));
    check(ada, Mark::Repost, "one:track:3", Err(FaultKind::Refused));
    check(nobody, Mark::Follow, "one:artist:3", Err(FaultKind::SignInNeeded));
    check(Account::default(), Mark::Follow, "one:artist:3", Err(FaultKind::Refused));

    let shelf = Arc::new(Shelf::new("one"));
    let item: ItemRef = "one:album:7".parse().unwrap();
    let words = shelves([Arc::clone(&shelf)]).mark(Mark::Like, false, &Target::Item(item.clone())).unwrap();
    assert_eq!(words.words.as_str(), "one:album:7 is no longer liked at one");
    assert_eq!(*shelf.changes.lock().unwrap(), [Change::Like { item, on: false }]);
}

#[test]
fn special_calls_get_their_values() {
    let shelves = two();
    let values = [("word".to_owned(), "hello".to_owned())];
    let one = ServiceId::known("one");
    let answer = shelves.special(&one, "admin echo", &values).unwrap();
    assert_eq!(answer.value, json!({ "name": "admin echo", "values": [["word", "hello"]] }));
    assert_eq!(shelves.special(&one, "admin echo", &[]).unwrap_err().kind, FaultKind::Usage);
    assert_eq!(shelves.specials().len(), 2);
    assert_eq!(shelves.specials_of(&one).unwrap().len(), 1);
}
