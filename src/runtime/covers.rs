//! Covers are looked for: in files, or at the address that a service gives.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use url::Url;

use crate::app::Event;
use crate::artwork::Wanted;
use crate::config::Settings;
use crate::model::{Ticket, Track, TrackRef};

use super::accounts::noting_sessions;
use super::clock;
use super::hands::{Hands, tell};

impl Hands {
    /// Looks for the cover of a track; who looked for another one stops.
    pub(super) fn find_cover(&mut self, ticket: Ticket, track: Track) {
        let catalog = match &track.reference {
            TrackRef::Service { service, .. } => self.catalog(service).ok(),
            TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Url(_) => None,
        };
        let now = UNIX_EPOCH + Duration::from_secs(clock::unix_seconds());
        let (events, artwork) = (self.events.clone(), Arc::clone(&self.artwork));
        let task = self.tasks.spawn(async move {
            let wanted = match (&track.reference, &track.artwork, &catalog) {
                (TrackRef::File(path), None, _) => Some(Wanted::OfFile(path.clone())),
                (TrackRef::Part(part), None, _) => Some(Wanted::OfFile(part.path.clone())),
                (_, Some(address), _) => Some(Wanted::At(address.clone())),
                // A row from an earlier run: only the service knows.
                (TrackRef::Service { id, .. }, None, Some(catalog)) => {
                    let known = noting_sessions(&events, &**catalog, catalog.track(id).await).await;
                    known.ok().and_then(|track| track.artwork).map(Wanted::At)
                }
                (TrackRef::Service { .. } | TrackRef::Url(_), None, _) => None,
            };
            let found = match wanted {
                Some(wanted) => artwork.find(&wanted, now).await.unwrap_or_else(|error| {
                    tracing::info!(%error, "there is no cover to show");
                    None
                }),
                None => None,
            };
            tell(&events, Event::CoverFound { ticket, picture: found }).await;
        });
        if let Some(older) = self.cover.replace(task.abort_handle()) {
            older.abort();
        }
    }
}

/// The services' places that the listener named.
pub(super) fn homes(settings: &Settings) -> Vec<Url> {
    let services = &settings.services;
    let bases = [
        &services.audius.base_url,
        &services.audiomack.base_url,
        &services.yourmusic.base_url,
        &services.audiosocket.base_url,
    ];
    bases.into_iter().flatten().cloned().collect()
}
