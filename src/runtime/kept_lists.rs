//! Reads the lists that are kept offline, and tells services which copies came and went. Decides nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::Event;
use crate::catalog::Catalog;
use crate::library::{CopyNote, Downloads, Playlists};
use crate::model::{
    Change, Fault, FaultKind, Item, Kind, ListId, ListSource, PlaylistAnswer, PlaylistId, PlaylistOrder,
    Retry, ServiceId, Track,
};

use super::ask;
use super::clock;

/// Most tracks of one list.
const MAX_TRACKS: usize = 5000;

/// Most pages asked for, whatever is on them.
const MAX_PAGES: u32 = 500;

/// What is in a list now.
pub(super) async fn read_list(
    catalogs: Vec<Arc<dyn Catalog>>,
    library: PathBuf,
    source: ListSource,
) -> Event {
    let result = match source.playlist() {
        Some(id) => {
            let read = tokio::task::spawn_blocking(move || playlist(&library, id)).await;
            read.unwrap_or_else(|error| Err(Fault::new(FaultKind::Other, error.to_string())))
        }
        None => of_service(&catalogs, &source).await,
    };
    Event::ListRead { source, result, at: clock::unix_seconds() }
}

async fn of_service(catalogs: &[Arc<dyn Catalog>], source: &ListSource) -> Result<Vec<Track>, Fault> {
    let catalog = ask::find(catalogs, &source.service)?;
    // As it is now, and not as it was read before.
    catalog.renew();
    let mut tracks = Vec::new();
    for item in as_now(&**catalog, &source.list).await? {
        match item {
            Item::Track(track) => tracks.push(track),
            Item::Collection(part) if matches!(part.reference.kind, Kind::Album | Kind::Playlist) => {
                let rows = as_now(&**catalog, &part.reference.list()).await?;
                tracks.extend(rows.into_iter().filter_map(Item::into_track));
            }
            // All that an artist made is not meant.
            Item::Collection(_) | Item::List(_) => {}
        }
        if tracks.len() >= MAX_TRACKS {
            break;
        }
    }
    tracks.truncate(MAX_TRACKS);
    Ok(tracks)
}

/// The rows of a list, and not what is known of it from earlier.
async fn as_now(catalog: &dyn Catalog, list: &ListId) -> Result<Vec<Item>, Fault> {
    let mut rows = Vec::new();
    for number in 0..MAX_PAGES {
        let page = catalog.browse(list, number).await.map_err(|error| error.fault())?;
        if page.is_stale {
            let words = format!("{} does not tell now what is in {}", catalog.name(), list.0);
            return Err(Fault::new(FaultKind::Network, words));
        }
        let is_last = !page.more || page.items.is_empty();
        rows.extend(page.items);
        if is_last || rows.len() >= MAX_TRACKS {
            break;
        }
    }
    rows.truncate(MAX_TRACKS);
    Ok(rows)
}

/// The rows of a playlist on this machine.
pub(super) fn playlist(library: &Path, id: PlaylistId) -> Result<Vec<Track>, Fault> {
    let mut library = Playlists::join(library).map_err(|error| error.fault())?;
    match library.order(&PlaylistOrder::Open(id), clock::unix_seconds())? {
        PlaylistAnswer::Opened(opened) => {
            Ok(opened.entries.into_iter().map(|entry| Track::clone(&entry.track)).collect())
        }
        _ => Err(Fault::new(FaultKind::Other, "The library gave another answer than was asked for")),
    }
}

/// Tells the services that want to know which copies came and went since they were told last.
pub(super) async fn send_notes(library: PathBuf, catalogs: Vec<Arc<dyn Catalog>>) {
    for catalog in catalogs.iter().filter(|catalog| catalog.capabilities().powers.note_downloads) {
        if let Err(fault) = send_to(&library, &**catalog).await {
            tracing::info!("{} was not told of copies: {fault}", catalog.name());
        }
    }
}

async fn send_to(library: &Path, catalog: &dyn Catalog) -> Result<(), Fault> {
    loop {
        let notes = with_library(library, read_notes(catalog.id())).await?;
        if notes.is_empty() {
            return Ok(());
        }
        for is_gone in [true, false] {
            let told: Vec<CopyNote> = notes.iter().filter(|note| note.is_gone == is_gone).cloned().collect();
            if told.is_empty() {
                continue;
            }
            let tracks = told.iter().map(|note| note.track.clone()).collect();
            let change = Change::NoteDownloads { tracks, on: !is_gone };
            if let Err(error) = catalog.change(&change).await {
                let fault = error.fault();
                // What it will never take is not offered again.
                if fault.retry == Retry::Later || fault.kind == FaultKind::SignInNeeded {
                    return Err(fault);
                }
                tracing::warn!("{} does not take which copies there are: {fault}", catalog.name());
            }
            with_library(library, move |kept| kept.noted(&told)).await?;
        }
    }
}

fn read_notes(service: ServiceId) -> impl FnOnce(&mut Downloads) -> Result<Vec<CopyNote>, Fault> {
    move |kept| kept.notes(&service)
}

async fn with_library<T: Send + 'static>(
    library: &Path,
    question: impl FnOnce(&mut Downloads) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let path = library.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        question(&mut Downloads::join(&path).map_err(|error| error.fault())?)
    });
    asked.await.map_err(|error| Fault::new(FaultKind::Other, error.to_string()))?
}
