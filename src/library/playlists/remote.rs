//! Playlists of services: how each was last known there, what was sent and not answered, and what waits. Every turn is
//! one transaction, so that a program that is killed between any two of them knows where it was.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::recordings::Recordings;
use super::{edit, key, missing, shelf, steps};
use crate::model::{
    Arrival, CleanText, Copied, Delivery, Entry, Errand, Fault, FaultKind, Found, MAX_PLAYLIST_ROWS, Mirror,
    OpenedPlaylist, PlaylistId, Remote, Sending, Sent, ServiceId, Settled, Waiting, id_at,
};

/// Seconds until the first retry; each further one takes twice as long.
const FIRST_RETRY_S: u64 = 5;

/// The longest time between two retries, in seconds.
const LAST_RETRY_S: u64 = 15 * 60;

/// A service may take so many seconds to show what was made: until then nobody can tell whether it was.
const SHOWING_S: u64 = 60;

/// Between ids in one column: no service's id holds it.
const BETWEEN: &str = "\n";

/// What the columns say of a playlist's place at a service.
pub(super) fn read_remote(row: &Row<'_>, from: usize) -> rusqlite::Result<Option<Remote>> {
    let Some(service) = row.get::<_, Option<String>>(from)?.and_then(|name| name.parse().ok()) else {
        return Ok(None);
    };
    let (changes, held): (Option<i64>, Option<String>) = (row.get(from + 2)?, row.get(from + 3)?);
    let arrival = match (changes.unwrap_or(0), held) {
        (_, Some(why)) => Arrival::Held(why.into()),
        (0, None) => Arrival::Arrived,
        (changes, None) => Arrival::Waiting(changes.cast_unsigned()),
    };
    Ok(Some(Remote { service, id: row.get(from + 1)?, arrival }))
}

/// A service's playlist as it is kept here.
struct Kept {
    mirror: Mirror,
    /// How it is wanted; `None`: deleted.
    wanted: Option<Copied>,
    /// What it is called, deleted or not.
    name: CleanText,
    attempts: u64,
    /// When something arrived last.
    arrived_at: i64,
}

