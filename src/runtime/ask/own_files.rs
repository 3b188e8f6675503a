//! The listener's own music among the services that are asked: found and listed by the same words. It has no
//! account, no search but for tracks, and nothing to change.

use std::path::{Path, PathBuf};

use url::Url;

use crate::catalog::{Answer, Catalog, CatalogError};
use crate::model::{
    Capabilities, Item, Kind, ListId, Locator, Page, Purpose, SearchQuery, ServiceId, ServiceInfo, Track,
};
use crate::runtime::hands::{read_own_folder, search_own_folders};

/// Its spelling, which the screen shows too.
const NAME: &str = "My music";

/// The folders with the listener's music.
pub(super) struct OwnFiles {
    info: ServiceInfo,
    folders: Vec<PathBuf>,
}

impl OwnFiles {
    /// These folders, under the name and with the lists that the screen has for them.
    pub fn new(info: ServiceInfo, folders: Vec<PathBuf>) -> Self {
        Self { info, folders }
    }

    fn has(&self, folder: &Path) -> bool {
        self.folders.iter().any(|own| folder.starts_with(own))
    }
}

fn nothing(what: String) -> CatalogError {
    CatalogError::NotFound { service: NAME, what }
}

impl Catalog for OwnFiles {
    fn id(&self) -> ServiceId {
        self.info.id.clone()
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        self.info.capabilities.clone()
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            let found = search_own_folders(self.folders.clone(), query.clone()).await;
            found.map_err(|fault| nothing(format!("answer: {fault}")))
        })
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            let folder = PathBuf::from(&list.0);
            if page > 0 || !self.has(&folder) {
                return Err(nothing(format!("list {} on that page", list.0)));
            }
            read_own_folder(folder).await.map_err(|fault| nothing(format!("such list: {fault}")))
        })
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(async move { Err(nothing(format!("track {id}; files are named by their paths"))) })
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move { Err(nothing(format!("{kind} {id}; files are named by their paths"))) })
    }

    fn resolve<'a>(&'a self, _link: &'a Url) -> Option<Answer<'a, Item>> {
        None
    }

    fn locate<'a>(&'a self, id: &'a str, _purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(async move { Err(nothing(format!("track {id}; files are named by their paths"))) })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
