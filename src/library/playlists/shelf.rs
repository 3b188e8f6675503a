//! Which playlists there are: made, renamed, deleted, and all of that taken back.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{edit, key, missing, queue_place, remote};
use crate::library::rows::{duration, whole};
use crate::library::session::{keep, kept};
use crate::model::{
    CleanText, Entry, Fault, FaultKind, MAX_PLAYLIST_ROWS, PlaylistAnswer, PlaylistId, PlaylistInfo,
    ServiceId, ShelfStep, SignedIn,
};

/// Changes of the shelf that can be taken back, at most; 1,000 are promised.
const MAX_STEPS: i64 = 2_000;

/// The name under which the number of the last change that is done is kept.
pub(super) const STEP: &str = "shelf-step";

const ABOUT: &str = "SELECT p.id, p.name, p.changed_at, count(e.place), ifnull(sum(r.length_ms), 0), q.entry,
     q.position_ms, p.service, m.remote, m.changes, m.held, m.account
     FROM playlist p LEFT JOIN queue_place q ON q.playlist = p.id LEFT JOIN playlist_entry e ON e.playlist = p.id
     LEFT JOIN recording r ON r.id = e.recording LEFT JOIN remote_playlist m ON m.playlist = p.id
     WHERE p.gone = 0";

fn info(row: &Row<'_>) -> rusqlite::Result<PlaylistInfo> {
    Ok(PlaylistInfo {
        id: PlaylistId(row.get::<_, i64>(0)?.cast_unsigned()),
        name: row.get::<_, String>(1)?.into(),
        changed_at: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
        tracks: usize::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        length: duration(row.get(4)?),
        place: queue_place::read(row, 5)?,
        remote: remote::read_remote(row, 7)?,
    })
}

/// All playlists by name.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<PlaylistInfo>> {
    let text = format!("{ABOUT} GROUP BY p.id ORDER BY p.name COLLATE NOCASE, p.name");
    let mut find = connection.prepare_cached(&text)?;
    find.query_map([], info)?.collect()
}

