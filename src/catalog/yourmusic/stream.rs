//! Where a track's manifest is, with the bearer where it belongs and nowhere else.

use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::{asked_id, is_id, reach};
use crate::catalog::call::Asked;
use crate::model::{Locator, Purpose, RemoteAddress};
use crate::net::{Limit, Request};

use super::calls::{By, Call};
use super::operations::{ME, STREAM};
use super::{NAME, YourMusic, convert, wire};

/// What a manifest may be sent as.
const MANIFEST: &str = "application/vnd.apple.mpegurl, application/x-mpegURL, */*";

/// Fields that may hold the address of a manifest.
const ADDRESS_FIELDS: [&str; 5] = ["url", "stream_url", "manifest_url", "manifest", "location"];

impl YourMusic {
    /// The manifest of a track, or of a stream by its own id.
    pub(super) async fn manifest(&self, id: &str, purpose: Purpose) -> Result<Locator, CatalogError> {
        let base = self.setup.base()?;
        let id = asked_id(NAME, "track", id)?;
        let stream_id = if convert::is_stream_id(id) {
            id.to_owned()
        } else {
            let track = self.wire_track(id).await?;
            track.stream_id.filter(|id| is_id(id)).ok_or_else(|| CatalogError::Refused {
                service: NAME,
                reason: "this track is not for streaming".to_owned(),
            })?
        };
        let allows_http = self.caller.net.settings().allow_http_media;
        let url = self.paths.sound_url(base, &STREAM, &[("stream_id", &stream_id)], allows_http)?;
        // Somebody who goes on was refused, maybe for the token's sake: asking here renews it. And the first
        // time, an answer shows whether it is the manifest or names it.
        let is_asked = purpose == Purpose::GoOn || !self.memory.answers_manifests();
        if is_asked && let Some(elsewhere) = self.opened(base, &url, &stream_id).await? {
            return Ok(Locator::Hls(elsewhere));
        }
        let bearer = self.bearer(base, By::User, None).await?;
        let headers = self.headers(base, &url, bearer.as_ref());
        Ok(Locator::Hls(RemoteAddress { headers, ..RemoteAddress::plain(url) }))
    }

    /// Reads the answer once; where it is none but names another address, that one.
    async fn opened(&self, base: &Url, url: &Url, id: &str) -> Result<Option<RemoteAddress>, CatalogError> {
        let text = match self.manifest_text(base, url, id).await {
            Err(CatalogError::Refused { reason, .. }) => return Err(self.unpaid(reason).await),
            result => result?,
        };
        if text.trim_start_matches('\u{feff}').trim_start().starts_with("#EXTM3U") {
            self.memory.note_manifest();
            return Ok(None);
        }
        let named = serde_json::from_str(&text).ok().and_then(|answer| address(&answer));
        let elsewhere = named.map(|address| self.caller.sound_at(url, &address)).transpose()?.flatten();
        let Some(elsewhere) = elsewhere else { return Err(self.caller.senseless("it is no HLS manifest")) };
        let bearer = self.bearer(base, By::User, None).await?;
        let headers = self.headers(base, &elsewhere, bearer.as_ref());
        let reach = reach(base, &elsewhere);
        Ok(Some(RemoteAddress { headers, reach, ..RemoteAddress::plain(elsewhere) }))
    }

    async fn manifest_text(&self, base: &Url, url: &Url, id: &str) -> Result<String, CatalogError> {
        let asked = Asked::guessed(&self.paths, &STREAM).thing(format!("stream {id}"));
        let mut refused = None;
        loop {
            let bearer = self.bearer(base, By::User, refused.as_ref()).await?;
            let make = || Request {
                headers: self.headers(base, url, bearer.as_ref()),
                ..Request::get(url.clone(), Limit::Playlist).open_header("Accept", MANIFEST)
            };
            match self.caller.text(&asked, make).await {
                Err(CatalogError::SignIn { .. }) if refused.is_none() => refused = bearer,
                result => return result,
            }
        }
    }

    /// A refusal in words that say what may help: most often a subscription is missing.
    async fn unpaid(&self, reason: String) -> CatalogError {
        let me = self.call(Call::get(&ME)).await;
        let user = me.and_then(|answer| self.single::<wire::User>(answer, &["data", "user"], "user"));
        let status = user.ok().and_then(|user| user.status).filter(|status| status != "SUBSCRIBED");
        let reason = match status {
            Some(status) => format!(
                "{}. Your subscription: {status}; see segue service yourmusic checkout",
                reason.trim_end_matches('.')
            ),
            None => reason,
        };
        CatalogError::Refused { service: NAME, reason }
    }
}

/// The address in an answer, under one of the usual names or alone, maybe in `data`.
fn address(answer: &serde_json::Value) -> Option<String> {
    let inner = answer.get("data").unwrap_or(answer);
    let named = ADDRESS_FIELDS.iter().find_map(|field| inner.get(field)?.as_str());
    named.or_else(|| inner.as_str()).map(str::to_owned)
}
