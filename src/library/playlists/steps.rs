//! The journals: steps of lists as rows, added at the end only, the oldest ones forgotten.

use std::sync::Arc;

use rusqlite::{Connection, Row, Transaction, params};

use super::recordings::{self, Recordings};
use crate::library::rows::{duration, milliseconds, whole};
use crate::model::{
    Entry, EntryId, Journal, ListEdit, MAX_JOURNAL_BYTES, Moves, STEP_BYTES, Side, Step, added_by, pack_keys,
    unpack_keys,
};

/// Steps of one list that are kept, at most; 1,000 are promised.
const MAX_STEPS: i64 = 2_000;

/// After so many steps it is looked how much room all of a list take.
const WEIGHED_EVERY: i64 = 32;

/// The queue among the lists; playlists count from 1.
const QUEUE: i64 = 0;

/// The queue of downloads among them.
const DOWNLOADS: i64 = -1;

/// Bytes of the queue's newest steps that are held from the start; the others are read once they are asked for.
const MAX_HELD_BYTES: i64 = 512 << 10;

/// Bytes of the queue's earlier steps that are read at once; one step in any case.
const MAX_READ_BYTES: i64 = 8 << 20;

/// Bytes of all steps of the queue on the disk: a thousand queues of 5,000 rows that made way for one another are 240 MB.
const MAX_QUEUE_BYTES: i64 = 256 << 20;

/// What each step of a list takes, the newest first.
const SIZES: &str =
    "SELECT number, length(taken) + length(put) + ifnull(length(moved), 0) + ifnull(length(before_order), 0)
     + ifnull(length(after_order), 0) FROM list_step WHERE list = ?1 AND number <= ?2 ORDER BY number DESC";

/// Bytes of a row in a step: its place, its number and that of its recording.
const ROW_BYTES: usize = 24;

/// Keeps a step of the queue, made when `after` was the last one that was done.
pub(in crate::library) fn keep_queue_step(
    change: &Transaction<'_>,
    after: u64,
    step: &Step,
    at: u64,
) -> rusqlite::Result<()> {
    let at = i64::try_from(at).unwrap_or(i64::MAX);
    add(change, QUEUE, after.cast_signed(), step.clone(), at).map(|_| ())
}

/// The number of the step before those of the queue, up to `last`, that take `most_bytes` together; from `needed` on they are
/// among them whatever they take. 0: there is none before.
fn before_those(connection: &Connection, last: i64, needed: i64, most_bytes: i64) -> rusqlite::Result<i64> {
    let mut sizes = connection.prepare_cached(SIZES)?;
    let mut rows = sizes.query([QUEUE, last])?;
    let mut size = 0;
    while let Some(row) = rows.next()? {
        let step: i64 = row.get(0)?;
        size += row.get::<_, i64>(1)?;
        if size > most_bytes && step < needed {
            return Ok(step);
        }
    }
    Ok(0)
}

/// Steps of the queue up to the one of number `last`, the newest of them: as many as are read at once.
pub(in crate::library) fn earlier_of_queue(connection: &Connection, last: u64) -> rusqlite::Result<Journal> {
    let before = before_those(connection, last.cast_signed(), last.cast_signed(), MAX_READ_BYTES)?;
    let steps = read(connection, QUEUE, before, last.cast_signed())?;
    Ok(match steps.first().zip(steps.last()) {
        Some((first, end)) if end.0.cast_unsigned() == last => {
            // Before a hole there is nothing that leads here.
            let has_earlier = before > 0 && first.0 == before + 1;
            let forgotten = (first.0 - 1).cast_unsigned();
            let steps = steps.into_iter().map(|(_, step)| step).collect();
            Journal::new(forgotten, steps, last).with_earlier(has_earlier)
        }
        _ => Journal::new(last, Vec::new(), last),
    })
}

/// The newest steps of the queue's journal, of which `number` is the last one that is done: that one, those that were taken
/// back, and as many more as are small enough to be held from the start.
pub(in crate::library) fn newest_of_queue(connection: &Connection, number: u64) -> rusqlite::Result<Journal> {
    let before = before_those(connection, i64::MAX, number.cast_signed(), MAX_HELD_BYTES)?;
    let steps = read(connection, QUEUE, before, i64::MAX)?;
    let forgotten = steps.first().map_or(number, |(first, _)| (first - 1).cast_unsigned());
    let steps = steps.into_iter().map(|(_, step)| step).collect();
    Ok(Journal::new(forgotten, steps, number).with_earlier(before > 0))
}

/// Keeps a step of the queue of downloads, made when `after` was the last one that was done; its number.
pub(in crate::library) fn keep_download_step(
    change: &Transaction<'_>,
    after: u64,
    step: &Step,
    at: u64,
) -> rusqlite::Result<u64> {
    let at = i64::try_from(at).unwrap_or(i64::MAX);
    add(change, DOWNLOADS, after.cast_signed(), step.clone(), at).map(i64::cast_unsigned)
}

