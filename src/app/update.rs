//! Messages to whom they concern.

use zeroize::Zeroizing;

use super::action::Action;
use super::browse::{Pane, Place};
use super::chord::{Chord, Key};
use super::count::Count;
use super::effect::Effect;
use super::event::Event;
use super::focus::{Focus, Page};
use super::input::TextInput;
use super::keymap::Meaning;
use super::mouse::Mouse;
use super::notices::{Level, words};
use super::settings::How;
use super::state::{Overlay, State};
use super::welcome::{NO_LIBRARY, is_open_service, is_own_music};
use crate::config::Speed;
use crate::model::{Kind, Mark, Ticket};

/// Something that happened to the program.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(Chord),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(String),
    /// Something was asked for by other means than a key.
    Action(Action),
    /// A room reports.
    Event(Event),
}

/// Takes a message in: changes the state and returns what is to be done in the world, in order.
pub fn update(state: &mut State, message: Msg) -> Vec<Effect> {
    let brings_rows = matches!(
        &message,
        Msg::Event(
            Event::Searched { .. } | Event::Browsed { .. } | Event::Resolved { .. } | Event::Playlists { .. }
        )
    );
    let mut effects = match &message {
        Msg::Key(_) | Msg::Mouse(_) | Msg::Paste(_) | Msg::Action(_) => state.stay_awake(),
        Msg::Event(_) => Vec::new(),
    };
    effects.extend(match message {
        Msg::Key(chord) => state.press(chord),
        Msg::Mouse(mouse) => state.mouse_did(mouse),
        Msg::Paste(text) => state.paste(&Zeroizing::new(text)),
        Msg::Action(action) => state.perform(action),
        Msg::Event(event) => state.hear(event),
    });
    if brings_rows {
        state.show_waiting_marks();
    }
    let shelf = state.browse.list.cursor();
    state.settle_filter();
    state.settle_fold();
    // While words are typed the cursor goes from list to list; the one where it rests is opened.
    if state.browse.list.cursor() != shelf {
        effects.extend(state.shelf_chosen());
    }
    effects.extend(state.settle_cover());
    effects.extend(state.settle_lyrics());
    state.use_copies(effects)
}

impl State {
    fn press(&mut self, chord: Chord) -> Vec<Effect> {
        self.notices.read();
        if let Some(effects) = self.captured(chord) {
            return effects;
        }
        let mut pressed = std::mem::take(&mut self.pending);
        if !pressed.is_empty() && chord == Chord::plain(Key::Esc) {
            return Vec::new();
        }
        pressed.push(chord);
        let focus = self.focus();
        let contexts = self.contexts();
        let meaning = |keys: &[Chord]| self.keymap.meaning(&contexts, keys, focus.is_typing());
        let (count, keys) =
            Count::before(&pressed, |keys| meaning(keys) != Meaning::Nothing || focus.is_typing());
        if keys.is_empty() {
            self.pending = pressed;
            return Vec::new();
        }
        match meaning(keys) {
            Meaning::Action(action) => count.repeat(self, action),
            Meaning::Prefix => {
                self.pending = pressed;
                Vec::new()
            }
            Meaning::Nothing => match chord.typed() {
                Some(typed) if pressed.len() == 1 => self.type_in(typed.encode_utf8(&mut [0; 4])),
                Some(_) | None => Vec::new(),
            },
        }
    }

    fn type_in(&mut self, text: &str) -> Vec<Effect> {
        if let (Focus::SignInForm, Some(talk)) = (self.focus(), &mut self.accounts.talk) {
            talk.type_in(text);
            return Vec::new();
        }
        self.edit_input(|input| input.insert(text))
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        if self.focus().is_typing() { self.type_in(text) } else { self.link_pasted(text) }
    }

