//! Playlists of services: how each was last known there, what was sent and not answered, and what waits. Every turn is
//! one transaction, so that a program that is killed between any two of them knows where it was.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::kept::{Kept, write};
use super::past::{self, SHOWING_S};
use super::{edit, key, missing, shelf};
use crate::model::{
    Arrival, CleanText, Copied, Delivery, Entry, Errand, Fault, FaultKind, Found, MAX_PLAYLIST_ROWS, Mirror,
    OpenedPlaylist, PlaylistId, Remote, Sending, Sent, ServiceId, Settled, ShelfStep, SignedIn, Waiting,
    id_at, lost_words,
};

/// Seconds until the first retry; each further one takes twice as long.
const FIRST_RETRY_S: u64 = 5;

/// The longest time between two retries, in seconds.
const LAST_RETRY_S: u64 = 15 * 60;

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
    Ok(Some(Remote { service, account: row.get(from + 4)?, id: row.get(from + 1)?, arrival }))
}

/// Which playlist of this machine stands for one of an account at a service.
pub(super) fn find(
    connection: &Connection,
    (service, account): (&ServiceId, &str),
    remote: &str,
) -> rusqlite::Result<Option<PlaylistId>> {
    let mut find = connection.prepare_cached(
        "SELECT playlist FROM remote_playlist WHERE service = ?1 AND account = ?2 AND remote = ?3",
    )?;
    let id = find.query_row([service.as_str(), account, remote], |row| row.get::<_, i64>(0)).optional()?;
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
    (service, account): (&ServiceId, &str),
    is_private: bool,
) -> rusqlite::Result<()> {
    let new = Mirror::new(service.clone(), Some(account.to_owned()));
    write(change, id, &Mirror { is_private, ..new })?;
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
    (account, who): (&str, &SignedIn),
    found: Found,
    at: i64,
) -> rusqlite::Result<Result<(OpenedPlaylist, Option<Settled>), Fault>> {
    let mut found = found;
    let mut merged = None;
    found.entries.retain(|entry| id_at(&entry.track, service).is_some());
    found.entries.truncate(MAX_PLAYLIST_ROWS);
    let id = if let Some(id) = find(change, (service, account), remote)? {
        let Some(mut kept) = Kept::read(change, id)? else { return Ok(Err(missing())) };
        if kept.wanted.is_none() {
            let words = format!("{} is deleted here, and {place} will hear of it", kept.name);
            return Ok(Err(
                Fault::new(FaultKind::NotFound, words).hint("Undo on the page of playlists takes that back")
            ));
        }
        // What is being sent tells by its answer, and what was sent a moment ago may not show yet.
        let may_show = at >= kept.arrived_at.saturating_add(SHOWING_S.cast_signed());
        if kept.is_lost || kept.mirror.sent.is_none() && may_show {
            let was_settled = kept.is_settled();
            merged = put_together(change, id, &mut kept, (found, false), place, (at, who))?
                .filter(|_| !was_settled);
            let was_lost = std::mem::take(&mut kept.is_lost);
            write(change, id, &kept.mirror)?;
            if kept.is_settled() {
                rest(change, id)?;
            } else if was_lost {
                change.execute(
                    "UPDATE remote_playlist SET held = NULL, changes = max(changes, 1), next_try_at = 0 WHERE playlist = ?1",
                    [key(id)],
                )?;
            }
        }
        id
    } else {
        let title = found.title.clone().unwrap_or_default();
        let id = shelf::new_row(change, &title, Some(service), at)?;
        edit::write(change, id, &[], &found.entries)?;
        let base = Copied { title, entries: edit::entries(change, id)? };
        let is_private = found.is_private;
        let new = Mirror::new(service.clone(), Some(account.to_owned()));
        let mirror = Mirror { remote: Some(remote.to_owned()), base, is_private, ..new };
        write(change, id, &mirror)?;
        id
    };
    Ok(edit::open(change, id)?.map(|opened| (opened, merged)).ok_or_else(missing))
}