/// The journal of the downloads, of which `number` is the last step that is done.
pub(in crate::library) fn download_journal(
    connection: &Connection,
    number: u64,
) -> rusqlite::Result<Journal> {
    journal(connection, DOWNLOADS, number)
}

/// Adds a step behind those that were taken back, and gives its number. `at`, in seconds since 1970, is when it was made
/// where it does not say so itself.
pub(super) fn add(
    change: &Transaction<'_>,
    list: i64,
    after: i64,
    step: Step,
    at: i64,
) -> rusqlite::Result<i64> {
    let step = Step { made_at: step.made_at.or(u64::try_from(at).ok()), ..step };
    let taken_back = read(change, list, after, i64::MAX)?;
    let last: Option<i64> =
        change.query_row("SELECT max(number) FROM list_step WHERE list = ?1", [list], |row| row.get(0))?;
    let mut number = last.unwrap_or(0).max(after);
    let taken_back: Vec<Step> = taken_back.into_iter().map(|(_, step)| step).collect();
    let (before, mut bytes) = (number, 0);
    for step in added_by(&taken_back, step) {
        number += 1;
        bytes += step.change.bytes();
        insert(change, list, number, &step)?;
    }
    let mut old = change.prepare_cached("DELETE FROM list_step WHERE list = ?1 AND number <= ?2")?;
    old.execute([list, number - MAX_STEPS])?;
    // All sizes are looked through now and then, and when much comes at once.
    if before / WEIGHED_EVERY != number / WEIGHED_EVERY || bytes > MAX_JOURNAL_BYTES / 32 {
        forget_large(change, list, number)?;
    }
    Ok(number)
}

/// The whole journal of a list, of which `number` is the last step that is done.
pub(super) fn journal(connection: &Connection, list: i64, number: u64) -> rusqlite::Result<Journal> {
    let steps = read(connection, list, 0, i64::MAX)?;
    let forgotten = steps.first().map_or(number, |(first, _)| (first - 1).cast_unsigned());
    Ok(Journal::new(forgotten, steps.into_iter().map(|(_, step)| step).collect(), number))
}

fn insert(change: &Transaction<'_>, list: i64, number: i64, step: &Step) -> rusqlite::Result<()> {
    let taken = packed(change, step.change.taken())?;
    let put = packed(change, step.change.put())?;
    let (before, after) = (&step.before, &step.after);
    let current = |side: &Side| side.current.map(|id| id.0.cast_signed());
    let order = |side: &Side| side.order.as_deref().map(pack_keys);
    // Where both are the same it is kept once.
    let order_after =
        if after.order == before.order { after.order.as_ref().map(|_| Vec::new()) } else { order(after) };
    let mut insert = change.prepare_cached(
        "INSERT INTO list_step (list, number, name, taken, put, before_current, before_order, before_rows,
         before_ms, after_current, after_order, after_rows, after_ms, made_at, moved)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    insert.execute(params![
        list,
        number,
        step.name,
        taken,
        put,
        current(before),
        order(before),
        whole(before.rows),
        milliseconds(before.length),
        current(after),
        order_after,
        whole(after.rows),
        milliseconds(after.length),
        step.made_at.map(u64::cast_signed),
        step.change.moves().to_bytes(),
    ])?;
    Ok(())
}

/// Steps after the one of number `after`, up to that of number `last`. Those before a hole, or before one of which a row is
/// lost, lead nowhere.
fn read(connection: &Connection, list: i64, after: i64, last: i64) -> rusqlite::Result<Vec<(i64, Step)>> {
    let mut recordings = Recordings::new(connection);
    let mut find = connection.prepare_cached(
        "SELECT number, name, taken, put, before_current, before_order, before_rows, before_ms, after_current,
         after_order, after_rows, after_ms, made_at, moved FROM list_step WHERE list = ?1 AND number > ?2
         AND number <= ?3 ORDER BY number",
    )?;
    let mut rows = find.query([list, after, last])?;
    let mut steps: Vec<(i64, Step)> = Vec::new();
    // What follows one order is mostly the same one.
    let mut known: Order = None;
    let mut once = |order: Order| {
        if order.is_some() && order != known {
            known = order;
        } else if order.is_none() {
            return None;
        }
        known.clone()
    };
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        if steps.last().is_some_and(|(last, _)| last + 1 != number) {
            steps.clear();
        }
        let taken = unpacked(&mut recordings, row.get_ref(2)?.as_blob()?)?;
        let put = unpacked(&mut recordings, row.get_ref(3)?.as_blob()?)?;
        // Steps of versions before 16 hold rows that moved among the others, and orders as plain numbers.
        let moved = row.get_ref(13)?.as_blob_or_null()?;
        let moves = Moves::from_bytes(moved.unwrap_or_default());
        let orders = orders(row, moved.is_some())?;
        let (Some(taken), Some(put), Some(moves), Some([order_before, order_after])) =
            (taken, put, moves, orders)
        else {
            steps.clear();
            continue;
        };
        let mut change = ListEdit::from_parts(taken, put);
        if moved.is_some() {
            change = change.with_moves(moves);
        }
        let made_at = row.get::<_, Option<i64>>(12)?.and_then(|at| u64::try_from(at).ok());
        let before = Side { order: once(order_before), ..side(row, 4)? };
        let after = Side { order: once(order_after), ..side(row, 8)? };
        steps.push((number, Step { name: row.get(1)?, change, before, after, made_at }));
    }
    Ok(steps)
}

