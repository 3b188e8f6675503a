//! The words every room speaks. Plain values only: no clock, no file, no thread, no lock.

mod capabilities;
mod catalogue;
mod change;
mod download;
mod download_job;
mod entry;
mod facts;
mod fault;
mod file_facts;
mod file_name;
mod file_part;
mod fold;
mod item;
mod journal;
mod kept_list;
mod kept_name;
mod link_pattern;
mod list_edit;
mod local_time;
mod locator;
mod lost;
mod lyrics;
mod marks;
mod mirror;
mod moves;
mod nearby;
mod nearest;
mod network;
mod numbers;
mod output;
mod own;
mod own_codes;
mod own_query;
mod path_text;
mod picture;
mod playlist;
mod screen_left;
mod secret;
mod session;
mod sign_in;
mod signed_in;
mod size;
mod special;
mod spectrum;
mod text;
mod track;

pub use capabilities::{Account, Capabilities, Filter, Powers, ServiceInfo, SignIn, Special};
pub use catalogue::{BrowseList, ItemRef, Kind, ListId, Page, SearchQuery, ServiceId};
pub use change::{Change, Mark, PlaylistAbout, PlaylistPart};
pub use download::{
    DownloadId, DownloadProgress, DownloadState, FinishedCopy, Hold, HoldReason, Target, Wanted,
};
pub use download_job::{
    DownloadChange, DownloadCommand, DownloadGroup, DownloadJob, KeptDownloads, MoveTo, OfflineCopy,
};
pub use entry::{Entry, any_rated, total_length, unknown_lengths};
pub use facts::Facts;
pub use fault::{Fault, FaultKind, Retry};
pub use file_facts::{FileFacts, Remembered};
pub use file_name::{MAX_FILE_NAME_BYTES, is_lossless_name, safe_file_name};
pub use file_part::FilePart;
pub use fold::{fold_onto, folded};
pub use item::{Collection, Item};
pub use journal::{Journal, MAX_JOURNAL_BYTES, STEP_BYTES, Side, Snapshot, Step, added_by};
pub use kept_list::{KeptList, KeptMember, ListSource, ListStanding};
pub use kept_name::OWN_FILES;
pub use link_pattern::LinkPattern;
pub use list_edit::{DoesNotFit, EntryId, Keyed, ListEdit, Merged, merge};
pub use local_time::LocalTime;
pub use locator::{Locator, Purpose, RemoteAddress, TrackRef, TrackRefError, is_web_address};
pub use lost::lost_words;
pub use lyrics::{LyricLine, Lyrics, LyricsFrom};
pub use marks::{MarkErrand, MarkSettled, MarkWish, ToldMark, WaitingMark};
pub use mirror::{
    Arrival, Copied, Delivery, Errand, Found, Mirror, Mirrored, PutTogether, Remote, Round, Sending, Sent,
    Settled, Told, Waiting, at_service, id_at,
};
pub use moves::{Moves, pack_keys, unpack_keys};
pub use nearby::{Reach, is_nearby, is_nearby_ip};
pub use nearest::nearest;
pub use network::Network;
pub use numbers::{Bitrate, PlayId, SampleRate, Ticket, Volume, format_clock, parse_clock};
pub use output::{OutputChoice, OutputState, SoundDevice, SoundFormat};
pub use own::{MAX_STARS, OwnChange, OwnJournal, OwnMove, OwnStep};
pub use own_codes::{OwnCodes, recording_code};
pub use own_query::{QueryProblem, QueryTerm, query_problem, read_query, without_problems};
pub use path_text::{is_path, path_text};
pub use picture::{Picture, Pixels};
pub use playlist::{
    JournalMove, LOCAL, MAX_PLAYLIST_ROWS, OpenedPlaylist, PlaylistAnswer, PlaylistEdit, PlaylistId,
    PlaylistInfo, PlaylistOrder, QueuePlace, ShelfChange, ShelfLog, ShelfStep,
};
pub use screen_left::{ListLeft, ScreenLeft, SearchLeft};
pub use secret::Secret;
pub use session::{Learned, Loudness, Repeat, Resume, Session};
pub use sign_in::{Field, Form, Link, SignInAnswer, SignInStep};
pub use signed_in::SignedIn;
pub use size::size_words;
pub use special::{Excerpt, SpecialAnswer, Then};
pub use spectrum::{Level, SPECTRUM_BANDS, SPECTRUM_FLOOR_DB, SPECTRUM_HZ, Spectrum};
pub use text::{CleanText, MAX_MARKS_PER_BASE, MAX_TEXT_CHARS, clean, is_hostile};
pub use track::{Allowed, Track};
