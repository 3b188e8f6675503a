//! Playlists that grow while they are played (RFC 8216 sections 6.3.3 and 6.3.4).

use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::net::NetError;
use crate::stream::StreamError;
use crate::stream::http::jitter;

use super::playlist::MediaPlaylist;
use super::source::Source;
use super::{fetch_media_once, unplayable};

/// Shortest wait between two reloads.
const MIN_WAIT: Duration = Duration::from_millis(500);

/// Reloads without anything new, half a target duration apart, after which the stream has ended.
const MAX_UNCHANGED: u32 = 20;

/// A playlist that has grown.
pub(super) struct Grown {
    /// The playlist as it is now.
    pub playlist: MediaPlaylist,
    /// When its loading began.
    pub loaded_at: Instant,
    /// Index of the segment to go on with.
    pub next: usize,
    /// Whether that one does not follow the last one of before.
    pub is_place_lost: bool,
}

/// Target durations for which a server may say that there is no list.
const GONE_FOR: u32 = 3;

/// Reloads the playlist at `address`, whose loading began last at `loaded_at`, until there is something behind the last segment of `known`. What fails is
/// tried again at the same pace: for three target durations where the server says that there is no list, and as
/// long as for anything that plays where it cannot be reached or has trouble of its own.
pub(super) async fn await_more(
    source: &Source,
    address: &Url,
    known: &MediaPlaylist,
    mut loaded_at: Instant,
) -> Result<Grown, StreamError> {
    let last = known.segments.last().map_or(0, |segment| segment.sequence);
    let target = Duration::from_secs(known.target_duration);
    let (mut wait, mut unchanged, mut failing_since) = (target, 0, None);
    while unchanged < MAX_UNCHANGED {
        // From when it was loaded last, however much of that time went by since.
        tokio::time::sleep(wait.saturating_sub(loaded_at.elapsed()).max(MIN_WAIT)).await;
        loaded_at = Instant::now();
        wait = target / 2;
        let playlist = match fetch_media_once(source, address).await {
            Ok(playlist) => playlist,
            // It may have been caught in the middle of a change.
            Err(StreamError::Playlist { .. }) => {
                unchanged += 1;
                continue;
            }
            Err(error) => {
                let since = *failing_since.get_or_insert_with(Instant::now);
                wait = wait.max(patience(source, &error, since.elapsed(), target).ok_or(error)?);
                continue;
            }
        };
        failing_since = None;
        unchanged += 1;
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
        return Ok(Grown { playlist, loaded_at, next, is_place_lost });
    }
    Err(unplayable(address, "the live stream stands still"))
}

/// How long to wait at least after a reload that failed; `None` when it is not worth another.
fn patience(source: &Source, error: &StreamError, failing: Duration, target: Duration) -> Option<Duration> {
    let StreamError::Net(error) = error else { return None };
    match error {
        NetError::Status { status: 400..=407 | 409..=428 | 430..=499, .. } => {
            (failing < GONE_FOR * target.max(MIN_WAIT)).then_some(Duration::ZERO)
        }
        NetError::Status { retry_after: Some(asked), .. } => {
            source.outage().failed(error, jitter()).map(|_| *asked)
        }
        _ => source.outage().failed(error, jitter()).map(|_| Duration::ZERO),
    }
}

/// The segment that fetching begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FirstSegment {
    /// Its index in the list.
    pub index: usize,
    /// Where it starts, in seconds; a live stream begins at zero wherever that is.
    pub position: f64,
    /// So many seconds of it are not to be heard.
    pub left_out: f64,
}

impl FirstSegment {
    /// A segment that is heard whole.
    pub(super) fn at(index: usize, position: f64) -> Self {
        Self { index, position, left_out: 0.0 }
    }
}

