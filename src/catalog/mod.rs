//! The shelves: the music services behind one trait. What a service can do is in its
//! [`crate::model::Capabilities`]; nothing outside this room asks for a service by name.

use futures_util::future::BoxFuture;

use url::Url;

use crate::model::{
    Capabilities, Change, CleanText, Item, ItemRef, Kind, ListId, Locator, Page, Purpose, Reach, SearchQuery,
    ServiceId, SignInAnswer, SignInStep, Special, SpecialAnswer, Track,
};

mod address;
mod audiomack;
mod audiosocket;
mod audius;
mod cache;
mod call;
mod clock;
pub mod contract;
mod error;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod hush;
mod json;
mod line;
#[cfg(test)]
mod odd_vaults;
mod origin;
mod own_playlists;
mod register;
mod setup;
#[cfg(test)]
mod stand;
mod surroundings;
#[cfg(test)]
mod tests;
mod tolerant;
mod yourmusic;

pub use audiomack::oauth1;
pub use error::CatalogError;
pub use register::services;
pub use surroundings::{MemoryVault, Surroundings, Vault};

/// What a call brings, some time later.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, CatalogError>>;

/// One music service. Answers are cleaned text; every failure says what to do.
pub trait Catalog: Send + Sync {
    /// Its short name, as in `audius:track:ID`.
    fn id(&self) -> ServiceId;

    /// Its own spelling.
    fn name(&self) -> &'static str;

    /// What it can do with the settings it was made with and whoever is signed in at the moment. Changes with
    /// [`Catalog::restore`], [`Catalog::sign_in`], [`Catalog::sign_out`], and when the service ends a session.
    fn capabilities(&self) -> Capabilities;

    /// What matches the words: rows of the kind that was asked for.
    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>>;

    /// How the words may go on, best first.
    fn suggest<'a>(&'a self, words: &'a str) -> Answer<'a, Vec<CleanText>> {
        let _ = words;
        Box::pin(async { Ok(Vec::new()) })
    }

    /// One page (from 0) of a list: one in the capabilities, one that was in a list, or what an item opens
    /// ([`ItemRef::list`]). An album and a playlist open to their tracks in order, an artist to further lists
    /// and then to tracks.
    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>>;

    /// One track by its id.
    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track>;

    /// The words of a track, where the service gives any; text with or without times.
    fn lyrics<'a>(&'a self, id: &'a str) -> Answer<'a, Option<String>> {
        let _ = id;
        Box::pin(async { Ok(None) })
    }

    /// One thing of any kind by its id.
    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item>;

    /// What a page of the service's own web site shows, by its address; `None` at once when the address is
    /// none of this service's.
    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        let _ = link;
        None
    }

    /// The setting that says what pages of its web site are called, where nobody but the listener knows:
    /// `services.yourmusic.links`.
    fn link_setting(&self) -> Option<&'static str> {
        None
    }

    /// Where a track's bytes are right now. The answer may live for seconds: open it at once.
    fn locate<'a>(&'a self, id: &'a str, purpose: Purpose) -> Answer<'a, Locator>;

    /// What the address of a picture that it handed out may reach: the listener's own network only where the service itself is in it.
    fn reach(&self, address: &Url) -> Reach {
        let _ = address;
        Reach::Public
    }

    /// Tells the service that a listen of a track has begun; once per listen. Nobody waits for it.
    fn listened<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        let _ = id;
        Box::pin(async { Ok(()) })
    }

    /// Makes a change that its [`crate::model::Powers`] allow. Names what was made, if something was; when
    /// what should follow then fails, [`CatalogError::Unfinished`] names it. What a service would drop of
    /// what is said of a playlist is refused. Changes of playlists are made one after the other.
    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        let _ = change;
        Box::pin(async { Err(self.lacks("changes")) })
    }

    /// From now on it is asked anew: what was read before may no longer be so.
    fn renew(&self) {}

    /// Takes up what is kept from an earlier sign-in; asks nothing of the network.
    fn restore(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// The next step of signing in.
    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        drop(answer);
        Box::pin(async { Err(self.lacks("sign-in")) })
    }

    /// Forgets who is signed in, here first, then at the service where it has a way.
    fn sign_out(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Calls that no screen offers.
    fn specials(&self) -> &'static [Special] {
        &[]
    }

    /// Makes one of its special calls.
    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        let _ = (name, values);
        Box::pin(async { Err(self.lacks("such call")) })
    }

    /// Asks for something small, to tell whether the service can be reached.
    fn ping(&self) -> Answer<'_, ()>;

    /// The error that it offers nothing of the kind.
    fn lacks(&self, what: &str) -> CatalogError {
        CatalogError::Refused { service: self.name(), reason: format!("it has no {what} here") }
    }
}
