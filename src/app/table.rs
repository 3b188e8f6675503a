//! The one table of actions: name, keys, words. Keys, hint line, help and the README come from it.

use super::action::Action;
use super::editor::{Select, SortKey};
use super::panes::Pane;

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everywhere, unless typing.
    Global,
    /// In every list.
    List,
    /// In lists of tracks to choose from: results and services' lists.
    Tracks,
    /// In the services' lists.
    Lists,
    /// In the queue.
    Queue,
    /// In the queue or in a playlist of the listener's own.
    Rows,
    /// In lists of tracks, of which rows can be marked.
    Marks,
    /// In a list that is filtered.
    Filtered,
    /// While typing what a list is filtered by.
    Filtering,
    /// On the page of playlists.
    Playlists,
    /// On the page of downloads.
    Downloads,
    /// On the page of what is heard.
    Now,
    /// While a playlist gets its name.
    Naming,
    /// In the journal.
    Journal,
    /// On the welcome page.
    Welcome,
    /// On the accounts page.
    Accounts,
    /// In a sign-in.
    SignIn,
    /// In the help.
    Help,
    /// Among the outputs.
    Outputs,
    /// Among the themes.
    Themes,
    /// On the page of settings.
    Settings,
    /// While one of several rows is chosen by letters.
    Picker,
    /// While typing.
    Input,
}

impl Context {
    /// Its heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::List => "In every list",
            Self::Tracks => "On a track",
            Self::Lists => "On a list of a service",
            Self::Queue => "In the queue",
            Self::Rows => "In the queue or a playlist",
            Self::Marks => "In lists of tracks",
            Self::Filtered => "In a filtered list",
            Self::Filtering => "Filtering a list",
            Self::Playlists => "On the page of playlists",
            Self::Downloads => "On the page of downloads",
            Self::Now => "On the page of what is heard",
            Self::Naming => "Naming a playlist",
            Self::Journal => "In the journal",
            Self::Welcome => "On the welcome page",
            Self::Accounts => "On the accounts page",
            Self::SignIn => "In a sign-in",
            Self::Help => "In this help",
            Self::Outputs => "Among the outputs",
            Self::Themes => "Among the themes",
            Self::Settings => "On the page of settings",
            Self::Picker => "Choosing among rows",
            Self::Input => "While typing",
        }
    }
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionInfo {
    /// What it does.
    pub action: Action,
    /// Its name in the configuration's `[keys]`.
    pub name: &'static str,
    /// Where its keys work.
    pub context: Context,
    /// Its keys unless the configuration says otherwise, as [`super::parse_keys`] reads them; none: it
    /// is there for the help's list and for keys of the listener's own.
    pub keys: &'static [&'static str],
    /// A word or two for the hint line; empty: not worth its room.
    pub hint: &'static str,
    /// A sentence for the help, without a final stop.
    pub help: &'static str,
}

