//! What was seen of the catalogue: whose stream an id opens, and the rows of the playlist that is open. Kept
//! until the program ends, and never more than a little.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{Track, TrackRef};

use super::{convert, wire};

/// Tracks that are remembered; with one more all are forgotten.
const MAX_TRACKS: usize = 10_000;

/// It.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By stream id.
    tracks: Mutex<HashMap<String, Track>>,
    /// Of one playlist, in their order.
    rows: Mutex<Option<(String, Vec<wire::PlaylistTrack>)>>,
    /// Whether the address of a stream was seen to answer a manifest.
    answers_manifests: AtomicBool,
}

impl Memory {
    fn tracks(&self) -> MutexGuard<'_, HashMap<String, Track>> {
        self.tracks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_rows(&self) -> MutexGuard<'_, Option<(String, Vec<wire::PlaylistTrack>)>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers which track a stream is.
    pub(super) fn note(&self, stream_id: Option<String>, track: &Track) {
        let Some(stream_id) = stream_id.filter(|id| convert::is_stream_id(id)) else { return };
        let mut tracks = self.tracks();
        if tracks.len() >= MAX_TRACKS {
            tracks.clear();
        }
        tracks.insert(stream_id, track.clone());
    }

    /// The track of a stream under the stream's id; of one never seen, that id alone.
    pub(super) fn by_stream(&self, stream_id: &str) -> Track {
        let unknown = convert::named_only(stream_id);
        match self.tracks().get(stream_id) {
            Some(known) => Track { reference: unknown.reference, ..known.clone() },
            None => unknown,
        }
    }

    /// The catalogue's id of a stream that was seen.
    pub(super) fn catalogue_id(&self, stream_id: &str) -> Option<String> {
        match &self.tracks().get(stream_id)?.reference {
            TrackRef::Service { id, .. } if !convert::is_stream_id(id) => Some(id.clone()),
            _ => None,
        }
    }

    /// Keeps the rows of the playlist that is open.
    pub(super) fn keep_rows(&self, playlist: &str, rows: &[wire::PlaylistTrack]) {
        *self.open_rows() = Some((playlist.to_owned(), rows.to_vec()));
    }

    /// The rows of a playlist, if it is the one that is open.
    pub(super) fn rows(&self, playlist: &str) -> Option<Vec<wire::PlaylistTrack>> {
        self.open_rows().as_ref().filter(|(known, _)| known == playlist).map(|(_, rows)| rows.clone())
    }

    /// Forgets the rows: they have changed.
    pub(super) fn drop_rows(&self) {
        *self.open_rows() = None;
    }

    /// Whether streams are known to answer manifests.
    pub(super) fn answers_manifests(&self) -> bool {
        self.answers_manifests.load(Ordering::Relaxed)
    }

    /// Notes that a stream answered a manifest.
    pub(super) fn note_manifest(&self) {
        self.answers_manifests.store(true, Ordering::Relaxed);
    }

    /// Forgets what belongs to one listener.
    pub(super) fn forget(&self) {
        self.drop_rows();
        self.tracks().clear();
    }
}
