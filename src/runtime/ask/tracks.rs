//! The tracks behind what somebody wants to hear.

use std::path::Path;
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogError};
use crate::library::sheet_tracks;
use crate::model::{Fault, FaultKind, Item, ItemRef, Kind, ListId, Track, TrackRef};

use super::target::Target;
use super::{find, page_of};

/// Most tracks taken of one album or playlist.
const MAX_TRACKS: usize = 5000;

/// Most pages asked for, whatever is on them.
const MAX_PAGES: u32 = 500;

/// The tracks of a target in their order, with their particulars.
///
/// # Errors
/// When there is no such thing, when it holds no track, and for an artist.
pub(in crate::runtime) async fn tracks(
    catalogs: &[Arc<dyn Catalog>],
    target: &Target,
) -> Result<Vec<Track>, Fault> {
    match target {
        Target::File(path) if is_sheet(path) => sheet_tracks(path),
        Target::File(path) => Ok(vec![untitled(TrackRef::File(path.clone()))]),
        Target::Part(part) => Ok(vec![untitled(TrackRef::Part(part.clone()))]),
        Target::Link(link) => {
            let Some((catalog, answer)) = page_of(catalogs, link) else {
                return Ok(vec![untitled(TrackRef::Url(link.clone()))]);
            };
            match answer.await.map_err(|error| error.fault())? {
                Item::Track(track) => Ok(vec![track]),
                Item::Collection(collection) => of_collection(&**catalog, &collection.reference).await,
                Item::List(list) => all_of(&**catalog, &list.id).await.map_err(|error| error.fault()),
            }
        }
        Target::Item(item) => {
            let catalog = find(catalogs, &item.service)?;
            match item.kind {
                Kind::Track => {
                    catalog.track(&item.id).await.map(|track| vec![track]).map_err(|error| error.fault())
                }
                Kind::Album | Kind::Artist | Kind::Playlist => of_collection(&**catalog, item).await,
            }
        }
    }
}

async fn of_collection(catalog: &dyn Catalog, item: &ItemRef) -> Result<Vec<Track>, Fault> {
    if item.kind == Kind::Artist {
        return Err(Fault::new(
            FaultKind::Usage,
            format!("{item} is an artist and cannot be played as a whole"),
        )
        .hint(format!("segue browse {item} lists what there is to play")));
    }
    let tracks = all_of(catalog, &item.list()).await.map_err(|error| error.fault())?;
    if tracks.is_empty() {
        return Err(Fault::new(FaultKind::NotFound, format!("{item} holds no tracks")));
    }
    Ok(tracks)
}

/// The tracks of a list, page by page.
async fn all_of(catalog: &dyn Catalog, list: &ListId) -> Result<Vec<Track>, CatalogError> {
    let mut tracks = Vec::new();
    for number in 0..MAX_PAGES {
        let page = catalog.browse(list, number).await?;
        let is_last = !page.more || page.items.is_empty();
        tracks.extend(page.items.into_iter().filter_map(Item::into_track));
        if is_last || tracks.len() >= MAX_TRACKS {
            break;
        }
    }
    tracks.truncate(MAX_TRACKS);
    Ok(tracks)
}

/// Whether a file says which parts of others are tracks.
fn is_sheet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("cue"))
}

fn untitled(reference: TrackRef) -> Track {
    let title = reference.bare_title();
    Track::new(reference, title)
}
