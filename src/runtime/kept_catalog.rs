//! A service whose lists that are kept offline can be opened while it cannot be reached.

use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use crate::catalog::{Answer, Catalog, CatalogError};
use crate::library::Downloads;
use crate::model::{
    Allowed, Capabilities, Change, CleanText, Collection, FaultKind, Item, ItemRef, KeptList, Kind, ListId,
    ListSource, Locator, Page, Purpose, Reach, SearchQuery, ServiceId, SignInAnswer, SignInStep, Special,
    SpecialAnswer, Track,
};

/// The service, with the library where its lists are kept. It asks the service first, always.
pub(super) struct KeptCatalog {
    service: Arc<dyn Catalog>,
    library: PathBuf,
}

impl KeptCatalog {
    pub fn new(service: Arc<dyn Catalog>, library: PathBuf) -> Self {
        Self { service, library }
    }

    /// The list as it was read last, where it is kept offline and the service could not be asked.
    async fn kept(&self, list: &ListId, error: &CatalogError) -> Option<KeptList> {
        if !matches!(error.fault().kind, FaultKind::Network | FaultKind::Limited) || !self.library.exists() {
            return None;
        }
        let source = ListSource { service: self.id(), list: list.clone() };
        let library = self.library.clone();
        let read = move || Downloads::join(&library).map_err(|error| error.fault())?.list(&source);
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(found)) => found.filter(|list| list.read_at > 0),
            Ok(Err(fault)) => {
                tracing::warn!("what is kept of {} was not read: {fault}", list.0);
                None
            }
            Err(_) => None,
        }
    }
}

fn rows(list: &KeptList) -> Vec<Item> {
    let now = list.members.iter().filter(|member| member.gone_at.is_none());
    now.map(|member| {
        let mut track = Track::clone(&member.track);
        track.keepable = member.why_not.clone().map_or(track.keepable, Allowed::No);
        Item::Track(track)
    })
    .collect()
}

impl Catalog for KeptCatalog {
    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            let error = match self.service.browse(list, page).await {
                Err(error) if page == 0 => error,
                answer => return answer,
            };
            match self.kept(list, &error).await {
                Some(kept) => {
                    let items = rows(&kept);
                    Ok(Page { total: Some(items.len() as u64), items, more: false, is_stale: true })
                }
                None => Err(error),
            }
        })
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            let error = match self.service.item(kind, id).await {
                // What is like a track is a list, and no track.
                Err(error) if kind != Kind::Track => error,
                answer => return answer,
            };
            let reference = ItemRef { service: self.id(), kind, id: id.to_owned() };
            match self.kept(&reference.list(), &error).await {
                Some(kept) => {
                    let mut made = Collection::new(reference, kept.title.clone());
                    made.tracks = Some(rows(&kept).len() as u64);
                    Ok(Item::Collection(made))
                }
                None => Err(error),
            }
        })
    }

    fn id(&self) -> ServiceId {
        self.service.id()
    }

    fn name(&self) -> &'static str {
        self.service.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.service.capabilities()
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        self.service.search(query)
    }

    fn suggest<'a>(&'a self, words: &'a str) -> Answer<'a, Vec<CleanText>> {
        self.service.suggest(words)
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        self.service.track(id)
    }

    fn lyrics<'a>(&'a self, id: &'a str) -> Answer<'a, Option<String>> {
        self.service.lyrics(id)
    }

    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        self.service.resolve(link)
    }

    fn link_setting(&self) -> Option<&'static str> {
        self.service.link_setting()
    }

    fn locate<'a>(&'a self, id: &'a str, purpose: Purpose) -> Answer<'a, Locator> {
        self.service.locate(id, purpose)
    }

    fn reach(&self, address: &Url) -> Reach {
        self.service.reach(address)
    }

    fn listened<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        self.service.listened(id)
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        self.service.change(change)
    }

    fn renew(&self) {
        self.service.renew();
    }

    fn restore(&self) -> Answer<'_, ()> {
        self.service.restore()
    }

    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        self.service.sign_in(answer)
    }

    fn sign_out(&self) -> Answer<'_, ()> {
        self.service.sign_out()
    }

    fn specials(&self) -> &'static [Special] {
        self.service.specials()
    }

    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        self.service.special(name, values)
    }

    fn ping(&self) -> Answer<'_, ()> {
        self.service.ping()
    }

    fn lacks(&self, what: &str) -> CatalogError {
        self.service.lacks(what)
    }
}
