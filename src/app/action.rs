//! What a person can ask for. `table` says how each is named, what keys it has and what it does.

use std::time::Duration;

use crate::model::Track;

use super::editor::{Select, SortKey};
use super::panes::Pane;

/// A wish, from a key, a door of the welcome page, the help or the command line.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Leave the program.
    Quit,
    /// Back to the shell, until it lets the program go on.
    Suspend,
    /// Close what is open on top; with nothing open, leave.
    Close,
    /// One step back; never leaves.
    Back,
    /// Show or hide the keys.
    Help,
    /// Find an action that can be done here by a few letters.
    FindAction,
    /// Choose among what can be done with the thing under the cursor.
    ItemActions,
    /// Show the search page and type there.
    Search,
    /// Show the search page's results.
    ShowSearch,
    /// Show the lists of the services.
    ShowBrowse,
    /// Show the queue.
    ShowQueue,
    /// Show the lists of the listener's own music.
    ShowLibrary,
    /// Show the listener's playlists.
    ShowPlaylists,
    /// Show the queue of downloads.
    ShowDownloads,
    /// Show the first page again.
    ShowWelcome,
    /// Show who is signed in where.
    ShowAccounts,
    /// Show the settings.
    ShowSettings,
    /// Show what was told in this run.
    ShowLog,
    /// Turn the setting under the cursor over, or ask for its value.
    ChangeSetting,
    /// Take the setting under the cursor out of the configuration.
    ResetSetting,
    /// Give the action under the help's cursor keys in place of its own.
    SetKeys,
    /// Give it keys beside its own.
    AddKeys,
    /// Take its keys away.
    ClearKeys,
    /// Give it the keys of the preset again.
    ResetKeys,
    /// Put the cursor on what plays.
    ShowPlaying,
    /// Show the page of what is heard, or leave it.
    ShowNow,
    /// Show what is heard in a few lines, or all of the page again.
    Mini,
    /// Show the words of what is heard, or no longer.
    Lyrics,
    /// Make the words later by so many steps, or earlier.
    ShiftLyrics(i8),
    /// Play from the line of the words that was scrolled to.
    PlayLine,
    /// Show what is known of the row under the cursor, or of what plays.
    Info,
    /// Make a pane wider.
    WidenPane(Pane),
    /// Make a pane narrower.
    NarrowPane(Pane),
    /// Hide a pane, or show it again.
    HidePane(Pane),
    /// Go to the other pane.
    NextPane,
    /// Go to the pane on the left.
    PaneLeft,
    /// Go to the pane on the right.
    PaneRight,
    /// Play or pause.
    TogglePause,
    /// Play.
    Play,
    /// Hold the sound.
    Pause,
    /// Unload what plays; the next start is from its beginning.
    Stop,
    /// Go to the next track of the queue.
    Next,
    /// Go to the track before, or to this one's start once it has played a while.
    Previous,
    /// A few seconds on.
    SeekForward,
    /// A few seconds back.
    SeekBack,
    /// A minute on.
    SeekForwardFar,
    /// A minute back.
    SeekBackFar,
    /// To the start of the track.
    Restart,
    /// Louder.
    VolumeUp,
    /// Softer.
    VolumeDown,
    /// Silent, or not any more.
    Mute,
    /// Stop once this track is over, or not after all.
    StopAfterTrack,
    /// The next step of the sleep timer.
    SleepTimer,
    /// Ask in how many minutes the sound is to fade.
    SleepIn,
    /// The next preset of the equaliser.
    NextPreset,
    /// All channels as one, or each by itself.
    Mono,
    /// A little slower.
    Slower,
    /// A little faster.
    Faster,
    /// At the track's own speed.
    NormalSpeed,
    /// Long silences shortened, or whole.
    SkipSilence,
    /// Choose among the outputs.
    ShowOutputs,
    /// Send the sound to the output under the cursor.
    ChooseOutput,
    /// Choose what the screen looks like.
    ShowThemes,
    /// Keep the theme under the cursor.
    ChooseTheme,
    /// The spectrum of what is heard, shown or not.
    Spectrum,
    /// The left side softer.
    BalanceRight,
    /// The right side softer.
    BalanceLeft,
    /// The queue in no order, or in its own again.
    Shuffle,
    /// What to do when the queue ends.
    Repeat,
    /// Ask again what failed.
    Retry,
    /// Take the last edit of the list back.
    Undo,
    /// Do it again after all.
    Redo,
    /// Change the list as text in an editor.
    EditAsText,
    /// Show every change of the list.
    ShowJournal,
    /// Bring the list back as the journal's row says.
    GoBackTo,
    /// The cursor a row down.
    MoveDown,
    /// The cursor a row up.
    MoveUp,
    /// The cursor to the first row.
    Top,
    /// The cursor to the last row.
    Bottom,
    /// The cursor half a page down.
    HalfPageDown,
    /// The cursor half a page up.
    HalfPageUp,
    /// The cursor a page down.
    PageDown,
    /// The cursor a page up.
    PageUp,
    /// Play the track under the cursor, and then the rest of its list; or open what is there.
    PlayHere,
    /// Put what is under the cursor at the end of the queue.
    AddToEnd,
    /// Put what is under the cursor after the track that plays.
    AddNext,
    /// Copy what is under the cursor, or what is selected, for listening offline.
    Download,
    /// Hold the downloads under the cursor, or let them go on.
    PauseDownload,
    /// Show a group of downloads as one row, or its rows again.
    FoldGroup,
    /// Delete the copies of the rows from the disk, after a question.
    DeleteCopies,
    /// Hold all downloads, or let them go on.
    PauseDownloads,
    /// Put downloads before all others.
    DownloadFirst,
    /// Try all downloads again that failed.
    RetryDownloads,
    /// Keep the list at hand offline, or no longer.
    KeepOffline,
    /// Tell how much of what is kept offline is here.
    TravelCheck,
    /// Ask nobody for anything, or as usual again.
    ToggleOffline,
    /// Open the list under the cursor.
    OpenList,
    /// Open the album of the track under the cursor, or of what plays.
    OpenAlbum,
    /// Open the artist of the track under the cursor, or of what plays.
    OpenArtist,
    /// Open the tracks that are like the one under the cursor, or like what plays.
    OpenSimilar,
    /// Show which services have the recording under the cursor.
    OpenSources,
    /// Like what is under the cursor, or no longer.
    Like,
    /// Like what plays, or no longer.
    LikePlaying,
    /// Repost what is under the cursor.
    Repost,
    /// Follow the artist under the cursor, or no longer.
    Follow,
    /// Rate the track under the cursor, or what plays: 0 to 5.
    Rate(u8),
    /// Keep the search as a list of the own music.
    KeepSearch,
    /// Forget the kept search under the cursor.
    ForgetSearch,
    /// Add tracks to a playlist, of this machine or at their service.
    AddToPlaylist,
    /// Take the row under the picker's cursor, the palette's or the choice's.
    Pick,
    /// The picker's cursor a row down.
    PickDown,
    /// The picker's cursor a row up.
    PickUp,
    /// Close the picker.
    LeavePicker,
    /// Search for the next kind: tracks, albums, artists, playlists.
    NextKind,
    /// Play the queue's row under the cursor.
    PlayEntry,
    /// Change which rows the next edit is about.
    Select(Select),
    /// Take the rows out and keep them for pasting.
    Cut,
    /// Keep the rows for pasting.
    Copy,
    /// Put what was cut or copied behind the row under the cursor.
    PasteAfter,
    /// Put it before the row under the cursor.
    PasteBefore,
    /// Put the rows in a second time.
    Duplicate,
    /// Take out all rows but the selected ones.
    Crop,
    /// Take out what is there twice.
    RemoveDuplicates,
    /// Sort the rows.
    Sort(SortKey),
    /// Put the rows in any order.
    ShuffleRows,
    /// Turn the order of the rows round.
    Reverse,
    /// Take the rows out of the list.
    RemoveEntry,
    /// Move the row under the cursor down.
    MoveEntryDown,
    /// Move the row under the cursor up.
    MoveEntryUp,
    /// Empty the queue, or the open playlist.
    ClearList,
    /// Keep the order in which the open playlist is shown for now.
    KeepOrder,
    /// Open the playlist under the cursor.
    OpenPlaylist,
    /// Name a new playlist.
    NewPlaylist,
    /// Give a playlist another name.
    RenamePlaylist,
    /// Delete the playlist under the cursor.
    DeletePlaylist,
    /// Copy the playlist to this machine.
    CopyHere,
    /// Keep the queue as a playlist.
    SaveQueue,
    /// Make a saved queue the queue again.
    BringBack,
    /// The name is typed.
    SubmitName,
    /// Leave the line for a name.
    LeaveName,
    /// Open the door under the cursor.
    OpenDoor,
    /// First door: listen now.
    ListenNow,
    /// Second door: the listener's own files.
    OpenMyMusic,
    /// Third door: the demo.
    EnterDemo,
    /// Fourth door: what signing in takes.
    ShowSignIn,
    /// Begin the sign-in to the service under the cursor.
    SignIn,
    /// Sign out of the service under the cursor, after a question.
    SignOut,
    /// Open the page where one gets an account at the service under the cursor.
    OpenJoinPage,
    /// On to the form's next line; on the last one, send it.
    FillIn,
    /// To the form's next line.
    NextField,
    /// To the form's line before.
    PreviousField,
    /// Open the sign-in's page in the browser again.
    OpenPage,
    /// Leave the sign-in.
    CancelSignIn,
    /// Do what the help's row under the cursor says.
    RunAction,
    /// Type words to look for in the help.
    FilterHelp,
    /// Show only some rows of the list.
    Filter,
    /// Done typing what the list is filtered by.
    KeepFilter,
    /// Show every row again, the cursor where it was.
    LeaveFilter,
    /// Show every row again, the cursor where it is.
    DropFilter,
    /// To the next row that the filter shows.
    NextMatch,
    /// To the row before that the filter shows.
    PreviousMatch,
    /// A row down, while typing what the list is filtered by.
    FilterDown,
    /// A row up, while typing what the list is filtered by.
    FilterUp,
    /// Done with the line.
    Submit,
    /// Out of the line, keeping it.
    LeaveInput,
    /// Erase the character before the caret.
    Erase,
    /// Erase the character after the caret.
    EraseNext,
    /// Erase the word before the caret.
    EraseWord,
    /// Erase everything before the caret.
    EraseLine,
    /// The caret a character left.
    CaretLeft,
    /// The caret a character right.
    CaretRight,
    /// The caret to the start.
    CaretStart,
    /// The caret to the end.
    CaretEnd,
    /// Play these in place of the queue. Asked by the command line only.
    PlayAll {
        /// What to play, in this order.
        tracks: Vec<Track>,
        /// How far into the first to start.
        start: Duration,
    },
}
