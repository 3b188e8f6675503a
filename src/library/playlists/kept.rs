//! A service's playlist as it is kept here: how it was last known there, and what was sent and not answered.

use rusqlite::{Connection, Transaction, params};

use super::recordings::Recordings;
use super::{edit, key, steps};
use crate::model::{CleanText, Copied, Entry, Mirror, PlaylistId, Sending, Sent, ServiceId};

/// Between ids in one column: no service's id holds it.
const BETWEEN: &str = "\n";

/// A service's playlist as it is kept here.
pub(super) struct Kept {
    pub mirror: Mirror,
    /// How it is wanted; `None`: deleted.
    pub wanted: Option<Copied>,
    /// What it is called, deleted or not.
    pub name: CleanText,
    pub attempts: u64,
    /// When something arrived last.
    pub arrived_at: i64,
    /// Whether the memory of the service's side is damaged: nothing is sent by it, for nobody knows the difference.
    pub is_lost: bool,
}

impl Kept {
    pub fn read(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Option<Self>> {
        let mut find = connection.prepare_cached(
            "SELECT m.service, m.remote, m.base_title, m.base_rows, m.sent, m.sent_title, m.sent_rows, m.sent_seen,
             m.attempts, p.name, p.gone, m.arrived_at, m.is_private, m.account FROM remote_playlist m JOIN playlist p ON p.id = m.playlist WHERE p.id = ?1",
        )?;
        let mut rows = find.query([key(id)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let Ok(service) = row.get::<_, String>(0)?.parse::<ServiceId>() else { return Ok(None) };
        let mut recordings = Recordings::new(connection);
        let held = edit::entries(connection, id)?;
        let mut is_lost = false;
        let mut entries = |bytes: &[u8]| -> rusqlite::Result<Vec<Entry>> {
            let rows = steps::unpacked(&mut recordings, bytes)?;
            is_lost |= rows.is_none();
            Ok(rows.unwrap_or_default().into_iter().map(|(_, entry)| entry).collect())
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
        let (remote, account) = (row.get(1)?, row.get(13)?);
        let mirror = Mirror { service, account, remote, base, is_private, sent };
        let attempts = row.get::<_, i64>(8)?.cast_unsigned();
        Ok(Some(Self { mirror, wanted, name, attempts, arrived_at: row.get(11)?, is_lost }))
    }

    /// Whether nothing is to be sent of it.
    pub fn is_settled(&self) -> bool {
        !self.is_lost && self.mirror.next(self.wanted.as_ref()).is_none()
    }

    /// Whether it was asked for and nobody knows whether it was made.
    pub fn is_making(&self) -> bool {
        matches!(&self.mirror.sent, Some(Sent { what: Sending::Make(_), .. }))
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
pub(super) fn write(change: &Transaction<'_>, id: PlaylistId, mirror: &Mirror) -> rusqlite::Result<()> {
    let base = packed(change, &mirror.base.entries)?;
    let sent = mirror.sent.as_ref();
    let seen = match sent.map(|sent| &sent.what) {
        Some(Sending::Make(Some(ids))) => Some(ids.join(BETWEEN)),
        _ => None,
    };
    let rows = sent.map(|sent| packed(change, &sent.wanted.entries)).transpose()?;
    let mut put = change.prepare_cached(
        "INSERT INTO remote_playlist (playlist, service, remote, base_title, base_rows, sent, sent_title, sent_rows,
         sent_seen, is_private, changes, attempts, next_try_at, arrived_at, account)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0, ?11)
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
        mirror.account,
    ])?;
    Ok(())
}
