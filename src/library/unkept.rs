//! What the keeper could not write and tries again.

use rusqlite::ErrorCode;

use super::keeper::{MAX_WAITING, Order};

/// Whether what failed may go well another time: the disk was full, or somebody else had the database.
pub(super) fn may_pass(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::OutOfMemory
                | ErrorCode::OperationInterrupted
                | ErrorCode::FileLockingProtocolFailed
        )
    )
}

/// Of several sessions the newest is kept, and no other.
pub(super) fn newest_session(orders: &mut Vec<Order>) {
    let newest = orders.iter().rposition(|order| matches!(order, Order::Save(_)));
    let mut at = 0..;
    orders.retain(|order| {
        let at = at.next();
        !matches!(order, Order::Save(_)) || at == newest
    });
}

/// Orders that are tried again with the next ones: a step that is lost would cut the queue's journal off before it, and a
/// session comes again only once something in it changes. Who asks about playlists has an answer.
pub(super) fn for_later(orders: Vec<Order>) -> Vec<Order> {
    let stays = |order: &Order| match order {
        Order::KeepPlace { .. }
        | Order::Playlists { .. }
        | Order::SignedIn { .. }
        | Order::Mark { .. }
        | Order::QueueJournal { .. }
        | Order::OwnMove { .. } => false,
        Order::Save(_)
        | Order::QueueStep { .. }
        | Order::KeepVolume { .. }
        | Order::KeepLoudness { .. }
        | Order::KeepResume { .. }
        | Order::KeepWordsOffset { .. }
        | Order::Played { .. }
        | Order::ForgetResume { .. }
        | Order::Own { .. } => true,
    };
    orders.into_iter().filter(stays).take(MAX_WAITING).collect()
}

#[cfg(test)]
mod tests {
    use super::super::keeper::carry_out;
    use super::super::{database, playlists};
    use super::*;
    use crate::model::{
        Entry, EntryId, ListEdit, PlaylistOrder, Session, Side, SignedIn, Snapshot, Step, Ticket, Track,
    };

    #[test]
    fn what_could_not_be_kept_waits_in_order() {
        let step = |after: u64| Order::QueueStep {
            at: 0,
            after,
            step: Step {
                name: format!("step {after}"),
                change: ListEdit::from_parts(Vec::new(), Vec::new()),
                before: Side::default(),
                after: Side::default(),
                made_at: None,
            },
        };
        let playlists = Order::Playlists { ticket: Ticket(1), at: 0, order: PlaylistOrder::List };
        let orders = vec![step(0), Order::Save(Session::default()), playlists, step(1)];
        let session = || Order::Save(Session::default());
        assert_eq!(for_later(orders), [step(0), session(), step(1)]);
        let newer = || Order::Save(Session { step: 1, ..Session::default() });
        let mut orders = vec![session(), step(0), newer(), step(1)];
        newest_session(&mut orders);
        assert_eq!(orders, [step(0), newer(), step(1)]);
        let failure = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        assert!(may_pass(&failure(rusqlite::ffi::SQLITE_FULL)));
        assert!(!may_pass(&failure(rusqlite::ffi::SQLITE_CONSTRAINT)));
        assert!(!may_pass(&failure(rusqlite::ffi::SQLITE_CORRUPT)));
    }

    /// A disk that is full for a while costs no step of the queue's journal.
    #[test]
    fn a_full_disk_leaves_no_hole_in_the_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let connection = database::open(&path).unwrap().connection;
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        connection.pragma_update(None, "max_page_count", pages).unwrap();
        let title = "a".repeat(100_000);
        let rows = [Entry::new(EntryId(1), Track::new("/music/a.flac".parse().unwrap(), title))];
        let (mut connection, mut who) = (connection, SignedIn::default());
        let steps = [Order::QueueStep {
            at: 0,
            after: 0,
            step: Step::between("adding", Snapshot::new(&[], None, None), &rows, None, None).unwrap(),
        }];
        let error = carry_out(&mut connection, &steps, &mut who, None).unwrap_err();
        assert!(may_pass(&error), "{error}");
        connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
        carry_out(&mut connection, &for_later(steps.to_vec()), &mut who, None).unwrap();
        assert_eq!(playlists::earlier_of_queue(&connection, 1).unwrap().steps().len(), 1);
    }
}