    /// Changes the line that takes the keys, if one does, and what follows from its words.
    fn edit_input(&mut self, edit: impl FnOnce(&mut TextInput)) -> Vec<Effect> {
        match self.focus() {
            Focus::SearchInput => {
                edit(&mut self.search.input);
                self.search_typed()
            }
            Focus::FilterInput => {
                if let Some(filter) = &mut self.filter {
                    edit(&mut filter.input);
                }
                Vec::new()
            }
            Focus::HelpInput => {
                if let Some(Overlay::Help(help)) = self.overlays.last_mut() {
                    edit(&mut help.input);
                    help.find(&self.keymap);
                }
                Vec::new()
            }
            Focus::Picker => {
                if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
                    edit(&mut picker.input);
                    picker.find();
                }
                Vec::new()
            }
            Focus::Palette => {
                if let Some(Overlay::Palette(palette)) = self.overlays.last_mut() {
                    edit(&mut palette.input);
                    palette.find();
                }
                Vec::new()
            }
            Focus::Choice => {
                if let Some(Overlay::Choice(choice)) = self.overlays.last_mut() {
                    edit(&mut choice.input);
                    choice.find();
                }
                Vec::new()
            }
            Focus::Naming => {
                if let Some(Overlay::Naming(naming)) = self.overlays.last_mut() {
                    edit(&mut naming.input);
                }
                Vec::new()
            }
            Focus::SignInForm => {
                if let Some(input) = self.accounts.talk.as_mut().and_then(|talk| talk.input()) {
                    edit(input);
                }
                Vec::new()
            }
            Focus::Doors
            | Focus::SearchResults
            | Focus::BrowseLists
            | Focus::BrowseTracks
            | Focus::Queue
            | Focus::Playlists
            | Focus::Playlist
            | Focus::Journal
            | Focus::Info
            | Focus::Downloads
            | Focus::Accounts
            | Focus::Now
            | Focus::SignIn
            | Focus::Help
            | Focus::Outputs
            | Focus::Themes
            | Focus::Capture
            | Focus::Settings
            | Focus::Log => Vec::new(),
        }
    }

    #[expect(clippy::too_many_lines, reason = "a line an action")]
    pub(super) fn perform(&mut self, action: Action) -> Vec<Effect> {
        if action != Action::SignOut {
            self.accounts.forget_question();
        }
        match action {
            Action::Quit => self.quit(),
            Action::Suspend => vec![Effect::Suspend],
            Action::Close => self.close(),
            Action::Back | Action::LeavePicker | Action::LeaveName => self.step_back(),
            Action::Help => self.toggle_help(),
            Action::FindAction => self.open_palette(),
            Action::ItemActions => self.open_item_actions(),
            Action::SetKeys => self.capture_keys(How::Instead),
            Action::AddKeys => self.capture_keys(How::Beside),
            Action::ClearKeys => self.clear_keys(),
            Action::ResetKeys => self.reset_keys(),
            Action::RunAction => self.run_help_row(),
            Action::FilterHelp => self.type_in_help(),

            Action::Filter => self.start_filter(),
            Action::KeepFilter => self.keep_filter(),
            Action::LeaveFilter => self.leave_filter(),
            Action::DropFilter => self.drop_filter(),
            Action::NextMatch => self.next_match(true),
            Action::PreviousMatch => self.next_match(false),

            Action::Search => self.search_page(),
            Action::ShowSearch => self.show_page(Page::Search),
            Action::ShowBrowse => self.show_browse(),
            Action::ShowLibrary => self.show_library(),
            Action::ShowQueue => self.show_page(Page::Queue),
            Action::ShowPlaylists => self.show_page(Page::Playlists),
            Action::ShowDownloads => self.show_page(Page::Downloads),
            Action::ShowWelcome => self.show_page(Page::Welcome),
            Action::ShowAccounts => self.show_page(Page::Accounts),
            Action::ShowSettings => self.show_settings(),
            Action::ShowLog => self.show_page(Page::Log),
            Action::ChangeSetting => self.change_setting(),
            Action::ResetSetting => self.reset_setting(),
            Action::ShowPlaying => self.show_playing(),
            Action::ShowNow => self.toggle_now(),
            Action::Mini => self.toggle_mini(),
            Action::Lyrics => self.toggle_lyrics(),
            Action::ShiftLyrics(steps) => self.shift_lyrics(steps.into()),
            Action::PlayLine => self.play_line(),
            Action::Info => self.open_info(),
            Action::WidenPane(pane) => self.widen_pane(pane, true),
            Action::NarrowPane(pane) => self.widen_pane(pane, false),
            Action::HidePane(pane) => self.hide_pane(pane),
            Action::NextPane => self.other_pane(),
            Action::PaneLeft if self.focus() == Focus::Playlist => self.close_playlist(),
            Action::PaneLeft if self.focus() == Focus::BrowseTracks && !self.browse.trail.is_empty() => {
                self.leave_opened()
            }
            Action::PaneLeft => self.go_to_pane(Pane::Lists),
            Action::PaneRight => self.go_to_pane(Pane::Tracks),

            Action::TogglePause => self.toggle_pause(),
            Action::Play => self.play(),
            Action::Pause => self.pause(),
            Action::Stop => self.stop(),
            Action::Next => self.next_track(),
            Action::Previous => self.previous_track(),
            Action::SeekForward => self.seek_by(5),
            Action::SeekBack => self.seek_by(-5),
            Action::SeekForwardFar => self.seek_by(60),
            Action::SeekBackFar => self.seek_by(-60),
            Action::Restart => self.restart_track(),
            Action::VolumeUp => self.change_volume(1),
            Action::VolumeDown => self.change_volume(-1),
            Action::Mute => self.toggle_mute(),
            Action::Shuffle => self.toggle_shuffle(),
            Action::Repeat => self.change_repeat(),
            Action::StopAfterTrack => self.toggle_stop_after(),
            Action::SleepTimer => self.change_sleep(),
            Action::SleepIn => self.ask_for_minutes(),
            Action::NextPreset => self.next_preset(),
            Action::Mono => self.toggle_mono(),
            Action::Slower => self.change_speed(-1),
            Action::Faster => self.change_speed(1),
            Action::NormalSpeed => self.set_speed(Speed::NORMAL),
            Action::SkipSilence => self.toggle_skip_silence(),
            Action::ShowOutputs => self.open_outputs(),
            Action::ChooseOutput => self.choose_output(),
            Action::ShowThemes => self.open_themes(),
            Action::ChooseTheme => self.choose_theme(),
            Action::Spectrum => self.toggle_spectrum(),
            Action::BalanceLeft => self.change_balance(-1),
            Action::BalanceRight => self.change_balance(1),
            Action::Retry => self.retry(),
            Action::PlayAll { tracks, start } => self.play_all(tracks, start),

            Action::MoveDown | Action::PickDown | Action::FilterDown => self.move_cursor(1),
            Action::MoveUp | Action::PickUp | Action::FilterUp => self.move_cursor(-1),
            Action::Top => self.move_cursor(isize::MIN),
            Action::Bottom => self.move_cursor(isize::MAX),
            Action::HalfPageDown => self.move_cursor(self.half_page()),
            Action::HalfPageUp => self.move_cursor(-self.half_page()),
            Action::PageDown => self.move_cursor(2 * self.half_page()),
            Action::PageUp => self.move_cursor(-2 * self.half_page()),

            Action::PlayHere => self.play_here(),
            Action::AddToEnd => self.add_here(Place::End),
            Action::AddNext => self.add_here(Place::Next),
            Action::Download => self.download_here(),
            Action::PauseDownload => self.pause_downloads(),
            Action::FoldGroup => self.fold_group(),
            Action::DeleteCopies => self.delete_copies_here(),
            Action::PauseDownloads => self.pause_all_downloads(),
            Action::DownloadFirst => self.download_first(),
            Action::RetryDownloads => self.retry_downloads(true),
            Action::KeepOffline => self.keep_offline_here(),
            Action::TravelCheck => self.travel_check(),
            Action::ToggleOffline => self.toggle_offline(),
            Action::OpenList => self.open_list(),
            Action::AddToPlaylist => self.pick_playlist(),
            Action::Pick => self.take_row(),
            Action::OpenAlbum => self.open_related(Kind::Album),
            Action::OpenArtist => self.open_related(Kind::Artist),
            Action::OpenSimilar => self.open_similar(),
            Action::OpenSources => self.open_sources(),
            Action::Like => self.mark_here(Mark::Like),
            Action::LikePlaying => self.like_playing(),
            Action::Repost => self.mark_here(Mark::Repost),
            Action::Follow => self.mark_here(Mark::Follow),
            Action::Rate(stars) => self.rate(stars),
            Action::KeepSearch => self.name_search(),
            Action::ForgetSearch => self.forget_search(),
            Action::NextKind => self.next_kind(),
            Action::PlayEntry => self.play_entry(),
            Action::Select(how) => self.select_rows(how),
            Action::Cut => self.cut_rows(),
            Action::Copy => self.copy_rows(),
            Action::PasteAfter => self.paste_rows(true, 1),
            Action::PasteBefore => self.paste_rows(false, 1),
            Action::Duplicate => self.duplicate_rows(),
            Action::Crop => self.crop_rows(),
            Action::RemoveDuplicates => self.remove_duplicates(),
            Action::Sort(key) => self.sort_rows(key),
            Action::ShuffleRows => self.shuffle_rows(),
            Action::Reverse => self.reverse_rows(),
            Action::RemoveEntry => self.remove_entries(),
            Action::MoveEntryDown => self.move_entries(true, 1),
            Action::MoveEntryUp => self.move_entries(false, 1),
            Action::ClearList => self.clear_list(),
            Action::KeepOrder => self.keep_order_here(),
            Action::OpenPlaylist => self.open_playlist(),
            Action::NewPlaylist => self.name_new_here(),
            Action::CopyHere => self.copy_here(),
            Action::RenamePlaylist => self.rename_playlist(),
            Action::DeletePlaylist => self.delete_playlist(),
            Action::SaveQueue => self.save_queue(),
            Action::BringBack => self.bring_queue_back(),
            Action::SubmitName => self.submit_name(),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::EditAsText => self.edit_as_text(),
            Action::ShowJournal => self.open_journal(),
            Action::GoBackTo => self.go_back_to(),

            Action::OpenDoor => self.open_door(),
            Action::ListenNow => {
                self.open_shelf_of(is_open_service, "No service works here without signing in")
            }
            Action::OpenMyMusic => self.open_shelf_of(is_own_music, NO_LIBRARY),
            Action::EnterDemo if self.demo => self.tell(Level::Info, "This is the demo"),
            Action::EnterDemo => vec![Effect::EnterDemo],
            Action::ShowSignIn => self.show_sign_in(),

            Action::SignIn => self.sign_in_here(),
            Action::SignOut => self.sign_out_here(),
            Action::OpenJoinPage => self.open_join_page(),
            Action::FillIn => self.fill_in(),
            Action::NextField => self.step_in_form(1),
            Action::PreviousField => self.step_in_form(-1),
            Action::OpenPage => self.open_sign_in_page(),
            Action::CancelSignIn => self.cancel_sign_in(),

            Action::Submit => self.submit(),
            Action::LeaveInput => self.leave_input(),
            Action::Erase => self.edit_input(TextInput::erase),
            Action::EraseNext => self.edit_input(TextInput::erase_next),
            Action::EraseWord => self.edit_input(TextInput::erase_word),
            Action::EraseLine => self.edit_input(TextInput::erase_line),
            Action::CaretLeft => self.edit_input(TextInput::caret_left),
            Action::CaretRight if self.focus() == Focus::SearchInput && self.take_completion() => {
                self.search_typed()
            }
            Action::CaretRight => self.edit_input(TextInput::caret_right),
            Action::CaretStart => self.edit_input(TextInput::caret_start),
            Action::CaretEnd => self.edit_input(TextInput::caret_end),
        }
    }

    fn hear(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Searched { ticket, service, result } => self.searched(ticket, &service, result),
            Event::Browsed { ticket, service, list, result } => match self.picker_browsed(ticket, result) {
                Ok(effects) => effects,
                Err(result) => match self.theirs_browsed(ticket, result) {
                    Ok(effects) => effects,
                    Err(result) => self.browsed(ticket, &service, &list, result),
                },
            },
            Event::Suggested { ticket, suggestions } => self.suggested(ticket, suggestions),
            Event::DownloadFound { ticket, result } => self.download_found(ticket, result),
            Event::Resolved { ticket, result } => self.resolved(ticket, result),
            Event::Changed { ticket, result } => self.changed(ticket, result),
            Event::RecordingFound { play_id, found } => {
                self.recording_found(play_id, found.map(|found| *found))
            }
            Event::OwnJournal(result) => self.own_journal_came(result),
            Event::MarkKept { ticket, result } => self.mark_kept(ticket, &result),
            Event::Located { play_id, result } => self.located(play_id, result),
            Event::Started { play_id, format, length } => self.started(play_id, format, length),
            Event::WantsNext { play_id } => self.wants_next(play_id),
            Event::Ended { play_id } => self.ended(play_id),
            Event::Failed { play_id, fault } => self.failed(play_id, fault),
            Event::Troubled { play_id, fault } => self.troubled(play_id, &fault),
            Event::Measured { play_id, loudness } => self.measured(play_id, loudness),
            Event::Snagged { play_id, why } => self.snagged(play_id, why),
            Event::Titled { play_id, title } => self.titled(play_id, title),
            Event::OutputChanged(output) => self.output_changed(output),
            Event::OutputsListed(result) => self.outputs_listed(result),
            Event::SignInAsked { ticket, result } => self.sign_in_asked(ticket, result),
            Event::TokenKept { name, remark } => self.token_kept(&name, &remark),
            Event::SignedOut { service, result } => self.signed_out(&service, result),
            Event::ServiceChanged(info) => self.service_changed(&info),
            Event::Heard(heard) => self.heard(heard),
            Event::Spectrum(spectrum) => {
                self.playback.spectrum = Some(spectrum).filter(|_| self.playback.shows_spectrum);
                Vec::new()
            }
            Event::Elapsed(ticket) => self.elapsed(ticket),
            Event::Resized { columns, rows } => {
                self.columns = columns;
                self.rows = rows;
                Vec::new()
            }
            Event::ScanWentOn(progress) => self.scan_went_on(progress),
            Event::Scanned(result) => self.scanned(result),
            Event::TheirsOpened { ticket, result } => self.theirs_opened(ticket, result),
            Event::ChangesSent { ticket, result } => self.changes_sent(ticket, result),
            Event::Restored => self.send_changes(false),
            Event::Playlists { ticket, result } => self.playlists_answered(ticket, result),
            Event::TextEdited { ticket, text, result } => self.text_edited(ticket, text, result),
            Event::RowsFound { ticket, result } => self.rows_found(ticket, result),
            Event::QueueJournal(journal) => self.queue_journal_came(journal),
            Event::Download(report) => self.download_went_on(report),
            Event::NetworkChanged(network) => self.network_changed(network),
            Event::ListRead { source, result, at } => self.kept_list_read(&source, result, at),
            Event::DownloadWeather(weather) => self.weather_changed(weather),
            Event::DownloadsWished { upto, commands } => self.downloads_wished(upto, commands),
            Event::OwnCodes(codes) => {
                self.downloads.jobs.set_own(codes);
                Vec::new()
            }
            Event::DownloadsKept { kept, runs_here } => self.downloads_came(*kept, runs_here),
            Event::FileTold { ticket, facts } => self.file_told(ticket, &facts),
            Event::LyricsFound { ticket, result } => self.lyrics_found(ticket, result),
            Event::CoverFound { ticket, picture } => self.cover_found(ticket, picture),
            Event::SettingsRead(result) => self.settings_read(result),
            Event::SettingKept(result) => self.setting_kept(result),
            Event::Reconfigured(wishes) => self.take_wishes(*wishes),
            Event::Warned(fault) => self.tell(Level::Warning, words(&fault)),
        }
    }

    fn elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        self.notices.elapsed(ticket);
        self.accounts_elapsed(ticket);
        self.delete_elapsed(ticket);
        let mut effects = self.search_elapsed(ticket);
        effects.extend(self.browse_elapsed(ticket));
        effects.extend(self.outbox_elapsed(ticket));
        effects.extend(self.limits_elapsed(ticket));
        effects.extend(self.downloads_elapsed(ticket));
        effects.extend(self.keeping_elapsed(ticket));
        effects.extend(self.playback_elapsed(ticket));
        effects.extend(self.ending_elapsed(ticket));
        effects
    }
}
