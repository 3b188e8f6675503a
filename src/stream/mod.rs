//! The bytes: a locator becomes byte streams that a decoder can read. Knows nothing of samples.
//!
//! Calls block: they belong on a decode thread, never on a tokio worker. Every block ends when the
//! [`Cancel`] it was opened with is cancelled.

use std::io::{Read, Seek};
use std::sync::Arc;
use std::time::Duration;

use crate::model::Locator;

mod buffer;
mod cancel;
mod checksum;
mod error;
mod file;
pub mod hls;
mod http;
mod hunger;
mod interrupt;
pub mod keep;
mod kept;
mod monitor;
mod open;
mod outage;
mod sniff;
#[cfg(test)]
pub(crate) mod tests;

pub use cancel::Cancel;
pub use error::StreamError;
pub use monitor::Monitor;
pub use open::{Streams, whole_media};

/// Bytes of one container, for a decoder to read.
pub trait ByteStream: Read + Seek + Send + Sync {
    /// Whether `seek` works in both directions. When not, only reading forward does.
    fn is_seekable(&self) -> bool;

    /// Length of the whole in bytes, where it is known: the remote length, not what has arrived.
    fn byte_len(&self) -> Option<u64>;

    /// Whether the bytes from `from` up to `to` can be read one after the other without asking a server for any of them:
    /// if not, it may be better to guess a place than to read up to it.
    fn is_at_hand(&self, _from: u64, _to: u64) -> bool {
        true
    }

    /// Whether all of it can be read at once, without asking a server or waiting for one.
    fn is_here(&self) -> bool {
        true
    }

    /// Tells how long the whole plays, so that enough of it is read ahead.
    fn lasts(&mut self, _length: Duration) {}

    /// Whether what is in it goes on at the very sample at which the part before ended, so that the decoder of that one
    /// can go on too.
    fn continues(&self) -> bool {
        false
    }
}

/// What helps a decoder to recognise the container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatHint {
    /// File name extension without the dot, lower case.
    pub extension: Option<String>,
    /// Media type as a server named it, without parameters.
    pub media_type: Option<String>,
}

/// A run of bytes in one container with one set of codec parameters.
pub struct Part {
    /// The bytes.
    pub bytes: Box<dyn ByteStream>,
    /// What they probably are.
    pub hint: FormatHint,
    /// Where in the track the first sample of this part belongs; zero for files.
    pub starts_at: Duration,
    /// Sound before that place with which the bytes begin, so that the decoder settles: it was heard already.
    pub lead: Duration,
}

/// One thing to play, opened. A file or progressive address has one part; an HLS playlist has a new
/// part wherever the decoder must start afresh (start, seek, discontinuity, new initialisation section), and of MP4 each
/// segment is a part, which may continue the one before.
pub trait Media: Send {
    /// How long the whole is, where the playlist says so; containers know their own length.
    fn length(&self) -> Option<Duration>;

    /// The next part, `None` after the last.
    fn next_part(&mut self) -> Result<Option<Part>, StreamError>;

    /// The same when the part in use is damaged: what is left of it begins again as a part of its own at the next
    /// place where it can.
    fn next_segment(&mut self) -> Result<Option<Part>, StreamError> {
        self.next_part()
    }

    /// Begins again at `at` with another variant, because there is no decoder for this one; `false` where there is none.
    fn change_variant(&mut self, _at: Duration) -> Result<bool, StreamError> {
        Ok(false)
    }

    /// Tells that what is at this place of the track cannot be decoded, and that playing goes on behind it.
    fn tell_damage(&mut self, _at: Duration, _reason: &str) {}

    /// Whether a seek has to go through [`Media::seek`] (HLS) rather than through the part's bytes.
    fn seeks_by_part(&self) -> bool;

    /// Moves so that the next part starts at or before `to`. The part in use is void afterwards. Returns the
    /// place that it goes on from: `to`, unless a live stream does not reach so far.
    fn seek(&mut self, to: Duration) -> Result<Duration, StreamError>;
}

/// Opens locators. `audio` takes it as a trait object, so that its tests need no network.
pub trait Open: Send + Sync {
    /// Opens `locator`; every wait in it and in what it returns ends when `cancel` is cancelled.
    fn open(
        &self,
        locator: &Locator,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
    ) -> Result<Box<dyn Media>, StreamError>;
}