impl Kept {
    fn read(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Option<Self>> {
        let mut find = connection.prepare_cached(
            "SELECT m.service, m.remote, m.base_title, m.base_rows, m.sent, m.sent_title, m.sent_rows, m.sent_seen,
             m.attempts, p.name, p.gone, m.arrived_at, m.is_private FROM remote_playlist m JOIN playlist p ON p.id = m.playlist WHERE p.id = ?1",
        )?;
        let mut rows = find.query([key(id)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let Ok(service) = row.get::<_, String>(0)?.parse::<ServiceId>() else { return Ok(None) };
        let mut recordings = Recordings::new(connection);
        let held = edit::entries(connection, id)?;
        // Where the memory of the service's side is damaged, nothing is sent by it: then there is no difference.
        let mut entries = |bytes: &[u8]| -> rusqlite::Result<Vec<Entry>> {
            let rows = steps::unpacked(&mut recordings, bytes)?;
            Ok(rows.map_or_else(|| held.clone(), |rows| rows.into_iter().map(|(_, entry)| entry).collect()))
        };
        let base =
            Copied { title: row.get::<_, String>(2)?.into(), entries: entries(row.get_ref(3)?.as_blob()?)? };
        let sent = match row.get::<_, Option<String>>(4)? {
            Some(what) => {
                let seen: Option<String> = row.get(7)?;
                let seen = seen.map(|ids| ids.split(BETWEEN).map(str::to_owned).collect());
                let title = row.get::<_, Option<String>>(5)?.unwrap_or_default().into();
                let bytes: Option<Vec<u8>> = row.get(6)?;
                let wanted = Copied { title, entries: entries(bytes.as_deref().unwrap_or_default())? };
                sending(&what, seen).map(|what| Sent { what, wanted })
            }
            None => None,
        };
        let name: CleanText = row.get::<_, String>(9)?.into();
        let is_here = row.get::<_, i64>(10)? == 0;
        let wanted = is_here.then(|| Copied { title: name.clone(), entries: held });
        let is_private = row.get::<_, i64>(12)? != 0;
        let mirror = Mirror { service, remote: row.get(1)?, base, is_private, sent };
        let attempts = row.get::<_, i64>(8)?.cast_unsigned();
        Ok(Some(Self { mirror, wanted, name, attempts, arrived_at: row.get(11)? }))
    }

    fn is_settled(&self) -> bool {
        self.mirror.next(self.wanted.as_ref()).is_none()
    }
}

fn sending(name: &str, seen: Option<Vec<String>>) -> Option<Sending> {
    Some(match name {
        "make" => Sending::Make(seen),
        "rename" => Sending::Rename,
        "arrange" => Sending::Arrange,
        "delete" => Sending::Delete,
        _ => return None,
    })
}

fn name_of(what: &Sending) -> &'static str {
    match what {
        Sending::Make(_) => "make",
        Sending::Rename => "rename",
        Sending::Arrange => "arrange",
        Sending::Delete => "delete",
    }
}

fn packed(change: &Transaction<'_>, entries: &[Entry]) -> rusqlite::Result<Vec<u8>> {
    let rows: Vec<_> = entries.iter().cloned().enumerate().collect();
    steps::packed(change, &rows)
}

/// Keeps what is known of the service's side.
fn write(change: &Transaction<'_>, id: PlaylistId, mirror: &Mirror) -> rusqlite::Result<()> {
    let base = packed(change, &mirror.base.entries)?;
    let sent = mirror.sent.as_ref();
    let seen = match sent.map(|sent| &sent.what) {
        Some(Sending::Make(Some(ids))) => Some(ids.join(BETWEEN)),
        _ => None,
    };
    let rows = sent.map(|sent| packed(change, &sent.wanted.entries)).transpose()?;
    let mut put = change.prepare_cached(
        "INSERT INTO remote_playlist (playlist, service, remote, base_title, base_rows, sent, sent_title, sent_rows,
         sent_seen, is_private, changes, attempts, next_try_at, arrived_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0)
         ON CONFLICT (playlist) DO UPDATE SET remote = ?3, base_title = ?4, base_rows = ?5, sent = ?6,
         sent_title = ?7, sent_rows = ?8, sent_seen = ?9, is_private = ?10",
    )?;
    put.execute(params![
        key(id),
        mirror.service.as_str(),
        mirror.remote,
        mirror.base.title.as_str(),
        base,
        sent.map(|sent| name_of(&sent.what)),
        sent.map(|sent| sent.wanted.title.as_str()),
        rows,
        seen,
        mirror.is_private,
    ])?;
    Ok(())
}

/// Which playlist of this machine stands for a service's.
pub(super) fn find(
    connection: &Connection,
    service: &ServiceId,
    remote: &str,
) -> rusqlite::Result<Option<PlaylistId>> {
    let mut find = connection
        .prepare_cached("SELECT playlist FROM remote_playlist WHERE service = ?1 AND remote = ?2")?;
    let id = find.query_row([service.as_str(), remote], |row| row.get::<_, i64>(0)).optional()?;
    Ok(id.map(|id| PlaylistId(id.cast_unsigned())))
}

/// Who keeps a playlist, where that is a service.
pub(super) fn service_of(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Option<ServiceId>> {
    let mut find = connection.prepare_cached("SELECT service FROM playlist WHERE id = ?1")?;
    let name: Option<Option<String>> = find.query_row([key(id)], |row| row.get(0)).optional()?;
    Ok(name.flatten().and_then(|name| name.parse().ok()))
}

/// Why these rows cannot be in a playlist: it is a service's, and they are not.
pub(super) fn refusal(
    connection: &Connection,
    id: PlaylistId,
    entries: &[Entry],
) -> rusqlite::Result<Option<Fault>> {
    let Some(service) = service_of(connection, id)? else { return Ok(None) };
    Ok(foreign(&service, entries))
}

/// The same for rows of a playlist that is to be made.
pub(super) fn foreign(service: &ServiceId, entries: &[Entry]) -> Option<Fault> {
    let foreign = entries.iter().find(|entry| id_at(&entry.track, service).is_none())?;
    let words =
        format!("A playlist at {service} holds only its own tracks, and {} is none", foreign.track.title);
    Some(Fault::new(FaultKind::Usage, words).hint("A playlist on this machine takes it"))
}

/// A playlist that a service shall keep is made here first.
pub(super) fn made_here(
    change: &Transaction<'_>,
    id: PlaylistId,
    service: &ServiceId,
) -> rusqlite::Result<()> {
    write(change, id, &Mirror::new(service.clone()))?;
    touched(change, id)
}

/// Something was changed here: it waits from now on, or nothing does any more.
pub(super) fn touched(change: &Transaction<'_>, id: PlaylistId) -> rusqlite::Result<()> {
    let Some(kept) = Kept::read(change, id)? else { return Ok(()) };
    if kept.is_settled() {
        return rest(change, id);
    }
    let mut count =
        change.prepare_cached("UPDATE remote_playlist SET changes = changes + 1 WHERE playlist = ?1")?;
    count.execute([key(id)]).map(|_| ())
}

/// Nothing waits any more.
fn rest(change: &Transaction<'_>, id: PlaylistId) -> rusqlite::Result<()> {
    let mut rest = change.prepare_cached(
        "UPDATE remote_playlist SET changes = 0, attempts = 0, next_try_at = 0, held = NULL WHERE playlist = ?1",
    )?;
    rest.execute([key(id)]).map(|_| ())
}

/// A service's playlist as it is there now. It becomes one that is edited here, or what changed there is put together
/// with what has not been sent yet. `place` is the service's own spelling.
pub(super) fn mirror(
    change: &Transaction<'_>,
    (service, remote, place): (&ServiceId, &str, &str),
    found: Found,
    at: i64,
) -> rusqlite::Result<Result<OpenedPlaylist, Fault>> {
    let mut found = found;
    found.entries.retain(|entry| id_at(&entry.track, service).is_some());
    found.entries.truncate(MAX_PLAYLIST_ROWS);
    let id = if let Some(id) = find(change, service, remote)? {
        let Some(mut kept) = Kept::read(change, id)? else { return Ok(Err(missing())) };
        if kept.wanted.is_none() {
            let words = format!("{} is deleted here, and {place} will hear of it", kept.name);
            return Ok(Err(
                Fault::new(FaultKind::NotFound, words).hint("Undo on the page of playlists takes that back")
            ));
        }
        // What is being sent tells by its answer, and what was sent a moment ago may not show yet.
        if kept.mirror.sent.is_none() && at >= kept.arrived_at.saturating_add(SHOWING_S.cast_signed()) {
            let _ = put_together(change, id, &mut kept, (found, false), place, at)?;
            write(change, id, &kept.mirror)?;
            if kept.is_settled() {
                rest(change, id)?;
            }
        }
        id
    } else {
        let title = found.title.clone().unwrap_or_default();
        let id = shelf::new_row(change, &title, Some(service), at)?;
        edit::write(change, id, &[], &found.entries)?;
        let base = Copied { title, entries: edit::entries(change, id)? };
        let is_private = found.is_private;
        let mirror =
            Mirror { remote: Some(remote.to_owned()), base, is_private, ..Mirror::new(service.clone()) };
        write(change, id, &mirror)?;
        id
    };
    Ok(edit::open(change, id)?.ok_or_else(missing))
}

/// Carries what is wanted over to what a service shows; the steps make both reachable. `None`: it shows nothing new.
fn put_together(
    change: &Transaction<'_>,
    id: PlaylistId,
    kept: &mut Kept,
    (found, in_doubt): (Found, bool),
    place: &str,
    at: i64,
) -> rusqlite::Result<Option<Vec<CleanText>>> {
    let wanted = kept.wanted.clone().unwrap_or_default();
    let was_settled = kept.is_settled();
    let Some(both) = kept.mirror.found(found, &wanted, in_doubt) else { return Ok(None) };
    let mut rows = both.rows;
    rows.truncate(MAX_PLAYLIST_ROWS);
    edit::step(change, id, &format!("what was changed at {place}"), &wanted.entries, &both.theirs, at)?;
    if !was_settled {
        edit::step(change, id, &format!("both changes, here and at {place}"), &both.theirs, &rows, at)?;
    }
    if both.title != wanted.title {
        change
            .execute("UPDATE playlist SET name = ?2 WHERE id = ?1", params![key(id), both.title.as_str()])?;
    }
    kept.wanted = Some(Copied { title: both.title, entries: edit::entries(change, id)? });
    Ok(Some(both.lost))
}

/// The next thing that is to be sent to a service, which counts as sent from now on. `all`: also what is not due yet.
pub(super) fn claim(
    change: &Transaction<'_>,
    service: &ServiceId,
    all: bool,
    passed_over: &[PlaylistId],
    now: i64,
) -> rusqlite::Result<Option<Errand>> {
    let mut due = change.prepare_cached(
        "SELECT playlist FROM remote_playlist WHERE service = ?1 AND changes > 0 AND held IS NULL
         AND (?2 OR next_try_at <= ?3) ORDER BY playlist",
    )?;
    let ids: Vec<i64> =
        due.query_map(params![service.as_str(), all, now], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in ids.into_iter().map(|id| PlaylistId(id.cast_unsigned())).filter(|id| !passed_over.contains(id))
    {
        let Some(mut kept) = Kept::read(change, id)? else { continue };
        let is_again = kept.mirror.sent.is_some();
        let Some(sent) = kept.mirror.next(kept.wanted.as_ref()) else {
            rest(change, id)?;
            continue;
        };
        let seen = match &sent.what {
            Sending::Make(seen) => seen.clone(),
            Sending::Rename | Sending::Arrange | Sending::Delete => None,
        };
        let asked = kept.mirror.change(&sent);
        if !is_again {
            kept.mirror.sent = Some(sent);
            write(change, id, &kept.mirror)?;
        }
        return Ok(Some(Errand {
            id,
            service: service.clone(),
            title: kept.name,
            change: asked,
            is_again,
            seen,
        }));
    }
    Ok(None)
}

/// Which playlists there were before one is made.
pub(super) fn note_seen(change: &Transaction<'_>, id: PlaylistId, seen: Vec<String>) -> rusqlite::Result<()> {
    let Some(mut kept) = Kept::read(change, id)? else { return Ok(()) };
    if let Some(Sent { what: Sending::Make(known), .. }) = &mut kept.mirror.sent {
        *known = Some(seen);
        write(change, id, &kept.mirror)?;
    }
    Ok(())
}

/// Takes in what came of the last errand. `place` is the service's own spelling; `now` in seconds since 1970.
pub(super) fn settle(
    change: &Transaction<'_>,
    id: PlaylistId,
    place: &str,
    delivery: Delivery,
    now: u64,
) -> rusqlite::Result<Option<Settled>> {
    let Some(mut kept) = Kept::read(change, id)? else { return Ok(None) };
    let at = i64::try_from(now).unwrap_or(i64::MAX);
    let settled = match delivery {
        Delivery::Done => {
            kept.mirror.done();
            Settled::Arrived
        }
        Delivery::Made { id: remote, entries } => {
            kept.mirror.made(remote, entries);
            Settled::Arrived
        }
        Delivery::Changed { found, in_doubt } => {
            if let Some(lost) = put_together(change, id, &mut kept, (found, in_doubt), place, at)? {
                Settled::Merged { lost }
            } else {
                // It may take a while to show what it has.
                let words =
                    format!("{place} says that the playlist was changed there, and shows no change yet");
                let later =
                    Delivery::Later { fault: Fault::new(FaultKind::Network, words), is_undone: !in_doubt };
                return settle(change, id, place, later, now);
            }
        }
        Delivery::Gone => {
            let is_private = kept.mirror.is_private;
            kept.mirror = Mirror { is_private, ..Mirror::new(kept.mirror.service) };
            match kept.wanted {
                None => Settled::Arrived,
                Some(_) => Settled::Held(
                    Fault::new(FaultKind::NotFound, format!("It was deleted at {place}"))
                        .hint("To try again makes it there anew; a copy can be kept on this machine"),
                ),
            }
        }
        Delivery::Later { fault, is_undone } => {
            let is_making = matches!(&kept.mirror.sent, Some(Sent { what: Sending::Make(_), .. }));
            if is_undone {
                kept.mirror.sent = None;
            }
            let least = if is_making && !is_undone { SHOWING_S } else { 0 };
            let wait = retry_after(kept.attempts).max(fault.wait_s.unwrap_or(0)).max(least);
            let next = i64::try_from(now.saturating_add(wait)).unwrap_or(i64::MAX);
            change.execute(
                "UPDATE remote_playlist SET attempts = attempts + 1, next_try_at = ?2 WHERE playlist = ?1",
                params![key(id), next],
            )?;
            Settled::Waits(fault)
        }
        Delivery::Refused { fault, is_undone } => {
            if is_undone {
                kept.mirror.sent = None;
            }
            Settled::Held(fault)
        }
    };
    write(change, id, &kept.mirror)?;
    if settled == Settled::Arrived {
        change.execute(
            "UPDATE remote_playlist SET arrived_at = ?2 WHERE playlist = ?1",
            params![key(id), at],
        )?;
    }
    match &settled {
        Settled::Held(fault) => {
            change.execute(
                "UPDATE remote_playlist SET held = ?2 WHERE playlist = ?1",
                params![key(id), fault.to_string()],
            )?;
        }
        Settled::Arrived | Settled::Merged { .. } if kept.is_settled() => rest(change, id)?,
        Settled::Arrived | Settled::Merged { .. } => {
            change.execute(
                "UPDATE remote_playlist SET attempts = 0, next_try_at = 0, changes = max(changes, 1) WHERE playlist = ?1",
                [key(id)],
            )?;
        }
        Settled::Waits(_) => {}
    }
    shelf::forget_gone(change)?;
    Ok(Some(settled))
}

fn retry_after(attempts: u64) -> u64 {
    let doubled = u32::try_from(attempts).ok().and_then(|attempts| 2_u64.checked_pow(attempts));
    doubled.map_or(LAST_RETRY_S, |times| FIRST_RETRY_S.saturating_mul(times)).min(LAST_RETRY_S)
}

/// What was held may be sent again.
pub(super) fn try_again(change: &Transaction<'_>) -> rusqlite::Result<()> {
    change.execute(
        "UPDATE remote_playlist SET held = NULL, attempts = 0, next_try_at = 0 WHERE changes > 0",
        [],
    )?;
    Ok(())
}

/// Everything that has not arrived.
pub(super) fn waiting(connection: &Connection) -> rusqlite::Result<Vec<Waiting>> {
    let mut find = connection.prepare_cached(
        "SELECT p.id, p.name, p.gone, m.changes, m.next_try_at, m.service, m.remote, m.changes, m.held
         FROM remote_playlist m JOIN playlist p ON p.id = m.playlist WHERE m.changes > 0 ORDER BY p.id",
    )?;
    let mut rows = find.query([])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(remote) = read_remote(row, 5)? else { continue };
        waiting.push(Waiting {
            id: PlaylistId(row.get::<_, i64>(0)?.cast_unsigned()),
            title: row.get::<_, String>(1)?.into(),
            is_gone: row.get::<_, i64>(2)? != 0,
            changes: row.get::<_, i64>(3)?.cast_unsigned(),
            next_try_at: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
            remote,
        });
    }
    Ok(waiting)
}
