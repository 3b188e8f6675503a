//! Playlists that grow while they are played (RFC 8216 sections 6.3.3 and 6.3.4).

use std::time::Duration;

use url::Url;

use crate::stream::StreamError;

use super::playlist::MediaPlaylist;
use super::source::Source;
use super::{fetch_media, unplayable};

/// Shortest wait between two reloads.
const MIN_WAIT: Duration = Duration::from_millis(500);

/// Reloads without anything new, half a target duration apart, after which the stream has ended.
const MAX_UNCHANGED: u32 = 20;

/// A playlist that has grown.
pub(super) struct Grown {
    /// The playlist as it is now.
    pub playlist: MediaPlaylist,
    /// Index of the segment to go on with.
    pub next: usize,
    /// Whether that one does not follow the last one of before.
    pub is_place_lost: bool,
}

/// Reloads the playlist at `address` until there is something behind the last segment of `known`.
pub(super) async fn await_more(
    source: &Source,
    address: &Url,
    known: &MediaPlaylist,
) -> Result<Grown, StreamError> {
    let last = known.segments.last().map_or(0, |segment| segment.sequence);
    let target = Duration::from_secs(known.target_duration);
    for unchanged in 0..MAX_UNCHANGED {
        let wait = if unchanged == 0 { target } else { target / 2 };
        tokio::time::sleep(wait.max(MIN_WAIT)).await;
        let playlist = match fetch_media(source, address).await {
            Ok(playlist) => playlist,
            // It may have been caught in the middle of a change.
            Err(StreamError::Playlist { .. }) => continue,
            Err(error) => return Err(error),
        };
        let newest = playlist.segments.last().map(|segment| segment.sequence);
        let next = match playlist.segments.iter().position(|segment| segment.sequence > last) {
            Some(next) => next,
            // The count began anew.
            None if newest.is_some_and(|newest| newest < last) => live_start(&playlist),
            None if playlist.is_complete() => playlist.segments.len(),
            None => continue,
        };
        let expected = last.saturating_add(1);
        let is_place_lost = playlist.segments.get(next).is_some_and(|found| found.sequence != expected);
        return Ok(Grown { playlist, next, is_place_lost });
    }
    Err(unplayable(address, "the live stream stands still"))
}

/// Index of the segment to begin with: the first, or for a live stream one that is no nearer to the end
/// than three target durations (RFC 8216 section 6.3.3).
pub(super) fn live_start(playlist: &MediaPlaylist) -> usize {
    if playlist.is_complete() || playlist.playlist_type.is_some() {
        return 0;
    }
    let enough = playlist.target_duration as f64 * 3.0;
    let mut behind = 0.0;
    let start = playlist.segments.iter().rposition(|segment| {
        behind += segment.duration;
        behind >= enough
    });
    start.unwrap_or(0)
}
