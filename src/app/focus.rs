//! Which page is shown and where keys go.

use super::table::Context;

/// A page of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Four doors for the first minute. No tab.
    #[default]
    Welcome,
    /// Search over all services.
    Search,
    /// The lists of the services.
    Browse,
    /// What plays next.
    Queue,
    /// The listener's playlists.
    Playlists,
    /// Copies for listening offline.
    Downloads,
    /// Who is signed in where. No tab.
    Accounts,
    /// What is heard. No tab.
    Now,
    /// What the program goes by. No tab.
    Settings,
    /// What was told in this run. No tab.
    Log,
}

impl Page {
    /// The pages that have a tab, in order; their keys are 1 to 5.
    pub const TABS: [Self; 5] = [Self::Search, Self::Browse, Self::Queue, Self::Playlists, Self::Downloads];

    /// Whether it is one of them.
    pub fn has_tab(self) -> bool {
        Self::TABS.contains(&self)
    }

    /// Its name on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Welcome => "Welcome",
            Self::Search => "Search",
            Self::Browse => "Browse",
            Self::Queue => "Queue",
            Self::Playlists => "Playlists",
            Self::Downloads => "Downloads",
            Self::Accounts => "Accounts",
            Self::Now => "Now playing",
            Self::Settings => "Settings",
            Self::Log => "Log",
        }
    }
}

/// What takes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The welcome page's doors.
    Doors,
    /// The line for search words.
    SearchInput,
    /// The line for what a list is filtered by.
    FilterInput,
    /// The rows that were found.
    SearchResults,
    /// The services' lists, on the left.
    BrowseLists,
    /// The tracks of a list, on the right.
    BrowseTracks,
    /// The queue.
    Queue,
    /// The playlists.
    Playlists,
    /// The rows of the open playlist.
    Playlist,
    /// The queue of downloads.
    Downloads,
    /// The line for a playlist's name.
    Naming,
    /// The journal's rows.
    Journal,
    /// What is known of a row.
    Info,
    /// The page of what is heard.
    Now,
    /// The accounts' rows.
    Accounts,
    /// A sign-in with nothing to type.
    SignIn,
    /// A line of a sign-in's form.
    SignInForm,
    /// The help's rows.
    Help,
    /// The outputs.
    Outputs,
    /// The themes.
    Themes,
    /// The line for words to look up in the help.
    HelpInput,
    /// The picker: its line, and the cursor over its rows.
    Picker,
    /// The palette: its line, and the cursor over its rows.
    Palette,
    /// The choice of a value: its line, and the cursor over its rows.
    Choice,
    /// The box that takes keys for an action: all of them.
    Capture,
    /// The settings.
    Settings,
    /// The notices.
    Log,
}

impl Focus {
    /// All of them.
    pub(super) const ALL: [Self; 27] = [
        Self::Doors,
        Self::SearchInput,
        Self::FilterInput,
        Self::SearchResults,
        Self::BrowseLists,
        Self::BrowseTracks,
        Self::Queue,
        Self::Playlists,
        Self::Playlist,
        Self::Downloads,
        Self::Naming,
        Self::Journal,
        Self::Info,
        Self::Now,
        Self::Accounts,
        Self::SignIn,
        Self::SignInForm,
        Self::Help,
        Self::Outputs,
        Self::Themes,
        Self::HelpInput,
        Self::Picker,
        Self::Palette,
        Self::Choice,
        Self::Capture,
        Self::Settings,
        Self::Log,
    ];

    /// Whether keys that type go into a line.
    pub fn is_typing(self) -> bool {
        matches!(
            self,
            Self::SearchInput
                | Self::FilterInput
                | Self::HelpInput
                | Self::SignInForm
                | Self::Picker
                | Self::Palette
                | Self::Choice
                | Self::Naming
        )
    }

    /// Whether it is a list of which a filter shows some rows.
    pub(super) fn has_filter(self) -> bool {
        matches!(
            self,
            Self::SearchResults
                | Self::BrowseLists
                | Self::BrowseTracks
                | Self::Queue
                | Self::Playlists
                | Self::Playlist
                | Self::Downloads
                | Self::Settings
        )
    }

    /// Whose keys count, the nearest first.
    pub(super) fn contexts(self) -> &'static [Context] {
        use Context::{
            Accounts, Downloads, Filtering, Global, Help, Input, Journal, List, Lists, Marks, Naming, Now,
            Outputs, Picker, Playlists, Queue, Rows, Settings, SignIn, Themes, Tracks, Welcome,
        };
        match self {
            Self::Doors => &[Welcome, List, Global],
            Self::SearchInput | Self::HelpInput => &[Input, Global],
            Self::FilterInput => &[Filtering, Input, Global],
            Self::SearchResults | Self::BrowseTracks => &[Tracks, Marks, List, Global],
            Self::BrowseLists => &[Lists, List, Global],
            Self::Queue => &[Queue, Rows, Marks, List, Global],
            Self::Playlists => &[Playlists, Tracks, List, Global],
            Self::Playlist => &[Tracks, Rows, Marks, List, Global],
            Self::Downloads => &[Downloads, Tracks, Rows, Marks, List, Global],
            Self::Naming => &[Naming, Input, Global],
            Self::Journal => &[Journal, List, Global],
            Self::Now => &[Now, List, Global],
            Self::Accounts => &[Accounts, List, Global],
            Self::SignIn => &[SignIn, Global],
            Self::SignInForm => &[SignIn, Input, Global],
            Self::Help => &[Help, List, Global],
            Self::Outputs => &[Outputs, List, Global],
            Self::Themes => &[Themes, List, Global],
            Self::Picker | Self::Palette | Self::Choice => &[Picker, Input, Global],
            Self::Capture => &[],
            Self::Settings => &[Settings, List, Global],
            Self::Info | Self::Log => &[List, Global],
        }
    }
}
