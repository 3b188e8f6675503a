//! The shelves: the music services behind one trait. What a service can do is in its
//! [`crate::model::Capabilities`]; nothing outside this room asks for a service by name.

use futures_util::future::BoxFuture;

use crate::model::{Capabilities, ListId, Locator, Page, SearchQuery, ServiceId, Track};

mod address;
mod audiomack;
mod audiosocket;
mod audius;
mod call;
mod clock;
pub mod contract;
mod error;
mod json;
mod line;
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
pub use surroundings::Surroundings;

/// One music service. Answers are cleaned text; every failure says what to do.
pub trait Catalog: Send + Sync {
    /// Its short name, as in `audius:track:ID`.
    fn id(&self) -> ServiceId;

    /// Its own spelling.
    fn name(&self) -> &'static str;

    /// What it can do with the settings it was made with.
    fn capabilities(&self) -> Capabilities;

    /// Tracks that match the words.
    fn search<'a>(&'a self, query: &'a SearchQuery) -> BoxFuture<'a, Result<Page<Track>, CatalogError>>;

    /// One page (from 0) of one of the lists in its capabilities.
    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> BoxFuture<'a, Result<Page<Track>, CatalogError>>;

    /// One track by its id.
    fn track<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Track, CatalogError>>;

    /// Where a track's bytes are right now. The answer may live for seconds: open it at once.
    fn locate<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Locator, CatalogError>>;

    /// Asks for something small, to tell whether the service can be reached.
    fn ping(&self) -> BoxFuture<'_, Result<(), CatalogError>>;
}