const fn row(
    action: Action,
    name: &'static str,
    context: Context,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> ActionInfo {
    ActionInfo { action, name, context, keys, hint, help }
}

use Context::{
    Accounts, Downloads, Filtered, Filtering, Global, Help, Input, Journal, Lists, Marks, Naming, Now,
    Outputs, Picker, Playlists, Queue, Rows, Settings, SignIn, Themes, Tracks, Welcome,
};

/// Every action a key can have, in the order of the help and of the hint line.
#[rustfmt::skip]
pub const ACTIONS: &[ActionInfo] = &[
    row(Action::ListenNow, "listen-now", Welcome, &["1"], "listen now", "Listen now: a service that needs no account"),
    row(Action::OpenMyMusic, "open-my-music", Welcome, &["2"], "my music", "Open your own music folder"),
    row(Action::EnterDemo, "enter-demo", Welcome, &["3"], "demo", "Open the demo: bundled music, no network"),
    row(Action::ShowSignIn, "show-sign-in", Welcome, &["4"], "sign in", "Show what can be signed in to"),
    row(Action::OpenDoor, "open-door", Welcome, &["<Enter>"], "open", "Open the chosen door"),

    row(Action::PlayHere, "play-here", Tracks, &["<Enter>"], "play", "Play this track, then the rest of its list; open an album, artist, playlist or list"),
    row(Action::AddToEnd, "add-to-end", Tracks, &["e"], "queue", "Queue at the end: this track, what is marked, or all of an album or playlist"),
    row(Action::AddNext, "add-next", Tracks, &["E"], "play next", "Queue after the one that plays: this track, what is marked, or all of an album or playlist"),
    row(Action::OpenSources, "open-sources", Tracks, &["g o"], "sources", "Show which services have this recording, or look for it at all of them"),
    row(Action::OpenList, "open-list", Lists, &["<Enter>"], "open", "Open the list"),

    row(Action::PlayEntry, "play-entry", Queue, &["<Enter>"], "play", "Play this row of the queue"),
    row(Action::RemoveEntry, "remove-entry", Rows, &["d", "<Delete>"], "remove", "Take rows out"),
    row(Action::MoveEntryDown, "move-entry-down", Rows, &["J"], "row down", "Move rows down"),
    row(Action::MoveEntryUp, "move-entry-up", Rows, &["K"], "row up", "Move rows up"),
    row(Action::PasteAfter, "paste-after", Rows, &["p"], "", "Put what was cut or copied behind this row"),
    row(Action::PasteBefore, "paste-before", Rows, &["P"], "", "Put what was cut or copied before this row"),
    row(Action::Duplicate, "duplicate", Rows, &["Y"], "", "Put rows in a second time"),
    row(Action::Crop, "crop", Rows, &["X"], "", "Take out all rows but the selected ones"),
    row(Action::RemoveDuplicates, "remove-duplicates", Rows, &["g u"], "", "Take out what is there twice, by name or recording"),
    row(Action::Sort(SortKey::Title), "sort-by-title", Rows, &[", t"], "", "Sort by title: the selected rows, or all. Sorted by a second key, rows that are equal stay as the first one put them"),
    row(Action::Sort(SortKey::Artist), "sort-by-artist", Rows, &[", a"], "", "Sort by artist"),
    row(Action::Sort(SortKey::Album), "sort-by-album", Rows, &[", b"], "", "Sort by album"),
    row(Action::Sort(SortKey::Length), "sort-by-length", Rows, &[", l"], "", "Sort by length"),
    row(Action::Sort(SortKey::Source), "sort-by-source", Rows, &[", s"], "", "Sort by where they come from"),
    row(Action::Sort(SortKey::Path), "sort-by-path", Rows, &[", p"], "", "Sort by folder and file, or what names the row at its service"),
    row(Action::Sort(SortKey::Liked), "sort-by-liked", Rows, &[", f"], "", "Put first what you like"),
    row(Action::ShuffleRows, "mix-rows", Rows, &[", x"], "", "Put rows in any order: the selected rows, or all"),
    row(Action::Reverse, "reverse", Rows, &[", r"], "", "Turn the order round"),
    row(Action::KeepOrder, "keep-order", Rows, &[", ,"], "", "Keep the order in which a playlist is shown for now"),
    row(Action::ClearList, "clear-list", Rows, &["D"], "clear", "Empty the queue or the playlist"),

    row(Action::Select(Select::Range), "select-range", Marks, &["v"], "select", "Select from here to where the cursor goes; a second time keeps it"),
    row(Action::Select(Select::All), "select-all", Marks, &["V"], "", "Select all rows, or none"),
    row(Action::Select(Select::Row), "select-row", Marks, &["<C-Space>"], "", "Select this row, or no longer"),
    row(Action::Select(Select::Others), "select-others", Marks, &["*"], "", "Select what is not selected"),
    row(Action::Select(Select::Album), "select-album", Marks, &["A"], "", "Select the rows of this album"),
    row(Action::Cut, "cut", Marks, &["x"], "", "Take rows out and keep them for pasting, or copy them where nothing can be taken out"),
    row(Action::Copy, "copy", Marks, &["y"], "", "Keep rows for pasting"),

    row(Action::EditAsText, "edit-as-text", Rows, &["<C-e>"], "", "Edit the list as text in $VISUAL or $EDITOR: move, delete, double and add lines"),

    row(Action::PauseDownload, "pause-download", Downloads, &["<Space>"], "pause", "Hold downloads, or let them go on"),
    row(Action::PauseDownloads, "pause-downloads", Downloads, &["p"], "pause all", "Hold all downloads, or let them go on"),
    row(Action::FoldGroup, "fold-group", Downloads, &["<Tab>"], "fold", "Show an album or playlist as one row, or its rows again; keys act on all of it then"),
    row(Action::DeleteCopies, "delete-copies", Downloads, &["g X"], "delete copy", "Delete copies from the disk, after a question that says how many and how much"),
    row(Action::DownloadFirst, "download-first", Downloads, &["g t"], "first", "Put downloads before all others"),
    row(Action::RetryDownloads, "retry-downloads", Downloads, &["<C-r>"], "", "Try all downloads again that failed"),

    row(Action::OpenPlaylist, "open-playlist", Playlists, &["<Enter>"], "open", "Open the playlist"),
    row(Action::NewPlaylist, "new-playlist", Playlists, &["n"], "new", "Make a new playlist: at the service whose rows the cursor is among, else on this machine"),
    row(Action::RenamePlaylist, "rename-playlist", Playlists, &["i", "<F2>"], "rename", "Give the playlist another name"),
    row(Action::DeletePlaylist, "delete-playlist", Playlists, &["d", "<Delete>"], "delete", "Delete the playlist; undo brings it back"),
    row(Action::BringBack, "bring-back", Playlists, &["g q"], "as queue", "Make the playlist the queue again; a saved queue waits where it was left"),
    row(Action::CopyHere, "copy-playlist", Global, &["C"], "", "Copy this playlist to this machine, where it may hold anything"),
    row(Action::SubmitName, "submit-name", Naming, &["<Enter>"], "keep", "Take this name"),
    row(Action::LeaveName, "leave-name", Naming, &["<Esc>"], "leave", "Leave everything as it is"),

    row(Action::NextMatch, "next-match", Filtered, &["n"], "next match", "To the next row that the filter shows, from the last one to the first"),
    row(Action::PreviousMatch, "previous-match", Filtered, &["N"], "", "To the row before that the filter shows"),
    row(Action::DropFilter, "drop-filter", Filtered, &["<Esc>"], "all rows", "Show all rows again, the cursor where it is"),
    row(Action::KeepFilter, "keep-filter", Filtering, &["<Enter>", "<Tab>"], "to the rows", "Go to the rows that are found"),
    row(Action::LeaveFilter, "leave-filter", Filtering, &["<Esc>"], "leave", "Show all rows again, the cursor where it was"),
    row(Action::FilterDown, "filter-down", Filtering, &["<Down>", "<C-n>"], "", "Down a row"),
    row(Action::FilterUp, "filter-up", Filtering, &["<Up>", "<C-p>"], "", "Up a row"),

    row(Action::GoBackTo, "go-back-to", Journal, &["<Enter>"], "go there", "Bring the list back as it was before this change, or to the newest again"),

    row(Action::RunAction, "run-action", Help, &["<Enter>"], "do it", "Do what the row says"),
    row(Action::FilterHelp, "filter-help", Help, &["/"], "look up", "Look for words in the help"),
    row(Action::SetKeys, "set-keys", Help, &["e"], "give keys", "Give the action keys in place of its own: press them"),
    row(Action::AddKeys, "add-keys", Help, &["a"], "", "Give the action keys beside its own"),
    row(Action::ClearKeys, "clear-keys", Help, &["d", "<Delete>"], "", "Take the action's keys away"),
    row(Action::ResetKeys, "reset-keys", Help, &["R"], "", "Give the action the keys of the preset again"),

    row(Action::ChangeSetting, "change-setting", Settings, &["<Enter>"], "change", "Turn the setting over, or choose or type its value"),
    row(Action::ResetSetting, "reset-setting", Settings, &["d", "<Delete>"], "default", "Take the setting out of config.toml, so that it has its default"),

    row(Action::TogglePause, "toggle-pause", Global, &["<Space>"], "play/pause", "Play or pause"),
    row(Action::Play, "play", Global, &[], "", "Play, never pause"),
    row(Action::Pause, "pause", Global, &[], "", "Pause, never play"),
    row(Action::Stop, "stop", Global, &["S"], "", "Stop; the next start is from the track's beginning"),
    row(Action::Next, "next", Global, &[">", "n"], "next track", "Next track of the queue"),
    row(Action::Previous, "previous", Global, &["<", "N"], "", "Track before; after 3 seconds this one's start"),
    row(Action::SeekForward, "seek-forward", Global, &["<Right>"], "+5 s", "5 seconds on"),
    row(Action::SeekBack, "seek-back", Global, &["<Left>"], "-5 s", "5 seconds back"),
    row(Action::SeekForwardFar, "seek-forward-far", Global, &["]", "<S-Right>"], "", "A minute on"),
    row(Action::SeekBackFar, "seek-back-far", Global, &["[", "<S-Left>"], "", "A minute back"),
    row(Action::Restart, "restart", Global, &["0"], "", "To the start of the track"),
    row(Action::VolumeUp, "volume-up", Global, &["+", "="], "louder", "Louder"),
    row(Action::VolumeDown, "volume-down", Global, &["-"], "softer", "Softer"),
    row(Action::Mute, "mute", Global, &["m"], "", "Silent, or not any more"),
    row(Action::Shuffle, "shuffle", Global, &["s"], "", "Shuffle the queue, or put it in order again"),
    row(Action::Repeat, "repeat", Global, &["r"], "", "Repeat nothing, the whole queue, or this track"),
    row(Action::StopAfterTrack, "stop-after-track", Global, &["c"], "", "Stop after this track, or play on after all"),
    row(Action::SleepTimer, "sleep-timer", Global, &["z"], "", "Sleep timer: this track's end, 15 to 90 minutes, off"),
    row(Action::SleepIn, "sleep-in", Global, &["g Z"], "", "Sleep timer of as many minutes as you type"),
    row(Action::NextPreset, "equaliser", Global, &["g e"], "", "Next preset of the equaliser, or off"),
    row(Action::Mono, "mono", Global, &["g m"], "", "All channels as one, or each by itself"),
    row(Action::BalanceLeft, "balance-left", Global, &["g ["], "", "Balance to the left"),
    row(Action::BalanceRight, "balance-right", Global, &["g ]"], "", "Balance to the right"),
    row(Action::Slower, "slower", Global, &["{"], "", "Slower by a twentieth, the pitch as it is; down to half"),
    row(Action::Faster, "faster", Global, &["}"], "", "Faster by a twentieth, the pitch as it is; up to double"),
    row(Action::NormalSpeed, "normal-speed", Global, &["g 1"], "", "At the track's own speed"),
    row(Action::SkipSilence, "skip-silence", Global, &["g k"], "", "Shorten long silences, or leave them whole"),
    row(Action::Spectrum, "spectrum", Global, &["g v"], "", "Show the spectrum of what is heard, or hide it"),
    row(Action::ShowOutputs, "outputs", Global, &["g d"], "", "Choose where the sound goes"),
    row(Action::ShowThemes, "themes", Global, &["T"], "", "Choose what the screen looks like"),
    row(Action::Retry, "retry", Global, &["R"], "try again", "Ask again what failed on this page"),
    row(Action::Undo, "undo", Global, &["u"], "undo", "Take the last change of this list back; outside lists, of the queue"),
    row(Action::Redo, "redo", Global, &["U", "<C-r>"], "", "Make the change again after all"),

    row(Action::ShowJournal, "show-journal", Global, &["g j"], "", "Show every change of this list, and go back to before any of them; outside lists, of the queue"),

    row(Action::Like, "like", Global, &["f"], "like", "Like this, or no longer"),
    row(Action::LikePlaying, "like-playing", Global, &["F"], "", "Like what plays, or no longer"),
    row(Action::Repost, "repost", Global, &["g r"], "", "Repost this"),
    row(Action::Follow, "follow", Global, &["g f"], "", "Follow this artist, or no longer"),
    row(Action::Rate(0), "rate-0", Global, &["; 0"], "", "Take the rating of this file away"),
    row(Action::Rate(1), "rate-1", Global, &["; 1"], "", "Rate this file, or what plays: 1 star of 5"),
    row(Action::Rate(2), "rate-2", Global, &["; 2"], "", "Rate it 2 stars"),
    row(Action::Rate(3), "rate-3", Global, &["; 3"], "", "Rate it 3 stars"),
    row(Action::Rate(4), "rate-4", Global, &["; 4"], "", "Rate it 4 stars"),
    row(Action::Rate(5), "rate-5", Global, &["; 5"], "", "Rate it 5 stars"),
    row(Action::KeepSearch, "keep-search", Global, &["g n"], "", "Keep this search as a smart list of My music"),
    row(Action::ForgetSearch, "forget-search", Global, &["g x"], "", "Forget the smart list under the cursor"),
    row(Action::AddToPlaylist, "add-to-playlist", Global, &["a"], "", "Add to a playlist, yours or a new one, here or at its service: this track, or the selected ones"),
    row(Action::Download, "download", Global, &["w"], "download", "Copy this for listening offline: a track, the selected ones, an album or a playlist"),
    row(Action::SaveQueue, "save-queue", Global, &["<C-s>"], "", "Keep the queue under a name, with where it is: a playlist that can be the queue again"),
    row(Action::OpenAlbum, "open-album", Global, &["g b"], "", "Open the album of this track, or of what plays"),
    row(Action::OpenArtist, "open-artist", Global, &["g a"], "", "Open the artist of this track, or of what plays"),
    row(Action::OpenSimilar, "open-similar", Global, &["g l"], "", "Open the tracks like this one, or like what plays, where its service knows"),
    row(Action::KeepOffline, "keep-offline", Global, &["g K"], "", "Keep this album, playlist or list offline: its copies stay in step with it; or no longer"),
    row(Action::TravelCheck, "travel-check", Global, &["g T"], "", "Show what is kept offline, and tell how much of it is not yet here"),
    row(Action::ToggleOffline, "offline", Global, &["g O"], "", "Go offline: ask nobody, play what is on this machine; or go online again"),
    row(Action::NextKind, "next-kind", Global, &["<C-t>"], "next kind", "Search for tracks, albums, artists or playlists"),

    row(Action::Search, "search", Global, &["g s", "<F3>"], "search", "Search all services at once; a link there opens"),
    row(Action::ShowSearch, "show-search", Global, &["1"], "", "Show the search"),
    row(Action::ShowBrowse, "show-browse", Global, &["2"], "", "Show the lists of the services"),
    row(Action::ShowLibrary, "show-library", Global, &["g y"], "", "Show your library: your own music by artist, album, genre, year or folder, what is new, what was played most or never"),
    row(Action::ShowQueue, "show-queue", Global, &["3"], "", "Show the queue"),
    row(Action::ShowPlaylists, "show-playlists", Global, &["4"], "", "Show your playlists"),
    row(Action::ShowDownloads, "show-downloads", Global, &["5", "W"], "", "Show the downloads"),
    row(Action::ShowWelcome, "show-welcome", Global, &["g w"], "", "Show the welcome page"),
    row(Action::ShowAccounts, "show-accounts", Global, &["g i"], "", "Show who is signed in where, sign in and out"),
    row(Action::ShowSettings, "show-settings", Global, &["g c"], "", "Show the settings, and change them in config.toml"),
    row(Action::ShowLog, "show-log", Global, &["g !"], "", "Show what was told in this run, errors with what to do"),
    row(Action::ShowPlaying, "show-playing", Global, &["o"], "", "Show what is playing, in the queue"),
    row(Action::ShowNow, "show-now", Global, &["g h"], "", "Show what is heard on a page of its own, or go back"),
    row(Action::Lyrics, "lyrics", Global, &["L"], "lyrics", "Show the lyrics of what is heard, or go back"),
    row(Action::Info, "info", Global, &["I"], "", "Show all that is known of this row, or of what plays"),
    row(Action::Mini, "mini", Global, &["g M"], "", "Show what is heard in a few lines, or go back"),
    row(Action::NarrowPane(Pane::Lists), "narrow-lists", Global, &["g ,", "<C-Left>"], "", "Make the pane of lists on the left narrower"),
    row(Action::WidenPane(Pane::Lists), "widen-lists", Global, &["g .", "<C-Right>"], "", "Make the pane of lists on the left wider"),
    row(Action::HidePane(Pane::Lists), "hide-lists", Global, &["g B"], "", "Hide the pane of lists on the left, or show it again"),
    row(Action::WidenPane(Pane::Now), "widen-now", Global, &["g (", "<C-S-Left>"], "", "Make the pane of what is heard on the right wider"),
    row(Action::NarrowPane(Pane::Now), "narrow-now", Global, &["g )", "<C-S-Right>"], "", "Make the pane of what is heard on the right narrower"),
    row(Action::HidePane(Pane::Now), "hide-now", Global, &["g H"], "", "Hide the pane of what is heard on the right, or show it again"),
    row(Action::NextPane, "next-pane", Global, &["<Tab>", "<S-Tab>"], "pane", "Go to the other pane"),
    row(Action::PaneLeft, "pane-left", Global, &["h"], "", "Go to the pane on the left"),
    row(Action::PaneRight, "pane-right", Global, &["l"], "", "Go to the pane on the right"),
    row(Action::Back, "back", Global, &["<Esc>"], "", "Close what is open, or one step back"),
    row(Action::Help, "help", Global, &["?", "<F1>"], "keys", "Show or hide the keys"),
    row(Action::FindAction, "find-action", Global, &[":", "<C-p>"], "", "Find an action that can be done here by a few letters, and do it"),
    row(Action::ItemActions, "item-actions", Global, &[".", "<C-x>"], "actions", "Choose among what can be done with this, or with what is selected"),
    row(Action::Close, "close", Global, &["q"], "quit", "Close what is open, or go back to the page before; with nothing open, quit"),
    row(Action::Suspend, "suspend", Global, &["<C-z>"], "", "Back to the shell; fg there comes back here"),
    row(Action::Quit, "quit", Global, &["Q", "<C-c>"], "", "Quit"),

    row(Action::MoveDown, "move-down", Context::List, &["j", "<Down>"], "", "Down a row"),
    row(Action::MoveUp, "move-up", Context::List, &["k", "<Up>"], "", "Up a row"),
    row(Action::Top, "top", Context::List, &["g g", "<Home>"], "", "To the first row"),
    row(Action::Bottom, "bottom", Context::List, &["G", "<End>"], "", "To the last row"),
    row(Action::HalfPageDown, "half-page-down", Context::List, &["<C-d>"], "", "Down half a page"),
    row(Action::HalfPageUp, "half-page-up", Context::List, &["<C-u>"], "", "Up half a page"),
    row(Action::PageDown, "page-down", Context::List, &["<PageDown>", "<C-f>"], "", "Down a page"),
    row(Action::PageUp, "page-up", Context::List, &["<PageUp>", "<C-b>"], "", "Up a page"),

    row(Action::Filter, "filter", Context::List, &["/"], "filter", "Show only rows with these words or beginnings of words; where there is no list to filter, search"),

    row(Action::PlayLine, "play-line", Now, &["<Enter>"], "play line", "Play from the line of the lyrics that was scrolled to"),
    row(Action::ShiftLyrics(-1), "lyrics-earlier", Now, &["("], "earlier", "Make the lyrics a tenth of a second earlier"),
    row(Action::ShiftLyrics(1), "lyrics-later", Now, &[")"], "later", "Make the lyrics a tenth of a second later"),

    row(Action::ChooseOutput, "choose-output", Outputs, &["<Enter>"], "choose", "Send the sound there"),

    row(Action::ChooseTheme, "choose-theme", Themes, &["<Enter>"], "keep", "Keep this theme, in config.toml"),

    row(Action::SignIn, "sign-in", Accounts, &["<Enter>"], "sign in", "Sign in to this service"),
    row(Action::SignOut, "sign-out", Accounts, &["d", "<Delete>"], "sign out", "Sign out of this service, after a question"),
    row(Action::OpenJoinPage, "open-join-page", Accounts, &["w"], "get an account", "Open the web page where one gets an account at this service"),
    row(Action::FillIn, "fill-in", SignIn, &["<Enter>"], "go on", "On to the next line; on the last one, send"),
    row(Action::CancelSignIn, "cancel-sign-in", SignIn, &["<Esc>"], "leave", "Leave the sign-in"),
    row(Action::NextField, "next-field", SignIn, &["<Tab>", "<Down>"], "next line", "To the next line"),
    row(Action::PreviousField, "previous-field", SignIn, &["<S-Tab>", "<Up>"], "", "To the line before"),
    row(Action::OpenPage, "open-page", SignIn, &["<C-o>"], "open the page", "Open the page in the browser again"),

    row(Action::Pick, "pick", Picker, &["<Enter>"], "add", "Take this row: add to the playlist, do the action, set the value"),
    row(Action::PickDown, "pick-down", Picker, &["<Down>", "<C-n>", "<Tab>"], "down", "Down a row"),
    row(Action::PickUp, "pick-up", Picker, &["<Up>", "<C-p>", "<S-Tab>"], "up", "Up a row"),
    row(Action::LeavePicker, "leave-picker", Picker, &["<Esc>"], "leave", "Leave everything as it is"),

    row(Action::Submit, "submit", Input, &["<Enter>"], "go", "Look for it at once"),
    row(Action::LeaveInput, "leave-input", Input, &["<Esc>", "<Down>", "<Tab>"], "to the rows", "Go to the rows, keeping what is typed"),
    row(Action::Erase, "erase", Input, &["<Backspace>", "<C-h>"], "", "Erase the character before"),
    row(Action::EraseNext, "erase-next", Input, &["<Delete>"], "", "Erase the character after"),
    row(Action::EraseWord, "erase-word", Input, &["<C-w>"], "", "Erase the word before"),
    row(Action::EraseLine, "erase-line", Input, &["<C-u>"], "clear", "Erase everything before"),
    row(Action::CaretLeft, "caret-left", Input, &["<Left>"], "", "A character left"),
    row(Action::CaretRight, "caret-right", Input, &["<Right>"], "", "A character right; at the end, take what is suggested"),
    row(Action::CaretStart, "caret-start", Input, &["<Home>", "<C-a>"], "", "To the start of the line"),
    row(Action::CaretEnd, "caret-end", Input, &["<End>", "<C-e>"], "", "To the end of the line"),
];
