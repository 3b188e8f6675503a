//! What every service promises, checked from outside against whatever server its settings name. Knows
//! no service; the words it searches for come from the service's own lists.

use crate::model::{
    Allowed, BrowseList, Collection, FaultKind, Item, Kind, ListId, Locator, Page, Purpose, SearchQuery,
    SignIn, Track, TrackRef, is_web_address,
};

use super::{Catalog, CatalogError};

#[cfg(test)]
mod tests;

/// A list that has not ended after this many pages never will.
const MAX_PAGES: u32 = 200;

/// Rows asked for in one search.
const SEARCH_ROWS: u16 = 10;

/// Tracks of a list that are read one by one.
const READ_ROWS: usize = 5;

/// Lists and collections of a list that are opened.
const OPENED_ROWS: usize = 4;

/// How far down lists in lists are opened.
const OPENED_DEPTH: u8 = 3;

/// An id that no service has given to a track.
const UNKNOWN_ID: &str = "4294967295";

/// Ids that could leave their place in an address.
const HOSTILE_IDS: [&str; 4] = ["", "..", "a/../b", "a\u{0}b"];

/// The promises that `catalog` breaks, a sentence each; empty when it keeps them all. With credentials
/// missing, that every call says so; else that searching, browsing, reading and locating agree with one
/// another and that pages end.
pub async fn check(catalog: &dyn Catalog) -> Vec<String> {
    let mut suite = Suite { catalog, broken: Vec::new() };
    match catalog.capabilities().sign_in {
        SignIn::Missing(words) => {
            suite.expect(!words.is_empty(), || "it does not say what is missing".to_owned());
            suite.asks_to_sign_in().await;
        }
        SignIn::NotNeeded | SignIn::Ready => suite.works().await,
    }
    suite.broken
}

struct Suite<'a> {
    catalog: &'a dyn Catalog,
    broken: Vec<String>,
}

