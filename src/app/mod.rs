//! The decisions: [`update`] takes a message, changes the [`State`] and asks for [`Effect`]s. Pure: no
//! clock, file, thread or lock; numbers come from a counter in the state, time from `Wait` effects.
//!
//! # Map of the state, for whoever draws it
//!
//! | what | where |
//! | --- | --- |
//! | page, tabs | `state.page`, [`Page::TABS`], [`Page::title`] |
//! | what takes the keys | [`State::focus`] |
//! | overlays, the last one on top | `state.overlays` ([`Overlay::Help`]: `input`, `typing`, `rows`, `list`; [`Overlay::Outputs`]: `rows`, `list`, `waiting`, `fault`; [`Overlay::Themes`]: `list` over `state.themes`; [`Overlay::Picker`]: `title`, `service_name`, `input`, `state`, `rows`, `list`; [`Overlay::Journal`]: `title`, `rows` (`name`, `brings`, `standing`), `list`) |
//! | keys of a sequence begun | `state.pending`, written by [`write_keys`] |
//! | welcome | `state.welcome`: `doors` (`key`, `title`, `words`), `list` |
//! | search | `state.search`: `input`, `typing`, `words`, `services` (`name`, `answer.words()`), `kind`, `completion()`, `rows` (`item`, `others`), `list` |
//! | browse | `state.browse`: `shelves` (`service_name`, `title()`, `state`, `rows`, `list`, `total`, `more`), `trail`, `list`, `pane`, `open()` |
//! | what is heard, as a page | `state.now_page`: `is_mini` |
//! | panes beside a page | `state.panes`: `lists_cells()`, `now_cells()`, `hides_lists` |
//! | settings | `state.settings`: `rows`, `list`, `selected()`; [`Overlay::Choice`], [`Overlay::Capture`] |
//! | log | [`State::told`], [`State::told_here`], `state.log`: `list` |
//! | palette | [`Overlay::Palette`]: `title`, `input`, `rows` (`info`, `keys`), `list` |
//! | accounts | [`State::account_rows`], [`State::standing`], `state.accounts`: `list`, `talk` (`words`, `link`, `lines`, `line`, `waiting`, `fault`) |
//! | queue | `state.queue`: `entries` (`track`, `problem`), `current`, `list`, `repeat`, `upcoming()`, `total_length()` |
//! | which row plays | [`State::playing_row`], `state.queue.current` when nothing is loaded |
//! | downloads | `state.downloads`: `jobs` (`entries()`, `job()`, `state()`, `wait()`), `list`, `selection`, `sum()`, `mark()` |
//! | what is heard | `state.playback`: `now` (`track`, `stage`, `format`), `position()`, `length()`, `buffered()`, `play_state()`, `volume`, `muted`, `output` |
//! | its words | `state.lyrics`: `is_shown`, `lyrics`, `fault`, `is_waiting()`, `by_hand`, `offset_ms`; [`State::sung_line`] |
//! | its cover | `state.cover`: `picture`, `is_waiting()` |
//! | the current track, playing or not | [`State::current_track`] |
//! | why it is silent | [`State::why_silent`], `None` when it is not; its `Display` is in words |
//! | status line | `state.notices.latest()`: `level`, `words` |
//! | hint line | [`State::hints`]: `keys`, `words` |
//! | rows to draw of any list | [`List::window`] with the height there is, [`List::cursor`] |
//! | a filter over a list | [`State::filter_of`]: `input`, `rows` (real rows), `list` (cursor over them) |
//! | marked rows of a list | [`State::marked_rows`], [`State::marked_places`] |
//! | search and help lines | [`TextInput::before_caret`], [`TextInput::after_caret`] |
//! | which theme to draw with | [`State::theme`] |
//! | whether there is a network | `state.network`; what cannot be heard without it: [`State::is_out_of_reach`] |
//! | the demo | `state.demo` |

mod accounts;
mod action;
mod artwork;
mod as_text;
mod back;
mod browse;
mod choosing;
mod chord;
mod conflicts;
mod count;
mod downloads;
mod editor;
mod edits;
mod effect;
mod event;
mod filter;
mod focus;
mod help;
mod info;
mod input;
mod journal;
mod keeping;
mod kept_marks;
mod keymap;
mod limits;
mod links;
mod list;
mod lyrics;
mod marks;
mod mouse;
mod navigate;
mod notices;
mod now;
mod offline;
mod outbox;
mod outputs;
mod own;
mod own_journal;
mod palette;
mod panes;
mod picker;
mod playback;
mod playlists;
mod presets;
mod queue;
mod record;
mod scan;
mod screen_left;
mod search;
mod settings;
mod spoken;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod themes;
mod update;
mod welcome;
mod wishes;

pub use accounts::{Accounts, Line, Standing, Talk};
pub use action::Action;
pub use artwork::Cover;
pub use browse::{Amount, Browse, Pane, Shelf, ShelfState};
pub use chord::{Chord, Key, parse_keys, write_keys};
pub use downloads::{
    Added, DownloadMark, DownloadStart, DownloadSum, Downloads, EngineNews, EngineReport, Fold, FoldedGroup,
    FoundDownload, Job, JobLimits, JobOrder, Jobs, Obeyed, Weather, leave_out_refused, percent, travel_words,
};
pub use editor::{Arrangement, Entry, Journal, Select, Selection, SortKey, list_text, numbered};
pub use effect::Effect;
pub use event::{Event, Heard, PlayState};
pub use filter::Filter;
pub use focus::{Focus, Page};
pub use help::{Help, HelpRow, Hint};
pub use info::Info;
pub use input::{MAX_INPUT_CHARS, TextInput};
pub use journal::{Brings, JournalPage, Made, StepStanding};
pub use keymap::{Binding, Keymap, keys_as_markdown};
pub use list::List;
pub use lyrics::LyricsPane;
pub use mouse::{Bar, ListPlace, Mouse, Target};
pub use notices::{Level, Notice, Notices};
pub use now::NowPage;
pub use outputs::{OutputRow, Outputs};
pub use palette::{Palette, PaletteRow};
pub use panes::{Pane as SidePane, Panes};
pub use picker::{PickRow, Picker, PickerService, PickerState};
pub use playback::{Ending, Now, Playback, Silence, Stage, shape_titles};
pub use playlists::{Naming, OpenPlaylist, PlaylistRow, Playlists};
pub use queue::{Queue, Repeat};
pub use record::LogPage;
pub use scan::{ScanOutcome, ScanProgress};
pub use search::{Answer, FoundRow, Likeness, Search, ServiceSearch, counterparts, fold_in, likeness};
pub use settings::{Capture, Choice, How, SettingsPage};
pub use spoken::Spoken;
pub use state::{Overlay, Start, State};
pub use table::{ACTIONS, ActionInfo, Context};
pub use themes::{ThemeList, ThemeRow};
pub use update::{Msg, update};
pub use welcome::{Door, Welcome};
pub use wishes::Wishes;
