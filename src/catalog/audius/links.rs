//! From a page of the web site to what it shows.

use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::call::Asked;
use crate::model::{Item, Kind};

use super::hosts::{Get, Host, Route, SentOn};
use super::reading::Reading;
use super::{Audius, NAME};

/// The address without what follows the path, if it is one of the service's own.
pub(super) fn own(link: &Url) -> Option<Url> {
    let is_own = matches!(link.host_str()?, "audius.co" | "www.audius.co") && link.port().is_none();
    if !is_own || !matches!(link.scheme(), "http" | "https") {
        return None;
    }
    let mut own: Url = "https://audius.co/".parse().ok()?;
    own.set_path(link.path().trim_end_matches('/'));
    Some(own)
}

/// What an address of the API names: kind and id.
fn named(address: &Url) -> Option<(Kind, String)> {
    let mut parts = address.path_segments()?.rev();
    let (id, what) = (parts.next()?, parts.next()?);
    let kind = match what {
        "tracks" => Kind::Track,
        "playlists" => Kind::Playlist,
        "users" => Kind::Artist,
        _ => return None,
    };
    Some((kind, id.to_owned()))
}

impl Audius {
    /// What a page shows. The service answers with a redirect that forgets the parameters, so that only
    /// the name in it is of use.
    pub(super) async fn follow_link(&self, link: Url) -> Result<Item, CatalogError> {
        let unknown = || CatalogError::NotFound { service: NAME, what: format!("page {}", link.path()) };
        let asked = Asked::known("opening a link").thing(format!("page {}", link.path()));
        let query = vec![("url", link.to_string())];
        let reading = Reading { asked, route: Route::Thing, path: "/resolve", id: "", query };
        let make = |host: &Host| self.make(&reading, host);
        let get = Get { asked: reading.asked.clone(), make: &make };
        let (place, _) = self.house()?.hosts.ask(Route::Thing, SentOn(get)).await?;
        let (kind, id) = place.as_ref().and_then(named).ok_or_else(unknown)?;
        self.read_item(kind, &id).await
    }
}
