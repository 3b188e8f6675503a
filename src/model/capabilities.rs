//! What a service can do for this listener at this moment.

use super::catalogue::{BrowseList, Kind, ServiceId};
use super::change::PlaylistPart;
use super::sign_in::Link;
use super::text::CleanText;

/// Whether and how a service wants to know who listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SignIn {
    /// Everything that needs nobody to sign in works.
    #[default]
    NotNeeded,
    /// Credentials are there.
    Ready,
    /// Nothing works until this is done: "Set services.audiomack.consumer_key and consumer_secret".
    Missing(CleanText),
}

/// The listener at a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// How to sign in, in words: "in the browser", "with a code sent by e-mail". `None`: there is no way
    /// from here.
    pub way: Option<CleanText>,
    /// Who is signed in, as the service calls them; `None`: nobody.
    pub who: Option<CleanText>,
    /// Tells accounts apart, the same after each sign-in, and holds nothing that opens anything; never shown. `None`:
    /// nobody, or the service has not said yet who.
    pub key: Option<String>,
    /// The page where one gets an account, where that is not part of the sign-in.
    pub join: Option<Link>,
}

/// A way to narrow a search down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// As it is typed: `sort`.
    pub key: &'static str,
    /// What it is about: "order".
    pub words: &'static str,
    /// What may be chosen.
    pub values: Vec<String>,
    /// Whether any text is taken; the values are then only well known ones.
    pub is_free: bool,
}

/// What the listener may change at a service as things are; empty before a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Powers {
    /// What can be marked as liked.
    pub like: Vec<Kind>,
    /// What can be reposted.
    pub repost: Vec<Kind>,
    /// Whose news can be followed.
    pub follow: Vec<Kind>,
    /// Make playlists.
    pub create_playlist: bool,
    /// Rename own playlists, and say who sees them.
    pub edit_playlist: bool,
    /// What playlists have beside their titles.
    pub playlist_parts: Vec<PlaylistPart>,
    /// Delete own playlists.
    pub delete_playlist: bool,
    /// Add to own playlists, remove from them, put them in another order.
    pub arrange_playlist: bool,
    /// Tell the account what was downloaded, for the listener's other devices.
    pub note_downloads: bool,
}

/// What a service can do; the screen offers just this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it is on this machine: nobody else is asked.
    pub is_local: bool,
    /// What can be searched for; empty: no search.
    pub search: Vec<Kind>,
    /// How a search can be narrowed down.
    pub filters: Vec<Filter>,
    /// Whether it completes words while they are typed.
    pub suggests: bool,
    /// Lists to browse, the first one opened by default; further ones may be in them.
    pub lists: Vec<BrowseList>,
    /// Whether a track has a list ([`super::ItemRef::list`]) of others like it.
    pub similar: bool,
    /// The list of the listener's own playlists, once somebody is signed in.
    pub own_playlists: Option<super::catalogue::ListId>,
    /// What can be changed there now.
    pub powers: Powers,
    /// Whether it can be asked at all.
    pub sign_in: SignIn,
    /// Who is signed in.
    pub account: Account,
}

/// A service as the screen knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// Its short name.
    pub id: ServiceId,
    /// Its own spelling: "Audiomack".
    pub name: CleanText,
    /// What it can do.
    pub capabilities: Capabilities,
}

/// A call that no screen offers, by its name on the command line: `segue service audius metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Special {
    /// One or more words: `metrics`, `admin users`.
    pub name: &'static str,
    /// What it does, for the help.
    pub words: &'static str,
    /// What it can be given, as `--NAME VALUE`; those that it must be given first end in `!`.
    /// `output` is a file on this machine, where whoever makes the call keeps the sound that it brings.
    pub values: &'static [&'static str],
}
