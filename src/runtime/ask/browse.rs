//! Lists of the services, a page at a time.

use crate::catalog::Catalog;
use crate::model::{Fault, FaultKind, Item, Kind, ListId, Page, ServiceId};

use super::target::Place;
use super::{Shelves, find};

/// What is in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Whose it is.
    pub service: ServiceId,
    /// The rows, and whether there are more.
    pub page: Page<Item>,
}

impl Shelves {
    /// One page, from 0, of what is in a place.
    ///
    /// # Errors
    /// When there is no such place, or its service does not say.
    pub fn browse(&self, place: &Place, page: u32) -> Result<Listing, Fault> {
        let (Place::Service(service) | Place::List(service, _)) = place;
        let catalog = find(&self.catalogs, service)?;
        let page = match place {
            Place::Service(_) if page > 0 => {
                return Err(Fault::new(FaultKind::NotFound, "All lists are on the first page"));
            }
            Place::Service(_) => {
                let items: Vec<_> = catalog.capabilities().lists.into_iter().map(Item::List).collect();
                Page { total: Some(items.len() as u64), items, ..Page::default() }
            }
            Place::List(_, list) if is_unknown_track(&**catalog, list) => {
                let name = list.0.replacen('/', ":", 1);
                let fault = format!("{} does not tell which tracks are similar", catalog.name());
                return Err(Fault::new(FaultKind::NotFound, fault)
                    .hint(format!("segue show {service}:{name} tells what it is")));
            }
            Place::List(_, list) => {
                self.tasks.block_on(catalog.browse(list, page)).map_err(|error| error.fault())?
            }
        };
        Ok(Listing { service: service.clone(), page })
    }
}

/// Whether the list is what a track opens to, at a service where it opens to nothing.
fn is_unknown_track(catalog: &dyn Catalog, list: &ListId) -> bool {
    matches!(list.item(), Some((Kind::Track, _))) && !catalog.capabilities().similar
}
