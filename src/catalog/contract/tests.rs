//! The suite sees each promise that is broken.

use super::*;
use crate::catalog::Answer;
use crate::model::{Capabilities, Kind, RemoteAddress, ServiceId};

/// What a made-up service does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    NoPing,
    NoWords,
    NamelessRow,
    StrangeRow,
    EmptyId,
    EndlessList,
    EndlessSearch,
    SearchFindsNothing,
    OtherTrack,
    OtherTitle,
    NoAddress,
    RefusesAll,
    TakesUnknownIds,
    TakesHostileIds,
    TakesUnknownLists,
    SilentWithoutKeys,
    NoHint,
    Keyless,
}

struct MadeUp(Flaw);

impl MadeUp {
    fn has(&self, flaw: Flaw) -> bool {
        self.0 == flaw
    }

    fn row(&self, number: u32) -> Track {
        let id = if self.has(Flaw::EmptyId) { String::new() } else { format!("t{number}") };
        let service = ServiceId::known(if self.has(Flaw::StrangeRow) { "other" } else { "made-up" });
        let title = match self.0 {
            Flaw::NamelessRow => String::new(),
            Flaw::NoWords => id.clone(),
            _ => format!("Night Ferry {number}"),
        };
        Track::new(TrackRef::Service { service, id }, title)
    }

    /// Three pages of two.
    fn page(&self, page: u32, endless: Flaw) -> Page<Item> {
        let items = vec![self.row(page * 2).into(), self.row(page * 2 + 1).into()];
        Page { items, more: page < 2 || self.has(endless), ..Page::default() }
    }

    fn keys(&self) -> Result<(), CatalogError> {
        match self.0 {
            Flaw::Keyless => {
                Err(CatalogError::SignIn { service: "Made up", hint: "Set made-up.key".to_owned() })
            }
            Flaw::NoHint => Err(CatalogError::Net {
                service: "Made up",
                source: crate::net::NetError::Setup("no".to_owned()),
            }),
            _ => Ok(()),
        }
    }
}

fn answer<'a, T: Send + 'a>(value: Result<T, CatalogError>) -> Answer<'a, T> {
    Box::pin(async move { value })
}

fn not_found<T>() -> Result<T, CatalogError> {
    Err(CatalogError::NotFound { service: "Made up", what: "such thing".to_owned() })
}

impl Catalog for MadeUp {
    fn id(&self) -> ServiceId {
        ServiceId::known("made-up")
    }

    fn name(&self) -> &'static str {
        "Made up"
    }

    fn capabilities(&self) -> Capabilities {
        let keyless = [Flaw::Keyless, Flaw::NoHint, Flaw::SilentWithoutKeys].contains(&self.0);
        Capabilities {
            search: vec![Kind::Track],
            lists: vec![BrowseList { id: ListId("new".to_owned()), title: "New".into() }],
            sign_in: if keyless { SignIn::Missing("Set made-up.key".into()) } else { SignIn::NotNeeded },
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        let mut page = self.page(query.page, Flaw::EndlessSearch);
        if self.has(Flaw::SearchFindsNothing) || !"Night Ferry 0 1 2 3 4 5".contains(&query.words) {
            page.items.clear();
        }
        answer(self.keys().map(|()| page))
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        if list.0 != "new" && !self.has(Flaw::TakesUnknownLists) {
            return answer(not_found());
        }
        answer(self.keys().map(|()| self.page(page, Flaw::EndlessList)))
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        let number = id.strip_prefix('t').and_then(|number| number.parse().ok());
        answer(self.keys().and_then(|()| match (number, self.0) {
            (Some(number), Flaw::OtherTrack) => Ok(self.row(number + 1)),
            (Some(number), Flaw::OtherTitle) => Ok(Track { title: "Other".into(), ..self.row(number) }),
            (Some(number), _) => Ok(self.row(number)),
            (None, Flaw::TakesUnknownIds) if id == UNKNOWN_ID => Ok(self.row(0)),
            (None, Flaw::EmptyId) if id.is_empty() => Ok(self.row(0)),
            (None, _) => not_found(),
        }))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            if kind == Kind::Track { self.track(id).await.map(Item::Track) } else { not_found() }
        })
    }

    fn locate<'a>(&'a self, id: &'a str, _purpose: Purpose) -> Answer<'a, Locator> {
        let url = format!("https://cdn.example/{}", id.len()).parse().unwrap();
        let locator = if self.has(Flaw::NoAddress) {
            Locator::File("/etc/passwd".into())
        } else {
            Locator::Http(RemoteAddress::plain(url))
        };
        if self.has(Flaw::RefusesAll) {
            return answer(Err(CatalogError::Refused { service: "Made up", reason: "no".to_owned() }));
        }
        if !id.starts_with('t') && !self.has(Flaw::TakesHostileIds) && self.keys().is_ok() {
            return answer(not_found());
        }
        answer(self.keys().map(|()| locator))
    }

    fn ping(&self) -> Answer<'_, ()> {
        answer(if self.has(Flaw::NoPing) { not_found() } else { self.keys() })
    }
}

#[tokio::test]
async fn each_broken_promise_is_seen() {
    let rows = [
        (Flaw::NoPing, "a ping failed"),
        (Flaw::NoWords, "no title to search for"),
        (Flaw::NamelessRow, "without a title"),
        (Flaw::StrangeRow, "which is not its own"),
        (Flaw::EmptyId, "which is not its own"),
        (Flaw::EndlessList, "browsing \"New\" does not end"),
        (Flaw::EndlessSearch, "searching tracks for \"Ferry\" does not end"),
        (Flaw::SearchFindsNothing, "found nothing"),
        (Flaw::OtherTrack, "gave another one"),
        (Flaw::OtherTitle, "gave another title"),
        (Flaw::NoAddress, "gave no web address"),
        (Flaw::RefusesAll, "can be located"),
        (Flaw::TakesUnknownIds, "reading an unknown track did not fail"),
        (Flaw::TakesHostileIds, "locating track \"..\" did not fail"),
        (Flaw::TakesUnknownLists, "browsing an unknown list did not fail"),
        (Flaw::SilentWithoutKeys, "searching did not fail"),
        (Flaw::NoHint, "a ping failed as Network"),
    ];
    for (flaw, part) in rows {
        let broken = check(&MadeUp(flaw)).await;
        assert!(broken.iter().any(|words| words.contains(part)), "{flaw:?}: {broken:?}");
    }
    for flaw in [Flaw::None, Flaw::Keyless] {
        assert_eq!(check(&MadeUp(flaw)).await, Vec::<String>::new(), "{flaw:?}");
    }
}