/// One playlist.
pub(super) fn about(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Option<PlaylistInfo>> {
    let mut find = connection.prepare_cached(&format!("{ABOUT} AND p.id = ?1 GROUP BY p.id"))?;
    find.query_row([key(id)], info).optional()
}

/// Why a name cannot be had.
fn refusal(connection: &Connection, name: &CleanText, is_remote: bool) -> rusqlite::Result<Option<Fault>> {
    if name.as_str().trim().is_empty() {
        return Ok(Some(Fault::new(FaultKind::Usage, "A playlist needs a name")));
    }
    // A service takes two of one name.
    if is_remote {
        return Ok(None);
    }
    let mut find = connection
        .prepare_cached("SELECT 1 FROM playlist WHERE gone = 0 AND name = ?1 AND service IS NULL")?;
    let is_taken = find.exists([name.as_str()])?;
    Ok(is_taken.then(|| {
        Fault::new(FaultKind::Usage, format!("There is a playlist called {name} already"))
            .hint("Choose another name")
    }))
}

pub(super) fn make(
    change: &Transaction<'_>,
    (name, place): (&CleanText, Option<(&ServiceId, bool)>),
    entries: &[Entry],
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let service = place.map(|(service, _)| service);
    if let Some(fault) = refusal(change, name, service.is_some())? {
        return Ok(Err(fault));
    }
    if let Some(fault) = service.and_then(|service| remote::foreign(service, entries)) {
        return Ok(Err(fault));
    }
    if entries.len() > MAX_PLAYLIST_ROWS {
        let words = format!("A playlist holds at most {MAX_PLAYLIST_ROWS} tracks");
        return Ok(Err(Fault::new(FaultKind::Usage, words)));
    }
    let account = place.map(|(service, is_private)| (service, is_private, who.at(service)));
    if let Some((service, _, None)) = account {
        let words = format!("It is not known who is signed in at {service}; nothing was made");
        return Ok(
            Err(Fault::new(FaultKind::SignInNeeded, words).hint("Try again once its lists are shown")),
        );
    }
    let id = new_row(change, name, service, at)?;
    edit::write(change, id, &[], entries)?;
    if let Some((service, is_private, Some(account))) = account {
        remote::made_here(change, id, (service, account), is_private)?;
    }
    let step = ShelfStep { id, before: None, after: Some(name.clone()) };
    push(change, step, at, who)
}

/// A service's playlist got other names, one after the other, the first of them there: all can be taken back.
pub(super) fn renamed_there(
    change: &Transaction<'_>,
    id: PlaylistId,
    (name, names): (&CleanText, &[CleanText]),
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<()> {
    let mut before = name;
    for after in names {
        change.execute("UPDATE playlist SET name = ?2 WHERE id = ?1", params![key(id), after.as_str()])?;
        let step = ShelfStep { id, before: Some(before.clone()), after: Some(after.clone()) };
        keep_step(change, &step, at, who)?;
        before = after;
    }
    Ok(())
}

/// A playlist without rows.
pub(super) fn new_row(
    change: &Transaction<'_>,
    name: &CleanText,
    service: Option<&ServiceId>,
    at: i64,
) -> rusqlite::Result<PlaylistId> {
    // The numbers of playlists that are gone for good must not come again while a step names them.
    let last: i64 = change.query_row(
        "SELECT max(ifnull((SELECT max(id) FROM playlist), 0), ifnull((SELECT max(playlist) FROM shelf_step), 0))",
        [],
        |row| row.get(0),
    )?;
    change.execute(
        "INSERT INTO playlist (id, name, gone, revision, step, made_at, changed_at, service)
         VALUES (?1, ?2, 0, 1, 0, ?3, ?3, ?4)",
        params![last + 1, name.as_str(), at, service.map(ServiceId::as_str)],
    )?;
    Ok(PlaylistId((last + 1).cast_unsigned()))
}

pub(super) fn rename(
    change: &Transaction<'_>,
    id: PlaylistId,
    name: &CleanText,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let Some(about) = about(change, id)? else { return Ok(Err(missing())) };
    if about.name == *name {
        return Ok(Ok(PlaylistAnswer::Shelved { done: None, all: all(change)? }));
    }
    if let Some(fault) = refusal(change, name, about.remote.is_some())? {
        return Ok(Err(fault));
    }
    let step = ShelfStep { id, before: Some(about.name), after: Some(name.clone()) };
    set(change, &step, at)?;
    push(change, step, at, who)
}

pub(super) fn delete(
    change: &Transaction<'_>,
    id: PlaylistId,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let Some(about) = about(change, id)? else { return Ok(Err(missing())) };
    let step = ShelfStep { id, before: Some(about.name), after: None };
    set(change, &step, at)?;
    push(change, step, at, who)
}

/// Makes a playlist be as it is after a step.
fn set(change: &Transaction<'_>, step: &ShelfStep, at: i64) -> rusqlite::Result<()> {
    match &step.after {
        Some(name) => change.execute(
            "UPDATE playlist SET name = ?2, gone = 0, changed_at = ?3 WHERE id = ?1",
            params![key(step.id), name.as_str(), at],
        ),
        None => change.execute("UPDATE playlist SET gone = 1 WHERE id = ?1", [key(step.id)]),
    }?;
    remote::touched(change, step.id)
}

pub(super) fn number(connection: &Connection) -> rusqlite::Result<i64> {
    Ok(kept(connection, STEP)?.and_then(|value| value.parse().ok()).unwrap_or(0))
}

/// Keeps a step that was made, behind the ways back of those that were taken back.
pub(super) fn push(
    change: &Transaction<'_>,
    step: ShelfStep,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    keep_step(change, &step, at, who)?;
    Ok(Ok(PlaylistAnswer::Shelved { done: Some(step), all: all(change)? }))
}

fn keep_step(change: &Transaction<'_>, step: &ShelfStep, at: i64, who: &SignedIn) -> rusqlite::Result<()> {
    let done = number(change)?;
    let mut find = change.prepare_cached(
        "SELECT playlist, before, after FROM shelf_step WHERE number > ?1 ORDER BY number DESC",
    )?;
    let mut undone: Vec<ShelfStep> = find.query_map([done], read)?.collect::<Result<_, _>>()?;
    let mut last = done + whole(undone.len());
    // Those of other accounts were passed over, not taken back.
    let mut kept = Vec::new();
    for step in undone.drain(..) {
        if !is_others(change, step.id, who)? {
            kept.push(step);
        }
    }
    let mut insert = change.prepare_cached(
        "INSERT INTO shelf_step (number, playlist, before, after, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for step in kept.into_iter().map(inverted).chain([step.clone()]) {
        last += 1;
        let [before, after] = [&step.before, &step.after].map(|name| name.as_ref().map(CleanText::as_str));
        insert.execute(params![last, key(step.id), before, after, at])?;
    }
    keep(change, STEP, &last.to_string())?;
    change.execute("DELETE FROM shelf_step WHERE number <= ?1", [last - MAX_STEPS])?;
    forget_gone(change)
}

/// Playlists that no step leads back to any more, unless a service has yet to hear that they are deleted.
pub(super) fn forget_gone(change: &Transaction<'_>) -> rusqlite::Result<()> {
    const LOST: &str =
        "SELECT id FROM playlist WHERE gone = 1 AND id NOT IN (SELECT playlist FROM shelf_step)
         AND id NOT IN (SELECT playlist FROM remote_playlist WHERE changes > 0)";
    change.execute(&format!("DELETE FROM remote_playlist WHERE playlist IN ({LOST})"), [])?;
    change.execute(&format!("DELETE FROM playlist_entry WHERE playlist IN ({LOST})"), [])?;
    change.execute(&format!("DELETE FROM queue_place WHERE playlist IN ({LOST})"), [])?;
    change.execute(&format!("DELETE FROM list_step WHERE list IN ({LOST})"), [])?;
    change.execute(&format!("DELETE FROM playlist WHERE id IN ({LOST})"), []).map(|_| ())
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<ShelfStep> {
    let name = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(at)?.map(CleanText::from));
    let id = PlaylistId(row.get::<_, i64>(0)?.cast_unsigned());
    Ok(ShelfStep { id, before: name(1)?, after: name(2)? })
}

fn inverted(step: ShelfStep) -> ShelfStep {
    ShelfStep { id: step.id, before: step.after, after: step.before }
}

/// Whether a playlist is that of an account that is not signed in now.
pub(super) fn is_others(connection: &Connection, id: PlaylistId, who: &SignedIn) -> rusqlite::Result<bool> {
    let mut find =
        connection.prepare_cached("SELECT service, account FROM remote_playlist WHERE playlist = ?1")?;
    let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?));
    let Some((service, account)) = find.query_row([key(id)], read).optional()? else { return Ok(false) };
    let at = service.parse().ok().and_then(|service: ServiceId| who.at(&service).map(str::to_owned));
    Ok(at.is_none() || at != account)
}

