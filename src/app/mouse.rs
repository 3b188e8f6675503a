//! What the mouse does. Where things lie is for the screen to say: a message brings what is under the
//! pointer with it.

use std::time::Duration;

use super::action::Action;
use super::browse::Pane;
use super::effect::Effect;
use super::focus::Page;
use super::list::List;
use super::panes::Pane as SidePane;
use super::state::{Overlay, State};
use crate::model::Volume;

/// Two clicks on one row within this time open it.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// Rows that a notch of the wheel scrolls.
const WHEEL_ROWS: isize = 3;

/// Seconds that a notch of the wheel seeks.
const WHEEL_SECONDS: i64 = 5;

/// What the mouse did.
#[derive(Clone, Debug, PartialEq)]
pub enum Mouse {
    /// The left button went down.
    Press {
        /// What is there.
        target: Option<Target>,
        /// Where the pointer is, in cells from the left edge of the screen.
        column: u16,
        /// When, from any fixed moment on.
        at: Duration,
    },
    /// The pointer moved with the left button held.
    Drag {
        /// Where it is now.
        column: u16,
    },
    /// The left button came up.
    Release,
    /// The wheel turned by a notch.
    Wheel {
        /// What is under the pointer.
        target: Option<Target>,
        /// Towards the listener: to later rows.
        down: bool,
    },
}

/// Something on the screen that the mouse can do something with.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A click does this.
    Action(Action),
    /// A list.
    List {
        /// Which one.
        list: ListPlace,
        /// How many of its rows are in view at most.
        height: usize,
        /// The row under the pointer, if it is on one.
        row: Option<usize>,
    },
    /// The line that words are typed into.
    Line,
    /// The progress of the track.
    Progress(Bar),
    /// The loudness as a bar.
    Loudness(Bar),
    /// The loudness in words; a click mutes.
    LoudnessWords,
    /// The line between a page and a pane, which can be dragged.
    Divider(SidePane),
}

/// Which list of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListPlace {
    /// The welcome page's doors.
    Doors,
    /// The rows that were found.
    Results,
    /// The services' lists.
    Shelves,
    /// The tracks of the open list.
    Tracks,
    /// The queue.
    Queue,
    /// The playlists.
    Playlists,
    /// The rows of the open playlist.
    Playlist,
    /// The queue of downloads.
    Downloads,
    /// The queue's rows after the current one, beside another page.
    Upcoming,
    /// The accounts.
    Accounts,
    /// The lines of a sign-in's form.
    Form,
    /// The help's rows.
    Help,
    /// The outputs.
    Outputs,
    /// The themes.
    Themes,
    /// The picker's.
    Picker,
    /// The journal's.
    Journal,
    /// What is known of a row.
    Info,
    /// The words of what is heard.
    Lyrics,
    /// The palette's.
    Palette,
    /// The values of a setting.
    Choice,
    /// The settings.
    Settings,
    /// The notices.
    Log,
}

/// A line across some cells that stands for a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its first cell, from the left edge of the screen.
    pub left: u16,
    /// How many cells it has.
    pub cells: u16,
}

impl Bar {
    /// Which of its cells is at `column`, or nearest to it.
    fn cell(self, column: u16) -> u32 {
        column.saturating_sub(self.left).min(self.cells.saturating_sub(1)).into()
    }

    /// The part of `whole` at `column`: the middle of the cell, nothing at the first one.
    fn part(self, column: u16, whole: Duration) -> Duration {
        match self.cell(column) {
            0 => Duration::ZERO,
            cell => whole.saturating_mul(2 * cell + 1) / (2 * u32::from(self.cells)).max(1),
        }
    }

    /// Percent at `column`: nothing at the first cell, everything at the last one.
    fn percent(self, column: u16) -> u8 {
        let last = u32::from(self.cells.saturating_sub(1)).max(1);
        u8::try_from(self.cell(column) * 100 / last).unwrap_or(100)
    }
}

/// What the mouse did before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MouseMemory {
    clicked: Option<(ListPlace, usize, Duration)>,
    held: Option<Held>,
}

/// What the pointer drags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Progress(Bar),
    Loudness(Bar),
    Divider(SidePane),
}

