//! Asks the services without a screen, for the command line: search, lists, particulars, changes and special
//! calls. Prints nothing and plays nothing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use tokio::runtime::Runtime;
use url::Url;

use crate::catalog::{Answer, Catalog};
use crate::library::{Playlists, rebuilt};
use crate::model::{Fault, FaultKind, FilePart, Item, LOCAL, ServiceId, ServiceInfo, nearest};

use super::accounts::info;
use super::clock;
use super::demo::Demo;
use super::log;
use super::paths::make_private_folder;
use super::profile::Profile;
use super::wire_up;

mod browse;
mod change;
mod downloads;
mod exchange;
mod kept_lists;
mod local;
mod matching;
mod playlists;
mod search;
mod special;
mod target;
#[cfg(test)]
mod tests;
mod theirs;
mod tracks;
mod watch;

pub use browse::Listing;
pub use change::Marked;
pub use downloads::{DownloadsDone, Examined, command_downloads, downloads, verify_downloads};
pub(super) use downloads::{download_named, hash_of_file};
pub use exchange::{HeldList, Incoming};
pub(super) use exchange::{fresh, text_row};
pub use kept_lists::{leave_list, travel_check};
pub(super) use local::local_playlist;
pub use local::{JournalRow, is_local};
pub(super) use matching::recording_elsewhere;
pub use matching::{Match, stays};
pub use playlists::{OwnPlaylists, PlaylistDone, PlaylistRow, PlaylistRows, PlaylistWish};
pub(super) use playlists::{held_rows, own_ids};
pub use search::{SearchEnd, SearchNews, SearchWish};
pub use target::{Place, Target};
pub(super) use tracks::tracks;
pub use watch::{WatchNews, watch_downloads};

/// The services, ready to be asked. Each method waits for its answer.
pub struct Shelves {
    catalogs: Vec<Arc<dyn Catalog>>,
    /// Where the library is.
    library: PathBuf,
    /// Nobody is asked for anything.
    is_offline: bool,
    /// Its playlists, once they were asked for.
    playlists: Mutex<Option<Playlists>>,
    // The demo's services end before the threads they run on.
    _demo: Option<Demo>,
    tasks: Runtime,
}

impl Shelves {
    /// Makes them ready, with whoever is signed in. A demo starts its own services. `warn` hears what the
    /// listener should know although everything can go on.
    ///
    /// # Errors
    /// When no threads can be started, or the demo's services cannot.
    pub fn open(mut profile: Profile, warn: &dyn Fn(&Fault)) -> Result<Self, Fault> {
        // Without a place for logs there are still answers.
        let _ = make_private_folder(&profile.paths.state);
        log::start(&profile.paths.log_file(), profile.settings.log.level);
        profile.warnings.iter().for_each(warn);
        let library = profile.paths.library_file();
        if library.exists() {
            // Mended, or brought to the newest schema, before anything is asked of it; why it cannot be opened is told by
            // whatever needs it.
            drop(Playlists::open(&library));
            rebuilt().iter().for_each(warn);
        }
        let tasks = super::tokio_runtime()?;
        let demo = Demo::begin(&mut profile, &tasks)?;
        let mut catalogs = wire_up::catalogs(&profile, Box::new(|_, fault| tracing::info!("{fault}")));
        catalogs.extend(wire_up::own_shelf(&profile));
        tasks.block_on(restore(&catalogs)).iter().for_each(warn);
        Ok(Self {
            catalogs,
            library,
            is_offline: profile.settings.network.offline,
            playlists: Mutex::default(),
            _demo: demo,
            tasks,
        })
    }

    /// The services and what each can do now.
    pub fn services(&self) -> Vec<ServiceInfo> {
        self.catalogs.iter().map(|catalog| info(&**catalog)).collect()
    }

    /// What a target is.
    ///
    /// # Errors
    /// When there is no such thing, or its service does not say; of kind `Usage` when no service is meant.
    pub fn item(&self, target: &Target) -> Result<(ServiceId, Item), Fault> {
        self.tasks.block_on(self.find_item(target))
    }