impl Suite<'_> {
    fn expect(&mut self, kept: bool, otherwise: impl FnOnce() -> String) {
        if !kept {
            self.broken.push(format!("{}: {}", self.catalog.name(), otherwise()));
        }
    }

    /// The value; an error breaks a promise.
    fn keep<T>(&mut self, doing: &str, result: Result<T, CatalogError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.expect(false, || format!("{doing} failed: {error}"));
                None
            }
        }
    }

    fn fails<T>(&mut self, doing: &str, result: Result<T, CatalogError>, kind: FaultKind) {
        match result {
            Ok(_) => self.expect(false, || format!("{doing} did not fail")),
            Err(error) => {
                let fault = error.fault();
                self.expect(fault.kind == kind, || format!("{doing} failed as {:?}: {error}", fault.kind));
                self.expect(kind != FaultKind::SignInNeeded || fault.hint.is_some(), || {
                    format!("{doing} does not say how to sign in")
                });
            }
        }
    }

    async fn asks_to_sign_in(&mut self) {
        let catalog = self.catalog;
        let kind = FaultKind::SignInNeeded;
        self.fails("searching", catalog.search(&query(Kind::Track, "night", 0)).await, kind);
        for list in catalog.capabilities().lists {
            self.fails("browsing", catalog.browse(&list.id, 0).await, kind);
        }
        self.fails("reading a track", catalog.track(UNKNOWN_ID).await, kind);
        self.fails("locating a track", catalog.locate(UNKNOWN_ID, Purpose::Listen).await, kind);
        self.fails("a ping", catalog.ping().await, kind);
    }

    async fn works(&mut self) {
        let catalog = self.catalog;
        let result = catalog.ping().await;
        self.keep("a ping", result);
        let lists = catalog.capabilities().lists;
        let mut words = None;
        for list in &lists {
            let rows = self.list(list).await;
            words = words.or_else(|| rows.iter().filter_map(Item::track).find_map(search_words));
            self.open_some(&rows).await;
            self.open_similar(&rows).await;
        }
        self.expect(lists.is_empty() || words.is_some(), || {
            "its lists hold no title to search for".to_owned()
        });
        for kind in catalog.capabilities().search {
            self.search(kind, words.as_deref().unwrap_or("love")).await;
        }
        let result = catalog.browse(&ListId("no-such-list".to_owned()), 0).await;
        self.fails("browsing an unknown list", result, FaultKind::NotFound);
        self.fails("reading an unknown track", catalog.track(UNKNOWN_ID).await, FaultKind::NotFound);
        for id in HOSTILE_IDS {
            let (read, located) = (catalog.track(id).await, catalog.locate(id, Purpose::Listen).await);
            self.fails(&format!("reading track {id:?}"), read, FaultKind::NotFound);
            self.fails(&format!("locating track {id:?}"), located, FaultKind::NotFound);
        }
    }

    /// Reads a list to its end.
    async fn list(&mut self, list: &BrowseList) -> Vec<Item> {
        let doing = format!("browsing {:?}", list.title.as_str());
        self.expect(!list.title.is_empty() && !list.id.0.is_empty(), || "a list has no name".to_owned());
        let mut rows = Vec::new();
        for number in 0..MAX_PAGES {
            let result = self.catalog.browse(&list.id, number).await;
            let Some(page) = self.keep(&doing, result) else { return rows };
            let more = page.more;
            self.rows(&doing, &page);
            rows.extend(page.items);
            if !more {
                self.read(&rows).await;
                return rows;
            }
        }
        self.expect(false, || format!("{doing} does not end after {MAX_PAGES} pages"));
        rows
    }

    /// Opens the first few lists and collections among the rows, and what is first in those.
    async fn open_some(&mut self, rows: &[Item]) {
        let mut waiting: Vec<(BrowseList, u8)> =
            rows.iter().filter_map(opens).take(OPENED_ROWS).map(|list| (list, 1)).collect();
        while let Some((list, depth)) = waiting.pop() {
            let doing = format!("opening {:?}", list.title.as_str());
            let result = self.catalog.browse(&list.id, 0).await;
            // A service may keep a list for others than this listener.
            if result.as_ref().is_err_and(|error| error.fault().kind == FaultKind::Refused) {
                continue;
            }
            let Some(page) = self.keep(&doing, result) else { continue };
            self.rows(&doing, &page);
            if depth < OPENED_DEPTH {
                waiting.extend(
                    page.items.iter().filter_map(opens).take(OPENED_ROWS).map(|list| (list, depth + 1)),
                );
            }
        }
    }

    /// Opens what is like the first track, where the service says that it knows.
    async fn open_similar(&mut self, rows: &[Item]) {
        let track = rows.iter().filter_map(Item::track).find_map(|track| track.reference.item());
        let Some(track) = track.filter(|_| self.catalog.capabilities().similar) else { return };
        let doing = format!("looking for what is like {track}");
        let result = self.catalog.browse(&track.list(), 0).await;
        // It may know nothing of this one.
        if result.as_ref().is_err_and(|error| error.fault().kind == FaultKind::NotFound) {
            return;
        }
        let Some(page) = self.keep(&doing, result) else { return };
        self.rows(&doing, &page);
        let mut others = page.items.iter().filter_map(Item::track).filter_map(|track| track.reference.item());
        let is_other = others.all(|other| other != track);
        self.expect(is_other, || format!("{doing} gave the same one"));
    }

    async fn search(&mut self, kind: Kind, words: &str) {
        let doing = format!("searching {kind}s for {words:?}");
        for number in 0..MAX_PAGES {
            let result = self.catalog.search(&query(kind, words, number)).await;
            let Some(page) = self.keep(&doing, result) else { return };
            self.rows(&doing, &page);
            let all_of_kind = page.items.iter().all(|item| kind_of(item) == Some(kind));
            self.expect(all_of_kind, || format!("{doing} gave other kinds"));
            if number == 0 {
                self.expect(!page.items.is_empty() || kind != Kind::Track, || {
                    format!("{doing} found nothing")
                });
                self.read(&page.items).await;
                self.open_some(&page.items).await;
            }
            if !page.more {
                return;
            }
        }
        self.expect(false, || format!("{doing} does not end after {MAX_PAGES} pages"));
    }

    fn rows(&mut self, doing: &str, page: &Page<Item>) {
        let ours = self.catalog.id();
        for item in &page.items {
            let named = match item {
                Item::Track(track) => {
                    matches!(&track.reference, TrackRef::Service { service, id } if *service == ours && !id.is_empty())
                }
                Item::Collection(Collection { reference, .. }) => {
                    reference.service == ours && !reference.id.is_empty() && reference.kind != Kind::Track
                }
                Item::List(list) => !list.id.0.is_empty(),
            };
            self.expect(named, || format!("{doing} gave {item:?}, which is not its own"));
            self.expect(!item.title().is_empty(), || format!("{doing} gave a row without a title"));
        }
    }

    /// Reads rows by their ids and finds out where the tracks' bytes are.
    async fn read(&mut self, rows: &[Item]) {
        let collections = rows.iter().filter_map(|row| match row {
            Item::Collection(collection) => Some(collection),
            Item::Track(_) | Item::List(_) => None,
        });
        for wanted in collections.take(READ_ROWS) {
            let doing = format!("reading {}", wanted.reference);
            let result = self.catalog.item(wanted.reference.kind, &wanted.reference.id).await;
            if let Some(found) = self.keep(&doing, result) {
                let same = matches!(&found, Item::Collection(found) if found.reference == wanted.reference);
                self.expect(same, || format!("{doing} gave another one"));
            }
        }
        let tracks: Vec<Track> = rows.iter().filter_map(Item::track).cloned().collect();
        self.read_tracks(&tracks).await;
    }

    async fn read_tracks(&mut self, tracks: &[Track]) {
        for track in tracks.iter().take(READ_ROWS) {
            let TrackRef::Service { id, .. } = &track.reference else { continue };
            let doing = format!("reading track {id}");
            let result = self.catalog.track(id).await;
            if let Some(found) = self.keep(&doing, result) {
                self.expect(found.reference == track.reference, || format!("{doing} gave another one"));
                self.expect(found.title == track.title, || format!("{doing} gave another title"));
            }
        }
        let playable = tracks.iter().filter(|track| track.playable == Allowed::Yes).take(READ_ROWS);
        let (mut asked, mut located) = (0, 0);
        for track in playable {
            asked += 1;
            located += u32::from(self.locate(track).await);
        }
        self.expect(asked == 0 || located > 0, || "none of its playable tracks can be located".to_owned());
    }

    /// Whether a track's bytes are on the web. Some services know only then that a track is not for
    /// this listener, and may say so.
    async fn locate(&mut self, track: &Track) -> bool {
        let TrackRef::Service { id, .. } = &track.reference else { return false };
        let doing = format!("locating track {id}");
        let result = self.catalog.locate(id, Purpose::Listen).await;
        if result.as_ref().is_err_and(|error| error.fault().kind == FaultKind::Refused) {
            return false;
        }
        let Some(locator) = self.keep(&doing, result) else { return false };
        let on_the_web = match &locator {
            Locator::Http(address) | Locator::Hls(address) => is_web_address(&address.url),
            Locator::File(_) | Locator::Part(_) => false,
        };
        self.expect(on_the_web, || format!("{doing} gave no web address"));
        on_the_web
    }
}

fn query(kind: Kind, words: &str, page: u32) -> SearchQuery {
    SearchQuery { words: words.to_owned(), kind, filters: Vec::new(), limit: SEARCH_ROWS, page }
}

fn kind_of(item: &Item) -> Option<Kind> {
    match item {
        Item::Track(_) => Some(Kind::Track),
        Item::Collection(collection) => Some(collection.reference.kind),
        Item::List(_) => None,
    }
}

/// The list that a row opens.
fn opens(item: &Item) -> Option<BrowseList> {
    match item {
        Item::Track(_) => None,
        Item::Collection(collection) => {
            Some(BrowseList { id: collection.reference.list(), title: collection.title.clone() })
        }
        Item::List(list) => Some(list.clone()),
    }
}

/// The longest word of a title; an id that stands in for a title is none.
fn search_words(track: &Track) -> Option<String> {
    let TrackRef::Service { id, .. } = &track.reference else { return None };
    let words = track.title.as_str().split(|c: char| !c.is_alphanumeric());
    let longest = words.filter(|word| !word.is_empty()).max_by_key(|word| word.chars().count())?;
    (track.title.as_str() != id).then(|| longest.to_owned())
}
