//! The copying: one locator becomes one file in the listener's folder, proved to be whole before it has its name.
//! Knows no services, decodes nothing and has no queue: a [`Helper`] gives addresses and decodes, whoever keeps the
//! queue says what is copied and when.
//!
//! Calls block: each belongs on a thread of its own, never on a tokio worker.

use std::time::Duration;

use tokio::runtime::Handle;

use crate::config::VariantChoice;
use crate::model::{DownloadId, DownloadProgress, Fault, Locator, SoundFormat, Track, Wanted};
use crate::stream::{Cancel, Media, Streams};

mod control;
mod copy;
mod fetch_file;
mod fetch_list;
mod file_name;
mod finish;
mod folder;
mod follow;
mod join;
mod kind;
mod lanes;
mod leftover;
mod line;
mod listed;
mod pace;
mod part;
mod receipt;
mod spool;
mod stop;
mod tag;
#[cfg(test)]
mod tests;

pub use file_name::{Place, folded, place, unique};
pub use leftover::{discard, leftovers};
pub use listed::{Noted, listed_copies, note_copies};
pub use pace::{Bucket, Pace};
pub use stop::Stop;

/// Bytes of every disk that copies leave free.
pub const RESERVE_BYTES: u64 = 100_000_000;

/// How copies are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Most connections for one large file; there are several where more bring more.
    pub connections: u8,
    /// How long is counted what so many of them bring.
    pub look: Duration,
    /// Segments of a list that are fetched at the same time.
    pub pieces_at_once: u8,
    /// Bytes of the disk that are left free.
    pub reserve_bytes: u64,
    /// Which variant of a list; [`VariantChoice::Auto`] takes the best.
    pub variant: VariantChoice,
    /// Whether title, artists and cover are written.
    pub writes_tags: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            connections: 1,
            look: Duration::from_secs(2),
            pieces_at_once: 4,
            reserve_bytes: RESERVE_BYTES,
            variant: VariantChoice::Auto,
            writes_tags: true,
        }
    }
}

/// What a file was decoded to, from beginning to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What it is.
    pub format: SoundFormat,
    /// How long it plays: frames that were decoded, not what its header says.
    pub length: Duration,
    /// Frames that were decoded.
    pub frames: u64,
}

/// What other rooms do for a copy. Every call may block until it is done or cancelled.
pub trait Helper: Send + Sync {
    /// Where the bytes are now. Asked at the last moment, and again each time an address has run out.
    fn locate(&self, wanted: &Wanted, cancel: &Cancel) -> Result<Locator, Fault>;

    /// Decodes sound whole, as it comes. An error says what is wrong with it.
    fn verify(&self, media: Box<dyn Media>, cancel: &Cancel) -> Result<Verified, Fault>;

    /// What the source tells of the track, for its tags. Asked once what came is proved, and only where the source was not asked
    /// before.
    fn about(&self, wanted: &Wanted, cancel: &Cancel) -> Option<Track>;

    /// The cover, if there is one to be had.
    fn cover(&self, wanted: &Wanted, cancel: &Cancel) -> Option<Vec<u8>>;

    /// How far it is. Called often; only the newest matters.
    fn tell(&self, id: DownloadId, progress: DownloadProgress);
}

/// Makes copies. Clones share the pace.
#[derive(Clone, Debug)]
pub struct Copier {
    streams: Streams,
    threads: Handle,
    rules: Rules,
    pace: Pace,
}

impl Copier {
    /// Copies what `streams` open, with the tasks of `threads`.
    pub fn new(streams: Streams, threads: Handle, rules: Rules, pace: Pace) -> Self {
        Self { streams, threads, rules, pace }
    }
}

/// Begins the names of everything that is ours and not yet a copy.
const PREFIX: &str = ".segue-";

/// The name of a download's part.
fn part_name(id: DownloadId) -> String {
    format!("{PREFIX}{}.part", id.0)
}

/// The name of its file while that is made of the part.
fn made_name(id: DownloadId) -> String {
    format!("{PREFIX}{}.made", id.0)
}
