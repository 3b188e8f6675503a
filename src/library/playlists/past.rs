//! How a playlist was at its service until a moment ago. A service may go on showing that for a while after it has taken
//! something else: then nobody has changed anything there.

use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::{Connection, Transaction, params};

use super::key;
use crate::model::{Copied, Entry, Found, Mirror, PlaylistId, ServiceId, id_at};

/// A service may take so many seconds to show what it has taken.
pub(super) const SHOWING_S: u64 = 60;

/// Most moments that are remembered.
const MAX_PAST: usize = 32;

/// How it was, as numbers: what cannot be told apart by them is only asked about once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    /// Until when, in seconds since 1970.
    until: i64,
    title: u64,
    rows: u64,
}

fn number(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn rows_number(service: &ServiceId, entries: &[Entry]) -> u64 {
    number(entries.iter().filter_map(|entry| id_at(&entry.track, service)).collect::<Vec<_>>())
}

/// What a service may still show at `at`, the newest last.
fn moments(connection: &Connection, id: PlaylistId, at: i64) -> rusqlite::Result<Vec<Moment>> {
    let mut find = connection.prepare_cached("SELECT past FROM remote_playlist WHERE playlist = ?1")?;
    let past: String = find.query_row([key(id)], |row| row.get(0))?;
    let read = |line: &str| {
        let mut parts = line.split(' ');
        let until = parts.next()?.parse().ok()?;
        let mut next = || parts.next()?.parse().ok();
        Some(Moment { until, title: next()?, rows: next()? })
    };
    let may_show = |moment: &Moment| at < moment.until.saturating_add(SHOWING_S.cast_signed());
    Ok(past.lines().filter_map(read).filter(may_show).collect())
}

/// Something arrived at `at`: until then the service had it as `before`.
pub(super) fn note(
    change: &Transaction<'_>,
    id: PlaylistId,
    mirror: &Mirror,
    before: &Copied,
    at: i64,
) -> rusqlite::Result<()> {
    let mut moments = moments(change, id, at)?;
    let rows = rows_number(&mirror.service, &before.entries);
    moments.push(Moment { until: at, title: number(before.title.as_str()), rows });
    let lines = moments.iter().skip(moments.len().saturating_sub(MAX_PAST));
    let lines: Vec<_> =
        lines.map(|Moment { until, title, rows }| format!("{until} {title} {rows}")).collect();
    change
        .execute(
            "UPDATE remote_playlist SET past = ?2 WHERE playlist = ?1",
            params![key(id), lines.join("\n")],
        )
        .map(|_| ())
}

/// Whether what a service shows is only how it was before what it has taken a moment ago.
pub(super) fn is_shown(
    connection: &Connection,
    id: PlaylistId,
    mirror: &Mirror,
    found: &Found,
    at: i64,
) -> rusqlite::Result<bool> {
    let moments = moments(connection, id, at)?;
    let was = |is_it: &dyn Fn(&Moment) -> bool| moments.iter().any(is_it);
    let rows = rows_number(&mirror.service, &found.entries);
    let is_known = rows == rows_number(&mirror.service, &mirror.base.entries);
    let title = found.title.as_ref().filter(|title| **title != mirror.base.title);
    let has_old_title = title.is_none_or(|title| was(&|moment| moment.title == number(title.as_str())));
    Ok(has_old_title && (was(&|moment| moment.rows == rows) || (is_known && !moments.is_empty())))
}
