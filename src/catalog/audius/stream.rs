//! Where the bytes are, and when a listen counts.
//!
//! Nodes count each request whose address does not say `skip_play_count=true`. Seeks, reconnects, tracks
//! opened ahead of their turn and downloads are no listens, so that every address handed out says it, and a
//! listen that has begun is told by a request of its own, for one byte.

use crate::catalog::CatalogError;
use crate::catalog::address::asked_id;
use crate::catalog::call::Asked;
use crate::model::{Locator, Purpose, RemoteAddress};
use crate::net::Request;

use super::hosts::Route;
use super::reading::Reading;
use super::{Audius, NAME};

impl Audius {
    /// The stream's own address; redirects lead from there to the bytes.
    pub(super) async fn place_of(&self, id: &str, purpose: Purpose) -> Result<Locator, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        if purpose == Purpose::GoOn {
            // Something has failed; perhaps it is the host.
            self.look_in().await?;
        }
        let request = match purpose {
            Purpose::Listen | Purpose::GoOn => self.stream_request(id, "true")?,
            Purpose::Keep => self.request_for("/tracks/{id}/download", id, Vec::new())?,
        };
        let (headers, reach) = (request.headers, request.reach);
        Ok(Locator::Http(RemoteAddress { headers, reach, ..RemoteAddress::plain(request.url) }))
    }

    /// Counts a listen.
    pub(super) async fn count_listen(&self, id: &str) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let asked = Asked::known("counting a listen").thing(format!("track {id}"));
        let request = self.stream_request(id, "false")?.open_header("Range", "bytes=0-0");
        // Never tried again: it might count twice.
        self.house()?.hosts.current().caller.open(&asked, request).await.map(drop)
    }

    fn stream_request(&self, id: &str, skip_play_count: &str) -> Result<Request, CatalogError> {
        let query = vec![("skip_play_count", skip_play_count.to_owned())];
        self.request_for("/tracks/{id}/stream", id, query)
    }

    fn request_for(&self, path: &str, id: &str, query: Vec<(&str, String)>) -> Result<Request, CatalogError> {
        let host = self.house()?.hosts.current();
        let reading =
            Reading { asked: Asked::known("locating a track"), route: Route::Thing, path, id, query };
        let mut request = self.make(&reading, &host)?;
        request.open_headers.clear();
        Ok(request)
    }
}
