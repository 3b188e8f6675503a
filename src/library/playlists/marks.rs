//! Likes, reposts and follows that have not reached their service: the last word on each thing, until the service has it.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::remote::retry_after;
use crate::model::{
    Fault, FaultKind, ItemRef, Mark, MarkErrand, MarkSettled, MarkWish, ServiceId, SignedIn, WaitingMark,
};

const ROWS: &str = "SELECT service, kind, item, mark, wanted, title, next_try_at, number FROM mark_change";

fn name_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Like => "like",
        Mark::Repost => "repost",
        Mark::Follow => "follow",
    }
}

fn mark_of(name: &str) -> Option<Mark> {
    [Mark::Like, Mark::Repost, Mark::Follow].into_iter().find(|mark| name_of(*mark) == name)
}

/// `None` where the row makes no sense.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<(WaitingMark, u64)>> {
    let (service, kind, mark): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let (Ok(service), Ok(kind), Some(mark)) = (service.parse(), kind.parse(), mark_of(&mark)) else {
        return Ok(None);
    };
    let item = ItemRef { service, kind, id: row.get(2)? };
    let wish = MarkWish { item, mark, on: row.get(4)?, title: row.get::<_, String>(5)?.into() };
    let next_try_at = u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0);
    Ok(Some((WaitingMark { wish, next_try_at }, row.get::<_, i64>(7)?.cast_unsigned())))
}

/// Keeps what is wanted, in place of what was wanted of the same thing before. It gets a number of its own, so that the
/// answer to what was sent before settles nothing of it.
pub(in crate::library) fn keep(
    change: &Transaction<'_>,
    wish: &MarkWish,
    who: &SignedIn,
) -> rusqlite::Result<Result<(), Fault>> {
    let MarkWish { item, mark, on, title } = wish;
    let Some(account) = who.at(&item.service) else {
        let words = format!("It is not known who is signed in at {}", item.service);
        return Ok(Err(Fault::new(FaultKind::SignInNeeded, words)));
    };
    let mut put = change.prepare_cached(
        "INSERT OR REPLACE INTO mark_change (service, account, kind, item, mark, wanted, title, attempts, next_try_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)",
    )?;
    put.execute(params![
        item.service.as_str(),
        account,
        item.kind.as_str(),
        item.id,
        name_of(*mark),
        on,
        title.as_str()
    ])?;
    Ok(Ok(()))
}

/// Nothing is wanted of this mark any more: it was made another way.
pub(super) fn forget(change: &Transaction<'_>, wish: &MarkWish, who: &SignedIn) -> rusqlite::Result<()> {
    let item = &wish.item;
    change.execute(
        "DELETE FROM mark_change WHERE service = ?1 AND account = ?2 AND kind = ?3 AND item = ?4 AND mark = ?5",
        params![
            item.service.as_str(),
            who.at(&item.service),
            item.kind.as_str(),
            item.id,
            name_of(wish.mark)
        ],
    )?;
    Ok(())
}

/// The first mark behind the one of number `after` that is due at a service. `all`: also what is not due yet.
pub(super) fn next(
    connection: &Connection,
    (service, account): (&ServiceId, &str),
    all: bool,
    after: u64,
    now: i64,
) -> rusqlite::Result<Option<MarkErrand>> {
    let mut find = connection.prepare_cached(&format!(
        "{ROWS} WHERE service = ?1 AND account = ?2 AND number > ?3 AND (?4 OR next_try_at <= ?5) ORDER BY number"
    ))?;
    let mut rows = find.query(params![service.as_str(), account, after.cast_signed(), all, now])?;
    while let Some(row) = rows.next()? {
        if let Some((WaitingMark { wish, .. }, number)) = read(row)? {
            return Ok(Some(MarkErrand { number, wish }));
        }
    }
    Ok(None)
}

/// Takes in what came of a mark; `now` in seconds since 1970.
pub(super) fn settle(
    change: &Transaction<'_>,
    number: u64,
    what: &MarkSettled,
    now: u64,
) -> rusqlite::Result<()> {
    let number = number.cast_signed();
    let MarkSettled::Waits(fault) = what else {
        return change.execute("DELETE FROM mark_change WHERE number = ?1", [number]).map(|_| ());
    };
    let mut tries = change.prepare_cached("SELECT attempts FROM mark_change WHERE number = ?1")?;
    let tries: Option<i64> = tries.query_row([number], |row| row.get(0)).optional()?;
    // Something else is wanted meanwhile.
    let Some(tries) = tries else { return Ok(()) };
    let wait = retry_after(tries.cast_unsigned()).max(fault.wait_s.unwrap_or(0));
    let next = i64::try_from(now.saturating_add(wait)).unwrap_or(i64::MAX);
    let mut put =
        change.prepare_cached("UPDATE mark_change SET attempts = ?2, next_try_at = ?3 WHERE number = ?1")?;
    put.execute(params![number, tries.saturating_add(1), next]).map(|_| ())
}

/// Every mark of whoever is signed in that has not arrived.
pub(super) fn waiting(connection: &Connection, who: &SignedIn) -> rusqlite::Result<Vec<WaitingMark>> {
    let mut find = connection.prepare_cached(
        "SELECT service, kind, item, mark, wanted, title, next_try_at, number, account FROM mark_change ORDER BY number",
    )?;
    let mut rows = find.query([])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let account: String = row.get(8)?;
        let Some((mark, _)) = read(row)? else { continue };
        if who.at(&mark.wish.item.service) == Some(account.as_str()) {
            waiting.push(mark);
        }
    }
    Ok(waiting)
}
