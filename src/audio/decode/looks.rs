//! A place is found in a file by a few looks into it, where what is looked at says when it is heard. A stream over the
//! network has not to be read up to there, nor to be halved again and again.

use std::sync::Arc;
use std::time::Duration;

use symphonia::core::io::MediaSource as _;

use super::source::Source;
use crate::audio::error::DecodeError;

/// Bytes to look at in one go: they have to come before anything is known.
const LOOK: u64 = 48 << 10;

/// So many bytes before the place that is guessed is looked at: what begins behind the place that is sought is of no use.
const BACK: u64 = 64 << 10;

/// Most bytes to look at in one place.
const FARTHEST_LOOK: u64 = 6 << 20;

/// Most places to look at.
const MOST_LOOKS: usize = 16;

/// After so many looks it is no longer guessed but halved: most of a file may be silence, which takes few bytes.
const GUESSES: usize = 4;

/// What is read through rather than looked for, if it is as few bytes as [`NEAR_BYTES`] too.
pub(super) const NEAR: Duration = Duration::from_secs(8);

/// See [`NEAR`].
const NEAR_BYTES: u64 = 192 << 10;

/// Something from which decoding can begin, and when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) byte: u64,
    pub(super) begins: Duration,
}

/// The layout of a file.
pub(super) trait Layout: Send {
    /// What a demuxer has to read before any mark.
    fn preface(&self) -> &Arc<[u8]>;

    /// Where the first mark lies; it begins at zero.
    fn first(&self) -> u64;

    /// The marks in `bytes`, which lie at `base`, in their order and none earlier than the one before it.
    fn marks(&self, bytes: &[u8], base: u64) -> Vec<Mark>;

    /// The last mark that is not behind `to` and the first that is, as far as a table of the file tells.
    fn around(&self, _to: Duration) -> (Option<Mark>, Option<Mark>) {
        (None, None)
    }
}

/// Where a mark lies that is not behind `to`, and as near before it as is worth looking for. `end` is where the file ends
/// or any place behind `to`; `None` when there is nothing to look at.
pub(super) fn find(
    layout: &dyn Layout,
    to: Duration,
    end: Mark,
    source: &Source,
) -> Result<Option<u64>, DecodeError> {
    let first = layout.first();
    let Some(length) = source.byte_len().filter(|&length| length > first) else { return Ok(None) };
    let within = |mark: &Mark| (first..length).contains(&mark.byte);
    let (before, behind) = layout.around(to);
    let mut before = before.filter(within).unwrap_or(Mark { byte: first, begins: Duration::ZERO });
    let mut behind = behind.filter(within).unwrap_or(Mark { begins: end.begins.max(to), ..end });
    behind.byte = behind.byte.min(end.byte).clamp(before.byte, length);
    let mut pace = None;
    for look in 0..MOST_LOOKS {
        if before.begins.saturating_add(NEAR) >= to && between(before, behind, to) <= NEAR_BYTES {
            break;
        }
        // What one look shows needs no guess.
        let is_last = behind.byte.saturating_sub(before.byte) <= LOOK;
        let guess = match look {
            _ if is_last => before.byte + 1,
            // Of two sides to miss it at, this one costs no second look.
            ..GUESSES => {
                let likely = pace.and_then(|pace: Pace| pace.leads_to(to));
                let likely = likely.filter(|likely| (before.byte..behind.byte).contains(likely));
                let likely = likely.unwrap_or_else(|| before.byte + between(before, behind, to));
                likely.saturating_sub(BACK).max(before.byte + 1)
            }
            _ => before.byte.midpoint(behind.byte),
        };
        let found = look_at(layout, guess, behind.byte, source)?;
        pace = Pace::of(&found);
        match found.iter().rposition(|mark| mark.begins <= to) {
            Some(last) => {
                before = found[last];
                if found.len() > last + 1 {
                    break;
                }
            }
            None => behind = found.first().map_or(behind, |first| Mark { byte: guess, ..*first }),
        }
        if is_last {
            break;
        }
        if found.is_empty() {
            behind.byte = guess;
        }
    }
    Ok(Some(before.byte))
}

/// How fast time goes by around some marks.
#[derive(Clone, Copy)]
struct Pace {
    first: Mark,
    last: Mark,
}

impl Pace {
    fn of(marks: &[Mark]) -> Option<Self> {
        let (&first, &last) = (marks.first()?, marks.last()?);
        (first.begins < last.begins).then_some(Self { first, last })
    }

    /// Where it leads to at `to`.
    fn leads_to(self, to: Duration) -> Option<u64> {
        let nanos = |from: Duration, to: Duration| {
            i128::try_from(to.as_nanos()).ok()?.checked_sub(i128::try_from(from.as_nanos()).ok()?)
        };
        let (begin, end) = (self.first, self.last);
        let bytes = i128::from(end.byte.checked_sub(begin.byte)?);
        let way =
            bytes.checked_mul(nanos(begin.begins, to)?)?.checked_div(nanos(begin.begins, end.begins)?)?;
        begin.byte.checked_add_signed(i64::try_from(way).ok()?)
    }
}

/// The marks at `from` or a little behind it.
fn look_at(layout: &dyn Layout, from: u64, end: u64, source: &Source) -> Result<Vec<Mark>, DecodeError> {
    let mut there = Vec::new();
    loop {
        let at = from + there.len() as u64;
        let more = source.window(at, LOOK.min(end.saturating_sub(at)))?;
        let is_over = more.is_empty() || there.len() as u64 > FARTHEST_LOOK;
        there.extend(more);
        let found = layout.marks(&there, from);
        // Of two it shows how fast time goes by.
        let is_enough = found.len() > 1 || !found.is_empty() && there.len() as u64 >= 2 * LOOK;
        if is_over || is_enough {
            return Ok(found);
        }
    }
}

/// How far behind the one `to` probably lies, in bytes.
fn between(before: Mark, behind: Mark, to: Duration) -> u64 {
    let span = behind.begins.saturating_sub(before.begins).as_nanos().max(1);
    let wanted = to.saturating_sub(before.begins).as_nanos().min(span);
    let bytes = behind.byte.saturating_sub(before.byte);
    u64::try_from(u128::from(bytes) * wanted / span).unwrap_or(0)
}
