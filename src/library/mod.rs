//! The memory: what is on the listener's own disk. A SQLite database keeps how things were left (written by a
//! thread of its own), what was heard, and the listener's own tracks as scans find them.

mod backup;
mod collection;
mod cue_sheet;
mod cut;
mod database;
mod downloads;
mod error;
mod flac_sheet;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod heard;
mod hold;
mod index;
mod journal;
mod keeper;
mod learned;
mod lists;
mod local_time;
mod migrations;
mod own_steps;
pub mod playlist_file;
mod playlists;
mod query;
mod rescue;
mod rows;
mod scan;
mod session;
mod smart;
mod stats;
mod tags;
#[cfg(test)]
mod tests;
mod turn;
mod unkept;
mod walk;
mod watch;
mod words;

pub use collection::{OWN_MUSIC, OwnMusic};
pub use cut::{described, sheet_tracks};
pub use database::{Condition, examine};
pub use downloads::{CopyNote, Downloads, Wish};
pub use error::LibraryError;
pub use journal::why_no_log;
pub use keeper::{Keeper, Left, News, Order};
pub use lists::own_lists;
pub use local_time::{local_offset_s, minute_of_day};
pub use migrations::SCHEMA_VERSION;
pub use playlists::{Playlists, sending_turn};
pub use rescue::rebuilt;
pub use scan::{Progress, ScanReport, scan};
pub use smart::SmartList;
pub use stats::{Check, Problem, Stats};
pub use watch::{Call, Watch};
