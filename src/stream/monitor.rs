//! Counters and notes of one opened stream, read by the player while the stream works.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::model::CleanText;
use crate::net::NetError;

use super::StreamError;
use super::hunger::Hunger;
use super::interrupt::Interrupt;

/// Most notes kept until they are taken; a stream in trouble for hours needs no more.
const MAX_NOTES: usize = 100;

/// What has happened in a stream so far. Shared; every method takes `&self`.
#[derive(Debug, Default)]
pub struct Monitor {
    /// Bytes that came from the network or the disk.
    pub bytes_received: AtomicU64,
    /// Requests tried again.
    pub retries: AtomicU64,
    /// Times another HLS variant was chosen.
    pub variant_switches: AtomicU64,
    /// Milliseconds of sound fetched ahead of the decoder (HLS), or 0.
    pub fetched_ahead_ms: AtomicU64,
    /// Whether the place in the track is where it probably is: set by whoever decodes.
    pub is_about: AtomicBool,
    /// Whether it goes on without an end, as a station does: set by whoever fetches.
    pub is_live: AtomicBool,
    /// Whether the decoder waits for bytes.
    pub(super) hunger: Hunger,
    /// Calls whoever decodes to another place.
    pub interrupt: Interrupt,
    notes: Mutex<Vec<StreamError>>,
    /// The segment that was noted last as missing; 0 where none was.
    missing: AtomicU64,
    title: Mutex<Option<CleanText>>,
    snag: Mutex<Snag>,
    is_snagged: AtomicBool,
}

/// Why nothing comes in, while that is so.
#[derive(Debug, Default)]
struct Snag {
    now: Option<CleanText>,
    /// What was taken last.
    told: Option<CleanText>,
}

impl Monitor {
    /// Whether the decoder waits for bytes.
    #[cfg(test)]
    pub(crate) fn is_hungry(&self) -> bool {
        self.hunger.is_hungry()
    }

    /// Counts bytes as they come in.
    pub fn received(&self, bytes: usize) {
        self.bytes_received.fetch_add(bytes as u64, Ordering::Relaxed);
        if self.is_snagged.load(Ordering::Relaxed) {
            self.snagged(None);
        }
    }

    /// A request failed and is put again.
    pub(super) fn tries_again(&self, error: &NetError) {
        self.retries.fetch_add(1, Ordering::Relaxed);
        self.snagged(Some(error.fault().message));
    }

    fn snagged(&self, why: Option<CleanText>) {
        if let Ok(mut snag) = self.snag.lock() {
            self.is_snagged.store(why.is_some(), Ordering::Relaxed);
            snag.now = why;
        }
    }

    /// Takes why nothing comes in, or that something does again, where that is not what was taken last.
    pub fn take_snag(&self) -> Option<Option<CleanText>> {
        let mut snag = self.snag.lock().ok()?;
        if snag.now == snag.told {
            return None;
        }
        snag.told = snag.now.clone();
        Some(snag.now.clone())
    }

    /// Notes trouble that playing survived, such as a segment that could not be had.
    pub fn note(&self, trouble: StreamError) {
        if let StreamError::MissingSegment { number, .. } = trouble {
            self.missing.store(number, Ordering::Relaxed);
        }
        if let Ok(mut notes) = self.notes.lock()
            && notes.len() < MAX_NOTES
        {
            notes.push(trouble);
        }
    }

    /// Whether the segment of this number is the one that was noted last as missing.
    pub(super) fn is_missing(&self, number: u64) -> bool {
        self.missing.load(Ordering::Relaxed) == number
    }

    /// Tells what a station plays from here on.
    pub fn set_title(&self, title: CleanText) {
        if let Ok(mut newest) = self.title.lock() {
            *newest = Some(title);
        }
    }

    /// Takes what a station plays, where that is new since the last call.
    pub fn take_title(&self) -> Option<CleanText> {
        self.title.lock().ok()?.take()
    }

    /// Takes the notes made since the last call.
    pub fn take_notes(&self) -> Vec<StreamError> {
        self.notes.lock().map(|mut notes| std::mem::take(&mut *notes)).unwrap_or_default()
    }
}
