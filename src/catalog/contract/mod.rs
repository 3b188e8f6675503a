//! What every service promises, checked from outside against whatever server its settings name. Knows
//! no service; the words it searches for come from the service's own lists.

use crate::model::{
    BrowseList, FaultKind, ListId, Locator, Page, Playable, SearchQuery, SignIn, Track, TrackRef,
    is_web_address,
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
        self.fails("searching", catalog.search(&query("night", 0)).await, kind);
        for list in catalog.capabilities().lists {
            self.fails("browsing", catalog.browse(&list.id, 0).await, kind);
        }
        self.fails("reading a track", catalog.track(UNKNOWN_ID).await, kind);
        self.fails("locating a track", catalog.locate(UNKNOWN_ID).await, kind);
        self.fails("a ping", catalog.ping().await, kind);
    }

    async fn works(&mut self) {
        let catalog = self.catalog;
        let result = catalog.ping().await;
        self.keep("a ping", result);
        let lists = catalog.capabilities().lists;
        let mut words = None;
        for list in &lists {
            let tracks = self.list(list).await;
            words = words.or_else(|| tracks.iter().find_map(search_words));
        }
        self.expect(lists.is_empty() || words.is_some(), || {
            "its lists hold no title to search for".to_owned()
        });
        if !catalog.capabilities().search.is_empty() {
            self.search(words.as_deref().unwrap_or("love")).await;
        }
        let result = catalog.browse(&ListId("no-such-list".to_owned()), 0).await;
        self.fails("browsing an unknown list", result, FaultKind::NotFound);
        self.fails("reading an unknown track", catalog.track(UNKNOWN_ID).await, FaultKind::NotFound);
        for id in HOSTILE_IDS {
            let (read, located) = (catalog.track(id).await, catalog.locate(id).await);
            self.fails(&format!("reading track {id:?}"), read, FaultKind::NotFound);
            self.fails(&format!("locating track {id:?}"), located, FaultKind::NotFound);
        }
    }

    /// Reads a list to its end.
    async fn list(&mut self, list: &BrowseList) -> Vec<Track> {
        let doing = format!("browsing {:?}", list.title.as_str());
        self.expect(!list.title.is_empty() && !list.id.0.is_empty(), || "a list has no name".to_owned());
        let mut tracks = Vec::new();
        for number in 0..MAX_PAGES {
            let result = self.catalog.browse(&list.id, number).await;
            let Some(page) = self.keep(&doing, result) else { return tracks };
            let more = page.more;
            self.rows(&doing, &page);
            tracks.extend(page.items);
            if !more {
                self.read(&tracks).await;
                return tracks;
            }
        }
        self.expect(false, || format!("{doing} does not end after {MAX_PAGES} pages"));
        tracks
    }

    async fn search(&mut self, words: &str) {
        let doing = format!("searching {words:?}");
        for number in 0..MAX_PAGES {
            let result = self.catalog.search(&query(words, number)).await;
            let Some(page) = self.keep(&doing, result) else { return };
            self.rows(&doing, &page);
            if number == 0 {
                self.expect(!page.items.is_empty(), || format!("{doing} found nothing"));
                self.read(&page.items).await;
            }
            if !page.more {
                return;
            }
        }
        self.expect(false, || format!("{doing} does not end after {MAX_PAGES} pages"));
    }

    fn rows(&mut self, doing: &str, page: &Page<Track>) {
        let ours = self.catalog.id();
        for track in &page.items {
            let named = matches!(&track.reference, TrackRef::Service { service, id } if *service == ours && !id.is_empty());
            self.expect(named, || format!("{doing} gave {:?}, which is not its own", track.reference));
            self.expect(!track.title.is_empty(), || format!("{doing} gave a track without a title"));
        }
    }

    /// Reads tracks by their ids and finds out where their bytes are.
    async fn read(&mut self, tracks: &[Track]) {
        for track in tracks.iter().take(READ_ROWS) {
            let TrackRef::Service { id, .. } = &track.reference else { continue };
            let doing = format!("reading track {id}");
            let result = self.catalog.track(id).await;
            if let Some(found) = self.keep(&doing, result) {
                self.expect(found.reference == track.reference, || format!("{doing} gave another one"));
                self.expect(found.title == track.title, || format!("{doing} gave another title"));
            }
        }
        let playable = tracks.iter().filter(|track| track.playable == Playable::Yes).take(READ_ROWS);
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
        let result = self.catalog.locate(id).await;
        if result.as_ref().is_err_and(|error| error.fault().kind == FaultKind::Refused) {
            return false;
        }
        let Some(locator) = self.keep(&doing, result) else { return false };
        let on_the_web = match &locator {
            Locator::Http(address) | Locator::Hls(address) => is_web_address(&address.url),
            Locator::File(_) => false,
        };
        self.expect(on_the_web, || format!("{doing} gave no web address"));
        on_the_web
    }
}

fn query(words: &str, page: u32) -> SearchQuery {
    SearchQuery { words: words.to_owned(), limit: SEARCH_ROWS, page }
}

/// The longest word of a title; an id that stands in for a title is none.
fn search_words(track: &Track) -> Option<String> {
    let TrackRef::Service { id, .. } = &track.reference else { return None };
    let words = track.title.as_str().split(|c: char| !c.is_alphanumeric());
    let longest = words.filter(|word| !word.is_empty()).max_by_key(|word| word.chars().count())?;
    (track.title.as_str() != id).then(|| longest.to_owned())
}