/// Carries what is wanted over to what a service shows; the steps make both reachable, and what comes of it is to be told.
/// `None`: it shows nothing new.
fn put_together(
    change: &Transaction<'_>,
    id: PlaylistId,
    kept: &mut Kept,
    (found, in_doubt): (Found, bool),
    place: &str,
    (at, who): (i64, &SignedIn),
) -> rusqlite::Result<Option<Settled>> {
    let wanted = kept.wanted.clone().unwrap_or_default();
    let was_settled = kept.is_settled();
    let both = if kept.is_lost {
        kept.mirror.learned_anew(found, &wanted)
    } else {
        let Some(both) = kept.mirror.found(found, &wanted, in_doubt) else { return Ok(None) };
        both
    };
    let mut rows = both.rows;
    rows.truncate(MAX_PLAYLIST_ROWS);
    // What going back to before each of them brings is said: both versions are within reach.
    let yours = if was_settled { "" } else { " (before it: yours)" };
    let name = format!("what was changed at {place}{yours}");
    edit::step(change, id, &name, &wanted.entries, &both.theirs, at)?;
    if !was_settled {
        let lost = lost_words(&both.lost);
        let name = format!("both changes, here and at {place} (before it: theirs){lost}");
        edit::step(change, id, &name, &both.theirs, &rows, at)?;
    }
    if kept.wanted.is_some() {
        shelf::renamed_there(change, id, (&wanted.title, &both.titles), at, who)?;
    }
    let title = both.titles.last().cloned().unwrap_or(wanted.title);
    kept.wanted = Some(Copied { title, entries: edit::entries(change, id)? });
    let renamed = both.titles.first().filter(|_| both.titles.len() > 1).cloned();
    Ok(Some(Settled::Merged { lost: both.lost, renamed }))
}

/// What was deleted here and changed at its service meanwhile comes back, with that change as a step of its journal; so both
/// it and what was deleted are within reach. Gives the rows that were changed here and had been taken out there.
fn spare(
    change: &Transaction<'_>,
    id: PlaylistId,
    kept: &mut Kept,
    found: Found,
    place: &str,
    (at, who): (i64, &SignedIn),
) -> rusqlite::Result<Vec<CleanText>> {
    change.execute("UPDATE playlist SET gone = 0 WHERE id = ?1", [key(id)])?;
    kept.mirror.sent = None;
    kept.wanted = Some(Copied { title: kept.name.clone(), entries: edit::entries(change, id)? });
    let merged = put_together(change, id, kept, (found, false), place, (at, who))?;
    let after = kept.wanted.as_ref().map(|wanted| wanted.title.clone());
    let _ = shelf::push(change, ShelfStep { id, before: None, after }, at, who)?;
    Ok(match merged {
        Some(Settled::Merged { lost, .. }) => lost,
        Some(_) | None => Vec::new(),
    })
}

