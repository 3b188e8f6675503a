//! The queue under a name, for the command line: saved as a playlist that remembers where it stands, and brought back.
//! While the player runs, the queue is the player's.

use std::sync::Arc;
use std::sync::mpsc::channel;

use crate::library::{Keeper, News, Order, Playlists};
use crate::model::{
    CleanText, Entry, EntryId, Fault, FaultKind, Journal, OpenedPlaylist, PlaylistAnswer, PlaylistInfo,
    PlaylistOrder, QueuePlace, Session, Snapshot, Step,
};

use super::ask::{Target, fresh, local_playlist};
use super::clock;
use super::profile::Profile;

/// The queues that were saved, by name.
///
/// # Errors
/// When the library fails.
pub fn saved_queues(profile: &Profile) -> Result<Vec<PlaylistInfo>, Fault> {
    let path = profile.paths.library_file();
    // Looking makes no library.
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut library = Playlists::open(&path).map_err(|error| error.fault())?;
    match library.order(&PlaylistOrder::List, clock::unix_seconds())? {
        PlaylistAnswer::Listed(all) => Ok(all.into_iter().filter(|about| about.place.is_some()).collect()),
        _ => Ok(Vec::new()),
    }
}

/// Saves the queue, as the player kept it last, under a name; gives how many rows it has, and whether it took the place of
/// a queue that was saved so before.
///
/// # Errors
/// When it is empty, or there is another playlist of this name.
pub fn save_queue(profile: &Profile, name: &str) -> Result<(usize, bool), Fault> {
    let name = CleanText::new(name.trim());
    let took_place = saved_queues(profile)?.iter().any(|about| about.name == name);
    let mut library = Playlists::open(&profile.paths.library_file()).map_err(|error| error.fault())?;
    let session = library.queue()?;
    let entries: Vec<Entry> = session.tracks.into_iter().map(fresh).collect();
    let Some(current) = entries.get(session.current.unwrap_or_default()) else {
        return Err(Fault::new(FaultKind::NotFound, "The queue is empty; there is nothing to save"));
    };
    let place = QueuePlace { entry: current.id, position: session.position };
    let count = entries.len();
    let order = PlaylistOrder::SaveQueue { name, entries, place };
    library.order(&order, clock::unix_seconds()).map(|_| (count, took_place))
}

/// Makes a playlist of this machine the queue, where it was left; gives its name and how many rows it has. The queue before
/// can be brought back by undo.
///
/// # Errors
/// When there is none of this name, or the player runs.
pub fn load_queue(profile: &Profile, playlist: &Target) -> Result<(CleanText, usize), Fault> {
    let path = profile.paths.library_file();
    let OpenedPlaylist { about, entries, .. } = local_playlist(&path, playlist)?;
    let (tell, told) = channel();
    let report = move |news| {
        // Nobody listens any more once the queue is there.
        let _ = tell.send(news);
    };
    let (keeper, left) = Keeper::open(&path, clock::unix_seconds(), report).map_err(|error| error.fault())?;
    if !keeper.keeps_queue() {
        return Err(Fault::new(FaultKind::Other, "Segue runs already, and that one keeps the queue")
            .hint("Bring it back there: g q on the page of playlists"));
    }
    let mut journal = journal_of(told.iter())?;
    let (step, session) = brought_back(&left.session, &about, &entries);
    let count = session.tracks.len();
    let number = journal.number();
    if let Some(step) = step {
        journal.push(step.clone());
        keeper.take(Order::QueueStep { at: clock::unix_seconds(), after: number, step });
    }
    keeper.take(Order::Save(Session { step: journal.number(), ..session }));
    // What waits is written before it is gone.
    drop(keeper);
    match told.try_iter().find_map(trouble) {
        Some(fault) => Err(fault),
        None => Ok((about.name, count)),
    }
}

fn journal_of(news: impl Iterator<Item = News>) -> Result<Journal, Fault> {
    for told in news {
        match told {
            News::QueueJournal(journal) => return Ok(journal),
            News::Trouble(fault) => return Err(fault),
            News::Playlists { .. } | News::MarkKept { .. } | News::OwnJournal(_) => {}
        }
    }
    Err(Fault::new(FaultKind::Other, "The library did not tell what was done to the queue"))
}

fn trouble(news: News) -> Option<Fault> {
    match news {
        News::Trouble(fault) => Some(fault),
        News::Playlists { .. } | News::MarkKept { .. } | News::QueueJournal(_) | News::OwnJournal(_) => None,
    }
}

/// The step that brings a saved queue back, and how things are left then.
fn brought_back(before: &Session, about: &PlaylistInfo, rows: &[Entry]) -> (Option<Step>, Session) {
    let numbered = before.entries.len() == before.tracks.len();
    let number = |row: usize| match before.entries.get(row).filter(|_| numbered) {
        Some(id) => *id,
        None => EntryId(row as u64 + 1),
    };
    let entries: Vec<Entry> = before
        .tracks
        .iter()
        .enumerate()
        .map(|(row, track)| Entry::new(number(row), Arc::clone(track)))
        .collect();
    let last = entries.iter().map(|entry| entry.id.0).max().unwrap_or(0);
    let new: Vec<Entry> =
        (last + 1..).zip(rows).map(|(id, row)| Entry::new(EntryId(id), row.track.clone())).collect();
    let place = about
        .place
        .and_then(|place| Some((rows.iter().position(|row| row.id == place.entry)?, place.position)));
    let (current, position) = place.unwrap_or_default();
    let id_of = |entries: &[Entry], row: Option<usize>| entries.get(row?).map(|entry| entry.id);
    let order = before.order.as_ref().map(|order| order.iter().map(|row| number(*row)).collect());
    let snapshot = Snapshot::new(&entries, id_of(&entries, before.current), order.as_ref());
    let name = format!("bringing {} back", about.name);
    let step = Step::between(name, snapshot, &new, id_of(&new, Some(current)), None);
    let session = Session {
        tracks: new.iter().map(|entry| Arc::clone(&entry.track)).collect(),
        entries: new.iter().map(|entry| entry.id).collect(),
        current: (!new.is_empty()).then_some(current),
        position,
        order: None,
        ..before.clone()
    };
    (step, session)
}
