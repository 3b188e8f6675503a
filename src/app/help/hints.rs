//! The hint line: keys that work here, now.

use crate::app::accounts::Standing;
use crate::app::action::Action;
use crate::app::back::Closing;
use crate::app::browse::ShelfState;
use crate::app::chord::parse_keys;
use crate::app::downloads::Job;
use crate::app::focus::{Focus, Page};
use crate::app::keymap::Meaning;
use crate::app::list::List;
use crate::app::playlists::PlaylistRow;
use crate::app::search::Answer;
use crate::app::state::State;
use crate::app::table::{ACTIONS, ActionInfo};
use crate::model::Item;

/// A key with its meaning, for the hint line.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// The key as it is written.
    pub keys: String,
    /// A word or two.
    pub words: &'static str,
    /// What it does.
    pub action: Action,
}

impl State {
    /// The keys worth telling here and now, the most useful first; what does not fit may be cut.
    pub fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for context in &self.contexts() {
            let of_context = ACTIONS.iter().filter(|info| info.context == *context && !info.hint.is_empty());
            for info in of_context.filter(|info| self.is_of_use(&info.action)) {
                let words = match info.action {
                    Action::Close => match self.closing() {
                        Closing::Overlay => "close",
                        Closing::Quit => info.hint,
                        _ => "back",
                    },
                    Action::TogglePause if self.playback.now.is_none() || self.playback.paused => "play on",
                    Action::TogglePause => "pause",
                    Action::PauseDownloads if self.downloads.jobs.is_paused() => "resume all",
                    Action::PauseDownload if self.job_here().is_some_and(|job| job.is_paused) => "resume",
                    Action::Filter if self.filterable_rows() == 0 => "search",
                    Action::Pick if self.focus() == Focus::Palette => "do it",
                    Action::Pick if self.focus() == Focus::Choice => "set",
                    _ => info.hint,
                };
                hints.extend(self.key_here(info).map(|keys| Hint {
                    keys,
                    words,
                    action: info.action.clone(),
                }));
            }
        }
        // Where there is nothing to filter, its key searches.
        if hints.iter().any(searches) {
            hints.retain(|hint| hint.action != Action::Search);
        }
        // Stable: what is of one use stays in the table's order.
        let closes = |action: &Action| *action == Action::Close && !self.overlays.is_empty();
        hints.sort_by_key(|hint| match &hint.action {
            action if closes(action) => 0,
            Action::Filter if searches(hint) => rank(&Action::Search),
            action => rank(action),
        });
        hints
    }

    /// The first of its keys that means this action here.
    fn key_here(&self, info: &ActionInfo) -> Option<String> {
        let focus = self.focus();
        self.keymap.keys_of(&info.action).into_iter().find(|keys| {
            let chords = parse_keys(keys).unwrap_or_default();
            let meaning = self.keymap.meaning(&self.contexts(), &chords, focus.is_typing());
            meaning == Meaning::Action(info.action.clone())
        })
    }

    /// The list that the editor's keys edit, or the queue's.
    pub(in crate::app) fn rows_here(&self) -> &List {
        match (self.focus(), &self.playlists.open) {
            (Focus::Playlist, Some(open)) => &open.list,
            (Focus::Downloads, _) => &self.downloads.list,
            (_, _) => &self.queue.list,
        }
    }

    /// Whether an action that has a hint would change anything now.
    pub(in crate::app) fn is_of_use(&self, action: &Action) -> bool {
        let queue = &self.queue;
        match action {
            Action::EnterDemo => !self.demo,
            Action::PlayHere | Action::AddToEnd | Action::AddNext => match self.focus() {
                Focus::SearchResults => self.search.selected().is_some(),
                Focus::BrowseTracks => self.browse.open().is_some_and(|shelf| shelf.selected().is_some()),
                Focus::Playlist => self.playlists.open.as_ref().is_some_and(|open| !open.entries.is_empty()),
                Focus::Playlists => matches!(self.playlists.selected(), Some(PlaylistRow::Own(_))),
                Focus::Downloads => !self.downloads.list.is_empty(),
                Focus::Doors
                | Focus::SearchInput
                | Focus::FilterInput
                | Focus::BrowseLists
                | Focus::Queue
                | Focus::Naming
                | Focus::Journal
                | Focus::Info
                | Focus::Help
                | Focus::Outputs
                | Focus::Themes
                | Focus::Palette
                | Focus::Choice
                | Focus::Capture
                | Focus::Settings
                | Focus::Log
                | Focus::Accounts
                | Focus::Now
                | Focus::SignIn
                | Focus::SignInForm
                | Focus::HelpInput
                | Focus::Picker => false,
            },
            Action::OpenSources if self.focus() != Focus::SearchResults => false,
            Action::OpenSources => self.search.selected().is_some_and(|row| !row.others.is_empty()),
            Action::Like => matches!(self.item_here(), Some(Item::Track(_) | Item::Collection(_))),
            Action::NextKind => matches!(self.focus(), Focus::SearchInput | Focus::SearchResults),
            Action::OpenList => self.browse.open().is_some(),
            Action::ItemActions => self.overlays.is_empty() && self.item_here().is_some(),
            Action::ResetSetting => self.settings.selected().is_some_and(|setting| setting.is_own),
            Action::Download => {
                let is_track = matches!(self.item_here(), Some(Item::Track(_) | Item::Collection(_)));
                is_track || self.focus() == Focus::Downloads
            }
            Action::FoldGroup => self.job_here().is_some_and(|job| job.group.is_some()),
            Action::PauseDownload | Action::DownloadFirst => {
                !self.downloads.selection.is_empty() || self.job_here().is_some_and(|job| !job.is_over())
            }
            Action::DeleteCopies => {
                let is_here = |job: &Job| self.downloads.jobs.copy(&job.track.reference).is_some();
                !self.downloads.selection.is_empty() || self.job_here().is_some_and(is_here)
            }
            Action::PauseDownloads => !self.downloads.list.is_empty(),
            Action::PlayEntry => !queue.entries.is_empty(),
            Action::RemoveEntry | Action::ClearList => !self.rows_here().is_empty(),
            Action::Select(_) => self.choosable().is_some() && self.filterable_rows() > 0,
            Action::MoveEntryDown => {
                self.rows_here().cursor().is_some_and(|row| row + 1 < self.rows_here().len())
            }
            Action::MoveEntryUp => self.rows_here().cursor().is_some_and(|row| row > 0),
            Action::OpenPlaylist => self.playlists.selected().is_some(),
            Action::RenamePlaylist | Action::DeletePlaylist => {
                matches!(self.playlists.selected(), Some(PlaylistRow::Own(_) | PlaylistRow::There { .. }))
            }
            Action::BringBack => {
                matches!(self.playlists.selected(), Some(PlaylistRow::Own(_)))
            }
            Action::TogglePause => self.playback.now.is_some() || !queue.entries.is_empty(),
            Action::Next => self.row_after(true).is_some(),
            Action::SeekForward | Action::SeekBack => self.current_track().is_some(),
            Action::SignIn => matches!(self.standing_here(), Some(Standing::CanSignIn { .. })),
            Action::SignOut => matches!(self.standing_here(), Some(Standing::SignedIn(_))),
            Action::OpenJoinPage => {
                matches!(self.standing_here(), Some(Standing::CanSignIn { .. }))
                    && self.account_here().is_some_and(|service| service.capabilities.account.join.is_some())
            }
            Action::FillIn => self.accounts.talk.as_ref().is_some_and(|talk| !talk.waiting),
            Action::NextField => self.accounts.talk.as_ref().is_some_and(|talk| talk.lines.len() > 1),
            Action::OpenPage => self.accounts.talk.as_ref().is_some_and(|talk| talk.link.is_some()),
            Action::Submit | Action::LeaveInput => {
                !matches!(self.focus(), Focus::SignInForm | Focus::Naming | Focus::FilterInput)
            }
            Action::Undo => match (self.focus(), &self.playlists.open) {
                (Focus::Playlist, Some(open)) => !open.journal.is_empty(),
                (Focus::Playlists, _) => true,
                (Focus::Downloads, _) => !self.downloads.jobs.journal().is_empty(),
                (_, _) => !queue.journal.is_empty() || queue.journal.has_earlier(),
            },
            Action::Retry => self.something_failed(),
            Action::Lyrics => self.page == Page::Now,
            Action::PlayLine => self.lyrics.by_hand.is_some(),
            Action::ShiftLyrics(_) => self.sung_line().is_some(),
            Action::NextPane => matches!(self.page, Page::Search | Page::Browse) && self.overlays.is_empty(),
            Action::EraseLine => match self.focus() {
                Focus::SearchInput => !self.search.input.text().is_empty(),
                Focus::SignInForm => false,
                _ => true,
            },
            _ => true,
        }
    }

    fn standing_here(&self) -> Option<Standing<'_>> {
        self.account_here().map(|service| self.standing(service))
    }

    /// The download under the cursor.
    fn job_here(&self) -> Option<&Job> {
        let jobs = &self.downloads.jobs;
        jobs.job(jobs.entries().get(self.downloads.list.cursor()?)?.id)
    }

    /// Whether the retry key has something to ask again.
    fn something_failed(&self) -> bool {
        match self.page {
            Page::Welcome | Page::Queue | Page::Accounts | Page::Settings | Page::Log => false,
            Page::Now => self.lyrics.is_shown && self.lyrics.fault.is_some(),
            Page::Playlists => {
                self.playlists.fault.is_some()
                    || self.playlists.some_failed()
                    || !self.outbox.waiting.is_empty()
            }
            Page::Downloads => self.downloads.sum().failed > 0,
            Page::Search => {
                self.search.services.iter().any(|service| matches!(service.answer, Answer::Failed(_)))
            }
            Page::Browse => {
                self.browse.open().is_some_and(|shelf| matches!(shelf.state, ShelfState::Failed(_)))
            }
        }
    }
}