/// The orders before and after a step; `None` where what is kept is none.
fn orders(row: &Row<'_>, is_packed: bool) -> rusqlite::Result<Option<[Order; 2]>> {
    let bytes = |column: usize| row.get_ref(column)?.as_blob_or_null().map_err(rusqlite::Error::from);
    let (Some(before), Some(after)) = (order(bytes(5)?, is_packed), order(bytes(9)?, is_packed)) else {
        // Nothing for the order after: it is that before.
        let before = order(bytes(5)?, is_packed);
        let is_same = is_packed && bytes(9)?.is_some_and(<[u8]>::is_empty);
        return Ok(before.filter(|_| is_same).map(|order| [order.clone(), order]));
    };
    Ok(Some([before, after]))
}

/// The rows' own order, while they are shuffled.
type Order = Option<Arc<[EntryId]>>;

fn order(bytes: Option<&[u8]>, is_packed: bool) -> Option<Order> {
    let Some(bytes) = bytes else { return Some(None) };
    if is_packed {
        return unpack_keys(bytes).map(|keys| Some(keys.into()));
    }
    Some(Some(bytes.as_chunks::<8>().0.iter().map(|bytes| EntryId(u64::from_le_bytes(*bytes))).collect()))
}

/// A side without its order.
fn side(row: &Row<'_>, from: usize) -> rusqlite::Result<Side> {
    Ok(Side {
        current: row.get::<_, Option<i64>>(from)?.map(|number| EntryId(number.cast_unsigned())),
        order: None,
        rows: usize::try_from(row.get::<_, i64>(from + 2)?).unwrap_or(0),
        length: duration(row.get(from + 3)?),
    })
}

pub(super) fn packed(change: &Transaction<'_>, rows: &[(usize, Entry)]) -> rusqlite::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(rows.len() * ROW_BYTES);
    for (place, entry) in rows {
        bytes.extend(whole(*place).to_le_bytes());
        bytes.extend(entry.id.0.to_le_bytes());
        bytes.extend(recordings::number(change, &entry.track)?.to_le_bytes());
    }
    Ok(bytes)
}

/// The numbers of the recordings that packed rows name.
pub(super) fn recordings_in(bytes: &[u8]) -> impl Iterator<Item = i64> {
    let (numbers, _) = bytes.as_chunks::<8>();
    numbers.iter().skip(2).step_by(ROW_BYTES / 8).map(|number| i64::from_le_bytes(*number))
}

/// `None` where a recording is lost.
pub(super) fn unpacked(
    recordings: &mut Recordings<'_>,
    bytes: &[u8],
) -> rusqlite::Result<Option<Vec<(usize, Entry)>>> {
    let mut rows = Vec::with_capacity(bytes.len() / ROW_BYTES);
    let (numbers, _) = bytes.as_chunks::<8>();
    for row in numbers.chunks_exact(3) {
        let [place, entry, recording] = [row[0], row[1], row[2]].map(u64::from_le_bytes);
        let Some(track) = recordings.get(recording.cast_signed())? else { return Ok(None) };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        rows.push((place, Entry::new(EntryId(entry), track)));
    }
    Ok(Some(rows))
}

/// Keeps to [`MAX_JOURNAL_BYTES`] as the journal in memory does, but for the queue's, of which more is kept; the newest step
/// stays.
fn forget_large(change: &Transaction<'_>, list: i64, newest: i64) -> rusqlite::Result<()> {
    let mut old = change.prepare_cached("DELETE FROM list_step WHERE list = ?1 AND number <= ?2")?;
    let mut sizes = change.prepare_cached(SIZES)?;
    let mut rows = sizes.query([list, i64::MAX])?;
    let most = if list == QUEUE { MAX_QUEUE_BYTES } else { whole(MAX_JOURNAL_BYTES) };
    let mut size = 0;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        size += row.get::<_, i64>(1)? + whole(STEP_BYTES);
        if size > most && number < newest {
            old.execute([list, number])?;
            break;
        }
    }
    Ok(())
}
