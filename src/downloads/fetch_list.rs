//! Fetches the pieces of a list that are missing, some at a time.

use futures_util::stream::{self, StreamExt as _};

use crate::model::DownloadState;
use crate::stream::keep::List;

use super::line::Line;
use super::spool::Spool;
use super::stop::Snag;

/// Most tries for one piece.
const MOST_TRIES: u8 = 10;

/// Bytes between two looks at the room that is left.
const LOOK_BYTES: u64 = 1 << 20;

/// Fetches all that is missing. What came is in the spool whatever the outcome.
pub(super) async fn fetch_list(line: &Line<'_>, list: &List, spool: &mut Spool) -> Result<(), Snag> {
    // Initialisation sections first: without them nothing else is of use.
    let pieces = (list.segments()..list.count()).chain(0..list.segments());
    let missing: Vec<usize> = pieces.filter(|piece| !spool.has(*piece)).collect();
    line.check_room(0)?;
    let tell = |spool: &Spool| {
        let pieces = Some((spool.count(), list.count()));
        line.tell(DownloadState::Fetching, spool.bytes(), None, pieces);
    };
    tell(spool);
    let at_once = usize::from(line.copier.rules.pieces_at_once.max(1));
    let fetched = stream::iter(missing).map(|piece| fetch(line, list, piece)).buffer_unordered(at_once);
    futures_util::pin_mut!(fetched);
    let (mut looked_at, mut failed) = (spool.bytes(), None);
    while let Some(result) = fetched.next().await {
        match result {
            Ok((piece, bytes)) => {
                spool.add(piece, &bytes).map_err(|error| line.disk(&error))?;
                if spool.bytes() >= looked_at + LOOK_BYTES {
                    looked_at = spool.bytes();
                    line.check_room(0)?;
                }
                tell(spool);
            }
            Err(snag) => {
                failed = Some(snag);
                break;
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn fetch(line: &Line<'_>, list: &List, piece: usize) -> Result<(usize, Vec<u8>), Snag> {
    let mut tries = 0;
    loop {
        let error = match list.fetch(piece).await {
            Ok(bytes) => return Ok((piece, bytes)),
            Err(error) => error,
        };
        tries += 1;
        line.pause(error, tries, MOST_TRIES).await?;
    }
}