fn searches(hint: &Hint) -> bool {
    hint.action == Action::Filter && hint.words == "search"
}

/// What a narrow screen must still show comes first: what to do with the row, the way to music and the way
/// out, then loudness.
fn rank(action: &Action) -> u8 {
    match action {
        Action::OpenDoor
        | Action::PlayHere
        | Action::OpenList
        | Action::PlayEntry
        | Action::RunAction
        | Action::ChooseOutput
        | Action::ChooseTheme
        | Action::ChangeSetting
        | Action::SignIn
        | Action::FillIn
        | Action::OpenPlaylist
        | Action::SubmitName
        | Action::GoBackTo
        | Action::Pick
        | Action::Submit
        | Action::KeepFilter
        | Action::NextMatch
        | Action::DropFilter
        | Action::LeaveFilter => 0,
        Action::CancelSignIn
        | Action::LeaveName
        | Action::NewPlaylist
        | Action::TogglePause
        | Action::PauseDownload => 1,
        Action::Search => 2,
        Action::Close => 3,
        Action::SignOut
        | Action::ItemActions
        | Action::ResetSetting
        | Action::SetKeys
        | Action::OpenPage
        | Action::AddToEnd
        | Action::PauseDownloads
        | Action::FoldGroup
        | Action::RemoveEntry
        | Action::FilterHelp
        | Action::Filter
        | Action::LeaveInput => 4,
        Action::VolumeUp | Action::VolumeDown => 5,
        _ => 6,
    }
}
