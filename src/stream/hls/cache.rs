//! Segments as they came, so that stepping back in a track asks for nothing. Bounded in bytes.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use url::Url;

use super::playlist::ByteRange;

/// Bytes kept in all: beyond the half minute fetched ahead a minute and more of what was heard, at 320 kb/s.
const MAX_BYTES: usize = 4 << 20;

/// Which bytes they are.
pub(super) type Place = (Url, Option<ByteRange>);

/// Segments of one track, those last used last.
#[derive(Default)]
pub(super) struct Cache(Mutex<VecDeque<(Place, Bytes)>>);

impl Cache {
    /// The segment, if it is still here.
    pub(super) fn find(&self, place: &Place) -> Option<Bytes> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(found, _)| found == place)?;
        let (place, bytes) = kept.remove(at)?;
        kept.push_back((place, bytes.clone()));
        Some(bytes)
    }

    /// Keeps a segment, for which those not used for longest have to go.
    pub(super) fn keep(&self, place: Place, bytes: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(found, _)| *found != place);
        kept.push_back((place, bytes));
        let mut total: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
        while total > MAX_BYTES {
            let Some((_, oldest)) = kept.pop_front() else { return };
            total -= oldest.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_it_is_full() {
        let cache = Cache::default();
        let place = |number: u64| -> Place {
            let range = ByteRange { length: 1, offset: number };
            ("http://h.example/".parse().unwrap(), Some(range))
        };
        let megabyte = Bytes::from(vec![0; 1 << 20]);
        for number in 0..4 {
            cache.keep(place(number), megabyte.clone());
        }
        assert!(cache.find(&place(0)).is_some());
        cache.keep(place(4), megabyte.clone());
        cache.keep(place(4), megabyte);
        let kept: Vec<u64> = (0..6).filter(|number| cache.find(&place(*number)).is_some()).collect();
        assert_eq!(kept, [0, 2, 3, 4]);
        cache.keep(place(5), vec![0; MAX_BYTES + 1].into());
        assert!((0..6).all(|number| cache.find(&place(number)).is_none()), "too large for all");
    }
}