/// The next thing that is to be sent to a service, which counts as sent from now on. `all`: also what is not due yet.
pub(super) fn claim(
    change: &Transaction<'_>,
    (service, account): (&ServiceId, &str),
    all: bool,
    passed_over: &[PlaylistId],
    now: i64,
) -> rusqlite::Result<Option<Errand>> {
    let mut due = change.prepare_cached(
        "SELECT playlist FROM remote_playlist WHERE service = ?1 AND account = ?4 AND changes > 0 AND held IS NULL
         AND (?2 OR next_try_at <= ?3) ORDER BY playlist",
    )?;
    let ids: Vec<i64> = due
        .query_map(params![service.as_str(), all, now, account], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in ids.into_iter().map(|id| PlaylistId(id.cast_unsigned())).filter(|id| !passed_over.contains(id))
    {
        let Some(mut kept) = Kept::read(change, id)? else { continue };
        if kept.is_lost && kept.wanted.is_some() {
            let words = format!(
                "What {service} had of it is not known any more. Open it, and what is there and here is put together."
            );
            hold(change, id, &words)?;
            continue;
        }
        let is_again = kept.mirror.sent.is_some();
        // What may have been made a moment ago cannot be looked for yet, however much it is wished.
        let is_showing = now < kept.arrived_at.saturating_add(SHOWING_S.cast_signed());
        if kept.is_making() && is_showing {
            continue;
        }
        let Some(sent) = kept.mirror.next(kept.wanted.as_ref()) else {
            rest(change, id)?;
            continue;
        };
        let seen = match &sent.what {
            Sending::Make(seen) => seen.clone(),
            Sending::Rename | Sending::Arrange | Sending::Delete => None,
        };
        let believed = (sent.what == Sending::Delete).then(|| kept.mirror.believed());
        let asked = kept.mirror.change(&sent);
        if !is_again {
            kept.mirror.sent = Some(sent);
            write(change, id, &kept.mirror)?;
        }
        if kept.is_making() {
            // Whoever is killed before the answer looks for it when it can be seen.
            change.execute(
                "UPDATE remote_playlist SET arrived_at = ?2, next_try_at = ?3 WHERE playlist = ?1",
                params![key(id), now, now.saturating_add(SHOWING_S.cast_signed())],
            )?;
        }
        return Ok(Some(Errand {
            id,
            service: service.clone(),
            title: kept.name,
            change: asked,
            known_title: kept.mirror.base.title,
            is_again,
            seen,
            believed,
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
    who: &SignedIn,
) -> rusqlite::Result<Option<Settled>> {
    let Some(mut kept) = Kept::read(change, id)? else { return Ok(None) };
    let at = i64::try_from(now).unwrap_or(i64::MAX);
    let before = kept.mirror.base.clone();
    let settled = match delivery {
        Delivery::Done => {
            kept.mirror.done();
            Settled::Arrived
        }
        Delivery::Made { id: remote, entries } => {
            kept.mirror.made(remote, entries);
            Settled::Arrived
        }
        Delivery::Changed { found, .. } if kept.wanted.is_none() => {
            if at < kept.arrived_at.saturating_add(SHOWING_S.cast_signed()) {
                // What was sent a moment ago may not show yet.
                let words = format!("{place} does not show yet what it was sent before");
                let fault = Fault::new(FaultKind::Network, words);
                let later = Delivery::Later { fault, is_undone: true };
                return settle(change, id, place, later, now, who);
            }
            let lost = spare(change, id, &mut kept, found, place, (at, who))?;
            Settled::Spared { lost }
        }
        Delivery::Changed { found, in_doubt } => {
            let is_old = past::is_shown(change, id, &kept.mirror, &found, at)?;
            let merged = if is_old {
                None
            } else {
                put_together(change, id, &mut kept, (found, in_doubt), place, (at, who))?
            };
            if let Some(merged) = merged {
                merged
            } else {
                // It may take a while to show what it has.
                let words =
                    format!("{place} says that the playlist was changed there, and shows no change yet");
                let later =
                    Delivery::Later { fault: Fault::new(FaultKind::Network, words), is_undone: !in_doubt };
                return settle(change, id, place, later, now, who);
            }
        }
        Delivery::Gone => {
            let is_private = kept.mirror.is_private;
            kept.mirror = Mirror { is_private, ..Mirror::new(kept.mirror.service, kept.mirror.account) };
            match kept.wanted {
                None => Settled::Arrived,
                Some(_) => Settled::Held(
                    Fault::new(FaultKind::NotFound, format!("It was deleted at {place}"))
                        .hint("To try again makes it there anew; a copy can be kept on this machine"),
                ),
            }
        }
        Delivery::Later { fault, is_undone } => {
            let is_making = kept.is_making();
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
        past::note(change, id, &kept.mirror, &before, at)?;
        change.execute(
            "UPDATE remote_playlist SET arrived_at = ?2 WHERE playlist = ?1",
            params![key(id), at],
        )?;
    }
    match &settled {
        Settled::Held(fault) => {
            hold(change, id, &fault.to_string())?;
        }
        Settled::Arrived | Settled::Merged { .. } | Settled::Spared { .. } if kept.is_settled() => {
            rest(change, id)?;
        }
        Settled::Arrived | Settled::Merged { .. } | Settled::Spared { .. } => {
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

/// Nothing of it is sent by itself any more.
fn hold(change: &Transaction<'_>, id: PlaylistId, why: &str) -> rusqlite::Result<()> {
    let mut hold = change.prepare_cached("UPDATE remote_playlist SET held = ?2 WHERE playlist = ?1")?;
    hold.execute(params![key(id), why]).map(|_| ())
}

/// Seconds until what failed so often is tried again.
pub(super) fn retry_after(attempts: u64) -> u64 {
    let doubled = u32::try_from(attempts).ok().and_then(|attempts| 2_u64.checked_pow(attempts));
    doubled.map_or(LAST_RETRY_S, |times| FIRST_RETRY_S.saturating_mul(times)).min(LAST_RETRY_S)
}

/// What was held may be sent again.
pub(super) fn try_again(change: &Transaction<'_>) -> rusqlite::Result<()> {
    change.execute(
        "UPDATE remote_playlist SET held = NULL, attempts = 0,
         next_try_at = CASE WHEN sent = 'make' THEN arrived_at + ?1 ELSE 0 END WHERE changes > 0",
        [SHOWING_S.cast_signed()],
    )?;
    Ok(())
}

/// What was kept before it was noted whose it is belongs to whoever is seen first.
pub(super) fn adopt(change: &Transaction<'_>, service: &ServiceId, account: &str) -> rusqlite::Result<()> {
    let mut adopt = change
        .prepare_cached("UPDATE remote_playlist SET account = ?2 WHERE service = ?1 AND account IS NULL")?;
    adopt.execute([service.as_str(), account]).map(|_| ())
}

/// Everything of whoever is signed in that has not arrived.
pub(super) fn waiting(connection: &Connection, who: &SignedIn) -> rusqlite::Result<Vec<Waiting>> {
    let mut find = connection.prepare_cached(
        "SELECT p.id, p.name, p.gone, m.changes, m.next_try_at, m.service, m.remote, m.changes, m.held, m.account
         FROM remote_playlist m JOIN playlist p ON p.id = m.playlist WHERE m.changes > 0 ORDER BY p.id",
    )?;
    let mut rows = find.query([])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(remote) = read_remote(row, 5)?.filter(|remote| who.sees(remote)) else { continue };
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