impl State {
    pub(super) fn mouse_did(&mut self, mouse: Mouse) -> Vec<Effect> {
        self.notices.read();
        self.forget_wanted_rows();
        match mouse {
            Mouse::Press { target, column, at } => {
                self.pending.clear();
                self.mouse.held = None;
                let clicked = self.mouse.clicked.take();
                match target {
                    Some(Target::List { list, height, row: Some(row) }) => {
                        let twice = clicked.is_some_and(|(its_list, its_row, when)| {
                            (its_list, its_row) == (list, row) && at.saturating_sub(when) <= DOUBLE_CLICK
                        });
                        if twice {
                            return self.open_row(list);
                        }
                        self.mouse.clicked = Some((list, row, at));
                        self.choose_row(list, row, height)
                    }
                    Some(Target::List { row: None, .. }) | None => Vec::new(),
                    Some(Target::Action(action)) => self.perform(action),
                    Some(Target::Line) => self.type_in_line(),
                    Some(Target::Progress(bar)) => self.hold_with_pointer(Held::Progress(bar), column),
                    Some(Target::Loudness(bar)) => self.hold_with_pointer(Held::Loudness(bar), column),
                    Some(Target::LoudnessWords) => self.perform(Action::Mute),
                    Some(Target::Divider(pane)) => self.hold_with_pointer(Held::Divider(pane), column),
                }
            }
            Mouse::Drag { column } => match self.mouse.held {
                Some(held) => self.hold_with_pointer(held, column),
                None => Vec::new(),
            },
            Mouse::Release => match self.mouse.held.take() {
                Some(Held::Progress(_)) => self.seek_to_aim(),
                Some(Held::Loudness(_) | Held::Divider(_)) | None => Vec::new(),
            },
            Mouse::Wheel { target, down } => self.turn_wheel(target.as_ref(), down),
        }
    }

    /// Takes over what the bar says at `column`. The track is only sought in when the button comes up:
    /// every place on the way would be a transfer of its own.
    fn hold_with_pointer(&mut self, held: Held, column: u16) -> Vec<Effect> {
        self.mouse.held = Some(held);
        match held {
            Held::Progress(bar) => {
                if let Some(length) = self.length_now() {
                    self.playback.aim = Some(bar.part(column, length));
                }
                Vec::new()
            }
            Held::Loudness(bar) => self.set_volume(Volume::new(bar.percent(column))),
            Held::Divider(pane) => {
                let cells = match pane {
                    // The page begins a cell from the edge, and the line has air at its left.
                    SidePane::Lists => column.saturating_sub(2),
                    SidePane::Now => self.columns.saturating_sub(column),
                };
                self.size_pane(pane, cells);
                Vec::new()
            }
        }
    }

    fn turn_wheel(&mut self, target: Option<&Target>, down: bool) -> Vec<Effect> {
        let direction = if down { 1 } else { -1 };
        match target {
            Some(Target::List { list, height, .. }) => {
                if !self.scroll_filter(*list, direction * WHEEL_ROWS, *height)
                    && !self.scroll_fold(*list, direction * WHEEL_ROWS, *height)
                    && let Some(rows) = self.list_at(*list)
                {
                    rows.scroll(direction * WHEEL_ROWS, *height);
                }
                match list {
                    ListPlace::Results => self.more_results(),
                    ListPlace::Shelves => self.shelf_chosen(),
                    ListPlace::Tracks => self.more_of_shelf(),
                    ListPlace::Doors
                    | ListPlace::Queue
                    | ListPlace::Playlists
                    | ListPlace::Playlist
                    | ListPlace::Downloads
                    | ListPlace::Upcoming
                    | ListPlace::Accounts
                    | ListPlace::Form
                    | ListPlace::Help
                    | ListPlace::Outputs
                    | ListPlace::Themes
                    | ListPlace::Picker
                    | ListPlace::Info
                    | ListPlace::Journal
                    | ListPlace::Palette
                    | ListPlace::Choice
                    | ListPlace::Settings
                    | ListPlace::Log => Vec::new(),
                    ListPlace::Lyrics => self.scroll_lyrics(direction * WHEEL_ROWS),
                }
            }
            Some(Target::Progress(_)) => self.seek_by(if down { -WHEEL_SECONDS } else { WHEEL_SECONDS }),
            Some(Target::Loudness(_) | Target::LoudnessWords) => {
                self.change_volume(if down { -1 } else { 1 })
            }
            Some(Target::Action(_) | Target::Line | Target::Divider(_)) | None => Vec::new(),
        }
    }