    /// Something that is done with the library and the services.
    pub(super) fn send_from_library<T, F: Future<Output = T>>(
        &self,
        work: impl FnOnce(PathBuf, Vec<Arc<dyn Catalog>>) -> F,
    ) -> T {
        self.tasks.block_on(work(self.library.clone(), self.catalogs.clone()))
    }

    async fn find_item(&self, target: &Target) -> Result<(ServiceId, Item), Fault> {
        let (catalog, answer) = match target {
            Target::Item(item) => {
                let catalog = find(&self.catalogs, &item.service)?;
                (catalog, catalog.item(item.kind, &item.id))
            }
            Target::Link(link) => {
                page_of(&self.catalogs, link).ok_or_else(|| no_page(&self.catalogs, link))?
            }
            Target::File(path) | Target::Part(FilePart { path, .. }) => {
                return Err(Fault::new(FaultKind::Usage, format!("{} is a file", path.display()))
                    .hint("segue probe tells what it is"));
            }
        };
        Ok((catalog.id(), answer.await.map_err(|error| error.fault())?))
    }
}

/// The service whose page an address is, and what is on it.
pub(super) fn page_of<'c>(
    catalogs: &'c [Arc<dyn Catalog>],
    link: &'c Url,
) -> Option<(&'c Arc<dyn Catalog>, Answer<'c, Item>)> {
    catalogs.iter().find_map(|catalog| Some((catalog, catalog.resolve(link)?)))
}

/// The fault that an address is no page of any service.
pub(super) fn no_page(catalogs: &[Arc<dyn Catalog>], link: &Url) -> Fault {
    let names: Vec<&str> = catalogs.iter().map(|catalog| catalog.name()).collect();
    let set = |catalog: &Arc<dyn Catalog>| {
        Some(format!("If this is {}, set {}", catalog.name(), catalog.link_setting()?))
    };
    let here = format!("Services here: {}", names.join(", "));
    let hint: Vec<String> = std::iter::once(here).chain(catalogs.iter().filter_map(set)).collect();
    let host = link.host_str().unwrap_or_default();
    Fault::new(FaultKind::NotFound, format!("No service here knows links to {host}")).hint(hint.join(". "))
}

/// Takes up earlier sign-ins, and tells which cannot be.
pub(super) async fn restore(catalogs: &[Arc<dyn Catalog>]) -> Vec<Fault> {
    let restored = join_all(catalogs.iter().map(|catalog| catalog.restore())).await;
    restored.into_iter().filter_map(|result| result.err().map(|error| error.fault())).collect()
}

/// A service by its name.
pub(super) fn find<'c>(
    catalogs: &'c [Arc<dyn Catalog>],
    service: &ServiceId,
) -> Result<&'c Arc<dyn Catalog>, Fault> {
    find_among(catalogs, service, None)
}

/// The same for whoever may also name this machine.
pub(super) fn find_or_local<'c>(
    catalogs: &'c [Arc<dyn Catalog>],
    service: &ServiceId,
) -> Result<&'c Arc<dyn Catalog>, Fault> {
    find_among(catalogs, service, Some(LOCAL))
}

/// `other` may be named as well.
fn find_among<'c>(
    catalogs: &'c [Arc<dyn Catalog>],
    service: &ServiceId,
    other: Option<&str>,
) -> Result<&'c Arc<dyn Catalog>, Fault> {
    catalogs.iter().find(|catalog| catalog.id() == *service).ok_or_else(|| {
        let known: Vec<_> = catalogs.iter().map(|catalog| catalog.id()).collect();
        unknown("service", service.as_str(), other.into_iter().chain(known.iter().map(ServiceId::as_str)))
    })
}

/// A fault for a name that is not known, with the one that may be meant and all there are.
fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Fault {
    let meant = nearest(name, known.clone()).map(|meant| format!("Did you mean {meant}? "));
    let all: Vec<&str> = known.collect();
    let hint = format!("{}Known here: {}", meant.unwrap_or_default(), all.join(", "));
    Fault::new(FaultKind::Usage, format!("There is no {what} named {name}")).hint(hint)
}
