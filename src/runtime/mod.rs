//! The hands: the loop, and everything that touches the world. It carries out what `app` decides and
//! reports what happens; it decides nothing itself.

mod accounts;
mod answers;
mod ask;
mod attention;
mod begin;
mod careful;
mod clock;
mod config_check;
mod config_file;
mod config_watch;
mod copying;
mod covers;
pub mod debug;
mod demo;
mod devices;
mod doctor;
mod download_run;
mod downloads;
mod editing;
mod editor;
mod event_loop;
mod file_facts;
mod hands;
mod headless;
mod input;
mod kept_catalog;
mod kept_lists;
mod keys;
mod listed_copies;
mod local_time;
mod log;
mod looks;
mod metered;
mod named;
mod network;
mod notify;
mod outbox;
mod own_music;
mod panic;
mod paths;
mod pictures;
mod plain;
mod probe;
mod profile;
mod saved_queue;
mod serve;
mod settings;
mod sign_in;
mod signals;
mod stderr;
mod terminal;
mod weather;
mod width;
mod wire_up;
mod wishes;
mod words;

pub use crate::library::rebuilt;
pub use accounts::{AccountRow, LogInEnd, LogInNews, accounts, log_in, log_out};
pub use ask::{
    DownloadsDone, Examined, HeldList, Incoming, JournalRow, Listing, Marked, Match, OwnPlaylists, Place,
    PlaylistDone, PlaylistRow, PlaylistRows, PlaylistWish, SearchEnd, SearchNews, SearchWish, Shelves,
    Target, WatchNews, command_downloads, downloads, is_local, leave_list, stays, travel_check,
    verify_downloads, watch_downloads,
};
pub use clock::random_number;
pub use config_check::{Complaint, check_config, check_text, is_toml};
pub use config_file::{read_config, set_in_config, write_config};
pub use copying::CopyDesk;
pub use devices::devices;
pub use doctor::{Finding, Health, examine};
pub use download_run::{RunEnd, RunNews, run_downloads};
pub use editor::{MAX_TEXT_BYTES, TextFile, editor_ended, named_editor, start_editor};
pub use event_loop::run_screen;
pub use headless::{Ending, News, PlayRequest, play};
pub use keys::{Keys, Tell};
pub use local_time::local_time;
pub use outbox::Sweep;
pub use own_music::{
    check_library, forget_smart_list, go_in_own_music, keep_smart_list, library_stats, scan_library,
    smart_lists,
};
pub use panic::{install_hook, leave_no_core};
pub use paths::{Paths, make_private_folder, temporary_file};
pub use plain::run_plain;
pub use probe::probe;
pub use profile::{Profile, RunAs};
pub use saved_queue::{load_queue, save_queue, saved_queues};
pub use serve::serve_sandbox;
pub use sign_in::{Browser, BrowserError, Listener, SignInError, Spelling, belongs_to};
pub use stderr::write_real;
pub use width::{cells, cut, stdout_cells};

use crate::model::{Fault, FaultKind};

/// The threads that asynchronous work runs on: few, because they only wait.
fn tokio_runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("tasks")
        .enable_all()
        .build()
        .map_err(|error| Fault::new(FaultKind::Other, format!("No threads can be started: {error}")))
}