/// Where playing begins: where `EXT-X-START` says (RFC 8216bis section 4.4.2.2), else see [`live_start`].
pub(super) fn beginning(playlist: &MediaPlaylist) -> FirstSegment {
    let usual = live_start(playlist);
    let Some(start) = playlist.start else { return FirstSegment::at(usual, 0.0) };
    let total = playlist.total_seconds();
    let wanted = if start.offset < 0.0 { total + start.offset } else { start.offset };
    let (mut index, mut before) = (0, 0.0);
    for segment in playlist.segments.iter().take(playlist.segments.len().saturating_sub(1)) {
        if before + segment.duration > wanted {
            break;
        }
        before += segment.duration;
        index += 1;
    }
    // A live stream has no length, and its end is not to be come too close to.
    let is_complete = playlist.is_complete();
    if !is_complete && index > usual {
        return FirstSegment::at(usual, 0.0);
    }
    // An offset beyond the end means the end, whose segment is heard.
    let left_out = if start.is_precise && wanted < total { (wanted - before).max(0.0) } else { 0.0 };
    FirstSegment { left_out, ..FirstSegment::at(index, if is_complete { before } else { 0.0 }) }
}

/// Index of the segment to begin with: the first, or for a live stream one that is no nearer to the end
/// than three target durations (RFC 8216 section 6.3.3).
pub(super) fn live_start(playlist: &MediaPlaylist) -> usize {
    if playlist.is_complete() || playlist.playlist_type.is_some() { 0 } else { near_the_end(playlist) }
}

/// Index of the last segment that is no nearer to the end of the list than three target durations, or the first.
pub(super) fn near_the_end(playlist: &MediaPlaylist) -> usize {
    let enough = playlist.target_duration as f64 * 3.0;
    let mut behind = 0.0;
    let start = playlist.segments.iter().rposition(|segment| {
        behind += segment.duration;
        behind >= enough
    });
    start.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::playlist::{Playlist, parse};
    use super::*;

    /// Ten segments of four seconds.
    fn check(tags: &str, end: &str, (index, position): (usize, f64)) {
        check_first(tags, end, FirstSegment::at(index, position));
    }

    fn check_first(tags: &str, end: &str, expected: FirstSegment) {
        let mut text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n{tags}\n");
        text.extend(["#EXTINF:4,\ns\n"; 10]);
        text.push_str(end);
        let Playlist::Media(playlist) =
            parse(text.as_bytes(), &"http://h.example/".parse().unwrap()).unwrap()
        else {
            panic!("{tags} is no media playlist")
        };
        assert_eq!(beginning(&playlist), expected, "{tags} {end}");
    }

    #[test]
    fn a_stream_begins_where_it_says() {
        // RFC 8216bis section 4.4.2.2: from the start, or from the end of the last segment; beyond either
        // it is the start or the end.
        for (offset, expected) in [
            ("0", (0, 0.0)),
            ("3.9", (0, 0.0)),
            ("4", (1, 4.0)),
            ("25.5,PRECISE=NO", (6, 24.0)),
            ("500,PRECISE=YES", (9, 36.0)),
            ("-500,PRECISE=YES", (0, 0.0)),
            ("500", (9, 36.0)),
            ("-4", (9, 36.0)),
            ("-4.1", (8, 32.0)),
            ("-500", (0, 0.0)),
            ("nan", (0, 0.0)),
            ("later", (0, 0.0)),
        ] {
            check(&format!("#EXT-X-START:TIME-OFFSET={offset}"), "#EXT-X-ENDLIST\n", expected);
        }
        check("", "#EXT-X-ENDLIST\n", (0, 0.0));
        for (offset, index, position, left_out) in
            [("25.5", 6, 24.0, 1.5), ("-0.5", 9, 36.0, 3.5), ("8", 2, 8.0, 0.0)]
        {
            let tag = format!("#EXT-X-START:TIME-OFFSET={offset},PRECISE=YES");
            check_first(&tag, "#EXT-X-ENDLIST\n", FirstSegment { index, position, left_out });
        }
    }

    #[test]
    fn a_live_stream_keeps_its_distance() {
        check("", "", (7, 0.0));
        check("#EXT-X-START:TIME-OFFSET=-20", "", (5, 0.0));
        check("#EXT-X-START:TIME-OFFSET=-2", "", (7, 0.0));
        check("#EXT-X-START:TIME-OFFSET=0", "", (0, 0.0));
        check("#EXT-X-START:TIME-OFFSET=-2,PRECISE=YES", "", (7, 0.0));
        let precise = FirstSegment { left_out: 1.0, ..FirstSegment::at(5, 0.0) };
        check_first("#EXT-X-START:TIME-OFFSET=-19,PRECISE=YES", "", precise);
    }
}
