//! Lists that are kept offline, as rows.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::library::playlists::recordings::{self, Recordings};
use crate::library::rows::whole;
use crate::model::{CleanText, KeptList, KeptMember, ListSource};

/// A list as it is now, in place of what was known of it.
pub(super) fn put(change: &Transaction<'_>, list: &KeptList) -> rusqlite::Result<()> {
    let source = list.source.to_string();
    change.execute(
        "INSERT INTO kept_list (source, title, read_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (source) DO UPDATE SET title = ?2, read_at = ?3",
        params![source, list.title.as_str(), list.read_at.cast_signed()],
    )?;
    change.execute("DELETE FROM kept_member WHERE source = ?1", [&source])?;
    let mut insert = change.prepare_cached(
        "INSERT INTO kept_member (source, place, recording, gone_at, why_not) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (place, member) in list.members.iter().enumerate() {
        let recording = recordings::number(change, &member.track)?;
        let gone_at = member.gone_at.map(u64::cast_signed);
        let why_not = member.why_not.as_ref().map(CleanText::as_str);
        insert.execute(params![source, whole(place), recording, gone_at, why_not])?;
    }
    Ok(())
}

pub(super) fn forget(change: &Transaction<'_>, source: &ListSource) -> rusqlite::Result<()> {
    let source = source.to_string();
    change.execute("DELETE FROM kept_member WHERE source = ?1", [&source])?;
    change.execute("DELETE FROM kept_list WHERE source = ?1", [&source]).map(|_| ())
}

/// Every list, in the order in which they were kept.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<KeptList>> {
    let mut find =
        connection.prepare_cached("SELECT source, title, read_at FROM kept_list ORDER BY rowid")?;
    let found = find.query_map([], named)?;
    let mut lists = Vec::new();
    for named in found {
        let Some(list) = named? else { continue };
        lists.push(filled(connection, list)?);
    }
    Ok(lists)
}

/// One of them.
pub(super) fn one(connection: &Connection, source: &ListSource) -> rusqlite::Result<Option<KeptList>> {
    let mut find =
        connection.prepare_cached("SELECT source, title, read_at FROM kept_list WHERE source = ?1")?;
    let found = find.query_row([source.to_string()], named).optional()?;
    found.flatten().map(|list| filled(connection, list)).transpose()
}

/// A list without what is in it; `None`: no such list can be.
fn named(row: &Row<'_>) -> rusqlite::Result<Option<KeptList>> {
    let (title, read_at) = (row.get::<_, String>(1)?, row.get::<_, i64>(2)?.cast_unsigned());
    let list = |source| KeptList { source, title: title.into(), members: Vec::new(), read_at };
    Ok(row.get::<_, String>(0)?.parse().ok().map(list))
}

fn filled(connection: &Connection, mut list: KeptList) -> rusqlite::Result<KeptList> {
    let mut recordings = Recordings::new(connection);
    let mut find = connection.prepare_cached(
        "SELECT recording, gone_at, why_not FROM kept_member WHERE source = ?1 ORDER BY place",
    )?;
    let mut rows = find.query([list.source.to_string()])?;
    while let Some(row) = rows.next()? {
        let Some(track) = recordings.get(row.get(0)?)? else { continue };
        list.members.push(KeptMember {
            track,
            gone_at: row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned),
            why_not: row.get::<_, Option<String>>(2)?.map(Into::into),
        });
    }
    Ok(list)
}