/// The first change of this number or beyond it, towards where `by` leads, that is no other account's.
fn own_step(change: &Transaction<'_>, from: i64, by: i64, who: &SignedIn) -> rusqlite::Result<i64> {
    let mut find = change.prepare_cached("SELECT playlist FROM shelf_step WHERE number = ?1")?;
    let mut number = from;
    while let Some(id) = find.query_row([number], |row| row.get::<_, i64>(0)).optional()? {
        if !is_others(change, PlaylistId(id.cast_unsigned()), who)? {
            return Ok(number);
        }
        number += by;
    }
    Ok(number)
}

/// What taking the last change back comes to (where `on`, making one again), and the service that hears of it.
pub(super) fn next(
    change: &Transaction<'_>,
    on: bool,
    who: &SignedIn,
) -> rusqlite::Result<Option<(ShelfStep, Option<ServiceId>)>> {
    let done = number(change)?;
    let next = if on { own_step(change, done + 1, 1, who)? } else { own_step(change, done, -1, who)? };
    let Some(found) = step(change, next)? else { return Ok(None) };
    let step = if on { found } else { inverted(found) };
    let service = remote::service_of(change, step.id)?;
    Ok(Some((step, service)))
}

/// The change of this number.
fn step(connection: &Connection, number: i64) -> rusqlite::Result<Option<ShelfStep>> {
    let mut find =
        connection.prepare_cached("SELECT playlist, before, after FROM shelf_step WHERE number = ?1")?;
    find.query_row([number], read).optional()
}

/// Takes the last change back.
pub(super) fn undo(
    change: &Transaction<'_>,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let done = own_step(change, number(change)?, -1, who)?;
    retrace(change, done, done - 1, at)
}

/// Makes the change again that was taken back last.
pub(super) fn redo(
    change: &Transaction<'_>,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let next = own_step(change, number(change)? + 1, 1, who)?;
    retrace(change, next, next, at)
}

/// The name, or with a number behind it when another playlist has got it meanwhile: nothing stays out of reach.
fn free_name(connection: &Connection, id: PlaylistId, name: &CleanText) -> rusqlite::Result<CleanText> {
    if remote::service_of(connection, id)?.is_some() {
        return Ok(name.clone());
    }
    let mut find = connection.prepare_cached(
        "SELECT 1 FROM playlist WHERE gone = 0 AND name = ?1 AND id <> ?2 AND service IS NULL",
    )?;
    let mut free = name.clone();
    let mut number = 1;
    while find.exists(params![free.as_str(), key(id)])? {
        number += 1;
        free = format!("{name} ({number})").into();
    }
    Ok(free)
}

/// Walks over the step of this number; `then` is the last one that is done after that.
pub(super) fn retrace(
    change: &Transaction<'_>,
    at_step: i64,
    then: i64,
    at: i64,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let Some(found) = step(change, at_step)? else {
        return Ok(Ok(PlaylistAnswer::Shelved { done: None, all: all(change)? }));
    };
    let mut done = if then < at_step { inverted(found) } else { found };
    if let Some(name) = done.after.take() {
        done.after = Some(free_name(change, done.id, &name)?);
    }
    set(change, &done, at)?;
    keep(change, STEP, &then.to_string())?;
    Ok(Ok(PlaylistAnswer::Shelved { done: Some(done), all: all(change)? }))
}