    pub(super) fn list_at(&mut self, place: ListPlace) -> Option<&mut List> {
        match place {
            ListPlace::Doors => Some(&mut self.welcome.list),
            ListPlace::Results => Some(&mut self.search.list),
            ListPlace::Shelves => Some(&mut self.browse.list),
            ListPlace::Tracks => self.browse.open_mut().map(|shelf| &mut shelf.list),
            ListPlace::Queue => Some(&mut self.queue.list),
            ListPlace::Playlists => Some(&mut self.playlists.list),
            ListPlace::Playlist => self.playlists.open.as_mut().map(|open| &mut open.list),
            ListPlace::Downloads => Some(&mut self.downloads.list),
            ListPlace::Accounts => Some(&mut self.accounts.list),
            ListPlace::Settings => Some(&mut self.settings.list),
            ListPlace::Log => Some(&mut self.log.list),
            ListPlace::Upcoming | ListPlace::Form | ListPlace::Lyrics => None,
            ListPlace::Help
            | ListPlace::Outputs
            | ListPlace::Themes
            | ListPlace::Picker
            | ListPlace::Info
            | ListPlace::Palette
            | ListPlace::Choice
            | ListPlace::Journal => self.overlay_list(),
        }
    }

    /// Puts the cursor on a row, and the keyboard into its list.
    fn choose_row(&mut self, place: ListPlace, row: usize, height: usize) -> Vec<Effect> {
        let Some(row) = self.real_row(place, row) else { return Vec::new() };
        self.keep_filter();
        if let Some(list) = self.list_at(place) {
            list.go_to(row, height);
        }
        match place {
            ListPlace::Results => {
                self.search.typing = false;
                self.more_results()
            }
            ListPlace::Shelves => {
                self.browse.leave_trail();
                self.browse.pane = Pane::Lists;
                self.fill_open_shelf()
            }
            ListPlace::Tracks => {
                self.browse.pane = Pane::Tracks;
                self.more_of_shelf()
            }
            ListPlace::Help => {
                if let Some(Overlay::Help(help)) = self.overlays.last_mut() {
                    help.typing = false;
                }
                Vec::new()
            }
            ListPlace::Upcoming => {
                let row = self.queue.current.map_or(0, |current| current + 1).saturating_add(row);
                let height = self.list_height();
                self.queue.list.go_to(row, height);
                Vec::new()
            }
            ListPlace::Form => {
                if let Some(talk) = &mut self.accounts.talk {
                    talk.go_to(row);
                }
                Vec::new()
            }
            ListPlace::Doors
            | ListPlace::Queue
            | ListPlace::Playlists
            | ListPlace::Playlist
            | ListPlace::Downloads
            | ListPlace::Accounts
            | ListPlace::Outputs
            | ListPlace::Themes
            | ListPlace::Picker
            | ListPlace::Info
            | ListPlace::Lyrics
            | ListPlace::Journal
            | ListPlace::Palette
            | ListPlace::Choice
            | ListPlace::Settings
            | ListPlace::Log => Vec::new(),
        }
    }

    /// Does what Enter does on the row under the cursor.
    fn open_row(&mut self, place: ListPlace) -> Vec<Effect> {
        match place {
            ListPlace::Doors => self.open_door(),
            ListPlace::Results | ListPlace::Tracks | ListPlace::Playlist | ListPlace::Downloads => {
                self.play_here()
            }
            ListPlace::Playlists => self.open_playlist(),
            ListPlace::Shelves => self.open_list(),
            ListPlace::Queue => self.play_entry(),
            ListPlace::Upcoming => match self.queue.list.cursor() {
                Some(row) => self.play_row(row, Duration::ZERO),
                None => Vec::new(),
            },
            ListPlace::Accounts => self.sign_in_here(),
            ListPlace::Help => self.run_help_row(),
            ListPlace::Outputs => self.choose_output(),
            ListPlace::Themes => self.choose_theme(),
            ListPlace::Picker => self.pick(),
            ListPlace::Palette => self.run_palette_row(),
            ListPlace::Choice => self.choose_value(),
            ListPlace::Settings => self.change_setting(),
            ListPlace::Form | ListPlace::Info | ListPlace::Lyrics | ListPlace::Log => Vec::new(),
            ListPlace::Journal => self.go_back_to(),
        }
    }

    fn type_in_line(&mut self) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Help(help)) => help.typing = true,
            None if self.page == Page::Search => {
                self.search.typing = true;
                self.search.input.keep_old();
            }
            Some(_) | None => {}
        }
        Vec::new()
    }
}
