//! What all services share: the clock, the catalogue, their addresses and the log.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::audiomack::Shelf;
use super::audiosocket;
use super::audius;
use super::catalogue::Catalogue;
use super::log::RequestLog;
use super::oauth::Nonces;
use super::yourmusic;

/// Unix seconds.
pub(super) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The state of a sandbox.
pub(super) struct World {
    clock: Clock,
    pub catalogue: Catalogue,
    /// Where the APIs are, as `http://127.0.0.1:PORT`.
    pub api: String,
    /// Where the files are, another origin.
    pub cdn: String,
    pub log: RequestLog,
    /// Those that Audiomack has seen.
    pub nonces: Nonces,
    /// What the listener has at Audiosocket.
    pub audiosocket: audiosocket::Shelf,
    /// Users, sessions and playlists of YourMusic.
    pub yourmusic: yourmusic::State,
    /// What Audiomack has and remembers.
    pub audiomack: Shelf,
    /// What changes at Audius.
    pub audius: audius::State,
}

impl World {
    pub(super) fn new(clock: Clock, api: SocketAddr, cdn: SocketAddr) -> io::Result<Self> {
        let catalogue = Catalogue::new()?;
        Ok(Self {
            clock,
            yourmusic: yourmusic::State::new(&catalogue),
            audiomack: Shelf::new(&catalogue),
            audius: audius::State::new(&catalogue),
            catalogue,
            api: format!("http://{api}"),
            cdn: format!("http://{cdn}"),
            log: RequestLog::default(),
            nonces: Nonces::default(),
            audiosocket: audiosocket::Shelf::default(),
        })
    }

    /// Unix seconds.
    pub(super) fn now(&self) -> u64 {
        (self.clock)()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("api", &self.api).field("cdn", &self.cdn).finish_non_exhaustive()
    }
}
